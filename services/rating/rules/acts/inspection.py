"""Inspections: planned, approved, and what a visit found (rulebook: Fairness Art. 15)."""

from __future__ import annotations

from datetime import date, datetime

from contracts.refusal_reasons import Reason
from contracts.rulings import InspectionAuthorized, InspectionEndorsed, Remark
from contracts.submissions import InspectionApproved, InspectionPlanned, InspectionRecorded
from services.rating.rules.acts.review import counting_report, record_finding
from services.rating.rules.draft import Draft
from services.rating.rules.state.state import Inspection, Item


def object_to_plan(_item: Item, _data: InspectionPlanned, _at: datetime) -> list[Reason]:
    """An inspection plan may always be put on record."""
    return []


def plan_inspection(draft: Draft, data: InspectionPlanned) -> list[Remark]:
    """The plan is on record; the unit does not see it before the visit is recorded (rulebook: Fairness Art. 15).

    By the policy of this moment it counts by the planner's word, or once the chief leader has approved it.
    """
    by_chief = draft.frame.policy.inspection_approval == "chief"
    draft.emit(
        InspectionAuthorized(
            plan=data.plan,
            from_on=data.from_on,
            to_on=data.to_on,
            approved=data.approved and not by_chief,
            approval="chief" if by_chief else None,
        )
    )
    return []


def object_to_approval(item: Item, data: InspectionApproved, _at: datetime) -> list[Reason]:
    """The last plan of that id waits for the chief leader; one that it has replaced is superseded."""
    plan = _plan(item, data.plan)
    if plan is None or not plan.by_chief or plan.approved:
        return ["nothing_to_decide"]
    return ["superseded"] if data.of not in (None, plan.of) else []


def approve(draft: Draft, data: InspectionApproved) -> list[Remark]:
    """The plan counts from here on."""
    draft.emit(InspectionEndorsed(plan=data.plan))
    return []


def object_to_inspection(item: Item, data: InspectionRecorded, at: datetime) -> list[Reason]:
    """A visit rests on a plan that was approved by then, lies within its term, and is recorded on that day or later.

    It is about the reports received by the day of the visit. rulebook: Fairness Art. 15; Fine print
    """
    if data.period not in item.frame.index:
        return ["unknown_period"]
    reasons: list[Reason] = []
    plan, report = _plan(item, data.plan), report_by(item, data.period, data.visited_on)
    any_report = counting_report(item, data.period) is not None
    covered = plan is not None and _covers(plan, data.visited_on) and data.visited_on <= item.frame.day_of(at)
    if any_report and covered and report is not None and data.of not in (None, report):
        return ["superseded"]
    if not covered or (any_report and report is None):
        reasons.append("no_valid_inspection_plan")
    if not any_report:
        reasons.append("nothing_to_review")
    return reasons


def record_inspection(draft: Draft, data: InspectionRecorded) -> list[Remark]:
    """What the visit found about the report that counted by its day."""
    report = report_by(draft.item, data.period, data.visited_on)
    if report is not None:
        record_finding(draft, data.period, report, data.finding, "inspection", data.plan)
    return []


def report_by(item: Item, period: str, day: date) -> str | None:
    """The report that counts among those received by a day: the last one in time, else the last late one."""
    here = item.periods[item.frame.index[period]]
    for report, late in ((here.in_time, False), (here.late, True)):
        if report is None:
            continue
        if report.received_on is None or report.received_on <= day:
            return report.id
        earlier = [
            one.id
            for one in item.particulars.earlier
            if one.period == period and one.late == late and one.received_on <= day
        ]
        if earlier:
            return earlier[-1]
    return None


def _plan(item: Item, plan: str) -> Inspection | None:
    return next((i for i in item.particulars.inspections if i.plan == plan), None)


def _covers(plan: Inspection, day: date) -> bool:
    """Planned and approved at the latest on the day of the visit, and within the term, both days included."""
    known = (plan.planned_on is None or plan.planned_on <= day) and (
        plan.approved_on is None or plan.approved_on <= day
    )
    return plan.approved and known and plan.from_on <= day <= plan.to_on
