"""Working days of a published calendar, counted forwards and backwards (rulebook: Deadlines)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date, datetime, time, timedelta, timezone
from typing import Final

from contracts.values import Calendar

_DAY: Final = timedelta(days=1)


class WorkingDays:
    """The working days of one calendar; outside its span every Monday to Friday counts."""

    __slots__ = ("_days", "_first", "_last", "calendar")

    def __init__(self, calendar: Calendar) -> None:
        """Count the calendar's span once, as day ordinals."""
        self.calendar: Final = calendar
        off, on = set(calendar.holidays), set(calendar.working_weekends)
        self._first, self._last = calendar.first_on.toordinal(), calendar.last_on.toordinal()
        span = map(date.fromordinal, range(self._first, self._last + 1))
        self._days: Final = [d.toordinal() for d in span if d in on or (d.weekday() < 5 and d not in off)]

    def is_working(self, day: date) -> bool:
        """Whether people work on `day`."""
        ordinal = day.toordinal()
        if self._first <= ordinal <= self._last:
            index = bisect_left(self._days, ordinal)
            return index < len(self._days) and self._days[index] == ordinal
        return day.weekday() < 5

    def after(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`, which itself does not count; at most the last date there is."""
        return self._walk(day, count, _DAY)

    def before(self, day: date, count: int) -> date:
        """The `count`-th working day before `day`, which itself does not count; at least the first date there is."""
        return self._walk(day, count, -_DAY)

    def nth_of_month(self, year: int, month: int, count: int) -> date:
        """The `count`-th working day of a month."""
        first = date(year, month, 1)
        return first if count == 1 and self.is_working(first) else self.after(first - _DAY, count)

    def _walk(self, day: date, count: int, step: timedelta) -> date:
        ordinal = day.toordinal()
        if self._first - 1 <= ordinal <= self._last + 1:
            if step == _DAY:
                index = bisect_right(self._days, ordinal) + count - 1
                if index < len(self._days):
                    return date.fromordinal(self._days[index])
            else:
                index = bisect_left(self._days, ordinal) - count
                if index >= 0:
                    return date.fromordinal(self._days[index])
        while count:
            try:
                day += step
            except OverflowError:
                return day
            count -= self.is_working(day)
        return day


def offset_of(utc_offset: str) -> timezone:
    """The time zone of an offset such as `+08:00`."""
    span = timedelta(hours=int(utc_offset[1:3]), minutes=int(utc_offset[4:6]))
    return timezone(-span if utc_offset[0] == "-" else span)


def start_of(day: date, zone: timezone) -> datetime:
    """The instant at which `day` begins in `zone`."""
    return datetime.combine(day, time(), zone)


def end_of(day: date, zone: timezone) -> datetime:
    """The instant after the last one of `day`: what is due that day is due before it."""
    return start_of(day + _DAY, zone) if day < date.max else datetime.combine(day, time.max, zone)
