"""What follows when a deadline is announced (rulebook: Lights 1, 2, 6, 7; Escalation ladder)."""

from __future__ import annotations

from datetime import datetime

from contracts.rulings import ReminderDue
from services.rating.rules.acts.appeal import overdue, waiting
from services.rating.rules.acts.plan import miss_plan
from services.rating.rules.deadlines.pending import Deadline, rectification_reminders
from services.rating.rules.draft import Draft
from services.rating.rules.lights.escalation import lapse
from services.rating.rules.lights.light import compared_of, settle
from services.rating.rules.lights.month import settle_month


def announce(draft: Draft, deadline: Deadline) -> None:
    """Everything is dated by the deadline, however late it is announced (rulebook: Fine print)."""
    if deadline.kind == "plan":
        miss_plan(draft)
    elif deadline.kind == "report":
        _settle(draft, deadline.ref)
    elif deadline.kind == "limit":
        lapse(draft, draft.escalation(deadline.ref))
    elif deadline.kind == "appeal":
        appeal = waiting(draft.item, deadline.ref)
        if appeal is not None:
            overdue(draft, appeal)
    else:
        _remind(draft, deadline)


def _settle(draft: Draft, period: str) -> None:
    """A month gets its status; the last part of a period settles its light (rulebook: Lights 1, 6)."""
    item = draft.item
    scheme = item.scheme
    index = scheme.index[period]
    quarter = scheme.quarter_of[index]
    last = scheme.quarters[quarter].parts[-1] == index
    compared = compared_of(item, quarter) if last else ()
    if scheme.category == "livelihood" or not last:
        settle_month(draft, index)
    if last:
        settle(draft, quarter, compared)


def _remind(draft: Draft, deadline: Deadline) -> None:
    """The lead unit is reminded of a report or a rectification (rulebook: Escalation ladder)."""
    item = draft.item
    place = item.scheme.index.get(deadline.ref)
    if place is not None:
        hours = item.scheme.reminders[place]
        due_at: datetime | None = item.scheme.periods[place].due_at
    else:
        escalation = draft.escalation(deadline.ref)
        hours = tuple(rectification_reminders(item, escalation))
        due_at = escalation.due_at
    days = next((n for at, n in hours if at == deadline.due_at), 0)
    if due_at is not None:
        draft.tell(
            ReminderDue(
                about=deadline.ref,
                kind="report" if place is not None else "rectification",
                due_at=due_at,
                days=days,
                to=item.hands.lead_unit,
            )
        )
