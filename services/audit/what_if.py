"""Lives a recorded year again under another policy: the same acts, the deadlines and what follows as they then fall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from contracts.policy import Policy
from contracts.rulings import (
    Compared,
    EscalationRaised,
    ItemOpened,
    LightChanged,
    LightSettled,
    Reason,
    RulingData,
    SubmissionRejected,
)
from contracts.submission import SUBMISSION_TYPES, Submission, body_digest, new_submission
from contracts.submissions import DeadlinePassed, ItemAssigned, PolicyAdopted
from contracts.values import Actor
from services.audit.recorded_acts import Act, Year
from services.rating.rules.deadlines.pending import Deadline, pending_deadlines
from services.rating.rules.decide import decide
from services.rating.rules.state.evolve import evolve
from services.rating.rules.state.state import Item, State
from supervision import item as item_record
from supervision.item import ItemRecord
from supervision.workdays import end_of, last_day, offset_of, start_of

ALARM: Final = Actor(role="alarm", id="alarm")
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Told:
    """An event of a ruling as `evolve` reads it."""

    subject: str
    time: datetime
    causeid: str
    causedigest: str
    data: RulingData


@dataclass(slots=True)
class Lived:
    """How one item fared: its state at the end, the events behind its lights and escalations, what was refused.

    `rated` are the changes that a period settled with, `changed` the last ones (none: its light never moved),
    `record` knows the values by which it settled;
    `refused` goes by the ids of submissions, and `said` tells of each its short type and its time.
    """

    subject: str
    state: State | None = None
    rated: dict[str, LightChanged] = field(default_factory=dict)
    changed: dict[str, LightChanged] = field(default_factory=dict)
    record: ItemRecord | None = None
    raised: dict[str, EscalationRaised] = field(default_factory=dict)
    refused: dict[str, tuple[Reason, ...]] = field(default_factory=dict)
    said: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    _rung: set[Deadline] = field(default_factory=set)
    _settling: str = ""

    @property
    def opened(self) -> bool:
        """Whether the item came under supervision at all."""
        return self.state is not None and self.state.item is not None

    @property
    def item(self) -> Item:
        """The item at the end. Raises LookupError: it was never opened."""
        if self.state is None or self.state.item is None:
            raise LookupError(f"{self.subject}: no item was opened")
        return self.state.item

    def submit(self, submission: Submission, logged_at: datetime) -> None:
        """Rule on a submission and fold its ruling."""
        self._settling = ""
        events = decide(self.state, submission, logged_at)
        self.said[submission.id] = (SUBMISSION_TYPES.short_names[type(submission.data)], events[0].time)
        for event in events:
            told = Told(self.subject, event.time, submission.id, submission.digest, event.data)
            self.state = evolve(self.state, told)
            self._note(submission, event.data)

    def ring(self, log: str, now: datetime) -> None:
        """Let the alarm announce, in order of due time, everything that is to be announced by `now`."""
        while True:
            ready = next(
                (d for d in pending_deadlines(self.state) if d.announce_at <= now and d not in self._rung), None
            )
            if ready is None:
                return
            self._rung.add(ready)
            data = DeadlinePassed(kind=ready.kind, ref=ready.ref, due_at=ready.due_at)
            key = f"{ready.kind}/{ready.ref}/{ready.due_at.isoformat()}"
            announcement = new_submission(log, ALARM, key, self.subject, data, ready.announce_at)
            self.submit(announcement, ready.announce_at)

    def compared(self, period: str) -> tuple[Compared, ...]:
        """The targets and values by which a period settled."""
        return self.record.lights.of(period).compared if self.record else ()

    def _note(self, submission: Submission, data: RulingData) -> None:
        if isinstance(data, ItemOpened):
            self.record = item_record.opened(data)
        elif self.record is not None:
            self.record = item_record.evolve(self.record, data)
        match data:
            case SubmissionRejected(alarm=False):
                self.refused[submission.id] = data.reasons
            case LightSettled():
                self._settling = data.period
                if data.period in self.changed:
                    self.rated[data.period] = self.changed[data.period]
            case LightChanged():
                self.changed[data.period] = data
                if data.period == self._settling:
                    self.rated[data.period] = data
            case EscalationRaised():
                self.raised[data.escalation] = data


def live(year: Year, policy: Policy, until: datetime | None = None) -> dict[str, Lived]:
    """The recorded year of every item under `policy`, to its last record or to `until` (aware).

    What people did stays as it was recorded, though another policy might have had them act otherwise; what the alarm
    announced is announced anew. Every policy that the record holds is replaced, those adopted later included.
    """
    end = until or max(year.instant(act) for acts in year.acts.values() for act in acts)
    return {subject: _live(year, subject, acts, policy, end) for subject, acts in year.acts.items()}


def _live(year: Year, subject: str, acts: Sequence[Act], policy: Policy, end: datetime) -> Lived:
    lived = Lived(subject)
    for act in acts:
        at, log = year.instant(act), act.submission.log
        if at > end:
            continue
        lived.ring(log, at)
        if not act.is_alarm:
            lived.submit(under(act.submission, policy), act.logged_at)
    lived.ring(acts[0].submission.log, end)
    return lived


def under(submission: Submission, policy: Policy) -> Submission:
    """A submission as it would have been made under a policy: those that carry one carry this, and its deadlines."""
    data = submission.data
    if isinstance(data, ItemAssigned):
        data = _assigned(data, policy)
    elif isinstance(data, PolicyAdopted):
        data = PolicyAdopted(policy=policy)
    else:
        return submission
    return replace(submission, data=data, digest=body_digest(data))


def _assigned(data: ItemAssigned, policy: Policy) -> ItemAssigned:
    old = data.policy
    if (old.deadline_inclusive, old.utc_offset) == (policy.deadline_inclusive, policy.utc_offset):
        return replace(data, policy=policy)
    here, there = offset_of(old.utc_offset), offset_of(policy.utc_offset)

    def due_at(instant: datetime) -> datetime:
        """前 and its day, read in the other way (rulebook: Deadlines)."""
        day = last_day(instant, here) + (timedelta(0) if old.deadline_inclusive else _DAY)
        return end_of(day, there) if policy.deadline_inclusive else start_of(day, there)

    periods = tuple(
        replace(period, opens_at=start_of(period.opens_at.astimezone(here).date(), there), due_at=due_at(period.due_at))
        for period in data.periods
    )
    return replace(data, policy=policy, periods=periods, plan_due_at=due_at(data.plan_due_at))
