"""As of when an answer holds: everything known, or what held at a time, or what was known at a log position."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final

from contracts.position_vector import LastOffsets, MalformedPosition
from contracts.topics import DISPATCHES, PARTITIONS, RULINGS, SUBMISSIONS
from eventlog.log.record import Place

NO_LIMIT: Final = 2**62
LOCAL: Final = timezone(timedelta(hours=8))
"""Days are days of Asia/Shanghai (rulebook: Deadlines), which has had no other offset since 1991."""


class MalformedAsOf(ValueError):
    """`as_of` is neither a day, nor an instant with offset, nor a position vector."""


@dataclass(frozen=True, slots=True)
class AsOf:
    """What was asked for: `until` is the last instant of business time, `position` up to where it was known."""

    text: str = ""
    until: datetime | None = None
    position: LastOffsets = field(default_factory=LastOffsets)


def parse_as_of(text: str) -> AsOf:
    """Read `2024-07-10` (the end of that day), `2024-07-10T12:00:00+08:00`, or `submissions-3@120,…`.

    Raises:
        MalformedAsOf: it is none of these.
    """
    if not text:
        return AsOf()
    if "@" in text:
        try:
            return AsOf(text, position=LastOffsets.parse(text))
        except MalformedPosition as error:
            raise MalformedAsOf(str(error)) from None
    try:
        if len(text) == len("2024-07-10"):
            last = datetime.combine(date.fromisoformat(text) + timedelta(days=1), time(), LOCAL)
            return AsOf(text, until=last - timedelta(microseconds=1))
        # A "+" that was not escaped in a query string arrives as a blank.
        instant = datetime.fromisoformat(text.replace(" ", "+"))
        if instant.tzinfo is None:
            raise ValueError
        return AsOf(text, until=instant.astimezone(UTC))
    except (ValueError, OverflowError):
        raise MalformedAsOf(f"{text[:80]!r} is no day, no instant with offset, no position") from None


@dataclass(frozen=True, slots=True)
class QueryLimits:
    """The limits of a query: business time, and per partition the last submission ruled on and the last dispatch."""

    until: str = "infinity"
    causes: tuple[int, ...] = (NO_LIMIT,) * PARTITIONS
    dispatches: tuple[int, ...] = (NO_LIMIT,) * PARTITIONS

    def parameters(self) -> dict[str, object]:
        """The limits as the queries name them."""
        return {"until": self.until, "causes": list(self.causes), "dispatched": list(self.dispatches)}


def limits_of(as_of: AsOf, last_causes: dict[Place, int]) -> QueryLimits:
    """The limits of what was asked for; `last_causes` resolves each position on rulings to the last whole ruling."""
    causes, dispatches = [NO_LIMIT] * PARTITIONS, [NO_LIMIT] * PARTITIONS
    for (topic, part), offset in as_of.position.offsets.items():
        if topic == DISPATCHES:
            dispatches[part] = min(dispatches[part], offset)
        elif topic == SUBMISSIONS:
            causes[part] = min(causes[part], offset)
        elif topic == RULINGS:
            causes[part] = min(causes[part], last_causes.get((topic, part), -1))
    until = "infinity" if as_of.until is None else as_of.until.isoformat()
    return QueryLimits(until, tuple(causes), tuple(dispatches))
