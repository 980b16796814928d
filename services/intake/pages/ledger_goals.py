"""A first plan begins with what the office's ledger expects of the item by the end of each period."""

from __future__ import annotations

from contextlib import suppress

from services.intake.dependencies import Dependencies
from services.intake.problem import IntakeProblem
from services.intake.programme_drafts.period_goals import PeriodGoal, period_goals
from services.intake.who.item import KnownItem


async def goal_fields(dependencies: Dependencies, item: KnownItem) -> list[tuple[str, str]]:
    """The fields of an item's plan by the draft that was published; none where a plan was filed, or no draft is left.

    The goals bind nobody: what counts is the plan that the unit files and the leader confirms.
    """
    if item.plan_confirmed or item.last_plan is not None:
        return []
    with suppress(IntakeProblem):  # a form is offered without PostgreSQL, too
        kept = await dependencies.drafts.find(item.programme)
        if kept is not None and kept.published is not None:
            periods = [one.id for one in item.opened.periods if one.id not in item.opened.void]
            goals = period_goals(kept.content, item.id, periods)
            return [pair for period, goal in goals.items() for pair in _node(item, period, goal)]
    return []


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
