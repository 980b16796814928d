"""Equal values are kept once: most of what an item was published with, all items of its programme have alike."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from functools import lru_cache
from typing import TypeVar

from contracts.policy import Policy
from contracts.rulings import ItemOpened, ProgrammeOpened, ProgressRecorded

T = TypeVar("T", bound=Hashable)


def programme_alike(data: ProgrammeOpened) -> ProgrammeOpened:
    """The same, its units, leaders and policy those of the programme that came first with them, its items' ids, too."""
    return replace(
        data,
        units=once(data.units),
        leaders=once(data.leaders),
        items=tuple(map(once, data.items)),
        policy=_first(_spelled(data.policy), data.policy),
    )


def opened_alike(data: ItemOpened) -> ItemOpened:
    """The same, its large parts those of the item that came first with them."""
    return replace(
        data,
        source=once(data.source),
        lead_unit=once(data.lead_unit),
        cooperating=once(data.cooperating),
        leader=once(data.leader),
        periods=once(data.periods),
        calendar=once(data.calendar),
        policy=_first(_spelled(data.policy), data.policy),
        units=once(data.units),
        leaders=once(data.leaders),
    )


def reported_alike(data: ProgressRecorded) -> ProgressRecorded:
    """The same, its evidence, targets and words those of the report that came first with them."""
    return replace(
        data,
        period=once(data.period),
        measures={once(name): value for name, value in data.measures.items()},
        evidence=tuple(map(once, data.evidence)),
        compared=tuple(replace(one, indicator=once(one.indicator)) for one in data.compared),
    )


def once(value: T) -> T:
    """The value that was first met of those equal to this one; of texts and what holds no other decimal numbers."""
    return _first("", value)


@lru_cache(maxsize=16_384)
def _kept(_: Hashable, value: Hashable) -> Hashable:
    return value


def _first(spelled: Hashable, value: T) -> T:
    kept = _kept(spelled, value)
    assert isinstance(kept, type(value))
    return kept


def _spelled(policy: Policy) -> str:
    """Equal decimal numbers may be written differently, 90 and 90.0, and are shown as they were written."""
    return str(policy.weights)
