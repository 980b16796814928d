"""Rarer quarters of a key task: visits, lag, blockages, appeals, adjustments, a withdrawal."""

from __future__ import annotations

from datetime import date

from contracts.values import Target
from sandbox.year import evidence
from sandbox.year.stories.key_task_quarters import admit, in_time, unseen
from sandbox.year.stories.story import DECIDER, DECLARER, ItemStory
from sandbox.year.stories.targets import node_of, targets_of


def overturned_on_site(s: ItemStory, q: str) -> None:
    """Green by its report, yellow after a visit under an approved plan; put right."""
    unseen(s, q)
    overturn(s, q, q)


def overturn(s: ItemStory, q: str, period: str) -> None:
    """A visit overturns the report of a settled quarter's (last) period; put right."""
    settled = s.settles(q)
    visit(s, period, s.after(settled, 1, 1), s.after(settled, 4, 5))
    day = s.acts[-1].at.date()
    s.sign("rectification", q, s.after(day, 1, 1))
    s.rectify(s.after(day, 6, 9), s.after(day, 10, 12))


def visit(s: ItemStory, period: str, planned_on: date, visited_on: date, *, approved: bool = True) -> None:
    """An inspection plan, and a visit within its term that overturns the report, if the plan was approved."""
    plan = f"ins-{s.item}-{period}"
    term = {"from_on": s.after(planned_on, 1, 1).isoformat(), "to_on": s.after(visited_on, 2, 2).isoformat()}
    asks, from_ = False, s.circumstances.chief_approves_from
    if from_ is not None:
        asks = from_ <= planned_on
    given = {"plan": plan, **term, "approved": approved and not asks, "scope": "四不两直（模拟）"}
    s.office("inspection.planned", given, planned_on, by=DECIDER)
    if asks and approved:
        s.chief("inspection.approved", {"plan": plan}, s.shift(planned_on, 1))
    found = {"visited_on": visited_on.isoformat(), "finding": "overturned", "reason": "现场与报送不符（模拟）"}
    s.office(
        "inspection.recorded",
        {"plan": plan, "period": period, **found, "evidence": [evidence.VISIT.reference]},
        visited_on,
        expected="accepted" if approved else "no_valid_inspection_plan",
    )


def lagging(s: ItemStory, q: str) -> None:
    """The office declares severe lag in mid-quarter; rectified, and the quarter is met."""
    opens = s.opens(q)
    day = s.after(opens, 25, 30)
    s.office("lag.declared", {"reason": "进展严重滞后（模拟）"}, day, by=DECLARER)
    s.sign("rectification", "lag", s.after(day, 1, 1))
    s.rectify(s.after(day, 6, 9), s.after(day, 10, 12))
    in_time(s, q)


def unblocked(s: ItemStory, q: str) -> None:
    """A blockage answered in time; the quarter is met."""
    day = s.after(s.opens(q), 20, 30)
    s.unit("blockage.raised", {"blockage": f"b-{s.item}", "text": "用地指标需上级协调（模拟）"}, day)
    s.office(
        "blockage.answered", {"blockage": f"b-{s.item}", "text": "已协调解决（模拟）"}, s.after(day, 4, 8), by=DECLARER
    )
    in_time(s, q)


def blocked(s: ItemStory, q: str) -> None:
    """A blockage answered too late: the claim `blocked` does not spare the light."""
    day = s.shift(s.due(q), -13)
    s.unit("blockage.raised", {"blockage": f"b-{s.item}", "text": "征地受阻需区政府协调（模拟）"}, day)
    s.report(q, s.shift(s.due(q), -1), claim="blocked", values="short")
    settled = s.settles(q)
    s.sign("rectification", q, s.after(settled, 1, 1))
    s.office(
        "blockage.answered",
        {"blockage": f"b-{s.item}", "text": "已协调解决（模拟）"},
        s.after(settled, 2, 3),
        by=DECLARER,
    )
    s.rectify(s.after(settled, 6, 9), s.after(settled, 10, 13))


def vindicated(s: ItemStory, q: str) -> None:
    """A review overturns a good report; the appeal is upheld by somebody who took no part."""
    unseen(s, q)
    day = s.after(s.settles(q), 2, 4)
    s.review(q, day, "overturned")
    s.sign("rectification", q, s.after(day, 1, 1))
    appeal(s, q, s.after(day, 2, 4), s.after(day, 8, 12), "upheld")


def appealed_in_vain(s: ItemStory, q: str) -> None:
    """A yellow light is appealed, the appeal dismissed; put right within the limit all the same."""
    admit(s, q)
    settled = s.settles(q)
    s.sign("rectification", q, s.after(settled, 1, 1))
    lodged = s.after(settled, 2, 3)
    appeal(s, q, lodged, None, "dismissed")
    s.rectify(s.after(settled, 8, 10), s.after(settled, 11, 13))
    s.office("appeal.decided", {"appeal": f"a-{s.item}", "decision": "dismissed"}, s.after(settled, 15, 17), by=DECIDER)


def appeal(s: ItemStory, q: str, on: date, decided_on: date | None, decision: str) -> None:
    """An appeal against a light, and its decision."""
    against = {"light": q}
    s.unit("appeal.lodged", {"appeal": f"a-{s.item}", "against": against, "reason": "对亮灯有异议（模拟）"}, on)
    if decided_on is not None:
        s.office("appeal.decided", {"appeal": f"a-{s.item}", "decision": decision}, decided_on, by=DECIDER)


def adjusted(s: ItemStory, q: str) -> None:
    """The node is lowered in time by the item's own leader, and reached."""
    day = s.shift(s.due(q), -18)
    lower = _ask_for_less(s, q, day)
    s.leader("adjustment.decided", _approved(s), s.after(day, 2, 4))
    s.report(q, s.early(q, 2), against=lower)


def adjusted_too_late(s: ItemStory, q: str) -> None:
    """The node would be lowered after the deadline, which is refused; put right."""
    _ask_for_less(s, q, s.shift(s.due(q), -2))
    s.report(q, s.shift(s.due(q), -1), claim="in_progress", values="short")
    settled = s.settles(q)
    s.leader("adjustment.decided", _approved(s), s.after(settled, 1, 2), expected="period_settled")
    s.sign("rectification", q, s.after(settled, 3, 3))
    s.rectify(s.after(settled, 6, 9), s.after(settled, 10, 13))


def _ask_for_less(s: ItemStory, q: str, on: date) -> list[Target]:
    lower = targets_of(s.assigned.annual_targets, q, percent=80)
    node = node_of(s.assigned.title, lower, s.period(q))
    s.unit(
        "adjustment.requested",
        {"adjustment": f"adj-{s.item}", "period": q, "node": node, "reason": "上级任务调整（模拟）"},
        on,
    )
    return lower


def _approved(s: ItemStory) -> dict[str, str]:
    return {"adjustment": f"adj-{s.item}", "decision": "approved", "reason": "同意调整（模拟）"}


def withdraws(s: ItemStory, q: str) -> None:
    """Behind, then withdrawn from the assessment by the chief leader."""
    admit(s, q)
    settled = s.settles(q)
    s.sign("rectification", q, s.after(settled, 1, 1))
    s.unit("withdrawal.requested", {"reason": "上级取消该项任务（模拟）"}, s.after(settled, 2, 3))
    s.chief(
        "withdrawal.decided", {"decision": "approved", "reason": "同意不纳入年度考核（模拟）"}, s.after(settled, 6, 8)
    )
