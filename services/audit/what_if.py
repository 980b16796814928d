"""Runs a recorded year again under another policy: the same acts; deadlines, and what follows, as they then fall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from contracts.policy import Policy
from contracts.refusal_reasons import Reason
from contracts.rulings import (
    Compared,
    EscalationRaised,
    ItemOpened,
    LightChanged,
    RulingData,
    SubmissionRejected,
)
from contracts.submission import SUBMISSION_TYPES, Submission, body_digest, new_submission
from contracts.submissions import ItemAssigned, PolicyAdopted
from contracts.values import Actor
from services.audit.recorded_acts import RecordedAct, RecordedYear
from services.rating.rules.deadlines.pending import Deadline, pending_deadlines
from services.rating.rules.decide import decide
from services.rating.rules.state.evolve import fold
from services.rating.rules.state.state import Item, State
from supervision import item as item_record
from supervision.item import ItemRecord
from supervision.workdays import end_of, last_day, offset_of, start_of

ALARM: Final = Actor(role="alarm", id="alarm")
_DAY: Final = timedelta(days=1)


@dataclass(slots=True)
class ItemRerun:
    """How one item fared: its state at the end, the events behind its lights and escalations, what was refused.

    `changed` are the last changes of its lights by period (none: the light never moved), `raised` the escalations by
    id; `record` knows the values by which a period settled. `refused` and `submitted` go by the ids of submissions;
    `submitted` has the short type and the time that counted.
    """

    subject: str
    state: State | None = None
    record: ItemRecord | None = None
    changed: dict[str, LightChanged] = field(default_factory=dict)
    raised: dict[str, EscalationRaised] = field(default_factory=dict)
    refused: dict[str, tuple[Reason, ...]] = field(default_factory=dict)
    submitted: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    _announced: set[Deadline] = field(default_factory=set)

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
        ruling = decide(self.state, submission, logged_at)
        self.state = fold(self.state, submission, ruling)
        self.submitted[submission.id] = (SUBMISSION_TYPES.short_names[type(submission.data)], ruling[0].time)
        for event in ruling:
            self._keep(submission, event.data)

    def announce_until(self, log: str, now: datetime) -> None:
        """Let the alarm announce, in order of due time, everything that has to be announced by `now`."""
        while True:
            pending = (one for one in pending_deadlines(self.state) if one.announce_at <= now)
            ready = next((one for one in pending if one not in self._announced), None)
            if ready is None:
                return
            self._announced.add(ready)
            announcement = new_submission(log, ALARM, ready.key, self.subject, ready.passed, ready.announce_at)
            self.submit(announcement, ready.announce_at)

    def compared(self, period: str) -> tuple[Compared, ...]:
        """The targets and values by which a period settled."""
        return self.record.lights.of(period).compared if self.record else ()

    def _keep(self, submission: Submission, data: RulingData) -> None:
        if isinstance(data, ItemOpened):
            self.record = item_record.opened(data)
        elif self.record is not None:
            self.record = item_record.evolve(self.record, data)
        match data:
            case SubmissionRejected(alarm=False):
                self.refused[submission.id] = data.reasons
            case LightChanged():
                self.changed[data.period] = data
            case EscalationRaised():
                self.raised[data.escalation] = data


def rerun(year: RecordedYear, policy: Policy, until: datetime | None = None) -> dict[str, ItemRerun]:
    """The recorded year of every item under `policy`, by subject, to its last record or to `until` (aware).

    What people did stays as it was recorded, though another policy might have had them act otherwise; what the alarm
    announced is announced anew. Every policy that the record holds is replaced, those adopted later included.
    """
    end = until or max(year.instant(act) for acts in year.acts.values() for act in acts)
    return {subject: _rerun_item(year, subject, acts, policy, end) for subject, acts in year.acts.items()}


def _rerun_item(
    year: RecordedYear, subject: str, acts: Sequence[RecordedAct], policy: Policy, end: datetime
) -> ItemRerun:
    item = ItemRerun(subject)
    for act in acts:
        at, log = year.instant(act), act.submission.log
        if at > end:
            continue
        item.announce_until(log, at)
        if not act.is_alarm:
            item.submit(under(act.submission, policy), act.logged_at)
    item.announce_until(acts[0].submission.log, end)
    return item


def under(submission: Submission, policy: Policy) -> Submission:
    """A submission as it would have been made under a policy: with this policy and its deadlines if it carries one."""
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
        """The same day, with 前 read as the other policy reads it (rulebook: Deadlines)."""
        day = last_day(instant, here) + (timedelta(0) if old.deadline_inclusive else _DAY)
        return end_of(day, there) if policy.deadline_inclusive else start_of(day, there)

    periods = tuple(
        replace(period, opens_at=start_of(period.opens_at.astimezone(here).date(), there), due_at=due_at(period.due_at))
        for period in data.periods
    )
    return replace(data, policy=policy, periods=periods, plan_due_at=due_at(data.plan_due_at))
