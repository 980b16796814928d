"""Which appeals of an item wait for their decision, as its rulings say: a pure fold (rulebook: Fairness Art. 16/17)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from contracts.rulings import AppealClosed, AppealOpened, RulingData
from contracts.submissions import Appealed
from contracts.values import Identifier


class AppealRecord(NamedTuple):
    """An appeal that waits, and what it is against; nothing keeps a unit from giving two of them one id."""

    id: Identifier
    against: Appealed


Appeals = tuple[AppealRecord, ...]
"""In the order lodged; a decision is about the first of its id."""


def evolve(appeals: Appeals, data: RulingData) -> Appeals:
    """The appeals that wait after one more event of their item."""
    transition = _TRANSITIONS.get(type(data))
    return appeals if transition is None else transition(appeals, data)


def _opened(appeals: Appeals, data: AppealOpened) -> Appeals:
    return (*appeals, AppealRecord(data.appeal, data.against))


def _closed(appeals: Appeals, data: AppealClosed) -> Appeals:
    """One that is not the oldest of its id is told by its place among them."""
    same = [place for place, one in enumerate(appeals) if one.id == data.appeal][data.place or 0 :][:1]
    return tuple(one for place, one in enumerate(appeals) if place not in same)


_TRANSITIONS: Final[Mapping[type, Callable[[Appeals, Any], Appeals]]] = {AppealOpened: _opened, AppealClosed: _closed}

FOLDED: Final = frozenset(_TRANSITIONS)
"""The events that change which appeals wait."""
