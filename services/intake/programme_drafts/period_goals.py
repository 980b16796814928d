"""What the office's ledger expects of an item by the end of each period: where its unit's plan may begin."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import NamedTuple

from contracts.values import PeriodId
from programmes.programme import ProgrammeFile
from supervision.schedule import quarter_of


class PeriodGoal(NamedTuple):
    """A goal in words, and numbers by indicator."""

    text: str
    numbers: Mapping[str, Decimal]


def period_goals(programme: ProgrammeFile, item: str, periods: Collection[PeriodId]) -> dict[PeriodId, PeriodGoal]:
    """By those of an item's reporting periods for which the ledger says anything.

    A quarter's goal is that of its last month where months are reported, a month's that of its quarter where quarters
    are (the latest number counts), and the year's that of the last period.
    """
    entry = next((one for one in programme.items if one.id == item), None)
    if entry is None or not periods:
        return {}
    found: dict[PeriodId, PeriodGoal] = {}
    for named in sorted({*entry.milestones, *(one for x in entry.indicators for one in x.milestones)}, key=_end):
        period = _period(named, periods)
        if period is None:
            continue
        before = found.get(period, PeriodGoal("", {}))
        numbers = {x.name: x.milestones[named] for x in entry.indicators if named in x.milestones}
        said = entry.milestones.get(named, "")
        text = before.text if said in before.text.split("；") else "；".join(filter(None, (before.text, said)))
        found[period] = PeriodGoal(text, {**before.numbers, **numbers})
    return found


def _period(named: str, periods: Collection[PeriodId]) -> PeriodId | None:
    """The reporting period at whose end a goal of the ledger is to be reached."""
    if named in periods:
        return named
    if len(named) == 4:
        return max((one for one in periods if one.startswith(named)), default=None)
    if "Q" in named:
        return max((one for one in periods if "Q" not in one and quarter_of(one) == named), default=None)
    if (quarter := quarter_of(named)) in periods:
        return quarter
    return min((one for one in periods if "Q" not in one and named < one), default=None)


def _end(named: str) -> tuple[str, float]:
    """When a period of the ledger ends: that of a month before that of its quarter, the year's last."""
    month = 13 if len(named) == 4 else int(named[5]) * 3 + 0.5 if named[4] == "Q" else int(named[5:])
    return named[:4], month
