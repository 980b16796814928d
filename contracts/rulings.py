"""Events of `rulings`: the verdict on a submission, and what follows from it. Published by rating."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from contracts.policy import Policy
from contracts.submissions import Appealed
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
    ReportingPeriod,
    Sentence,
    Target,
    Unit,
)

Remark = Literal["late", "claim_contradicts_measures"]
Reason = Literal[
    "not_lead_unit",
    "wrong_role",
    "not_own_leader",
    "unknown_programme",
    "unknown_item",
    "unknown_period",
    "plan_already_confirmed",
    "nothing_to_decide",
    "indicator_not_in_plan",
    "completed_without_evidence",
    "period_not_open",
    "period_settled",
    "item_withdrawn",
    "idempotency_key_reused",
    "no_valid_inspection_plan",
    "nothing_to_review",
    "no_open_escalation",
    "appeal_out_of_time",
    "decider_involved",
    "too_large",
    "not_due",
    "wrong_partition",
    "already_published",
]
"""Reason codes in the order in which several are given (rulebook: What is refused)."""

Reference = Annotated[str, Field(min_length=1, max_length=100)]
Cause = Annotated[str, Field(min_length=1, max_length=100)]
"""What an escalation stands on: a period, `lag`, a blockage's id, or `rectification_overdue` and the like."""
Rule = Annotated[str, Field(max_length=60)]
"""The paragraph of the rulebook that was applied, e.g. `Lights 3`."""
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
    """The submission counts, with remarks; `alarm`: it is rating's own, which the key rule does not concern."""

    remarks: tuple[Remark, ...] = ()
    alarm: bool = False


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
    """The item left the assessment (Lights 8)."""


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
    """An adjustment was approved before there is a confirmed plan; it takes effect with the plan."""

    adjustment: Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustmentRefused:
    """The leader refused an adjustment."""

    adjustment: Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeAdjusted:
    """An approved adjustment took effect; old and new value stay on record."""

    adjustment: Identifier
    period: PeriodId
    before: Node | None = None
    after: Node
    reason: Sentence


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
    """An inspection plan is on record; hidden from the unit until its visit is recorded."""

    plan: Identifier
    from_on: date
    to_on: date
    approved: bool


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


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationReported:
    """The lead unit reported the rectification, itself or by a late `report` that meets the node (Lights 5)."""

    escalation: Reference
    late: bool
    by: Literal["rectification", "progress"] = "rectification"
    report: Reference | None = None


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
    """An appeal was decided."""

    appeal: Identifier
    against: Appealed
    decision: Literal["upheld", "dismissed"]
    person: Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealOverdue:
    """An appeal was not decided in time; told to the chief leader."""

    appeal: Identifier


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
)
