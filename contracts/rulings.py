"""Events of `rulings`: the verdict on a submission, and what follows from it. Published by rating."""

from __future__ import annotations

import operator
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from contracts.policy import Policy
from contracts.refusal_reasons import Reason
from contracts.submissions import Appealed, Deputy, Predecessor
from contracts.values import (
    Calendar,
    Category,
    Claim,
    Classification,
    Evidence,
    Finding,
    Identifier,
    Instant,
    Leader,
    Level,
    Light,
    MonthStatus,
    Name,
    Node,
    Number,
    PeriodId,
    Principal,
    ReportingPeriod,
    Sentence,
    Target,
    Unit,
)

Remark = Literal["late", "claim_contradicts_measures"]
Reference = Annotated[str, Field(min_length=1, max_length=100)]
Cause = Annotated[str, Field(min_length=1, max_length=100)]
"""What an escalation stands on: a period, `lag`, a blockage's id, or `rectification_overdue` and the like."""
Rule = Annotated[str, Field(max_length=60)]
"""The paragraph of the rulebook that was applied, e.g. `Lights 3`."""
Place = Annotated[int, Field(ge=1)]
"""Which of several of one id that wait, counted from 0 in the order of the log; the oldest is not named."""
Because = tuple[Reference, ...]
"""Ids of the submissions that something follows from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One target beside the measured value (none: left unmeasured)."""

    indicator: Name
    comparator: str
    target: Number
    measured: Number | None = None
    reached: bool


# --- verdicts: the first event of every ruling ---


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionAccepted:
    """The submission counts, with remarks; `alarm`: it is rating's own, which the key rule does not concern.

    `deputy` acted with the right of `principal` (rulebook: Who).
    """

    remarks: tuple[Remark, ...] = ()
    alarm: bool = False
    principal: Reference | None = None
    deputy: Reference | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionRejected:
    """The submission is refused, for all of these reasons; `alarm` as above."""

    reasons: tuple[Reason, ...]
    alarm: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionRepeated:
    """The same key and the same body were ruled on before; nothing follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionUnreadable:
    """The record could not be read; it is kept as it came, and quarantined."""

    problem: Annotated[str, Field(max_length=1000)]


# --- programmes and items ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeOpened:
    """A programme was published."""

    title: Name
    jurisdiction: Name
    document: Name
    issued_on: date
    simulated: bool
    derived: bool
    units: tuple[Unit, ...]
    leaders: tuple[Leader, ...]
    items: tuple[Identifier, ...]
    policy: Policy
    closing_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeEnlarged:
    """Units and leaders joined a published programme."""

    units: tuple[Unit, ...] = ()
    leaders: tuple[Leader, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemOpened:
    """An item is under supervision from here on; `void` names its periods that bind nobody (Deadlines)."""

    title: Name
    category: Category
    classification: Classification
    source: Sentence
    lead_unit: Identifier
    cooperating: tuple[Identifier, ...]
    leader: Identifier
    published_at: Instant
    plan_due_at: Instant
    periods: tuple[ReportingPeriod, ...]
    void: tuple[PeriodId, ...]
    annual_targets: tuple[Target, ...]
    calendar: Calendar
    policy: Policy
    simulated: bool
    derived: bool
    units: tuple[Identifier, ...] | None = None
    leaders: tuple[Identifier, ...] | None = None
    month_working_day: int | None = None
    closing_on: date | None = None
    predecessor: Predecessor | None = None
    deputies: Annotated[tuple[Deputy, ...], Field(exclude_if=lambda namings: namings == ())] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRevised:
    """Words of the item were corrected; what is absent stayed as it was."""

    title: Name | None = None
    source: Sentence | None = None
    classification: Classification | None = None
    cooperating: tuple[Identifier, ...] | None = None
    annual_targets: tuple[Target, ...] | None = None
    reason: Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class DeputyAppointed:
    """Somebody stands in for a principal, both days included."""

    principal: Principal
    deputy: Principal
    from_on: date
    until_on: date
    reason: Sentence = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeputyReleased:
    """A naming ended before its last day."""

    principal: Principal
    deputy: Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarRevised:
    """The calendar from here on, and the periods whose provisional deadline is another one by it."""

    calendar: Calendar
    periods: tuple[ReportingPeriod, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineShifted:
    """A report's deadline was moved from `before` to `due_at` (both exclusive)."""

    period: PeriodId
    before: Instant
    due_at: Instant
    ground: Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationFiled:
    """A cancellation waits for the chief leader: a deadline of the item has passed."""

    reason: Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemTransferred:
    """Rights passed to another lead unit or leader; obligations, lights and escalations stay."""

    lead_unit: Identifier
    cooperating: tuple[Identifier, ...]
    leader: Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalFiled:
    """A withdrawal from the assessment waits for the chief leader."""

    reason: Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalRefused:
    """The chief leader refused the withdrawal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemWithdrawn:
    """The item left the assessment (Lights 8); `cancelled`: it had been published by mistake."""

    cancelled: Annotated[bool, Field(exclude_if=operator.not_)] = False
    reason: Sentence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyChanged:
    """Another policy version holds for periods not yet settled."""

    policy: Policy


# --- plans ---


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanReceived:
    """A plan waits for the leader in charge."""

    nodes: dict[PeriodId, Node]
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanReturned:
    """The waiting plan was returned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanAdopted:
    """The waiting plan was confirmed; `nodes` take effect, `without_effect` are those of periods that are over."""

    nodes: dict[PeriodId, Node]
    without_effect: dict[PeriodId, Node] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMissed:
    """The plans' deadline passed without a plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustmentFiled:
    """An adjustment waits for the item's leader."""

    adjustment: Identifier
    period: PeriodId
    node: Node
    reason: Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustmentApproved:
    """An adjustment was approved before there is a confirmed plan; it takes effect with the plan.

    `place` tells which of those of its id that wait, from 0; absent: the oldest.
    """

    adjustment: Identifier
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustmentRefused:
    """The leader refused an adjustment; `place` as in `AdjustmentApproved`."""

    adjustment: Identifier
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeAdjusted:
    """An approved adjustment took effect; old and new value stay on record; `place` as in `AdjustmentApproved`."""

    adjustment: Identifier
    period: PeriodId
    before: Node | None = None
    after: Node
    reason: Sentence
    place: Place | None = None


# --- reports and findings ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressRecorded:
    """A report was accepted; `report` is its submission's id, `in_time` and `met` as judged at this moment."""

    report: Reference
    period: PeriodId
    claim: Claim
    measures: dict[Name, Number]
    evidence: tuple[Evidence, ...]
    narrative: Sentence
    received_at: Instant
    in_time: bool
    met: bool
    compared: tuple[Compared, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionAuthorized:
    """An inspection plan is on record; hidden from the unit until its visit is recorded.

    With `approval` it waits for the chief leader, whatever the planner says.
    """

    plan: Identifier
    from_on: date
    to_on: date
    approved: bool
    approval: Literal["chief"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionEndorsed:
    """The chief leader approved an inspection plan."""

    plan: Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class LagRecorded:
    """Severe lag was declared by this person of the office."""

    person: Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationRecorded:
    """The finding about the report that counts for a period."""

    period: PeriodId
    report: Reference
    finding: Finding
    by: Literal["review", "inspection"]
    person: Reference
    plan: Identifier | None = None


# --- lights ---


@dataclass(frozen=True, slots=True, kw_only=True)
class LightChanged:
    """A quarter's light moved; `settled` tells whether the period's deadline has passed."""

    period: PeriodId
    from_: Annotated[Light, Field(alias="from")]
    to: Light
    settled: bool
    rule: Rule
    because: Because
    compared: tuple[Compared, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LightSettled:
    """A quarter's deadline passed and its light was rated (as rated then)."""

    period: PeriodId
    light: Light


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthSettled:
    """A livelihood item's month has its status for the monthly bulletin; `settled` once its deadline was announced."""

    month: PeriodId
    status: MonthStatus
    settled: bool = False


# --- the ladder ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderDue:
    """The lead unit is reminded of a report (`about` a period) or a rectification (`about` its id)."""

    about: Reference
    kind: Literal["report", "rectification"]
    due_at: Instant
    days: int
    to: Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationRaised:
    """A rung of the ladder: to whom, copied to whom, until when (`due_at` exclusive; none while only proposed).

    `source` is the escalation that the cause came from (`rectification_overdue` and the like).
    """

    escalation: Reference
    level: Level
    state: Literal["proposed", "open"]
    cause: Cause
    source: Reference | None = None
    raised_at: Instant
    due_at: Instant | None = None
    to: Reference
    copy: tuple[Reference, ...]
    rule: Rule
    because: Because


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationJoined:
    """A second cause joined an open escalation; its limit does not move."""

    escalation: Reference
    level: Level
    cause: Cause
    source: Reference | None = None
    rule: Rule
    because: Because


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationConfirmed:
    """The office confirmed a proposed chief interview; its limit starts."""

    escalation: Reference
    level: Level
    due_at: Instant
    to: Reference
    copy: tuple[Reference, ...]
    person: Reference | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationReported:
    """The lead unit reported the rectification, itself or by a late `report` that meets the node (Lights 5)."""

    escalation: Reference
    late: bool
    by: Literal["rectification", "progress"] = "rectification"
    report: Reference | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationUnreported:
    """A late report that counted for the rectification was overturned before its limit: it counts no longer."""

    escalation: Reference
    level: Level
    report: Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionFiled:
    """An extension of a rectification's limit waits for the item's leader."""

    extension: Identifier
    escalation: Reference
    until_on: date
    reason: Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionRefused:
    """The leader refused an extension; `place` as in `AdjustmentApproved`."""

    extension: Identifier
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitMoved:
    """An escalation's limit is a later one: by an extension, or recounted by a calendar that has grown."""

    escalation: Reference
    level: Level
    before: Instant
    due_at: Instant
    extension: Identifier | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationReviewed:
    """The office reviewed the reported rectification."""

    escalation: Reference
    finding: Literal["done", "not_done"]
    person: Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationOverdue:
    """The limit passed; the escalation stays open and is marked."""

    escalation: Reference
    level: Level


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationRelieved:
    """The interview had been held within its limit: the mark of being overdue is taken back."""

    escalation: Reference
    level: Level
    held_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationReduced:
    """A cause no longer stands and was taken away; others remain."""

    escalation: Reference
    level: Level
    cause: Cause
    source: Reference | None = None
    because: Because


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationClosed:
    """The escalation was dealt with."""

    escalation: Reference
    level: Level


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationWithdrawn:
    """No cause is left, or the item was withdrawn."""

    escalation: Reference
    level: Level
    cause: Cause | None = None
    because: Because


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockageResolved:
    """One blockage of a blockage escalation was answered."""

    escalation: Reference
    blockage: Identifier


# --- fairness ---


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeSigned:
    """The unit signed for a notice; the clock for its appeal starts."""

    escalation: Reference
    level: Level
    cause: Cause
    signed_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealOpened:
    """An appeal waits; what it is against stands meanwhile."""

    appeal: Identifier
    against: Appealed
    due_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealClosed:
    """An appeal was decided; `place` as in `AdjustmentApproved`."""

    appeal: Identifier
    against: Appealed
    decision: Literal["upheld", "dismissed"]
    person: Reference
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealOverdue:
    """An appeal was not decided in time; told to the chief leader."""

    appeal: Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyRecorded:
    """The unit concerned said its word about a light or a cause of a notice; `reply` is its submission's id."""

    reply: Reference
    light: PeriodId | None = None
    level: Level | None = None
    cause: Cause | None = None
    text: Sentence
    unit: Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyReleased:
    """The public sees a reply."""

    reply: Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyRetained:
    """The public does not see a reply, for this reason."""

    reply: Reference
    reason: Sentence


# --- bulletins ---


@dataclass(frozen=True, slots=True, kw_only=True)
class BulletinFiled:
    """A bulletin waits for approval (needed where it names a unit)."""

    bulletin: Identifier
    kind: Literal["quarterly", "monthly"]
    period: PeriodId
    position: str
    sha256: str
    names_units: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BulletinPublished:
    """A bulletin was published."""

    bulletin: Identifier


Verdict = SubmissionAccepted | SubmissionRejected | SubmissionRepeated | SubmissionUnreadable

RulingData = (
    Verdict
    | ProgrammeOpened
    | ItemOpened
    | ItemTransferred
    | WithdrawalFiled
    | WithdrawalRefused
    | ItemWithdrawn
    | PolicyChanged
    | PlanReceived
    | PlanReturned
    | PlanAdopted
    | PlanMissed
    | AdjustmentFiled
    | AdjustmentApproved
    | AdjustmentRefused
    | NodeAdjusted
    | ProgressRecorded
    | InspectionAuthorized
    | LagRecorded
    | VerificationRecorded
    | LightChanged
    | LightSettled
    | MonthSettled
    | ReminderDue
    | EscalationRaised
    | EscalationJoined
    | EscalationConfirmed
    | EscalationReported
    | EscalationReviewed
    | EscalationOverdue
    | EscalationReduced
    | EscalationClosed
    | EscalationWithdrawn
    | BlockageResolved
    | NoticeSigned
    | AppealOpened
    | AppealClosed
    | AppealOverdue
    | BulletinFiled
    | BulletinPublished
    | ProgrammeEnlarged
    | ItemRevised
    | DeputyAppointed
    | DeputyReleased
    | CalendarRevised
    | DeadlineShifted
    | CancellationFiled
    | InspectionEndorsed
    | EscalationUnreported
    | EscalationRelieved
    | ExtensionFiled
    | ExtensionRefused
    | LimitMoved
    | ReplyRecorded
    | ReplyReleased
    | ReplyRetained
)
