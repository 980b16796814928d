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
    frame = item.frame
    now = frame.local(clock)  # in the zone of all that it is compared with
    over = later(now, -frame.grace)
    if item.appeals and any(not appeal.overdue and appeal.due_at <= over for appeal in item.appeals):
        return True
    if item.hands.withdrawn:
        return False
    if frame.plan_due_at <= over and not item.plan.came and not item.plan.missed and plan_is_due(item):
        return True
    return _period_overdue(item, now, over) or _limit_overdue(item, now, over)


def _period_overdue(item: Item, now: datetime, over: datetime) -> bool:
    """Most acts come before the first instant that the frame watches: one comparison behind what has settled."""
    frame = item.frame
    for index, period in enumerate(item.periods):
        if period.settled:
            continue
        if now < frame.watched[index]:
            return False
        if period.status == "void":
            continue
        if frame.periods[index].due_at <= over:
            return True
        until = period.reminded_until
        if not received(period) and any(
            at <= now and (until is None or at > until) for at, _ in frame.reminders[index]
        ):
            return True
    return False


def _limit_overdue(item: Item, now: datetime, over: datetime) -> bool:
    for escalation in item.escalations:
        if escalation.phase == "open":
            limit = running_limit(escalation)
            if limit is not None and limit <= over:
                return True
            if escalation.level == "rectification" and any(
                at <= now for at, _ in rectification_reminders(item, escalation)
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
