"""The whole year of a programme as a calendar: what would be due when, before anything of it is published."""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timezone
from typing import Literal

from contracts.values import Calendar, Category, PeriodId
from programmes.programme import ProgrammeFile
from supervision.schedule import plan_due_at, reporting_periods
from supervision.workdays import WorkingDays, last_day, offset_of

DueKind = Literal["plan", "report", "closing"]
DayKind = Literal["working", "rest", "holiday", "made_up"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDay:
    """Something that is due on a day, for so many items; `usual` is the day without holidays, where it differs.

    `provisional`: it lies beyond the days that are announced. `free`: nobody works on that day.
    """

    day: date
    kind: DueKind
    items: int
    category: Category | None = None
    period: PeriodId = ""
    usual: date | None = None
    provisional: bool = False
    free: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDay:
    """A day of a month's sheet: whether people work, and how much is due."""

    day: date
    kind: DayKind
    known: bool
    due: Sequence[DueDay]


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthSheet:
    """A month: its weeks from Monday to Sunday, None for days of other months, and what is due in it."""

    month: str
    weeks: Sequence[Sequence[CalendarDay | None]]
    due: Sequence[DueDay]


def due_days(programme: ProgrammeFile) -> list[DueDay]:
    """Everything that has a day, in the order of the days."""
    schedule, policy = programme.schedule.schedule(), programme.policy
    zone, days = offset_of(policy.utc_offset), WorkingDays(programme.calendar)
    counts = Counter(item.category for item in programme.items)
    plans_on = last_day(plan_due_at(schedule, policy), zone)
    found = [_due(days, plans_on, "plan", len(programme.items))]
    if programme.closing_on is not None:
        found.append(_due(days, programme.closing_on, "closing", len(programme.items)))
    for category, count in counts.items():
        found += _reports(programme, category, count, zone)
    return sorted(found, key=lambda one: (one.day, one.kind, one.period))


def month_sheets(programme: ProgrammeFile) -> list[MonthSheet]:
    """Every month from the first of the plans' year to the last in which something is due."""
    due = due_days(programme)
    days = WorkingDays(programme.calendar)
    year = programme.schedule.plan_due_on.year
    last = max(one.day for one in due)
    count = max((last.year - year) * 12 + last.month, 12)
    return [_sheet(days, year + number // 12, number % 12 + 1, due) for number in range(min(count, 36))]


def _reports(programme: ProgrammeFile, category: Category, count: int, zone: timezone) -> Iterator[DueDay]:
    schedule, known, policy = programme.schedule.schedule(), programme.calendar, programme.policy
    plain = Calendar(first_on=known.first_on, last_on=known.last_on)
    days = WorkingDays(known)
    periods = reporting_periods(category, schedule, known, policy)
    without = reporting_periods(category, schedule, plain, policy)
    for period, usual in zip(periods, without, strict=True):
        on, otherwise = last_day(period.due_at, zone), last_day(usual.due_at, zone)
        yield _due(days, on, "report", count, category, period.id, otherwise if otherwise != on else None)


def _due(
    days: WorkingDays,
    on: date,
    kind: DueKind,
    items: int,
    category: Category | None = None,
    period: PeriodId = "",
    usual: date | None = None,
) -> DueDay:
    provisional = kind == "report" and category == "livelihood" and on > days.calendar.last_on
    return DueDay(
        day=on, kind=kind, items=items, category=category, period=period, usual=usual, provisional=provisional,
        free=not days.is_working(on),
    )  # fmt: skip


def _sheet(days: WorkingDays, year: int, month: int, due: Sequence[DueDay]) -> MonthSheet:
    weeks = [
        [_day(days, day, due) if day.month == month else None for day in week]
        for week in calendar.Calendar().monthdatescalendar(year, month)
    ]
    own = [one for one in due if (one.day.year, one.day.month) == (year, month)]
    return MonthSheet(month=f"{year}-{month:02}", weeks=weeks, due=own)


def _day(days: WorkingDays, day: date, due: Sequence[DueDay]) -> CalendarDay:
    working, weekend = days.is_working(day), day.isoweekday() > 5
    kind: DayKind = ("made_up" if weekend else "working") if working else ("rest" if weekend else "holiday")
    own = [one for one in due if one.day == day]
    return CalendarDay(day=day, kind=kind, known=day <= days.calendar.last_on, due=own)
