"""Days of Asia/Shanghai and the published calendar (rulebook: Deadlines)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from typing import Any

Json = dict[str, Any]
SHANGHAI = timezone(timedelta(hours=8))
DAY = timedelta(days=1)


def instant(value: Any) -> datetime:
    """An aware instant from YAML (already a datetime) or text."""
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return moment.astimezone(SHANGHAI)


def day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def midnight(on: date) -> datetime:
    return datetime.combine(on, time(), SHANGHAI)


class Calendar:
    """Working days: Monday to Friday, but for the listed days."""

    def __init__(self, raw: Json) -> None:
        self.off = {day(d) for d in raw["holidays"]}
        self.on = {day(d) for d in raw["working_weekends"]}
        self.ends = day(raw["to"])
        self.shifted: dict[tuple[date, int], date] = {}

    def until(self, last: Any) -> Calendar:
        """As it was known when it ended on that day."""
        self.ends = day(last)
        self.shifted.clear()
        self.off = {d for d in self.off if d <= self.ends}
        self.on = {d for d in self.on if d <= self.ends}
        return self

    def learn(self, days: Json) -> None:
        """It ends at the last of the days named, or where it ended, if later."""
        self.shifted.clear()
        for text, kind in days.items():
            on = day(text)
            self.off.discard(on)
            self.on.discard(on)
            (self.off if kind == "holiday" else self.on).add(on)
            self.ends = max(self.ends, on)

    def works(self, on: date) -> bool:
        return on in self.on or (on.weekday() < 5 and on not in self.off)

    def shift(self, on: date, working_days: int) -> date:
        """The n-th working day after (or before, if negative) a day."""
        known = self.shifted.get((on, working_days))
        if known is None:
            known = self.shifted[on, working_days] = self._shift(on, working_days)
        return known

    def _shift(self, on: date, working_days: int) -> date:
        step = DAY if working_days > 0 else -DAY
        left = abs(working_days)
        while left:
            on += step
            left -= self.works(on)
        return on
