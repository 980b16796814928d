"""What the events of a ruling say of lights and escalations, in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from contracts.ruling import RulingEvent, ruling_from
from contracts.rulings import LightChanged, LightSettled
from services.rating.rules.envelope import Rules, evolve_states
from services.rating.rules.explain import explain, explain_escalation
from services.rating.rules.state.state import Item, State
from supervision.words import Word

Sentences = list[dict[str, str]]
"""Sentences, each as `{zh, en}`."""


def sentences_of(
    events: Sequence[RulingEvent], after: State | None, ordinals: Collection[int] | None = None
) -> Sentences:
    """Why the lights and escalations that a ruling's events are about stand as they do after it, each sentence once.

    `after` is the state after the ruling; `ordinals` are the events in question, all of them by default.
    """
    item = None if after is None else after.item
    if item is None:
        return []
    chosen = [event for place, event in enumerate(events) if ordinals is None or place in ordinals]
    return [word._asdict() for word in dict.fromkeys(_words(item, chosen))]


def sentences_on_log(
    rules: Rules,
    before: Mapping[str, State],
    bodies: Iterable[Mapping[str, Any]],
    partition: int,
    ordinals: Collection[int] | None = None,
) -> Sentences:
    """The same of a ruling as it lies on the log, given the states before it; none if it cannot be read."""
    states = dict(before)
    try:
        events = [ruling_from(dict(body), partition) for body in bodies]
        for event in events:
            evolve_states(rules, states, event)
        return sentences_of(events, states.get(events[0].subject), ordinals)
    except Exception:
        # Anything may have been put there. The finding shows it as it lies; there is no sentence about it.
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
