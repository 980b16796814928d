"""Is a node met? A claim, its evidence, and every target reached by a measured value (rulebook: Is a node met?)."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from sys import intern
from typing import Final

from contracts.policy import Policy
from contracts.rulings import Compared
from contracts.values import Claim, Comparator, Node, Target
from services.rating.rules.state.goal import Gauge, Goal
from services.rating.rules.state.state import Content, Item, Report

REACHED: Final[Mapping[Comparator, Callable[[Decimal, Decimal | int], bool]]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
}


def targets_reached(goal: Goal, measures: Mapping[str, Decimal]) -> bool:
    """Whether every target is reached by a measured value; nothing is carried over from earlier reports."""
    for gauge, value in zip(goal.gauges, goal.values, strict=True):
        measured = measures.get(gauge.indicator)
        if measured is None or not REACHED[gauge.comparator](measured, value):
            return False
    return True


def node_met(report: Report | None) -> bool:
    """Whether a report meets the node of its period, as the node stands.

    rulebook: Is a node met? (the claim is `completed`, with evidence, and every target is reached);
    Lights 4 (an overturned report meets nothing); Lights 9 (without a confirmed node nothing is met)
    """
    return report is not None and report.met and report.finding != "overturned"


def judge(item: Item, period: int, claim: Claim, content: Content) -> bool:
    """Whether what a report says meets the node by itself, whatever was found about it."""
    if claim != "completed":
        return False
    if not content.evidenced and policy_of(item, period).evidence_required:
        return False
    goal = item.plan.nodes.get(item.frame.periods[period].id)
    return goal is not None and targets_reached(goal, content.measures)


def compare(goal: Goal | None, measures: Mapping[str, Decimal]) -> tuple[Compared, ...]:
    """Each target beside its measured value, for the record."""
    if goal is None:
        return ()
    compared = []
    for gauge, value in zip(goal.gauges, goal.values, strict=True):
        measured = measures.get(gauge.indicator)
        compared.append(
            Compared(
                indicator=gauge.indicator,
                comparator=gauge.comparator,
                target=Decimal(value),
                measured=measured,
                reached=measured is not None and REACHED[gauge.comparator](measured, value),
            )
        )
    return tuple(compared)


def policy_of(item: Item, period: int) -> Policy:
    """The policy that holds for a reporting period: that of its settlement, else the present one (rulebook: Policy)."""
    return item.quarters[item.frame.quarter_of[period]].policy or item.frame.policy


def judge_again(item: Item) -> Item:
    """The item after its node or policy changed: the reports whose content is kept are judged again."""
    periods = tuple(
        here._replace(in_time=_judged(item, index, here.in_time), late=_judged(item, index, here.late))
        if here.in_time or here.late
        else here
        for index, here in enumerate(item.periods)
    )
    return item._replace(periods=periods)


def _judged(item: Item, index: int, report: Report | None) -> Report | None:
    if report is None or report.content is None:
        return report
    return report._replace(met=judge(item, index, report.claim, report.content))


def goal_of(node: Node) -> Goal:
    """A node as the state keeps it: a third of the size, nothing lost."""
    if not node.targets:
        return Goal(node.text, (), ())
    gauges = tuple([Gauge(intern(target.indicator), target.comparator, intern(target.unit)) for target in node.targets])
    return Goal(node.text, _one(gauges), tuple([_short(target.value) for target in node.targets]))


def node_of(goal: Goal) -> Node:
    """The node as it was planned, every digit the same."""
    return Node(
        text=goal.text,
        targets=tuple(
            Target(indicator=gauge.indicator, comparator=gauge.comparator, value=Decimal(value), unit=gauge.unit)
            for gauge, value in zip(goal.gauges, goal.values, strict=True)
        ),
    )


@lru_cache(maxsize=4096)
def _one(gauges: tuple[Gauge, ...]) -> tuple[Gauge, ...]:
    """The same tuple for equal gauges, so that they are kept once."""
    return gauges


def _short(value: Decimal) -> Decimal | int:
    """A whole number without an exponent or trailing zeros is the same number as an int, a quarter of the size."""
    digits = str(value)
    return int(digits) if digits.isdecimal() else value
