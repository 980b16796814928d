"""Reviews: findings about the report that counts (rulebook: Lights 4)."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from contracts.refusal_reasons import Reason
from contracts.rulings import Remark, VerificationRecorded
from contracts.submissions import InspectionRecorded, ProgressReviewed
from contracts.values import Finding
from services.rating.rules.draft import Draft
from services.rating.rules.escalations.from_lights import report_by_progress, retract_report
from services.rating.rules.lights.light import rederive
from services.rating.rules.lights.month import update_month
from services.rating.rules.state.item import barred
from services.rating.rules.state.state import Item, Report


def counting_report(item: Item, period: str) -> Report | None:
    """The report that counts: the last one in time, or if none was in time the last late one (rulebook: Fine print)."""
    here = item.periods[item.frame.index[period]]
    return here.in_time or here.late


def object_to_review(item: Item, data: ProgressReviewed, _at: datetime) -> list[Reason]:
    """A review needs an accepted report; one about a report that another has replaced is superseded."""
    if data.period not in item.frame.index:
        return ["unknown_period"]
    report = counting_report(item, data.period)
    if report is None:
        return ["nothing_to_review"]
    return ["superseded"] if data.of not in (None, report.id) else []


def is_barred(item: Item, data: ProgressReviewed | InspectionRecorded, person: str) -> bool:
    """Whether somebody overturned a report of this period before an appeal about it was upheld (rulebook: Fairness)."""
    index = item.frame.index.get(data.period)
    if index is None or data.finding != "overturned":
        return False
    return (barred(item.frame.quarters[item.frame.quarter_of[index]].id), person) in item.involved


def review(draft: Draft, data: ProgressReviewed) -> list[Remark]:
    """The office's finding about the report that counts."""
    report = counting_report(draft.item, data.period)
    if report is not None:
        record_finding(draft, data.period, report.id, data.finding, "review", None)
    return []


def record_finding(
    draft: Draft, period: str, report: str, finding: Finding, by: Literal["review", "inspection"], plan: str | None
) -> None:
    """The last finding about a report stands; its light and every later one are derived again (rulebook: Lights 4)."""
    item = draft.item
    draft.emit(
        VerificationRecorded(
            period=period, report=report, finding=finding, by=by, person=draft.submission.actor.id, plan=plan
        )
    )
    if period in item.frame.void:
        return
    if finding == "overturned":
        retract_report(draft, report)
    index = item.frame.index[period]
    if item.frame.category == "livelihood":
        update_month(draft, index)
    rederive(draft, "Lights 4")
    quarter = item.frame.quarter_of[index]
    if finding == "confirmed" and index == item.frame.quarters[quarter].parts[-1]:
        report_by_progress(draft, quarter)
