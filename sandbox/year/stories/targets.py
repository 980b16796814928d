"""Node targets simulated from annual targets, and the values that a unit measures against them.

A quarter's (month's) target is that share of the annual one, rounded down; rates, upper bounds and figures per quarter
stand for the whole year as they are. A share that rounds to nothing is no target of that period.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from contracts.values import ReportingPeriod, Target

Json = dict[str, Any]


def month_of(period: str) -> int:
    """The last month of a quarter, or the month itself."""
    return int(period[-1]) * 3 if "Q" in period else int(period[-2:])


def targets_of(annual: Iterable[Target], period: str, percent: int = 100) -> list[Target]:
    """What a period's node asks of an item with these annual targets, or `percent` of it."""
    found = []
    for target in annual:
        value = target.value if _stands_all_year(target) else _share(target.value, month_of(period), percent)
        if value > 0 or target.value == 0:
            found.append(
                Target(indicator=target.indicator, comparator=target.comparator, value=value, unit=target.unit)
            )
    return found


def node_of(title: str, targets: Iterable[Target], period: ReportingPeriod) -> Json:
    """A node as it stands in a submission."""
    label = f"第{period.id[-1]}季度" if "Q" in period.id else f"{int(period.id[-2:])}月"
    return {
        "text": f"{label}节点（模拟）：{title}"[:400],
        "targets": [
            {"indicator": t.indicator, "comparator": t.comparator, "value": text(t.value), "unit": t.unit}
            for t in targets
        ],
    }


def reached(targets: Iterable[Target], rng: random.Random) -> dict[str, str]:
    """Measured values that reach every target."""
    return {t.indicator: text(_reaching(t, rng)) for t in targets}


def short_of(targets: Iterable[Target], rng: random.Random) -> dict[str, str]:
    """Measured values that miss every target."""
    return {t.indicator: text(_missing(t, rng)) for t in targets}


def text(value: Decimal) -> str:
    """A decimal number as it stands on the log."""
    return format(value, "f")


def _stands_all_year(target: Target) -> bool:
    per_period = target.unit == "%" or "/" in target.unit
    return per_period or target.comparator in {"<=", "<", "="} or target.value == 0


def _share(annual: Decimal, months: int, percent: int) -> Decimal:
    return (annual * months * percent / 1200).quantize(_grain(annual), ROUND_FLOOR)


def _grain(value: Decimal) -> Decimal:
    return Decimal(1) if value == value.to_integral_value() else Decimal("0.01")


def _reaching(target: Target, rng: random.Random) -> Decimal:
    value = target.value
    if target.comparator == "=":
        return value
    if target.comparator in {"<=", "<"}:
        return (value * rng.randint(40, 95) / 100).quantize(Decimal("0.01"), ROUND_FLOOR)
    if value == 0:
        return Decimal(rng.randint(1, 9)) / 10
    more = (value * (100 + rng.randint(0, 6)) / 100).quantize(_grain(value), ROUND_CEILING)
    return more + _grain(value) if target.comparator == ">" else more


def _missing(target: Target, rng: random.Random) -> Decimal:
    value = target.value
    if target.comparator in {"<=", "<", "="}:
        return (value * rng.randint(105, 120) / 100).quantize(Decimal("0.01"), ROUND_CEILING) + Decimal("0.01")
    if target.comparator == ">":
        return value if value == 0 else (value * rng.randint(70, 90) / 100).quantize(_grain(value), ROUND_FLOOR)
    return (value * rng.randint(60, 85) / 100).quantize(_grain(value), ROUND_FLOOR)
