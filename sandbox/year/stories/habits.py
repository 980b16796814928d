"""How each unit works: which of its acts come by whom and by which way; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Final, Literal, NamedTuple

from contracts.values import Actor
from sandbox.year.days import instant
from sandbox.year.planned_act import PlannedPaper, Way

Habit = Literal["api", "signs", "tables", "system"]
"""`signs`: a clerk prepares and the head signs; `tables`: filled-in tables; `system`: the unit's own; `api`: a program
for everything."""
_IN_TURN: Final[tuple[Habit, ...]] = ("signs", "system", "signs", "tables", "system", "signs", "system", "signs")
SIGNED_TYPES: Final = ("plan.submitted", "progress.reported", "rectification.reported")
TABLED_TYPES: Final = ("plan.submitted", "progress.reported")
SIGNING_HOUR: Final = time(17, 20)
TABLE_HOUR: Final = time(14, 30)
DECISION_HOUR: Final = time(16, 40)
_LAST_DRAFT: Final = time(16, 40)
"""When at the latest something is prepared that is signed that day."""
_RETURNED, _AGAIN = time(14, 40), time(16, 30)


class Hand(NamedTuple):
    """Who acts, by which way, when, and how it was prepared."""

    actor: Actor
    way: Way
    at: datetime
    paper: PlannedPaper | None = None


def habits_of(leads: Iterable[str], *, by_hand: bool) -> Mapping[str, Habit]:
    """The habit of each unit that leads items; without `by_hand` programs do everything."""
    return {unit: _IN_TURN[index % len(_IN_TURN)] if by_hand else "api" for index, unit in enumerate(sorted(leads))}


def hand_of_unit(
    habit: Habit, unit: str, type_: str, on: date, at: time, *, fixed: bool, repeated: bool, returned: bool
) -> Hand:
    """Who of a unit does it. `fixed`: the hour is part of the story; `repeated`: it corrects what was said before.

    `returned`: the head returns it once.
    """
    head = Actor(role="unit", id=f"u-{unit}-1", unit=unit)
    clerk = Actor(role="unit", id=f"u-{unit}-2", unit=unit)
    if habit == "api":
        return Hand(head, "api", instant(on, at))
    if habit == "tables" and type_ in TABLED_TYPES and not (fixed or repeated):
        return Hand(clerk, "table", instant(on, TABLE_HOUR))
    if habit == "system" and type_ == "progress.reported":
        return Hand(clerk, "system", instant(on, at))
    by_system = habit == "system" and type_ == "plan.submitted"
    if by_system or (habit == "signs" and type_ in SIGNED_TYPES):
        signer = Actor(role="unit", id=head.id, unit=unit, head=True, prepared_by=clerk.id)
        prepared_at = instant(on, time(10) if returned else min(at, _LAST_DRAFT))
        steps = (instant(on, _RETURNED), instant(on, _AGAIN)) if returned else (None, None)
        paper = PlannedPaper(prepared_at=prepared_at, by_system=by_system, returned_at=steps[0], again_at=steps[1])
        return Hand(signer, "signed", instant(on, at if fixed else SIGNING_HOUR), paper)
    return Hand(clerk, "form", instant(on, at))
