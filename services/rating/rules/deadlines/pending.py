"""What falls due next, for the alarm (rulebook: Lights 7; Fine print "Dates at the same instant ...")."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

from contracts.submissions import DeadlinePassed
from services.rating.rules.acts.plan import plan_is_due
from services.rating.rules.acts.progress import received
from services.rating.rules.escalations.escalation import running_limit
from services.rating.rules.state.frame import later
from services.rating.rules.state.ladder import Escalation
from services.rating.rules.state.state import Item, State

DeadlineKind = Literal["plan", "report", "limit", "appeal", "reminder"]
RefAndInstant = tuple[str, datetime]
_NO_GRACE: Final = timedelta(0)


class Deadline(NamedTuple):
    """Something that falls due: it is over at `due_at` and announced from `announce_at` on."""

    kind: DeadlineKind
    ref: str
    due_at: datetime
    announce_at: datetime

    @property
    def key(self) -> str:
        """The idempotency key of its announcement: whoever announces it, and how often, it is the same submission."""
        return f"{self.kind}/{self.ref}/{self.due_at.isoformat()}"

    @property
    def passed(self) -> DeadlinePassed:
        """Its announcement."""
        return DeadlinePassed(kind=self.kind, ref=self.ref, due_at=self.due_at)


def pending_deadlines(state: State | None) -> list[Deadline]:
    """Everything that will fall due as things stand, by due time; at the same instant plans, report deadlines by
    period, limits in the order raised, appeals, reminders.

    A deadline is announced when the grace has passed after it, a reminder at its hour. What was announced, or no
    longer matters (a closed escalation, a reminder of what was received), is not listed. Of a withdrawn item the
    deadlines of its appeals run on.
    rulebook: Lights 7; Escalation ladder; Fine print
    """
    item = state.item if state is not None else None
    if item is None:
        return []
    # sorting is stable: what is listed first comes first at the same instant
    kinds: tuple[DeadlineKind, ...] = ("appeal",) if item.hands.withdrawn else KINDS
    listed = [deadline for kind in kinds for deadline in of_kind(item, kind)]
    return sorted(listed, key=_BY_DUE)


def find_pending(item: Item, kind: DeadlineKind, ref: str, due_at: datetime) -> Deadline | None:
    """The deadline of that kind, name and instant, if it has not been announced and still matters."""
    index = item.frame.index.get(ref)
    if kind == "report" and index is not None:
        dates = _report(item, index)
    elif kind == "reminder":
        dates = _rectification_hours(item) if index is None else _report_hours(item, index)
    else:
        dates = _DATES[kind](item)
    if (ref, due_at) not in dates:
        return None
    return Deadline(kind, ref, due_at, due_at if kind == "reminder" else later(due_at, item.frame.grace))


def of_kind(item: Item, kind: DeadlineKind) -> Iterator[Deadline]:
    """What will fall due of one kind, in the order of the periods, or in that of raising or lodging."""
    grace = _NO_GRACE if kind == "reminder" else item.frame.grace
    return (Deadline(kind, ref, due_at, later(due_at, grace)) for ref, due_at in _DATES[kind](item))


def _plan(item: Item) -> Iterator[RefAndInstant]:
    if not item.plan.came and not item.plan.missed and plan_is_due(item):
        yield "plan", item.frame.plan_due_at


def _reports(item: Item) -> Iterator[RefAndInstant]:
    for index in range(len(item.periods)):
        yield from _report(item, index)


def _report(item: Item, index: int) -> Iterator[RefAndInstant]:
    period = item.frame.periods[index]
    if not item.periods[index].settled and period.id not in item.frame.void:
        yield period.id, period.due_at


def _limits(item: Item) -> Iterator[RefAndInstant]:
    for escalation in item.escalations:
        limit = running_limit(escalation)
        if limit is not None:
            yield escalation.id, limit


def _appeals(item: Item) -> Iterator[RefAndInstant]:
    return ((appeal.id, appeal.due_at) for appeal in item.appeals if not appeal.overdue)


def _reminders(item: Item) -> Iterator[RefAndInstant]:
    for index in range(len(item.periods)):
        yield from _report_hours(item, index)
    yield from _rectification_hours(item)


def _report_hours(item: Item, index: int) -> Iterator[RefAndInstant]:
    """Hours of the reminders about a report that is due and not yet received (rulebook: Escalation ladder)."""
    here = item.periods[index]
    if here.settled or received(here):
        return
    until, ref = here.reminded_until, item.frame.periods[index].id
    for at, _days in item.frame.reminders[index]:
        if until is None or at > until:
            yield ref, at


def _rectification_hours(item: Item) -> Iterator[RefAndInstant]:
    for escalation in item.escalations:
        for at, _days in rectification_reminders(item, escalation):
            yield escalation.id, at


def rectification_reminders(item: Item, escalation: Escalation) -> list[tuple[datetime, int]]:
    """Hours at which an open rectification that was not reported is reminded of (rulebook: Escalation ladder)."""
    due_at = running_limit(escalation)
    if escalation.level != "rectification" or escalation.reported or due_at is None:
        return []
    until = escalation.reminded_until
    hours = item.frame.reminders_before(due_at, max(escalation.raised_at, item.frame.since))
    return [(at, days) for at, days in hours if until is None or at > until]


_DATES: Final[Mapping[DeadlineKind, Callable[[Item], Iterator[RefAndInstant]]]] = {
    "plan": _plan,
    "report": _reports,
    "limit": _limits,
    "appeal": _appeals,
    "reminder": _reminders,
}
KINDS: Final[tuple[DeadlineKind, ...]] = tuple(_DATES)
"""In the order in which they are announced at the same instant (rulebook: Fine print)."""
_BY_DUE: Final = operator.attrgetter("due_at")
