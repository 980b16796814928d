"""Working days and instants as the simulated people see them, from the programme's own calendar."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone

from contracts.values import Calendar
from supervision import workdays

SHANGHAI = timezone(timedelta(hours=8))
DESK_HOURS = (time(10, 0), time(14, 30), time(16, 40))
"""Few on purpose: every distinct instant of the year is one move of the clock."""
LAST_MINUTE = time(23, 58)


class WorkingDays:
    """Counts working days by the calendar that the programme carries."""

    def __init__(self, calendar: Calendar) -> None:
        self._holidays = frozenset(calendar.holidays)
        self._working = frozenset(calendar.working_weekends)

    def is_working(self, day: date) -> bool:
        """Monday to Friday but for the calendar's exceptions."""
        if day in self._working:
            return True
        return day.weekday() < 5 and day not in self._holidays

    def shift(self, day: date, count: int) -> date:
        """The working day `count` working days after `day` (before it, if negative); `day` itself if 0."""
        step = timedelta(days=1 if count > 0 else -1)
        for _ in range(abs(count)):
            day += step
            while not self.is_working(day):
                day += step
        return day


def last_day(due_at: datetime) -> date:
    """The day that a deadline still includes; `due_at` is the instant after it."""
    return workdays.last_day(due_at, SHANGHAI)


def instant(day: date, hour: time) -> datetime:
    """An instant in Shanghai."""
    return datetime.combine(day, hour, SHANGHAI)
