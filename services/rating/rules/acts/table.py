"""Every act that people can submit: who may do it, what stands against it, what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from contracts.refusal_reasons import Reason
from contracts.rulings import Remark
from contracts.submissions import (
    AdjustmentDecided,
    AdjustmentRequested,
    AppealDecided,
    AppealLodged,
    BlockageAnswered,
    BlockageRaised,
    BulletinApproved,
    BulletinComposed,
    CalendarExtended,
    CancellationApproved,
    DeadlineMoved,
    DeputyEnded,
    DeputyNamed,
    ExtensionDecided,
    ExtensionRequested,
    InspectionApproved,
    InspectionPlanned,
    InspectionRecorded,
    InterviewConfirmed,
    InterviewHeld,
    ItemAssigned,
    ItemCancelled,
    ItemCorrected,
    ItemReassigned,
    LagDeclared,
    NoticeAcknowledged,
    PlanDecided,
    PlanSubmitted,
    PolicyAdopted,
    ProgrammeExtended,
    ProgrammePublished,
    ProgressReported,
    ProgressReviewed,
    RectificationReported,
    RectificationReviewed,
    ReplyGiven,
    ReplyPublished,
    ReplyWithheld,
    WithdrawalDecided,
    WithdrawalRequested,
)
from services.rating.rules.acts import (
    adjustment,
    appeal,
    blockage,
    bulletin,
    calendar,
    correction,
    deputy,
    extension,
    inspection,
    interview,
    plan,
    programme,
    progress,
    rectification,
    reply,
    review,
    withdrawal,
)
from services.rating.rules.draft import Draft
from services.rating.rules.rights import Right
from services.rating.rules.state.programme import Programme
from services.rating.rules.state.state import Item


class ItemAct(NamedTuple):
    """An act about an item under supervision.

    `object_to` is asked with the instant that counts for the submission, `object_to_unit` also with the unit that sent
    it, `recuses` whether a person is too involved. One that `outlives` is taken of a
    withdrawn item, too; one made in `hindsight` raises nothing after the closing day.
    """

    right: Right
    object_to: Callable[[Item, Any, datetime], list[Reason]]
    follow: Callable[[Draft, Any], list[Remark]]
    recuses: Callable[[Item, Any, str], bool] | None = None
    object_to_unit: Callable[[Item, Any, datetime, str | None], list[Reason]] | None = None
    outlives: bool = False
    hindsight: bool = False


class ProgrammeAct(NamedTuple):
    """An act about a published programme."""

    right: Right
    object_to: Callable[[Programme, Any], list[Reason]]
    follow: Callable[[Draft, Any], None]


class Opening(NamedTuple):
    """An act that puts its subject on record; once it is there, another one is a repetition."""

    right: Right
    follow: Callable[[Draft, Any], None]


ABOUT_ITEMS: Final[Mapping[type, ItemAct]] = {
    PlanSubmitted: ItemAct("lead_unit", plan.object_to_plan, plan.receive_plan),
    PlanDecided: ItemAct("own_leader", plan.object_to_plan_decision, plan.decide_plan),
    ProgressReported: ItemAct("lead_unit", progress.object_to_report, progress.record_report),
    ProgressReviewed: ItemAct("office", review.object_to_review, review.review, review.is_barred, hindsight=True),
    InspectionPlanned: ItemAct("office", inspection.object_to_plan, inspection.plan_inspection),
    InspectionApproved: ItemAct("chief", inspection.object_to_approval, inspection.approve),
    InspectionRecorded: ItemAct(
        "office", inspection.object_to_inspection, inspection.record_inspection, review.is_barred, hindsight=True
    ),
    LagDeclared: ItemAct("office", rectification.object_to_lag, rectification.declare_lag),
    AdjustmentRequested: ItemAct("lead_unit", adjustment.object_to_request, adjustment.file_request),
    AdjustmentDecided: ItemAct("own_leader", adjustment.object_to_decision, adjustment.decide_request),
    WithdrawalRequested: ItemAct("lead_unit", withdrawal.object_to_withdrawal, withdrawal.file_withdrawal),
    WithdrawalDecided: ItemAct("chief", withdrawal.object_to_withdrawal_decision, withdrawal.decide_withdrawal),
    RectificationReported: ItemAct(
        "lead_unit", rectification.object_to_rectification, rectification.report_rectification
    ),
    RectificationReviewed: ItemAct(
        "office", rectification.object_to_rectification_review, rectification.review_rectification, hindsight=True
    ),
    ExtensionRequested: ItemAct("lead_unit", extension.object_to_request, extension.file_request),
    ExtensionDecided: ItemAct("own_leader", extension.object_to_decision, extension.decide_request),
    InterviewConfirmed: ItemAct("office", interview.object_to_confirmation, interview.confirm_interview),
    InterviewHeld: ItemAct("interviewer", interview.object_to_minutes, interview.hold_interview),
    NoticeAcknowledged: ItemAct("lead_unit", appeal.object_to_acknowledgement, appeal.acknowledge, outlives=True),
    AppealLodged: ItemAct(
        "lead_or_concerned", appeal.object_to_appeal, appeal.lodge, object_to_unit=appeal.object_to_time, outlives=True
    ),
    AppealDecided: ItemAct(
        "office",
        appeal.object_to_appeal_decision,
        appeal.decide_appeal,
        appeal.is_involved,
        outlives=True,
        hindsight=True,
    ),
    ReplyGiven: ItemAct("concerned", reply.object_to_reply, reply.record_reply),
    ReplyPublished: ItemAct("office", reply.object_to_publication, reply.publish),
    ReplyWithheld: ItemAct("office", reply.object_to_publication, reply.withhold),
    BlockageRaised: ItemAct("lead_unit", blockage.object_to_blockage, blockage.raise_blockage),
    BlockageAnswered: ItemAct("office", blockage.object_to_answer, blockage.answer_blockage),
    ItemReassigned: ItemAct("office", programme.object_to_transfer, programme.transfer),
    ItemCorrected: ItemAct("office", correction.object_to_correction, correction.correct),
    ProgrammeExtended: ItemAct("office", correction.object_to_extension, correction.extend),
    ItemCancelled: ItemAct("office", withdrawal.object_to_cancellation, withdrawal.cancel),
    CancellationApproved: ItemAct("chief", withdrawal.object_to_cancellation_approval, withdrawal.approve_cancellation),
    CalendarExtended: ItemAct("office", calendar.object_to_extension, calendar.extend),
    DeadlineMoved: ItemAct("office", calendar.object_to_move, calendar.move_deadline),
    DeputyNamed: ItemAct("principal", deputy.object_to_naming, deputy.name),
    DeputyEnded: ItemAct("principal", deputy.object_to_end, deputy.end),
    PolicyAdopted: ItemAct("office", programme.object_to_policy, programme.adopt_policy),
}

ABOUT_PROGRAMMES: Final[Mapping[type, ProgrammeAct]] = {
    PolicyAdopted: ProgrammeAct("office", programme.object_to_programme_policy, programme.change_policy),
    BulletinComposed: ProgrammeAct("office", bulletin.object_to_bulletin, bulletin.compose),
    BulletinApproved: ProgrammeAct("chief", bulletin.object_to_approval, bulletin.approve),
    ProgrammeExtended: ProgrammeAct("office", correction.object_to_programme_extension, correction.extend_programme),
}

OPENINGS: Final[Mapping[type, Opening]] = {
    ItemAssigned: Opening("office", programme.open_item),
    ProgrammePublished: Opening("office", programme.open_programme),
}
