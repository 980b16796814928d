"""A handler as small as can be, and the loop that feeds it, running for a while."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

from eventlog.follow.follow_loop import FollowLoop, FollowSettings
from eventlog.follow.handler import PartitionStopped, PositionsMoved
from eventlog.log.log import Log
from eventlog.log.record import Place, Record

FAST = FollowSettings(poll_seconds=0.1, first_backoff_seconds=0.05, max_backoff_seconds=0.1)
SOUND, OTHER = ("rulings", 0), ("rulings", 1)


class Kept:
    """As `RecordHandler`: keeps the values of what it took."""

    def __init__(self, *places: Place, start: int = 0) -> None:
        self.values: dict[Place, list[bytes | None]] = {place: [] for place in places}
        self.start = start
        self.refused: set[tuple[str, int, int]] = set()
        """Topic, partition and offset of what it cannot take in."""
        self.broken: Exception | None = None
        """What it raises for want of something that all partitions need."""
        self.asked = 0
        self.looked_again = 0
        self.moved = False

    async def positions(self) -> Mapping[Place, int]:
        self.asked += 1
        return {place: self.start + len(values) for place, values in self.values.items()}

    def position(self, place: Place) -> int:
        self.looked_again += 1
        return self.start + len(self.values[place])

    async def take(self, records: Mapping[Place, list[Record]]) -> list[PartitionStopped]:
        if self.moved:
            self.moved = False
            raise PositionsMoved
        if records and self.broken is not None:
            raise self.broken
        return [stop for place, lying in records.items() if (stop := self._take(place, lying)) is not None]

    def _take(self, place: Place, lying: list[Record]) -> PartitionStopped | None:
        for record in lying:
            if (*place, record.offset) in self.refused:
                return PartitionStopped(place, record.offset, "not known here")
            assert record.offset == self.start + len(self.values[place]), f"{record} was handed over out of order"
            self.values[place].append(record.value)
        return None


@asynccontextmanager
async def following(log: Log, handler: Kept, settings: FollowSettings = FAST) -> AsyncIterator[FollowLoop]:
    """The loop, running."""
    loop = FollowLoop("rulings", log, handler, settings)
    running = asyncio.create_task(loop.run())
    try:
        yield loop
        assert not running.done(), "the loop has ended"
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
