"""What fell due before an act and was not announced: the ruling on the act announces it first (rulebook: Lights 7)."""

from __future__ import annotations

from datetime import datetime, timedelta

from contracts.submission import Submission
from services.rating.rules.acts.plan import plan_is_due
from services.rating.rules.acts.progress import received
from services.rating.rules.deadlines.passed import announce
from services.rating.rules.deadlines.pending import pending_deadlines, rectification_reminders
from services.rating.rules.draft import Draft, Event
from services.rating.rules.escalations.escalation import running_limit
from services.rating.rules.state.state import Item, State


def overdue_by(item: Item, clock: datetime) -> bool:
    """Whether anything is to be announced by `clock`: asked before every act, so without a list of all of it.

    Periods lie in the order of their deadlines, and so do the first reminders of each.
    """
    frame = item.frame
    over = _before(clock, frame.grace)
    if any(not appeal.overdue and appeal.due_at <= over for appeal in item.appeals):
        return True
    if item.hands.withdrawn:
        return False
    if frame.plan_due_at <= over and not item.plan.came and not item.plan.missed and plan_is_due(item):
        return True
    for index, period in enumerate(item.periods):
        if period.settled or frame.periods[index].id in frame.void:
            continue
        hours = frame.reminders[index]
        if frame.periods[index].due_at > over and (not hours or hours[0][0] > clock):
            break
        if frame.periods[index].due_at <= over:
            return True
        until = period.reminded_until
        if not received(period) and any(at <= clock and (until is None or at > until) for at, _days in hours):
            return True
    for escalation in item.escalations:
        if escalation.phase == "open":
            limit = running_limit(escalation)
            if limit is not None and limit <= over:
                return True
            if any(at <= clock for at, _days in rectification_reminders(item, escalation)):
                return True
    return False


def _before(clock: datetime, grace: timedelta) -> datetime:
    try:
        return clock - grace
    except OverflowError:
        return clock


def announce_overdue(item: Item, submission: Submission, clock: datetime) -> tuple[list[Event], Item]:
    """What has to be announced by `clock`, in order of due time and each dated by it, and the item after that."""
    events: list[Event] = []
    while True:
        pending = pending_deadlines(State(submission.subject, item=item))
        ready = next((one for one in pending if one.announce_at <= clock), None)
        if ready is None:
            return events, item
        draft = Draft(item, submission, ready.due_at, because=())
        announce(draft, ready)
        events += draft.events
        item = draft.item
