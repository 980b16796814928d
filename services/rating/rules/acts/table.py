"""Every act that people can submit: who may do it, what stands against it, what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from contracts.rulings import Reason, Remark
from contracts.submissions import (
    AdjustmentDecided,
    AdjustmentRequested,
    AppealDecided,
    AppealLodged,
    BlockageAnswered,
    BlockageRaised,
    BulletinApproved,
    BulletinComposed,
    InspectionPlanned,
    InspectionRecorded,
    InterviewConfirmed,
    InterviewHeld,
    ItemAssigned,
    ItemReassigned,
    LagDeclared,
    NoticeAcknowledged,
    PlanDecided,
    PlanSubmitted,
    PolicyAdopted,
    ProgrammePublished,
    ProgressReported,
    ProgressReviewed,
    RectificationReported,
    RectificationReviewed,
    WithdrawalDecided,
    WithdrawalRequested,
)
from services.rating.rules.acts import (
    adjustment,
    appeal,
    blockage,
    bulletin,
    interview,
    plan,
    programme,
    progress,
    rectification,
    review,
    withdrawal,
)
from services.rating.rules.draft import Draft
from services.rating.rules.rights import Right
from services.rating.rules.state.programme import Programme
from services.rating.rules.state.state import Item


class ItemAct(NamedTuple):
    """An act about an item under supervision.

    `object_to` is asked with the instant that counts for the submission, `recuses` whether a person is too involved.
    """

    right: Right
    object_to: Callable[[Item, Any, datetime], list[Reason]]
    follow: Callable[[Draft, Any], list[Remark]]
    recuses: Callable[[Item, Any, str], bool] | None = None


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
    ProgressReviewed: ItemAct("office", review.object_to_review, review.review),
    InspectionPlanned: ItemAct("office", review.object_to_inspection_plan, review.plan_inspection),
    InspectionRecorded: ItemAct("office", review.object_to_inspection, review.record_inspection),
    LagDeclared: ItemAct("office", rectification.object_to_lag, rectification.declare_lag),
    AdjustmentRequested: ItemAct("lead_unit", adjustment.object_to_request, adjustment.file_request),
    AdjustmentDecided: ItemAct("own_leader", adjustment.object_to_decision, adjustment.decide_request),
    WithdrawalRequested: ItemAct("lead_unit", withdrawal.object_to_withdrawal, withdrawal.file_withdrawal),
    WithdrawalDecided: ItemAct("chief", withdrawal.object_to_withdrawal_decision, withdrawal.decide_withdrawal),
    RectificationReported: ItemAct(
        "lead_unit", rectification.object_to_rectification, rectification.report_rectification
    ),
    RectificationReviewed: ItemAct(
        "office", rectification.object_to_rectification_review, rectification.review_rectification
    ),
    InterviewConfirmed: ItemAct("office", interview.object_to_confirmation, interview.confirm_interview),
    InterviewHeld: ItemAct("office", interview.object_to_minutes, interview.hold_interview),
    NoticeAcknowledged: ItemAct("lead_unit", appeal.object_to_acknowledgement, appeal.acknowledge),
    AppealLodged: ItemAct("lead_unit", appeal.object_to_appeal, appeal.lodge),
    AppealDecided: ItemAct("office", appeal.object_to_appeal_decision, appeal.decide_appeal, appeal.is_involved),
    BlockageRaised: ItemAct("lead_unit", blockage.object_to_blockage, blockage.raise_blockage),
    BlockageAnswered: ItemAct("office", blockage.object_to_answer, blockage.answer_blockage),
    ItemReassigned: ItemAct("office", programme.object_to_transfer, programme.transfer),
    PolicyAdopted: ItemAct("office", programme.object_to_policy, programme.adopt_policy),
}

ABOUT_PROGRAMMES: Final[Mapping[type, ProgrammeAct]] = {
    PolicyAdopted: ProgrammeAct("office", programme.object_to_programme_policy, programme.change_policy),
    BulletinComposed: ProgrammeAct("office", bulletin.object_to_bulletin, bulletin.compose),
    BulletinApproved: ProgrammeAct("chief", bulletin.object_to_approval, bulletin.approve),
}

OPENINGS: Final[Mapping[type, Opening]] = {
    ItemAssigned: Opening("office", programme.open_item),
    ProgrammePublished: Opening("office", programme.open_programme),
}
