"""What falls due next, for the alarm (rulebook: Lights 7; Fine print "Dates at the same instant ...")."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

from services.rating.plan import plan_is_due
from services.rating.progress import received
from services.rating.state import Escalation, Item, State

Kind = Literal["plan", "report", "limit", "appeal", "reminder"]
_RANK: Final[dict[Kind, int]] = {"plan": 0, "report": 1, "limit": 2, "appeal": 3, "reminder": 4}


class Deadline(NamedTuple):
    """Something that falls due: it is over at `due_at` and announced from `announce_at` on."""

    kind: Kind
    ref: str
    due_at: datetime
    announce_at: datetime


def due(state: State | None) -> list[Deadline]:
    """Everything that will fall due as things stand, by due time; at the same instant plans, report deadlines by
    period, limits in the order raised, appeals, reminders.

    A deadline is announced when the grace has passed after it, a reminder at its hour. What was announced, or no
    longer matters (a closed escalation, a reminder of what was received), is not listed.
    rulebook: Lights 7; Escalation ladder; Fine print
    """
    item = state.item if state is not None else None
    if item is None or item.hands.withdrawn:
        return []
    grace = item.scheme.grace
    ranked: list[tuple[datetime, int, int, Deadline]] = []

    def add(kind: Kind, ref: str, due_at: datetime, place: int) -> None:
        announce_at = due_at if kind == "reminder" else _later(due_at, grace)
        ranked.append((due_at, _RANK[kind], place, Deadline(kind, ref, due_at, announce_at)))

    if not item.plan.came and not item.plan.missed and plan_is_due(item):
        add("plan", "plan", item.scheme.plan_due_at, 0)
    for place, period in enumerate(item.scheme.periods):
        if item.periods[place].settled or period.id in item.scheme.void:
            continue
        add("report", period.id, period.due_at, place)
        if not received(item, place):
            until = item.reminded[place]
            for at, _days in item.scheme.reminders[place]:
                if until is None or at > until:
                    add("reminder", period.id, at, place)
    for place, escalation in enumerate(item.escalations):
        limit = running_limit(escalation)
        if limit is not None:
            add("limit", escalation.id, limit, place)
            for at, _days in rectification_reminders(item, escalation):
                add("reminder", escalation.id, at, len(item.periods) + place)
    for place, appeal in enumerate(item.appeals):
        if not appeal.overdue:
            add("appeal", appeal.id, appeal.due_at, place)
    ranked.sort()
    return [deadline for *_, deadline in ranked]


def running_limit(escalation: Escalation) -> datetime | None:
    """The limit of an open escalation that still runs: one reported in time keeps it (rulebook: Fine print)."""
    if escalation.phase != "open" or escalation.overdue or escalation.reported_in_time:
        return None
    return escalation.due_at


def rectification_reminders(item: Item, escalation: Escalation) -> list[tuple[datetime, int]]:
    """Hours at which an open rectification that was not reported is reminded of (rulebook: Escalation ladder)."""
    due_at = running_limit(escalation)
    if escalation.level != "rectification" or escalation.reported or due_at is None:
        return []
    until = escalation.reminded_until
    hours = item.scheme.reminders_before(due_at, escalation.raised_at)
    return [(at, days) for at, days in hours if until is None or at > until]


def _later(due_at: datetime, grace: timedelta) -> datetime:
    try:
        return due_at + grace
    except OverflowError:
        return due_at
