"""Until when an item's periods are reported, which deadlines were moved, and which are provisional: a pure fold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timezone
from functools import lru_cache
from typing import Any, Final, NamedTuple

from contracts.rulings import CalendarRevised, DeadlineShifted, ItemOpened, RulingData
from contracts.values import PeriodId, ReportingPeriod
from supervision.workdays import last_day, offset_of


class PeriodDeadline(NamedTuple):
    """`due_at` is exclusive; of one that was moved (延期报送) `before` is what it was, and `ground` says why.

    `provisional`: computed beyond the end of the calendar, so that it may become another one (rulebook: Deadlines).
    """

    due_at: datetime
    before: datetime | None = None
    ground: str = ""
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The deadlines of an item's periods; days are those of `zone`."""

    zone: timezone
    periods: Mapping[PeriodId, PeriodDeadline]

    def due_at(self, period: PeriodId) -> datetime:
        """The deadline of a period, exclusive. Raises KeyError."""
        return self.periods[period].due_at


def opened(data: ItemOpened) -> Deadlines:
    """The deadlines of an item that was just published."""
    computed = data.month_working_day is not None and data.category == "livelihood"
    return published(data.periods, offset_of(data.policy.utc_offset), data.calendar.last_on if computed else None)


def published(periods: Iterable[ReportingPeriod], zone: timezone, ends_on: date | None) -> Deadlines:
    """The deadlines of these periods; where working days were counted for them, `ends_on` is the calendar's end."""
    return _published(tuple(periods), zone, ends_on)


@lru_cache(maxsize=1024)
def _published(periods: tuple[ReportingPeriod, ...], zone: timezone, ends_on: date | None) -> Deadlines:
    """One for all items that are reported on alike."""
    found = {
        one.id: PeriodDeadline(one.due_at, provisional=ends_on is not None and last_day(one.due_at, zone) > ends_on)
        for one in periods
    }
    return Deadlines(zone, found)


def evolve(deadlines: Deadlines, data: RulingData) -> Deadlines:
    """The deadlines after one more event of their item."""
    transition = _TRANSITIONS.get(type(data))
    return deadlines if transition is None else transition(deadlines, data)


def _shifted(deadlines: Deadlines, data: DeadlineShifted) -> Deadlines:
    moved = PeriodDeadline(data.due_at, data.before, data.ground)
    return Deadlines(deadlines.zone, {**deadlines.periods, data.period: moved})


def _recomputed(deadlines: Deadlines, data: CalendarRevised) -> Deadlines:
    """What the calendar now reaches is provisional no more."""
    return _reached(tuple(deadlines.periods.items()), deadlines.zone, data.periods, data.calendar.last_on)


@lru_cache(maxsize=1024)
def _reached(
    before: tuple[tuple[PeriodId, PeriodDeadline], ...],
    zone: timezone,
    periods: tuple[ReportingPeriod, ...],
    ends_on: date,
) -> Deadlines:
    due_at = {one.id: one.due_at for one in periods}
    found = {}
    for id_, known in before:
        now = known._replace(due_at=due_at.get(id_, known.due_at))
        found[id_] = now._replace(provisional=known.provisional and last_day(now.due_at, zone) > ends_on)
    return Deadlines(zone, found)


_TRANSITIONS: Final[Mapping[type, Callable[[Deadlines, Any], Deadlines]]] = {
    DeadlineShifted: _shifted,
    CalendarRevised: _recomputed,
}

FOLDED: Final = frozenset(_TRANSITIONS)
"""The events that change deadlines."""
