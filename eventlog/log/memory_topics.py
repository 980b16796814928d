"""The records of a log in memory: what survives a crash of its clients."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence

from eventlog.clock import Clock, SystemClock
from eventlog.log.log import LogUnavailable
from eventlog.log.record import Entry, Place, Record


class MemoryTopics:
    """What survives a crash: the records. Any number of clients (`MemoryLog`) may share it."""

    def __init__(self, clock: Clock | None = None, partitions: int = 12) -> None:
        self.clock = clock or SystemClock()
        self.partitions = partitions
        self._records: dict[Place, list[Record]] = defaultdict(list)
        self._first: dict[Place, int] = defaultdict(int)
        self._waiting: set[asyncio.Future[None]] = set()
        self.undecodable: set[tuple[str, int, int]] = set()
        """Topic, partition and offset of records that no client can decode."""
        self.gone: set[str] = set()
        """Topics that are not served."""

    def records(self, topic: str, partition: int) -> list[Record]:
        """All records kept of a partition, in order."""
        return self._records[self._known(topic, partition)]

    def first(self, topic: str, partition: int) -> int:
        """The offset of the first record kept."""
        return self._first[self._known(topic, partition)]

    def end(self, topic: str, partition: int) -> int:
        """The offset after the last record."""
        return self.first(topic, partition) + len(self.records(topic, partition))

    def place(self, topic: str, partition: int, entries: Sequence[Entry]) -> int:
        """Lay a batch down, stamped by the clock, and wake the followers; returns its first offset."""
        base = self.end(topic, partition)
        stamp = int(self.clock.now().timestamp() * 1000)
        self.records(topic, partition).extend(
            Record(topic, partition, base + index, stamp, entry.key, entry.value, tuple(entry.headers))
            for index, entry in enumerate(entries)
        )
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)
        return base

    def cut(self, topic: str, partition: int, end: int) -> None:
        """Lose everything from `end` on, as a careless restore would."""
        del self.records(topic, partition)[max(0, end - self.first(topic, partition)) :]

    def trim(self, topic: str, partition: int, first: int) -> None:
        """Lose everything before `first`, as a retention limit would."""
        del self.records(topic, partition)[: first - self.first(topic, partition)]
        self._first[(topic, partition)] = first

    async def grown(self, timeout: float) -> None:  # noqa: ASYNC109
        """Wait until something is appended anywhere, at most `timeout` seconds."""
        waiting = asyncio.get_running_loop().create_future()
        self._waiting.add(waiting)
        try:
            await asyncio.wait([waiting], timeout=timeout)
        finally:
            self._waiting.discard(waiting)

    def _known(self, topic: str, partition: int) -> Place:
        if not 0 <= partition < self.partitions:
            raise LogUnavailable(f"{topic} has no partition {partition}")
        return (topic, partition)
