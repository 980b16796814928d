"""What a measured value is looked at beside: target, last values, the range that they make plausible. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from contracts.rulings import ProgressRecorded
from contracts.values import PeriodId, Target
from services.intake.pages.desk import binding
from services.intake.who.item import KnownItem

SHOWN: Final = 4


class PastValue(NamedTuple):
    """What was reported for a period."""

    period: PeriodId
    value: Decimal


class MeasuredFigure(NamedTuple):
    """An indicator of a form: its target, the last values, and the range in which the next one is expected."""

    target: Target
    past: Sequence[PastValue]
    low: Decimal
    high: Decimal

    def is_far(self, value: Decimal) -> bool:
        """Whether a value lies outside of what is expected."""
        return not self.low <= value <= self.high


def last_report(item: KnownItem, period: PeriodId) -> ProgressRecorded | None:
    """The report about a period that came last."""
    known = item.lights.reports(period)
    found = [one for one in (known.in_time, known.late) if one is not None]
    return max(found, key=lambda one: one.received_at, default=None)


def figures(item: KnownItem, period: PeriodId) -> list[MeasuredFigure]:
    """The indicators that a report about a period measures."""
    node = item.nodes.get(period)
    return [_figure(target, _past(item, period, target.indicator)) for target in (node.targets if node else ())]


def _past(item: KnownItem, period: PeriodId, indicator: str) -> list[PastValue]:
    """The values of the periods before, the latest last."""
    found: list[PastValue] = []
    for one in binding(item):
        if one.id == period:
            break
        report = last_report(item, one.id)
        if report is not None and indicator in report.measures:
            found.append(PastValue(one.id, report.measures[indicator]))
    return found[-SHOWN:]


def _figure(target: Target, past: Sequence[PastValue]) -> MeasuredFigure:
    """What is known spans a range; once its own width beyond it on either side is still plausible.

    A lone number spans nothing, so it counts as the width itself.
    """
    known = [target.value, *(one.value for one in past)]
    low, high = min(known), max(known)
    width = high - low or abs(high) or Decimal(1)
    below = low - width
    return MeasuredFigure(target, past, max(below, Decimal(0)) if low >= 0 else below, high + width)
