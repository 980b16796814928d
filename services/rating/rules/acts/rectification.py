"""Rectifications and severe lag (rulebook: Escalation ladder)."""

from __future__ import annotations

from datetime import datetime

from contracts.refusal_reasons import Reason
from contracts.rulings import EscalationReported, EscalationReviewed, LagRecorded, Remark
from contracts.submissions import LagDeclared, RectificationReported, RectificationReviewed
from services.rating.rules.draft import Draft
from services.rating.rules.escalations.escalation import close, raise_or_join, standing
from services.rating.rules.state.state import Item


def object_to_lag(_item: Item, _data: LagDeclared, _at: datetime) -> list[Reason]:
    """The office may declare severe lag at any time."""
    return []


def declare_lag(draft: Draft, _data: LagDeclared) -> list[Remark]:
    """Severe lag raises or joins a rectification, whatever the light."""
    draft.emit(LagRecorded(person=draft.submission.actor.id))
    raise_or_join(draft, "rectification", "lag", "Escalation ladder: rectification")
    return []


def object_to_rectification(item: Item, _data: RectificationReported, _at: datetime) -> list[Reason]:
    """There must be an open rectification."""
    return [] if standing(item, "rectification") else ["no_open_escalation"]


def report_rectification(draft: Draft, _data: RectificationReported) -> list[Remark]:
    """A report after the limit is accepted with the remark `late` (rulebook: Fine print)."""
    there = standing(draft.item, "rectification")
    if there is None:
        return []
    late = there.due_at is not None and draft.at >= there.due_at
    draft.emit(EscalationReported(escalation=there.id, late=late))
    return ["late"] if late else []


def object_to_rectification_review(item: Item, data: RectificationReviewed, _at: datetime) -> list[Reason]:
    """A rectification report is reviewed once; it is the last one not reviewed (rulebook: Fine print)."""
    there = standing(item, "rectification")
    if there is None:
        return ["no_open_escalation"]
    if not there.reporting.awaits_review:
        return ["nothing_to_review"]
    return ["superseded"] if data.of not in (None, there.reporting.report) else []


def review_rectification(draft: Draft, data: RectificationReviewed) -> list[Remark]:
    """`done` closes it, for all its causes; `not_done` leaves it open and raises an interview.

    rulebook: Escalation ladder
    """
    there = standing(draft.item, "rectification")
    if there is None:
        return []
    draft.emit(EscalationReviewed(escalation=there.id, finding=data.finding, person=draft.submission.actor.id))
    if data.finding == "done":
        close(draft, there)
    else:
        raise_or_join(draft, "interview", "rectification_not_done", "Escalation ladder: interview", there.id)
    return []
