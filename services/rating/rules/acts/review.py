"""Reviews and inspections: findings about the report that counts (rulebook: Lights 4; Fairness Art. 15)."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from contracts.rulings import InspectionAuthorized, Reason, Remark, VerificationRecorded
from contracts.submissions import InspectionPlanned, InspectionRecorded, ProgressReviewed
from contracts.values import Finding
from services.rating.rules.draft import Draft
from services.rating.rules.escalations.from_lights import report_by_progress
from services.rating.rules.lights.light import rederive
from services.rating.rules.lights.month import update_month
from services.rating.rules.state.state import Item, Report


def counting_report(item: Item, period: str) -> Report | None:
    """The report that counts: the last one in time, or if none was in time the last late one (rulebook: Fine print)."""
    here = item.periods[item.frame.index[period]]
    return here.in_time or here.late


def object_to_review(item: Item, data: ProgressReviewed, _at: datetime) -> list[Reason]:
    """A review needs an accepted report."""
    if data.period not in item.frame.index:
        return ["unknown_period"]
    return ["nothing_to_review"] if counting_report(item, data.period) is None else []


def review(draft: Draft, data: ProgressReviewed) -> list[Remark]:
    """The office's finding about the report that counts."""
    _record_finding(draft, data.period, data.finding, "review", None)
    return []


def object_to_inspection_plan(_item: Item, _data: InspectionPlanned, _at: datetime) -> list[Reason]:
    """An inspection plan may always be put on record."""
    return []


def plan_inspection(draft: Draft, data: InspectionPlanned) -> list[Remark]:
    """The plan is on record; the unit does not see it before the visit is recorded (rulebook: Fairness Art. 15)."""
    draft.emit(InspectionAuthorized(plan=data.plan, from_on=data.from_on, to_on=data.to_on, approved=data.approved))
    return []


def object_to_inspection(item: Item, data: InspectionRecorded, _at: datetime) -> list[Reason]:
    """An inspection cites an approved plan and lies within its term, both days included; it needs a report, too.

    rulebook: Fairness Art. 15; Fine print ("An inspection, too, needs an accepted report")
    """
    if data.period not in item.frame.index:
        return ["unknown_period"]
    plan = next((i for i in item.inspections if i.plan == data.plan), None)
    reasons: list[Reason] = []
    if plan is None or not plan.approved or not plan.from_on <= data.visited_on <= plan.to_on:
        reasons.append("no_valid_inspection_plan")
    if counting_report(item, data.period) is None:
        reasons.append("nothing_to_review")
    return reasons


def record_inspection(draft: Draft, data: InspectionRecorded) -> list[Remark]:
    """What the visit found about the report that counts."""
    _record_finding(draft, data.period, data.finding, "inspection", data.plan)
    return []


def _record_finding(
    draft: Draft, period: str, finding: Finding, by: Literal["review", "inspection"], plan: str | None
) -> None:
    """The last finding about a report stands; its light and every later one are derived again (rulebook: Lights 4)."""
    item = draft.item
    report = counting_report(item, period)
    if report is None:
        return
    draft.emit(
        VerificationRecorded(
            period=period, report=report.id, finding=finding, by=by, person=draft.submission.actor.id, plan=plan
        )
    )
    if period in item.frame.void:
        return
    index = item.frame.index[period]
    update_month(draft, index)
    rederive(draft, "Lights 4")
    quarter = item.frame.quarter_of[index]
    if finding == "confirmed" and index == item.frame.quarters[quarter].parts[-1]:
        report_by_progress(draft, quarter)
