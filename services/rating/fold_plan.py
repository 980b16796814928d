"""How an item's plan and its nodes change by the events of rulings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
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
from contracts.values import Node, Target
from services.rating.changing import change
from services.rating.state import Adjustment, Item, Plan


def _received(item: Item, at: datetime, data: PlanReceived) -> Item:
    came = item.plan.came or at < item.scheme.plan_due_at
    return change(item, plan=change(item.plan, waiting=_shared(data.nodes), came=came))


def _shared(nodes: Mapping[str, Node]) -> dict[str, Node]:
    """The same nodes; a plan names its few indicators again and again."""
    return {
        intern(period): change(node, targets=tuple(map(_shared_target, node.targets))) for period, node in nodes.items()
    }


def _shared_target(target: Target) -> Target:
    return change(target, indicator=intern(target.indicator), unit=intern(target.unit))


def _returned(item: Item, _at: datetime, _data: PlanReturned) -> Item:
    return change(item, plan=change(item.plan, waiting=None))


def _adopted(item: Item, _at: datetime, data: PlanAdopted) -> Item:
    nodes = _shared(data.nodes)
    idle = _indicators(data.without_effect.values())
    plan = change(
        item.plan, confirmed=True, nodes=nodes, idle=idle, indicators=idle | _indicators(nodes.values()), waiting=None
    )
    return change(item, plan=plan)


def _indicators(nodes: Iterable[Node]) -> frozenset[str]:
    return frozenset(intern(target.indicator) for node in nodes for target in node.targets)


def _missed(item: Item, _at: datetime, _data: PlanMissed) -> Item:
    return change(item, plan=change(item.plan, missed=True))


def _filed(item: Item, _at: datetime, data: AdjustmentFiled) -> Item:
    asked = Adjustment(data.adjustment, data.period, data.node, data.reason)
    return change(item, plan=change(item.plan, adjustments=(*item.plan.adjustments, asked)))


def _approved(item: Item, _at: datetime, data: AdjustmentApproved) -> Item:
    done = False
    adjustments = []
    for asked in item.plan.adjustments:
        hit = asked.id == data.adjustment and not asked.approved and not done
        adjustments.append(change(asked, approved=True) if hit else asked)
        done = done or hit
    return change(item, plan=change(item.plan, adjustments=tuple(adjustments)))


def _refused(item: Item, _at: datetime, data: AdjustmentRefused) -> Item:
    return change(item, plan=_without(item.plan, data.adjustment))


def _adjusted(item: Item, _at: datetime, data: NodeAdjusted) -> Item:
    plan = _without(item.plan, data.adjustment)
    nodes = {**plan.nodes, data.period: data.after}
    indicators = plan.idle | _indicators(nodes.values())
    return change(item, plan=change(plan, nodes=nodes, indicators=indicators))


def _without(plan: Plan, adjustment: str) -> Plan:
    """The plan without the first request of that id."""
    for index, asked in enumerate(plan.adjustments):
        if asked.id == adjustment:
            return change(plan, adjustments=plan.adjustments[:index] + plan.adjustments[index + 1 :])
    return plan


FOLDS: Final[Mapping[type, Callable[[Item, datetime, Any], Item]]] = {
    PlanReceived: _received,
    PlanReturned: _returned,
    PlanAdopted: _adopted,
    PlanMissed: _missed,
    AdjustmentFiled: _filed,
    AdjustmentApproved: _approved,
    AdjustmentRefused: _refused,
    NodeAdjusted: _adjusted,
}
