"""Says in words what rulings tell of lights and escalations: what should be there, and what is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from contracts.ruling import RulingEvent, ruling_from
from contracts.rulings import LightChanged, LightSettled
from services.rating.rules.envelope import Rules, evolve_states
from services.rating.rules.explain import explain, explain_escalation
from services.rating.rules.state.state import Item, State
from supervision.words import Word

Sayings = list[dict[str, str]]
"""Sentences, each as `{zh, en}`."""


def said(events: Sequence[RulingEvent], after: State | None, ordinals: Collection[int] | None = None) -> Sayings:
    """The sentences about the lights and escalations that some events of a ruling tell of, as it leaves them.

    `after` is the state after the ruling, `ordinals` are the events that are asked about (none: all of them).
    """
    item = None if after is None else after.item
    if item is None:
        return []
    asked = [event for place, event in enumerate(events) if ordinals is None or place in ordinals]
    return [word._asdict() for word in dict.fromkeys(_words(item, asked))]


def said_on_log(
    rules: Rules,
    before: Mapping[str, State],
    bodies: Iterable[Mapping[str, Any]],
    partition: int,
    ordinals: Collection[int] | None = None,
) -> Sayings:
    """The same of a ruling as it lies on the log, on top of the states before it; nothing if it cannot be read."""
    states = dict(before)
    try:
        events = [ruling_from(dict(body), partition) for body in bodies]
        for event in events:
            evolve_states(rules, states, event)
        return said(events, states.get(events[0].subject), ordinals)
    except Exception:
        # Whatever was put there is shown as it lies; there is no sentence about it.
        return []


def _words(item: Item, events: Iterable[RulingEvent]) -> Iterator[Word]:
    events = list(events)
    compared = {event.data.period: event.data.compared for event in events if isinstance(event.data, LightChanged)}
    for event in events:
        data = event.data
        if isinstance(data, LightChanged | LightSettled):
            if data.period in item.frame.quarter_index:
                yield explain(item, data.period, compared.get(data.period, ()))
        else:
            named = getattr(data, "escalation", None)
            yield from (explain_escalation(item, one) for one in item.escalations if one.id == named)
