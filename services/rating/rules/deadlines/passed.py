"""The alarm announces that a deadline has passed: the ruling on it (rulebook: Lights 1, 2, 6, 7; Escalation ladder)."""

from __future__ import annotations

from datetime import datetime

from contracts.rulings import ReminderDue
from contracts.submission import Submission
from contracts.submissions import DeadlinePassed
from services.rating.rules.acts.appeal import overdue, waiting
from services.rating.rules.acts.plan import miss_plan
from services.rating.rules.deadlines.pending import Deadline, find_pending, rectification_reminders
from services.rating.rules.draft import Draft, Event
from services.rating.rules.escalations.escalation import lapse
from services.rating.rules.lights.light import compared_of, settle
from services.rating.rules.lights.month import settle_month
from services.rating.rules.state.state import Item
from services.rating.rules.verdict import ANNOUNCED, refuse, repeat


def decide_passed(item: Item | None, submission: Submission, data: DeadlinePassed, logged_at: datetime) -> list[Event]:
    """The ruling on an announcement of the alarm: too early it is `not_due`, a second time it is repeated.

    Whether it was announced before is told by the state, not by the submission's key. A simulated announcement is
    checked against its own time, a real one against the time when it reached the log. Everything that follows is
    dated by the deadline, however late it is announced.
    rulebook: Lights 7; What is refused; Fine print
    """
    if item is None:
        return refuse(logged_at, ["unknown_item"], alarm=True)
    frame = item.frame
    clock = submission.received_at if frame.simulated else logged_at
    due_at = frame.local(data.due_at)
    if item.hands.withdrawn and data.kind != "appeal":
        return refuse(due_at, ["item_withdrawn"], alarm=True)
    deadline = find_pending(item, data.kind, data.ref, due_at)
    if deadline is None:
        early = data.due_at > clock if data.kind == "reminder" else clock - data.due_at < frame.grace
        return refuse(due_at, ["not_due"], alarm=True) if early else repeat(due_at)
    if clock < deadline.announce_at:
        return refuse(due_at, ["not_due"], alarm=True)
    draft = Draft(item, submission, due_at)
    announce(draft, deadline)
    return [Event(due_at, ANNOUNCED), *draft.events]


def announce(draft: Draft, deadline: Deadline) -> None:
    """What follows when a deadline has passed; `draft.at` is the deadline itself."""
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
    frame = item.frame
    index = frame.index[period]
    quarter = frame.quarter_of[index]
    last = frame.quarters[quarter].parts[-1] == index
    compared = compared_of(item, quarter) if last else ()
    if frame.category == "livelihood" or not last:
        settle_month(draft, index)
    if last:
        settle(draft, quarter, compared)


def _remind(draft: Draft, deadline: Deadline) -> None:
    """The lead unit is reminded of a report or a rectification (rulebook: Escalation ladder)."""
    item = draft.item
    place = item.frame.index.get(deadline.ref)
    if place is not None:
        hours = item.frame.reminders[place]
        due_at: datetime | None = item.frame.periods[place].due_at
    else:
        escalation = draft.escalation(deadline.ref)
        hours = tuple(rectification_reminders(item, escalation))
        due_at = escalation.due_at
    days = next((n for at, n in hours if at == deadline.due_at), 0)
    if due_at is not None:
        draft.emit(
            ReminderDue(
                about=deadline.ref,
                kind="report" if place is not None else "rectification",
                due_at=due_at,
                days=days,
                to=item.hands.lead_unit,
            )
        )
