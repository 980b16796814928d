"""Who stands in for a leader or the chief leader, as an item's rulings say: a pure fold (rulebook: Who, deputies)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from contracts.rulings import DeputyAppointed, DeputyReleased, RulingData
from contracts.submissions import Deputy
from supervision.right import StandsIn

Namings = tuple[Deputy, ...]
"""In the order named, those that are over included."""


def evolve(namings: Namings, data: RulingData) -> Namings:
    """The namings after one more event of their item."""
    transition = _TRANSITIONS.get(type(data))
    return namings if transition is None else transition(namings, data)


def standing_in(namings: Namings, principal: str, on: date) -> list[str]:
    """Who stands in for this principal (`leader:leader-3`, `chief`) on a local day, each once."""
    found = [one.deputy for one in namings if one.principal == principal and one.from_on <= on <= one.until_on]
    return list(dict.fromkeys(found))


def in_force(namings: Namings, day: date) -> tuple[StandsIn, ...]:
    """Who stands in for whom on a local day, first and last day included."""
    return tuple(StandsIn(one.principal, one.deputy) for one in namings if one.from_on <= day <= one.until_on)


def _appointed(namings: Namings, data: DeputyAppointed) -> Namings:
    named = Deputy(principal=data.principal, deputy=data.deputy, from_on=data.from_on, until_on=data.until_on)
    return (*namings, named)


def _released(namings: Namings, data: DeputyReleased) -> Namings:
    pair = (data.principal, data.deputy)
    return tuple(one for one in namings if (one.principal, one.deputy) != pair)


_TRANSITIONS: Final[Mapping[type, Callable[[Namings, Any], Namings]]] = {
    DeputyAppointed: _appointed,
    DeputyReleased: _released,
}

FOLDED: Final = frozenset(_TRANSITIONS)
"""The events that change who stands in."""
