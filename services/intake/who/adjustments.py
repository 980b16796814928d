"""An item's requests for adjustment that wait, for their decision or for the plan: a pure fold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from contracts import rulings
from contracts.rulings import RulingData


class AdjustmentRequest(NamedTuple):
    """An adjustment that waits for its decision, or, approved, for the plan."""

    filed: rulings.AdjustmentFiled
    approved: bool = False


Requests = tuple[AdjustmentRequest, ...]


def evolve(requests: Requests, data: RulingData) -> Requests:
    """The requests after one more event of their item."""
    transition = _TRANSITIONS.get(type(data))
    return requests if transition is None else transition(requests, data)


def _filed(requests: Requests, data: rulings.AdjustmentFiled) -> Requests:
    return (*requests, AdjustmentRequest(data))


def _approved(requests: Requests, data: rulings.AdjustmentApproved) -> Requests:
    """It waits for the plan behind those approved before it (rulebook: Fine print, "Last")."""
    asked = _waiting(requests, data.adjustment, data.place)
    return requests if asked is None else (*_without(requests, asked), AdjustmentRequest(asked.filed, approved=True))


def _refused(requests: Requests, data: rulings.AdjustmentRefused) -> Requests:
    return _without(requests, _waiting(requests, data.adjustment, data.place))


def _adjusted(requests: Requests, data: rulings.NodeAdjusted) -> Requests:
    """One approved before the plan goes before one that waits for its decision."""
    if data.place is not None:
        return _without(requests, _waiting(requests, data.adjustment, data.place))
    wanted = (data.adjustment, data.period, data.after)
    same = [one for one in requests if (one.filed.adjustment, one.filed.period, one.filed.node) == wanted]
    return _without(requests, next((one for one in same if one.approved), same[0] if same else None))


def _waiting(requests: Requests, adjustment: str, place: int | None) -> AdjustmentRequest | None:
    """The request of that id that waits for its decision, at a place among them; else the oldest."""
    waiting = [one for one in requests if one.filed.adjustment == adjustment and not one.approved]
    return waiting[place or 0] if (place or 0) < len(waiting) else None


def _without(requests: Requests, asked: AdjustmentRequest | None) -> Requests:
    return tuple(one for one in requests if one is not asked)


_TRANSITIONS: Final[Mapping[type, Callable[[Requests, Any], Requests]]] = {
    rulings.AdjustmentFiled: _filed,
    rulings.AdjustmentApproved: _approved,
    rulings.AdjustmentRefused: _refused,
    rulings.NodeAdjusted: _adjusted,
}

FOLDED: Final = frozenset(_TRANSITIONS)
"""The events that change the requests."""
