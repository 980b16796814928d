"""Is a node met? A claim, its evidence, and every target reached by a measured value (rulebook: Is a node met?)."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from contracts.policy import Policy
from contracts.rulings import Compared
from contracts.values import Comparator, Node
from services.rating.state import Item, Report

REACHED: Final[Mapping[Comparator, Callable[[Decimal, Decimal], bool]]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
}


def targets_reached(node: Node, measures: Mapping[str, Decimal]) -> bool:
    """Whether every target is reached by a measured value; nothing is carried over from earlier reports."""
    for target in node.targets:
        measured = measures.get(target.indicator)
        if measured is None or not REACHED[target.comparator](measured, target.value):
            return False
    return True


def node_met(item: Item, period: int, report: Report | None) -> bool:
    """Whether a report meets the node of a period, as the node stands.

    rulebook: Is a node met? (the claim is `completed`, with evidence, and every target is reached);
    Lights 4 (an overturned report meets nothing); Lights 9 (without a confirmed node nothing is met)
    """
    if report is None or report.finding == "overturned":
        return False
    return judge(item, period, report) if report.met is None else report.met


def judge(item: Item, period: int, report: Report) -> bool:
    """Whether a report meets the node by itself, whatever was found about it."""
    if report.claim != "completed":
        return False
    if not report.evidenced and policy_of(item, period).evidence_required:
        return False
    node = item.plan.nodes.get(item.scheme.periods[period].id)
    return node is not None and targets_reached(node, report.measures)


def compare(node: Node | None, measures: Mapping[str, Decimal]) -> tuple[Compared, ...]:
    """Each target beside its measured value, for the record."""
    if node is None:
        return ()
    compared = []
    for target in node.targets:
        measured = measures.get(target.indicator)
        compared.append(
            Compared(
                indicator=target.indicator,
                comparator=target.comparator,
                target=target.value,
                measured=measured,
                reached=measured is not None and REACHED[target.comparator](measured, target.value),
            )
        )
    return tuple(compared)


def policy_of(item: Item, period: int) -> Policy:
    """The policy that holds for a reporting period: that of its settlement, else the present one (rulebook: Policy)."""
    return item.quarters[item.scheme.quarter_of[period]].policy or item.scheme.policy
