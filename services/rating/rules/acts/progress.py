"""Progress reports (rulebook: Is a node met?; Lights 1, 5, 7, 10)."""

from __future__ import annotations

from datetime import datetime

from contracts.refusal_reasons import Reason
from contracts.rulings import Compared, ProgressRecorded, Remark
from contracts.submissions import ProgressReported
from services.rating.rules.draft import Draft
from services.rating.rules.escalations.from_lights import report_by_progress
from services.rating.rules.lights.light import move_open, rederive
from services.rating.rules.lights.month import update_month
from services.rating.rules.state.node import compare, policy_of
from services.rating.rules.state.state import Item, Period


def object_to_report(item: Item, data: ProgressReported, at: datetime) -> list[Reason]:
    """A report is about a known period that has opened; it measures what the plan names; a completed one has evidence.

    rulebook: Is a node met?; Lights 10; Fine print ("An indicator must be in some node of the plan")
    """
    index = item.frame.index.get(data.period)
    if index is None:
        return ["unknown_period"]
    reasons: list[Reason] = []
    if data.measures and not set(data.measures).issubset(item.plan.indicators):
        reasons.append("indicator_not_in_plan")
    if data.claim == "completed" and not data.evidence and policy_of(item, index).evidence_required:
        reasons.append("completed_without_evidence")
    if at < item.frame.periods[index].opens_at:
        reasons.append("period_not_open")
    return reasons


def record_report(draft: Draft, data: ProgressReported) -> list[Remark]:
    """The last accepted report received in time counts; a late one never changes a settled light by itself.

    A late report whose node is met counts as the report of that period's rectification; one about a void period is
    accepted without `late`, and nothing follows. rulebook: Is a node met?; Lights 1, 5; Fine print
    """
    item, at = draft.item, draft.at
    frame = item.frame
    index = frame.index[data.period]
    void = data.period in frame.void
    in_time = not void and not item.periods[index].settled and at < frame.periods[index].due_at
    compared = compare(item.plan.nodes.get(data.period), data.measures)
    remarks: list[Remark] = [] if in_time or void else ["late"]
    if data.claim == "completed" and not all(target.reached for target in compared):
        remarks.append("claim_contradicts_measures")
    draft.emit(_recorded(draft, item, index, data, compared, in_time=in_time))
    if void:
        return remarks
    if frame.category == "livelihood":
        update_month(draft, index)
    quarter = frame.quarter_of[index]
    last = index == frame.quarters[quarter].parts[-1]
    if in_time:
        move_open(draft, quarter, compared if last else None)
    else:
        rederive(draft, "Policy")
        if last:
            report_by_progress(draft, quarter)
    return remarks


def _recorded(
    draft: Draft, item: Item, index: int, data: ProgressReported, compared: tuple[Compared, ...], *, in_time: bool
) -> ProgressRecorded:
    evidenced = bool(data.evidence) or not policy_of(item, index).evidence_required
    known = data.period in item.plan.nodes
    return ProgressRecorded(
        report=draft.submission.id,
        period=data.period,
        claim=data.claim,
        measures=data.measures,
        evidence=data.evidence,
        narrative=data.narrative,
        received_at=draft.at,
        in_time=in_time,
        met=data.claim == "completed" and evidenced and known and all(target.reached for target in compared),
        compared=compared,
    )


def received(period: Period) -> bool:
    """Whether a report was received in time; for reminders an overturned one was not (rulebook: Escalation ladder)."""
    report = period.in_time
    return report is not None and report.finding != "overturned"
