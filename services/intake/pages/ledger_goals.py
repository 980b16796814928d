"""A first plan begins with what the office's ledger expects of the item by the end of each period."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress

from contracts.values import Node, PeriodId, Target
from services.intake.dependencies import Dependencies
from services.intake.problem import IntakeProblem
from services.intake.programme_drafts.period_goals import PeriodGoal, period_goals
from services.intake.who.item import KnownItem


async def ledger_goals(
    dependencies: Dependencies, programme: str, items: Iterable[KnownItem]
) -> Mapping[str, Mapping[PeriodId, PeriodGoal]]:
    """What the draft that was published says of these items, by number; nothing of those whose plan was filed.

    The goals bind nobody: what counts is the plan that the unit files and the leader confirms.
    """
    first = [item for item in items if not item.plan_confirmed and item.last_plan is None]
    with suppress(IntakeProblem):  # a form is offered without PostgreSQL, too
        kept = await dependencies.drafts.find(programme) if first else None
        if kept is not None and kept.published is not None:
            return {
                item.id: period_goals(
                    kept.content, item.id, [p.id for p in item.opened.periods if p.id not in item.opened.void]
                )
                for item in first
            }
    return {}


async def goal_fields(dependencies: Dependencies, item: KnownItem) -> list[tuple[str, str]]:
    """The fields of an item's plan by them."""
    goals = (await ledger_goals(dependencies, item.programme, [item])).get(item.id, {})
    return [pair for period, goal in goals.items() for pair in _node(item, period, goal)]


def begun_plan(item: KnownItem, goals: Mapping[PeriodId, PeriodGoal]) -> dict[PeriodId, Node]:
    """The plan by them, as far as there are numbers."""
    return {
        period: Node(
            text=goal.text,
            targets=tuple(
                Target(indicator=one.indicator, comparator=one.comparator, value=number, unit=one.unit)
                for one in item.opened.annual_targets
                if (number := goal.numbers.get(one.indicator)) is not None
            ),
        )
        for period, goal in goals.items()
    }


def _node(item: KnownItem, period: str, goal: PeriodGoal) -> list[tuple[str, str]]:
    at = f"node:{period}"
    found = [(f"{at}:text", goal.text)]
    for index, target in enumerate(item.opened.annual_targets):
        number = goal.numbers.get(target.indicator)
        found += [
            (f"{at}:{index}:indicator", target.indicator),
            (f"{at}:{index}:comparator", target.comparator),
            (f"{at}:{index}:value", "" if number is None else f"{number:f}"),
            (f"{at}:{index}:unit", target.unit),
        ]
    return found
