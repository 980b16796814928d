"""A calendar grows by days that were announced later, and what that moves (rulebook: Deadlines)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Literal

from contracts.policy import Policy
from contracts.values import Calendar, PeriodId, ReportingPeriod
from supervision.schedule import month_due_at
from supervision.workdays import WorkingDays, last_day, offset_of

NamedDays = Mapping[date, Literal["holiday", "working"]]


def grown(calendar: Calendar, named: NamedDays) -> Calendar:
    """The calendar with the days named; it ends at the last of them, or where it ended, if later."""
    off = {*calendar.holidays} - named.keys()
    on = {*calendar.working_weekends} - named.keys()
    for day, kind in named.items():
        weekend = day.isoweekday() > 5
        if kind == "holiday" and not weekend:
            off.add(day)
        elif kind == "working" and weekend:
            on.add(day)
    return Calendar(
        first_on=calendar.first_on,
        last_on=max([calendar.last_on, *named]),
        holidays=tuple(sorted(off)),
        working_weekends=tuple(sorted(on)),
    )


def moved_periods(
    periods: Iterable[ReportingPeriod],
    fixed: Collection[PeriodId],
    *,
    ended_on: date,
    after: WorkingDays,
    working_day: int,
    policy: Policy,
) -> Iterator[ReportingPeriod]:
    """Months that have another deadline by a calendar that has grown: those beyond where it ended, but for `fixed`."""
    zone = offset_of(policy.utc_offset)
    for period in periods:
        if last_day(period.due_at, zone) <= ended_on or period.id in fixed:
            continue
        try:
            due_at = month_due_at(period.id, after, working_day, policy)
        except (OverflowError, ValueError):  # behind the last day that there is
            continue
        if due_at != period.due_at:
            yield replace(period, due_at=due_at)
