"""Days and instants as the simulated people see them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone

from supervision import workdays
from supervision.workdays import WorkingDays

SHANGHAI = timezone(timedelta(hours=8))
DESK_HOURS = (time(10, 0), time(14, 30), time(16, 40))
"""Few on purpose: every distinct instant of the year is one move of the clock."""
LAST_MINUTE = time(23, 58)


def shift(days: WorkingDays, day: date, count: int) -> date:
    """The working day `count` working days after `day` (before it, if negative); `day` itself if 0."""
    return days.after(day, count) if count > 0 else days.before(day, -count)


def last_day(due_at: datetime) -> date:
    """The day that a deadline still includes; `due_at` is the instant after it."""
    return workdays.last_day(due_at, SHANGHAI)


def instant(day: date, hour: time) -> datetime:
    """An instant in Shanghai."""
    return datetime.combine(day, hour, SHANGHAI)
