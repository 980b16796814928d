"""Plans: submitted, confirmed or returned (rulebook: Changing the goal posts; Deadlines)."""

from __future__ import annotations

from datetime import datetime

from contracts.refusal_reasons import Reason
from contracts.rulings import NodeAdjusted, PlanAdopted, PlanMissed, PlanReceived, PlanReturned, Remark
from contracts.submissions import PlanDecided, PlanSubmitted
from services.rating.rules.draft import Draft
from services.rating.rules.lights.light import rederive
from services.rating.rules.lights.month import update_months
from services.rating.rules.state.goal import Adjustment
from services.rating.rules.state.node import node_of
from services.rating.rules.state.state import Item


def object_to_plan(item: Item, data: PlanSubmitted, _at: datetime) -> list[Reason]:
    """A confirmed plan can't be submitted again; its periods are the item's, each node has a sentence.

    rulebook: Changing the goal posts (with `complete_plans` there is one for every period that binds and is open)
    """
    if any(period not in item.frame.index for period in data.nodes):
        return ["unknown_period"]
    reasons: list[Reason] = ["plan_already_confirmed"] if item.plan.confirmed else []
    if not _is_complete(item, data):
        reasons.append("plan_incomplete")
    return reasons


def _is_complete(item: Item, data: PlanSubmitted) -> bool:
    if not data.nodes or not all(node.text.strip() for node in data.nodes.values()):
        return False
    if not item.frame.policy.complete_plans:
        return True
    wanted = (
        period.id
        for index, period in enumerate(item.frame.periods)
        if period.id not in item.frame.void and not item.periods[index].settled
    )
    return all(period in data.nodes for period in wanted)


def receive_plan(draft: Draft, data: PlanSubmitted) -> list[Remark]:
    """A late plan is accepted with the remark `late`, but not one of an item published after the plans' deadline."""
    late = plan_late(draft.item, draft.at)
    draft.emit(PlanReceived(nodes=data.nodes, late=late))
    return ["late"] if late else []


def plan_late(item: Item, at: datetime) -> bool:
    """Whether a plan that comes `at` is late (rulebook: Changing the goal posts; Fine print)."""
    return plan_is_due(item) and at >= item.frame.plan_due_at


def plan_is_due(item: Item) -> bool:
    """A deadline that had already passed when the programme was published binds nobody (rulebook: Deadlines)."""
    return item.frame.plan_due_at > item.frame.published_at


def object_to_plan_decision(item: Item, data: PlanDecided, _at: datetime) -> list[Reason]:
    """Nothing to decide while no plan waits; one that another has replaced is superseded."""
    if item.plan.waiting is None:
        return ["nothing_to_decide"]
    return ["superseded"] if data.of not in (None, item.plan.of) else []


def decide_plan(draft: Draft, data: PlanDecided) -> list[Remark]:
    """A returned plan is forgotten; a confirmed one holds except for periods that are over, and moves unsettled lights.

    Adjustments approved before the plan take effect with it.
    rulebook: Lights 9; Fine print ("a plan or adjustment that takes effect before the period settles moves its light",
    "A confirmed plan that holds a settled period has no effect on that one")
    """
    if data.decision == "returned":
        draft.emit(PlanReturned())
        return []
    item = draft.item
    nodes = item.plan.waiting or {}
    over = {period for period in nodes if is_over(item, period, draft.at)}
    draft.emit(
        PlanAdopted(
            nodes={period: node_of(goal) for period, goal in nodes.items() if period not in over},
            without_effect={period: node_of(goal) for period, goal in nodes.items() if period in over},
        )
    )
    for request in item.plan.adjustments:
        if request.approved and not is_over(item, request.period, draft.at):
            adjust_node(draft, request)
    if any(period.in_time or period.late for period in item.periods):
        update_months(draft)
        rederive(draft)
    return []


def adjust_node(draft: Draft, request: Adjustment) -> None:
    """An approved adjustment takes effect; old and new node stay on record (rulebook: Changing the goal posts)."""
    plan = draft.item.plan
    before = plan.nodes.get(request.period)
    draft.emit(
        NodeAdjusted(
            adjustment=request.id,
            period=request.period,
            before=before and node_of(before),
            after=request.node,
            reason=request.reason,
            place=None if request.approved else place_of(request, plan.adjustments),
        )
    )


def place_of(request: Adjustment, requests: tuple[Adjustment, ...]) -> int | None:
    """Which of those of its id that wait; None for the oldest, whose id is enough."""
    return [one for one in requests if one.id == request.id and not one.approved].index(request) or None


def is_over(item: Item, period: str, at: datetime) -> bool:
    """Whether a period's node can no longer change: from its deadline on (rulebook: Lights 7, 9)."""
    index = item.frame.index[period]
    return item.periods[index].settled or at >= item.frame.periods[index].due_at


def miss_plan(draft: Draft) -> None:
    """No plan came in time: that is on record (rulebook: Changing the goal posts)."""
    draft.emit(PlanMissed())
