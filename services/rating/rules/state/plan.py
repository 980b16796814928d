"""How the events of rulings change an item's plan and its nodes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from sys import intern
from typing import Any, Final

from contracts.rulings import (
    AdjustmentApproved,
    AdjustmentFiled,
    AdjustmentRefused,
    NodeAdjusted,
    PlanAdopted,
    PlanMissed,
    PlanReceived,
    PlanReturned,
)
from contracts.values import Node
from services.rating.rules.state.goal import Adjustment, Goal, Plan
from services.rating.rules.state.node import goal_of, judge_again
from services.rating.rules.state.state import Item


def _received(item: Item, at: datetime, data: PlanReceived, cause: str) -> Item:
    came = item.plan.came or at < item.frame.plan_due_at
    return item._replace(plan=item.plan._replace(waiting=_goals(data.nodes), of=cause, came=came))


def _goals(nodes: Mapping[str, Node]) -> dict[str, Goal]:
    return {intern(period): goal_of(node) for period, node in nodes.items()}


def _returned(item: Item, _at: datetime, _data: PlanReturned) -> Item:
    return item._replace(plan=item.plan._replace(waiting=None, of=""))


def _adopted(item: Item, _at: datetime, data: PlanAdopted) -> Item:
    waiting = item.plan.waiting or {}
    nodes = {period: waiting[period] for period in data.nodes}
    idle = _indicators({period: waiting[period] for period in data.without_effect}) if data.without_effect else ()
    plan = item.plan._replace(confirmed=True, nodes=nodes, idle=idle, indicators=_indicators(nodes, idle), waiting=None)
    plan = plan._replace(of="")
    return judge_again(item._replace(plan=plan))


def _indicators(nodes: Mapping[str, Goal], others: tuple[str, ...] = ()) -> tuple[str, ...]:
    """What the nodes measure, and the `others`, each once."""
    return tuple(dict.fromkeys([*others, *(gauge.indicator for goal in nodes.values() for gauge in goal.gauges)]))


def _missed(item: Item, _at: datetime, _data: PlanMissed) -> Item:
    return item._replace(plan=item.plan._replace(missed=True))


def _filed(item: Item, _at: datetime, data: AdjustmentFiled, cause: str) -> Item:
    request = Adjustment(data.adjustment, data.period, data.node, data.reason, of=cause)
    return item._replace(plan=item.plan._replace(adjustments=(*item.plan.adjustments, request)))


def _approved(item: Item, _at: datetime, data: AdjustmentApproved) -> Item:
    """It waits for the plan, behind the requests approved before it (rulebook: Fine print, "Last")."""
    request = _waiting(item.plan, data.adjustment, data.place)
    if request is None:
        return item
    plan = _without(item.plan, request)
    return item._replace(plan=plan._replace(adjustments=(*plan.adjustments, request._replace(approved=True))))


def _refused(item: Item, _at: datetime, data: AdjustmentRefused) -> Item:
    return item._replace(plan=_without(item.plan, _waiting(item.plan, data.adjustment, data.place)))


def _adjusted(item: Item, _at: datetime, data: NodeAdjusted) -> Item:
    plan = _without(item.plan, _adopted_request(item.plan, data))
    nodes = {**plan.nodes, intern(data.period): goal_of(data.after)}
    indicators = _indicators(nodes, plan.idle)
    return judge_again(item._replace(plan=plan._replace(nodes=nodes, indicators=indicators)))


def _adopted_request(plan: Plan, data: NodeAdjusted) -> Adjustment | None:
    """The request that took effect: one approved before the plan goes before one that waits for its decision."""
    if data.place is not None:
        return _waiting(plan, data.adjustment, data.place)
    named = (a for a in plan.adjustments if a.id == data.adjustment)
    same = [a for a in named if a.period == data.period and a.node == data.after]
    return next((a for a in same if a.approved), same[0] if same else None)


def _waiting(plan: Plan, adjustment: str, place: int | None) -> Adjustment | None:
    """The request of that id that waits for its decision, at a place among them; else the oldest."""
    waiting = [a for a in plan.adjustments if a.id == adjustment and not a.approved]
    return waiting[place or 0] if (place or 0) < len(waiting) else None


def _without(plan: Plan, request: Adjustment | None) -> Plan:
    """The plan without a request that was decided or took effect."""
    return plan._replace(adjustments=tuple(a for a in plan.adjustments if a is not request))


TRANSITIONS: Final[Mapping[type, Callable[[Item, datetime, Any], Item]]] = {
    PlanReturned: _returned,
    PlanAdopted: _adopted,
    PlanMissed: _missed,
    AdjustmentApproved: _approved,
    AdjustmentRefused: _refused,
    NodeAdjusted: _adjusted,
}

NAMED: Final[Mapping[type, Callable[[Item, datetime, Any, str], Item]]] = {
    PlanReceived: _received,
    AdjustmentFiled: _filed,
}
