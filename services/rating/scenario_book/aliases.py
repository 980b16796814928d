"""Writes out the YAML aliases of a book: books may use them, programme files may not."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Final

import yaml

from exact.texts import Inexact
from supervision.words import Word

MOST: Final = 400_000
"""YAML events with all aliases written out: each value has at most two, and a text up to 100,000 values."""


def without_aliases(events: Iterator[yaml.Event]) -> Iterator[yaml.Event]:
    """The events of a text, each alias replaced by what its anchor stands for. Raises Inexact."""
    anchors: dict[str, list[yaml.Event]] = {}
    try:
        for seen, event in enumerate(_expanded(events, anchors)):
            if seen > MOST:
                raise Inexact("too_many")
            yield event
    except RecursionError:
        raise Inexact("too_deep") from None


def _expanded(events: Iterator[yaml.Event], anchors: dict[str, list[yaml.Event]]) -> Iterator[yaml.Event]:
    for event in events:
        name = str(getattr(event, "anchor", None) or "")
        if isinstance(event, yaml.AliasEvent):
            if name not in anchors:
                raise Inexact(
                    "yaml_invalid",
                    line=event.start_mark.line + 1 if event.start_mark else None,
                    detail=Word(f"*{name} 之前没有这个锚点", f"no anchor before *{name}"),
                )
            yield from anchors[name]
        elif name:
            anchors[name] = _limited(_expanded(_whole(event, events), anchors))
            yield from anchors[name]
        else:
            yield event


def _limited(events: Iterator[yaml.Event]) -> list[yaml.Event]:
    found = list(itertools.islice(events, MOST))
    if len(found) == MOST:
        raise Inexact("too_many")
    return found


def _whole(first: yaml.Event, events: Iterator[yaml.Event]) -> Iterator[yaml.Event]:
    """An anchored value without its anchor, to its end."""
    vars(first)["anchor"] = None
    depth = 0
    for event in itertools.chain([first], events):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        yield event
        if depth == 0:
            return
