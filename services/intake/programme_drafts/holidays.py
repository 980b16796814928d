"""The holidays and 调休 days that the State Council announced, from chinesecalendar; nothing else knows of it."""

from __future__ import annotations

from datetime import date, timedelta
from importlib.metadata import version
from itertools import pairwise

import chinese_calendar

from contracts.values import Calendar

LIBRARY = "chinesecalendar"


class NotAnnounced(ValueError):
    """A year whose holidays are not known; `year` is the first such one."""

    def __init__(self, year: int) -> None:
        known, source = announced_years(), f"{LIBRARY} {version(LIBRARY)}"
        self.year = year
        self.zh = f"{year} 年的节假日安排尚未公布，或 {source} 尚未收录（现有 {known[0]}–{known[-1]} 年）"
        self.en = f"the holidays of {year} are not announced, or not in {source} yet (it has {known[0]} to {known[-1]})"
        super().__init__(f"{self.zh} · {self.en}")


def announced_years() -> list[int]:
    """The years known as a whole, ascending and without a gap: National Day is in the notice of its own year only."""
    years = sorted({day.year for day in chinese_calendar.holidays if day.month == 10})
    gap = next((index for index, (one, other) in enumerate(pairwise(years), 1) if other > one + 1), len(years))
    return years[:gap]


def announced(first_on: date, last_on: date) -> Calendar:
    """The working days of a span, both days included, by their exceptions. Raises NotAnnounced."""
    known = announced_years()
    for year in range(first_on.year, last_on.year + 1):
        if year not in known:
            raise NotAnnounced(year)
    days = [first_on + timedelta(days=number) for number in range((last_on - first_on).days + 1)]
    return Calendar(
        first_on=first_on,
        last_on=last_on,
        holidays=tuple(day for day in days if day.weekday() < 5 and not chinese_calendar.is_workday(day)),
        working_weekends=tuple(day for day in days if day.weekday() >= 5 and chinese_calendar.is_workday(day)),
    )


def known_part(first_on: date, last_on: date) -> Calendar:
    """The announced part of a span: to its end, or to that of the last announced year; what follows is provisional.

    A span that begins after all that is known has the last known day alone. Raises NotAnnounced for an earlier year.
    """
    end = date(announced_years()[-1], 12, 31)
    return announced(min(first_on, end), min(last_on, end))


def source(calendar: Calendar) -> str:
    """Where the days of a calendar come from, in a sentence for the file's reader."""
    major, minor, *_ = version(LIBRARY).split(".")
    first, last = calendar.first_on.year, calendar.last_on.year
    years = f"{first}" if first == last else f"{first} and {last}" if last == first + 1 else f"{first} to {last}"
    return f"Taken from {LIBRARY} {major}.{minor}\n(the State Council's holiday notices for {years})."
