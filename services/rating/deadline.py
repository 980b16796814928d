"""What follows when a deadline is announced (rulebook: Lights 1, 2, 6, 7; Escalation ladder)."""

from __future__ import annotations

from datetime import datetime

from contracts.rulings import LightSettled, ReminderDue
from contracts.values import Light
from services.rating.appeal import overdue, waiting
from services.rating.changing import change
from services.rating.draft import Draft
from services.rating.due import Deadline, rectification_reminders
from services.rating.escalation import lapse
from services.rating.light import colours, rederive
from services.rating.month import settle_month
from services.rating.plan import miss_plan


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
    scheme = draft.scheme
    index = scheme.index[period]
    quarter = scheme.quarter_of[index]
    frame = scheme.quarters[quarter]
    last = frame.parts[-1] == index
    if scheme.category == "livelihood" or not last:
        settle_month(draft, index)
    if not last:
        return
    draft.tell(LightSettled(period=frame.id, light=_light_at_settlement(draft, quarter)))
    rederive(draft)


def _light_at_settlement(draft: Draft, quarter: int) -> Light:
    """The light as it is first rated."""
    item = draft.item
    before = item.quarters[quarter]
    settled = change(before, rated="none", policy=item.scheme.policy)
    quarters = (*item.quarters[:quarter], settled, *item.quarters[quarter + 1 :])
    return colours(change(item, quarters=quarters))[quarter]


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
