"""Events of `submissions`: what people, and rating's alarm, put before the rules. Published by intake and rating."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from contracts.policy import Policy
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
    Name,
    Node,
    Number,
    PeriodId,
    Principal,
    ReportingPeriod,
    Sentence,
    Sha256,
    SubmissionId,
    Target,
    Unit,
    not_before,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammePublished:
    """The office publishes a programme; its items follow as `item.assigned`, one each."""

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
class Predecessor:
    """The item of an earlier programme that made the same promise."""

    programme: Identifier
    item: Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class Deputy:
    """Who stands in for a principal, both days included."""

    principal: Principal
    deputy: Principal
    from_on: date
    until_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemAssigned:
    """One item of a published programme, self-contained: rating never looks elsewhere.

    `units` and `leaders` are those of the programme (absent: any id is known), `month_working_day` the working day of
    the month after on which a month's report is due, `closing_on` the closing day, `predecessor` the same promise a
    year before, `deputies` the namings in force when it is assigned.
    """

    title: Name
    category: Category
    classification: Classification = "public"
    source: Sentence = ""
    lead_unit: Identifier
    cooperating: tuple[Identifier, ...] = ()
    leader: Identifier
    published_at: Instant
    plan_due_at: Instant
    periods: tuple[ReportingPeriod, ...]
    annual_targets: tuple[Target, ...] = ()
    calendar: Calendar
    policy: Policy
    simulated: bool = False
    derived: bool = False
    units: tuple[Identifier, ...] | None = None
    leaders: tuple[Identifier, ...] | None = None
    month_working_day: Annotated[int, Field(ge=1, le=15)] | None = None
    closing_on: date | None = None
    predecessor: Predecessor | None = None
    deputies: Annotated[tuple[Deputy, ...], Field(exclude_if=lambda namings: namings == ())] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemReassigned:
    """The office hands an item to another lead unit or leader (机构改革)."""

    lead_unit: Identifier
    cooperating: tuple[Identifier, ...] = ()
    leader: Identifier
    reason: Sentence = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSubmitted:
    """The lead unit's plan: a node per reporting period (附件4/5)."""

    nodes: dict[PeriodId, Node]
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDecided:
    """The leader in charge confirms or returns the waiting plan."""

    decision: Literal["confirmed", "returned"]
    reason: Sentence = ""
    of: SubmissionId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressReported:
    """The lead unit's report about one period (附件6): its claim, measured values, narrative and evidence."""

    period: PeriodId
    claim: Claim
    measures: dict[Name, Number] = field(default_factory=dict)
    narrative: Sentence = ""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressReviewed:
    """The office's finding about the report that counts."""

    period: PeriodId
    finding: Finding
    reason: Sentence = ""
    of: SubmissionId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionPlanned:
    """An inspection plan (四不两直) with its term, both days included; the unit sees it once the visit is recorded."""

    plan: Identifier
    from_on: date
    to_on: Annotated[date, not_before("from_on")]
    approved: bool
    scope: Sentence = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionRecorded:
    """What a visit under an approved plan found about a period's report."""

    plan: Identifier
    visited_on: date
    period: PeriodId
    finding: Finding
    reason: Sentence = ""
    evidence: tuple[Evidence, ...] = ()
    of: SubmissionId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LagDeclared:
    """The office declares severe lag (进展严重滞后)."""

    reason: Sentence = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockageRaised:
    """The lead unit reports a blockage (卡壳) that it cannot resolve."""

    blockage: Identifier
    text: Sentence = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockageAnswered:
    """The government's answer to a blockage, recorded by the office."""

    blockage: Identifier
    text: Sentence = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustmentRequested:
    """The lead unit asks to change a period's node."""

    adjustment: Identifier
    period: PeriodId
    node: Node
    reason: Sentence = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustmentDecided:
    """The item's own leader in charge decides an adjustment."""

    adjustment: Identifier
    decision: Literal["approved", "refused"]
    reason: Sentence = ""
    of: SubmissionId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalRequested:
    """The lead unit asks to take the item out of the annual assessment."""

    reason: Sentence = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalDecided:
    """The chief leader decides about the withdrawal."""

    decision: Literal["approved", "refused"]
    reason: Sentence = ""
    of: SubmissionId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RectificationReported:
    """The lead unit reports that the open rectification is done."""

    text: Sentence = ""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RectificationReviewed:
    """The office's finding about the reported rectification."""

    finding: Literal["done", "not_done"]
    reason: Sentence = ""
    of: SubmissionId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InterviewConfirmed:
    """The office confirms the proposed chief interview."""

    reason: Sentence = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InterviewHeld:
    """The minutes of an interview are recorded; `held_on` is the day on which it was held, where they name it."""

    level: Literal["interview", "chief_interview"]
    minutes: Sentence = ""
    evidence: tuple[Evidence, ...] = ()
    held_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeAcknowledged:
    """The unit signs for a notice (签收), named by its level and one of its causes."""

    level: Literal["rectification", "interview", "chief_interview", "blockage"]
    cause: Annotated[str, Field(min_length=1, max_length=100)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Appealed:
    """What an appeal is against: the light of a period, or one cause of a notice."""

    light: PeriodId | None = None
    level: Literal["rectification", "interview", "chief_interview", "blockage"] | None = None
    cause: Annotated[str, Field(max_length=100)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealLodged:
    """The lead unit appeals against a light or a notice (Decree 733 art. 16/17)."""

    appeal: Identifier
    against: Appealed
    reason: Sentence = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealDecided:
    """The office decides an appeal."""

    appeal: Identifier
    decision: Literal["upheld", "dismissed"]
    reason: Sentence = ""
    of: SubmissionId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyAdopted:
    """A new policy version takes effect for periods not yet settled."""

    policy: Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class BulletinComposed:
    """A bulletin was composed from the read model at a stated log position."""

    bulletin: Identifier
    kind: Literal["quarterly", "monthly"]
    period: PeriodId
    position: Annotated[str, Field(max_length=2000)]
    sha256: Sha256
    names_units: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BulletinApproved:
    """The chief leader approves a composed bulletin; with `sha256` it is that text alone that is approved."""

    bulletin: Identifier
    sha256: Sha256 | None = None
    of: SubmissionId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeputyNamed:
    """A leader in charge, the chief, or the office for them, names who stands in, both days included (代理)."""

    principal: Principal
    deputy: Principal
    from_on: date
    until_on: Annotated[date, not_before("from_on")]
    reason: Sentence = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeputyEnded:
    """A naming ends before its last day."""

    principal: Principal
    deputy: Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCorrected:
    """The office corrects an item's words; what is absent stays, and the classification only becomes internal."""

    title: Name | None = None
    source: Sentence | None = None
    classification: Literal["internal"] | None = None
    cooperating: tuple[Identifier, ...] | None = None
    annual_targets: tuple[Target, ...] | None = None
    reason: Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeExtended:
    """The office adds units and leaders to a published programme; sent per item, too."""

    units: tuple[Unit, ...] = ()
    leaders: tuple[Leader, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCancelled:
    """The office cancels an item that was published by mistake."""

    reason: Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationApproved:
    """The chief leader approves a cancellation that waits."""

    of: SubmissionId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarExtended:
    """The office names holidays and working weekends that were not known when the programme was published."""

    days: Annotated[dict[date, Literal["holiday", "working"]], Field(min_length=1, max_length=400)]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineMoved:
    """The office moves a report's deadline to a later day (延期报送)."""

    period: PeriodId
    due_on: date
    ground: Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionRequested:
    """The lead unit asks for a later limit of its open rectification (延期整改)."""

    extension: Identifier
    until_on: date
    reason: Sentence = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionDecided:
    """The item's own leader decides about an extension."""

    extension: Identifier
    decision: Literal["approved", "refused"]
    reason: Sentence = ""
    of: SubmissionId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionApproved:
    """The chief leader approves an inspection plan."""

    plan: Identifier
    of: SubmissionId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyGiven:
    """The unit concerned says its word about a light, or about one cause of a notice (单位说明); no effect on any."""

    light: PeriodId | None = None
    level: Literal["rectification", "interview", "chief_interview", "blockage"] | None = None
    cause: Annotated[str, Field(max_length=100)] | None = None
    text: Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyPublished:
    """The office shows a reply to the public."""

    of: SubmissionId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyWithheld:
    """The office keeps a reply from the public."""

    of: SubmissionId
    reason: Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlinePassed:
    """The alarm announces that something fell due; its consequences are dated by `due_at`."""

    kind: Literal["plan", "report", "reminder", "limit", "appeal"]
    ref: Annotated[str, Field(min_length=1, max_length=100)]
    due_at: Instant


SubmissionData = (
    ProgrammePublished
    | ItemAssigned
    | ItemReassigned
    | PlanSubmitted
    | PlanDecided
    | ProgressReported
    | ProgressReviewed
    | InspectionPlanned
    | InspectionRecorded
    | LagDeclared
    | BlockageRaised
    | BlockageAnswered
    | AdjustmentRequested
    | AdjustmentDecided
    | WithdrawalRequested
    | WithdrawalDecided
    | RectificationReported
    | RectificationReviewed
    | InterviewConfirmed
    | InterviewHeld
    | NoticeAcknowledged
    | AppealLodged
    | AppealDecided
    | PolicyAdopted
    | BulletinComposed
    | BulletinApproved
    | DeputyNamed
    | DeputyEnded
    | ItemCorrected
    | ProgrammeExtended
    | ItemCancelled
    | CancellationApproved
    | CalendarExtended
    | DeadlineMoved
    | ExtensionRequested
    | ExtensionDecided
    | InspectionApproved
    | ReplyGiven
    | ReplyPublished
    | ReplyWithheld
    | DeadlinePassed
)
