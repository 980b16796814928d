"""A submission comes in and is ruled: the verdict first, then what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from contracts.rulings import (
    Reason,
    Remark,
    SubmissionAccepted,
    SubmissionRejected,
    SubmissionRepeated,
    SubmissionUnreadable,
)
from contracts.submission import Submission
from contracts.submissions import (
    AdjustmentDecided,
    AdjustmentRequested,
    AppealDecided,
    AppealLodged,
    BlockageAnswered,
    BlockageRaised,
    BulletinApproved,
    BulletinComposed,
    DeadlinePassed,
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
    SubmissionData,
    WithdrawalDecided,
    WithdrawalRequested,
)
from contracts.topics import MAX_RULING_BYTES
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
from services.rating.rules.deadlines.passed import announce
from services.rating.rules.deadlines.pending import find
from services.rating.rules.draft import Draft, Event
from services.rating.rules.received_at import counted_at, opened_at
from services.rating.rules.rights import Right, in_order, objection, role_objection
from services.rating.rules.state.evolve import known_digest, mark_of_digest
from services.rating.rules.state.state import Item, Programme, State


class Act(NamedTuple):
    """A kind of submission about an item: who may, what stands against it, what follows."""

    right: Right
    object_to: Callable[[Item, Any, datetime], list[Reason]]
    follow: Callable[[Draft, Any], list[Remark]]


ACTS: Final[Mapping[type, Act]] = {
    PlanSubmitted: Act("lead_unit", plan.object_to_plan, plan.receive_plan),
    PlanDecided: Act("own_leader", plan.object_to_plan_decision, plan.decide_plan),
    ProgressReported: Act("lead_unit", progress.object_to_report, progress.record_report),
    ProgressReviewed: Act("office", review.object_to_review, review.review),
    InspectionPlanned: Act("office", review.object_to_inspection_plan, review.plan_inspection),
    InspectionRecorded: Act("office", review.object_to_inspection, review.record_inspection),
    LagDeclared: Act("office", rectification.object_to_lag, rectification.declare_lag),
    AdjustmentRequested: Act("lead_unit", adjustment.object_to_request, adjustment.file_request),
    AdjustmentDecided: Act("own_leader", adjustment.object_to_decision, adjustment.decide_request),
    WithdrawalRequested: Act("lead_unit", withdrawal.object_to_withdrawal, withdrawal.file_withdrawal),
    WithdrawalDecided: Act("chief", withdrawal.object_to_withdrawal_decision, withdrawal.decide_withdrawal),
    RectificationReported: Act("lead_unit", rectification.object_to_rectification, rectification.report_rectification),
    RectificationReviewed: Act(
        "office", rectification.object_to_rectification_review, rectification.review_rectification
    ),
    InterviewConfirmed: Act("office", interview.object_to_confirmation, interview.confirm_interview),
    InterviewHeld: Act("office", interview.object_to_minutes, interview.hold_interview),
    NoticeAcknowledged: Act("lead_unit", appeal.object_to_acknowledgement, appeal.acknowledge),
    AppealLodged: Act("lead_unit", appeal.object_to_appeal, appeal.lodge),
    AppealDecided: Act("office", appeal.object_to_appeal_decision, appeal.decide_appeal),
    BlockageRaised: Act("lead_unit", blockage.object_to_blockage, blockage.raise_blockage),
    BlockageAnswered: Act("office", blockage.object_to_answer, blockage.answer_blockage),
    ItemReassigned: Act("office", programme.object_to_transfer, programme.transfer),
    PolicyAdopted: Act("office", programme.object_to_policy, programme.adopt_policy),
}

ACCEPTED: Final = SubmissionAccepted()
ANNOUNCED: Final = SubmissionAccepted(alarm=True)
_OF_PROGRAMME: Final[Mapping[type, Right]] = {
    ProgrammePublished: "office",
    PolicyAdopted: "office",
    BulletinComposed: "office",
    BulletinApproved: "chief",
}


def decide(state: State | None, submission: Submission, logged_at: datetime) -> list[Event]:
    """The ruling on a submission that reached the log at `logged_at`: its verdict, then what follows.

    Pure: the same state, submission and instant have the same ruling for ever. Never empty, never raises on a
    submission that the contracts decode.
    """
    here = state if state is not None else State(submission.subject)
    if isinstance(submission.data, DeadlinePassed) and submission.actor.role == "alarm":
        return _decide_alarm(here, submission, submission.data, logged_at)
    at = counted_at(here.item.scheme, submission, logged_at) if here.item else opened_at(submission, logged_at)
    used = known_digest(here, submission.id)
    if used is not None:
        if used == mark_of_digest(submission.digest):
            return [Event(at, SubmissionRepeated())]
        return refuse(at, ["idempotency_key_reused"])
    if here.item is not None:
        return _decide_item(here.item, submission, at)
    return _decide_opening(here, submission, at)


def refuse(at: datetime, reasons: list[Reason], *, alarm: bool = False) -> list[Event]:
    """A refusal with its reasons in the rulebook's order (also for the shell's `wrong_partition`)."""
    return [Event(at, SubmissionRejected(reasons=in_order(reasons), alarm=alarm))]


def unreadable(logged_at: datetime, problem: str) -> list[Event]:
    """The ruling on a record that could not be read."""
    return [Event(logged_at, SubmissionUnreadable(problem=problem[:1000]))]


def capped(events: list[Event], encoded: Iterable[bytes]) -> list[Event]:
    """The ruling itself, or a refusal as `too_large` where its encoded events exceed the contract's limit."""
    if sum(map(len, encoded)) <= MAX_RULING_BYTES:
        return events
    verdict = events[0].data
    return refuse(events[0].time, ["too_large"], alarm=isinstance(verdict, SubmissionAccepted) and verdict.alarm)


def _decide_item(item: Item, submission: Submission, at: datetime) -> list[Event]:
    data, actor = submission.data, submission.actor
    act = ACTS.get(type(data))
    if act is None:
        return _decide_again(submission, at)
    reasons: list[Reason] = []
    who = objection(act.right, actor, item.hands)
    if who is not None:
        reasons.append(who)
    if item.hands.withdrawn:
        return refuse(at, [*reasons, "item_withdrawn"])
    reasons += act.object_to(item, data, at)
    if isinstance(data, AppealDecided) and appeal.is_involved(item, data, actor.id):
        reasons.append("decider_involved")
    if reasons:
        return refuse(at, reasons)
    draft = Draft(item, submission, at)
    remarks = act.follow(draft, data)
    verdict = SubmissionAccepted(remarks=tuple(remarks)) if remarks else ACCEPTED
    return [Event(at, verdict), *draft.events]


def _decide_again(submission: Submission, at: datetime) -> list[Event]:
    """What is no act about an item that is known: it is assigned again, or it is no item's affair."""
    if isinstance(submission.data, ItemAssigned) and submission.actor.role == "office":
        return [Event(at, SubmissionRepeated())]
    if isinstance(submission.data, ItemAssigned | DeadlinePassed):
        return refuse(at, ["wrong_role"])
    return _decide_misplaced(submission, at)


def _decide_opening(state: State, submission: Submission, at: datetime) -> list[Event]:
    """A submission whose subject is a programme, or an item that is not known yet."""
    data = submission.data
    is_item = "/" in submission.subject
    right: Right | None = _OF_PROGRAMME.get(type(data))
    if is_item and isinstance(data, ItemAssigned):
        right = "office"
    elif is_item or right is None:
        return _decide_misplaced(submission, at)
    who = role_objection(right, submission.actor)
    reasons: list[Reason] = [who] if who else []
    if not is_item and state.programme is None and not isinstance(data, ProgrammePublished):
        return refuse(at, [*reasons, "unknown_programme"])
    if state.programme is not None:
        reasons += _objections_of(state.programme, data)
    if reasons:
        return refuse(at, reasons)
    if isinstance(data, ProgrammePublished) and state.programme is not None:
        return [Event(at, SubmissionRepeated())]
    draft = Draft(None, submission, at)
    if isinstance(data, ItemAssigned):
        programme.open_item(draft, data)
    elif isinstance(data, ProgrammePublished):
        programme.open_programme(draft, data)
    elif isinstance(data, PolicyAdopted):
        programme.change_policy(draft, data)
    elif isinstance(data, BulletinComposed):
        bulletin.compose(draft, data)
    elif isinstance(data, BulletinApproved):
        bulletin.approve(draft, data)
    return [Event(at, SubmissionAccepted()), *draft.events]


def _objections_of(there: Programme, data: SubmissionData) -> list[Reason]:
    if isinstance(data, PolicyAdopted):
        return programme.objections_to(there.policies, data)
    if isinstance(data, BulletinComposed):
        return bulletin.object_to_bulletin(there, data)
    return bulletin.object_to_approval(there, data) if isinstance(data, BulletinApproved) else []


def _decide_misplaced(submission: Submission, at: datetime) -> list[Event]:
    """An act about a subject that is unknown, or that such an act can't be about."""
    act = ACTS.get(type(submission.data))
    right: Right = act.right if act else _OF_PROGRAMME.get(type(submission.data), "alarm")
    if isinstance(submission.data, ItemAssigned):
        right = "office"
    who = role_objection(right, submission.actor)
    unknown: Reason = "unknown_item" if act or right == "alarm" else "unknown_programme"
    return refuse(at, [who, unknown] if who else [unknown])


def _decide_alarm(state: State, submission: Submission, data: DeadlinePassed, logged_at: datetime) -> list[Event]:
    """The alarm is exempt from the key rule: an early one is `not_due`, one already passed is repeated, by the state.

    A simulated one is checked against its own time. rulebook: Lights 7; What is refused
    """
    item = state.item
    if item is None:
        return refuse(logged_at, ["unknown_item"], alarm=True)
    scheme = item.scheme
    clock = submission.received_at if scheme.simulated else logged_at
    due_at = scheme.local(data.due_at)
    if item.hands.withdrawn:
        return refuse(due_at, ["item_withdrawn"], alarm=True)
    deadline = find(item, data.kind, data.ref, due_at)
    if deadline is None:
        early = data.due_at > clock if data.kind == "reminder" else clock - data.due_at < scheme.grace
        return refuse(due_at, ["not_due"], alarm=True) if early else [Event(due_at, SubmissionRepeated())]
    if clock < deadline.announce_at:
        return refuse(due_at, ["not_due"], alarm=True)
    draft = Draft(item, submission, due_at)
    announce(draft, deadline)
    return [Event(due_at, ANNOUNCED), *draft.events]
