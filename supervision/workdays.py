"""Days: the working days of a published calendar, and the days that instants and limits fall on in a time zone."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from typing import Final

from contracts.values import Calendar

_DAY: Final = timedelta(days=1)
_TICK: Final = timedelta(microseconds=1)


class WorkingDays:
    """The working days of one calendar; outside its span every Monday to Friday counts."""

    __slots__ = ("_off", "_on", "calendar")

    def __init__(self, calendar: Calendar) -> None:
        """Keep the exceptions of the calendar's span."""
        self.calendar: Final = calendar
        first, last = calendar.first_on, calendar.last_on
        self._on: Final = frozenset(day for day in calendar.working_weekends if first <= day <= last)
        self._off: Final = frozenset(day for day in calendar.holidays if first <= day <= last) - self._on

    def is_working(self, day: date) -> bool:
        """Whether people work on `day`."""
        return day in self._on or (day.weekday() < 5 and day not in self._off)

    def after(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`, which itself does not count; at most the last date there is."""
        return self._walk(day, count, _DAY)

    def before(self, day: date, count: int) -> date:
        """The `count`-th working day before `day`, which itself does not count; at least the first date there is."""
        return self._walk(day, count, -_DAY)

    def between(self, day: date, last: date) -> int:
        """How many working days there are after `day`, up to `last` inclusive."""
        return sum(self.is_working(day + number * _DAY) for number in range(1, (last - day).days + 1))

    def nth_of_month(self, year: int, month: int, count: int) -> date:
        """The `count`-th working day of a month."""
        first = date(year, month, 1)
        return self.after(first, count - 1) if self.is_working(first) else self.after(first, count)

    def _walk(self, day: date, count: int, step: timedelta) -> date:
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


def local(instant: datetime, zone: timezone) -> datetime:
    """The instant in `zone`; the far ends of time stay as they are."""
    if instant.tzinfo is zone:
        return instant
    try:
        return instant.astimezone(zone)
    except OverflowError:
        return instant


def last_day(due_at: datetime, zone: timezone) -> date:
    """The last day on which what is due before `due_at` is in time, in `zone` (rulebook: Deadlines)."""
    limit = local(due_at, zone)
    try:
        return (limit - _TICK).date()
    except OverflowError:
        return limit.date()
