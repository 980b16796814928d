"""The days of one item's year: its periods, when they are due and settle, working days around them."""

from __future__ import annotations

import random
from datetime import date, timedelta

from contracts.submissions import ItemAssigned
from contracts.values import ReportingPeriod
from sandbox.year.days import SHANGHAI, last_day, shift
from supervision.workdays import WorkingDays


class ItemDays:
    """Days are Shanghai days; `assigned` is the item as it is by now: whoever leads it, with deadlines as moved."""

    def __init__(self, assigned: ItemAssigned, rng: random.Random) -> None:
        self.assigned = assigned
        self.rng = rng
        self._days = WorkingDays(assigned.calendar)

    @property
    def live_periods(self) -> list[ReportingPeriod]:
        """The periods that bind: those whose deadline had not passed at the publication."""
        return [p for p in self.assigned.periods if p.due_at > self.assigned.published_at]

    @property
    def quarters(self) -> list[str]:
        """The periods that carry lights, in order."""
        return sorted({p.quarter for p in self.assigned.periods})

    @property
    def published_on(self) -> date:
        """The day of the publication."""
        return self.assigned.published_at.astimezone(SHANGHAI).date()

    def period(self, ident: str) -> ReportingPeriod:
        """A reporting period by its id."""
        return next(p for p in self.assigned.periods if p.id == ident)

    def due(self, ident: str) -> date:
        """The last day on which a report about a period is in time."""
        return last_day(self.period(ident).due_at)

    def opens(self, ident: str) -> date:
        """A period's first day."""
        return self.period(ident).opens_at.astimezone(SHANGHAI).date()

    def settles(self, quarter: str) -> date:
        """The day on which a quarter's light settles: the one after its (last) deadline."""
        return max(p.due_at for p in self.assigned.periods if p.quarter == quarter).astimezone(SHANGHAI).date()

    def after(self, day: date, least: int, most: int) -> date:
        """A working day between `least` and `most` working days after `day`."""
        return self.shift(day, self.rng.randint(least, most))

    def shift(self, day: date, count: int) -> date:
        """The working day `count` working days after `day` (before it, if negative); `day` itself if 0."""
        return shift(self._days, day, count)

    def next_friday(self, day: date) -> date:
        """The first Friday after a day, or the working day after it."""
        friday = day + timedelta(days=(3 - day.weekday()) % 7 + 1)
        return friday if self._days.is_working(friday) else self.shift(friday, 1)
