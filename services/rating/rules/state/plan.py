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
from services.rating.rules.state.node import goal_of, judge_again
from services.rating.rules.state.state import Adjustment, Goal, Item, Plan


def _received(item: Item, at: datetime, data: PlanReceived) -> Item:
    came = item.plan.came or at < item.frame.plan_due_at
    return item._replace(plan=item.plan._replace(waiting=_goals(data.nodes), came=came))


def _goals(nodes: Mapping[str, Node]) -> dict[str, Goal]:
    return {intern(period): goal_of(node) for period, node in nodes.items()}


def _returned(item: Item, _at: datetime, _data: PlanReturned) -> Item:
    return item._replace(plan=item.plan._replace(waiting=None))


def _adopted(item: Item, _at: datetime, data: PlanAdopted) -> Item:
    waiting = item.plan.waiting or {}
    nodes = {period: waiting[period] for period in data.nodes}
    idle = _indicators({period: waiting[period] for period in data.without_effect}) if data.without_effect else ()
    plan = item.plan._replace(confirmed=True, nodes=nodes, idle=idle, indicators=_indicators(nodes, idle), waiting=None)
    return judge_again(item._replace(plan=plan))


def _indicators(nodes: Mapping[str, Goal], others: tuple[str, ...] = ()) -> tuple[str, ...]:
    """What the nodes measure, and the `others`, each once."""
    return tuple(dict.fromkeys([*others, *(gauge.indicator for goal in nodes.values() for gauge in goal.gauges)]))


def _missed(item: Item, _at: datetime, _data: PlanMissed) -> Item:
    return item._replace(plan=item.plan._replace(missed=True))


def _filed(item: Item, _at: datetime, data: AdjustmentFiled) -> Item:
    request = Adjustment(data.adjustment, data.period, data.node, data.reason)
    return item._replace(plan=item.plan._replace(adjustments=(*item.plan.adjustments, request)))


def _approved(item: Item, _at: datetime, data: AdjustmentApproved) -> Item:
    """It waits for the plan, behind the requests approved before it (rulebook: Fine print, "Last")."""
    request = _waiting(item.plan, data.adjustment)
    if request is None:
        return item
    plan = _without(item.plan, request)
    return item._replace(plan=plan._replace(adjustments=(*plan.adjustments, request._replace(approved=True))))


def _refused(item: Item, _at: datetime, data: AdjustmentRefused) -> Item:
    return item._replace(plan=_without(item.plan, _waiting(item.plan, data.adjustment)))


def _adjusted(item: Item, _at: datetime, data: NodeAdjusted) -> Item:
    named = (a for a in item.plan.adjustments if a.id == data.adjustment)
    plan = _without(item.plan, next((a for a in named if a.period == data.period and a.node == data.after), None))
    nodes = {**plan.nodes, intern(data.period): goal_of(data.after)}
    indicators = _indicators(nodes, plan.idle)
    return judge_again(item._replace(plan=plan._replace(nodes=nodes, indicators=indicators)))


def _waiting(plan: Plan, adjustment: str) -> Adjustment | None:
    """The first request of that id that waits for its decision."""
    return next((a for a in plan.adjustments if a.id == adjustment and not a.approved), None)


def _without(plan: Plan, request: Adjustment | None) -> Plan:
    """The plan without a request that was decided or took effect."""
    return plan._replace(adjustments=tuple(a for a in plan.adjustments if a is not request))


TRANSITIONS: Final[Mapping[type, Callable[[Item, datetime, Any], Item]]] = {
    PlanReceived: _received,
    PlanReturned: _returned,
    PlanAdopted: _adopted,
    PlanMissed: _missed,
    AdjustmentFiled: _filed,
    AdjustmentApproved: _approved,
    AdjustmentRefused: _refused,
    NodeAdjusted: _adjusted,
}
