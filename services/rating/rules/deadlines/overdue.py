"""What fell due before an act and was not announced: the ruling on the act announces it first (rulebook: Lights 7)."""

from __future__ import annotations

from datetime import datetime

from contracts.submission import Submission
from services.rating.rules.acts.plan import plan_is_due
from services.rating.rules.acts.progress import received
from services.rating.rules.deadlines.passed import announce
from services.rating.rules.deadlines.pending import pending_deadlines, rectification_reminders
from services.rating.rules.draft import Draft, Event
from services.rating.rules.escalations.escalation import running_limit
from services.rating.rules.state.frame import later
from services.rating.rules.state.state import Item, State


def overdue_by(item: Item, clock: datetime) -> bool:
    """Whether anything is to be announced by `clock`: asked before every act, so without a list of all of it."""
    frame, plan = item.frame, item.plan
    if item.appeals:
        over = later(clock, -frame.grace)
        if any(not appeal.overdue and appeal.due_at <= over for appeal in item.appeals):
            return True
    if item.hands.withdrawn:
        return False
    if not plan.came and not plan.missed and plan_is_due(item) and frame.plan_due_at <= later(clock, -frame.grace):
        return True
    return _period_overdue(item, clock) or _limit_overdue(item, clock)


def _period_overdue(item: Item, clock: datetime) -> bool:
    """Most acts come before the first instant that the frame watches: one comparison behind what has settled."""
    frame = item.frame
    for index, period in enumerate(item.periods):
        if period.settled:
            continue
        if clock < frame.watched[index]:
            return False
        if period.status == "void":
            continue
        if clock >= frame.announced[index]:
            return True
        if received(period):
            continue
        until = period.reminded_until
        for at, _days in frame.reminders[index]:
            if at > clock:
                break
            if until is None or at > until:
                return True
    return False


def _limit_overdue(item: Item, clock: datetime) -> bool:
    for escalation in item.escalations:
        if escalation.phase != "open":
            continue
        limit = running_limit(escalation)
        if limit is None:
            continue
        if limit <= later(clock, -item.frame.grace):
            return True
        if escalation.level == "rectification" and any(
            at <= clock for at, _days in rectification_reminders(item, escalation)
        ):
            return True
    return False


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
