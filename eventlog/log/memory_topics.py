"""The records of a log in memory, which survive a crash of its clients, and reading them as a broker gives them."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import takewhile
from types import TracebackType
from typing import Self

from eventlog.clock import Clock, SystemClock
from eventlog.log.log import LogCut, LogUnavailable, LogUnreadable
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


class MemoryFollower:
    """As `Follower`, over `MemoryTopics`."""

    def __init__(self, topics: MemoryTopics, positions: Mapping[Place, int]) -> None:
        self._topics = topics
        self._positions = dict(positions)

    async def poll(self, timeout: float = 0.5, max_records: int | None = None) -> dict[Place, list[Record]]:  # noqa: ASYNC109
        """As `Follower.poll`."""
        if not (found := self._given(max_records)):
            await self._topics.grown(timeout)
            found = self._given(max_records)
        return found

    def _given(self, max_records: int | None) -> dict[Place, list[Record]]:
        for place in self._positions:
            self._check(place)
        found: dict[Place, list[Record]] = {}
        left = max_records
        for place, position in self._positions.items():
            records = self._decoded(place, position)[:left]
            if records:
                found[place] = records
                self._positions[place] = records[-1].offset + 1
                left = None if left is None else left - len(records)
        return found

    def _check(self, place: Place) -> None:
        topic, partition = place
        position = self._positions[place]
        where = f"{topic}-{partition}@{position}"
        if topic in self._topics.gone:
            raise LogUnavailable(f"{where}: there is no such topic", place, position)
        first, end = self._topics.first(topic, partition), self._topics.end(topic, partition)
        if not first <= position <= end:
            raise LogCut(f"{where}: nothing lies there, only {first} to {end}", place, position)
        if (topic, partition, position) in self._topics.undecodable:
            raise LogUnreadable(f"{where} cannot be decoded", place, position)

    def _decoded(self, place: Place, position: int) -> list[Record]:
        """What lies from `position` on, up to the first record that cannot be decoded."""
        records = self._topics.records(*place)[position - self._topics.first(*place) :]
        if not self._topics.undecodable:
            return records
        return list(takewhile(lambda record: (*place, record.offset) not in self._topics.undecodable, records))

    def seek(self, topic: str, partition: int, offset: int) -> None:
        """As `Follower.seek`."""
        self._positions[(topic, partition)] = offset

    async def add(self, positions: Mapping[Place, int]) -> None:
        """As `Follower.add`."""
        self._positions |= positions

    def drop(self, topic: str, partition: int) -> None:
        """As `Follower.drop`."""
        del self._positions[(topic, partition)]

    def end(self, topic: str, partition: int) -> int | None:
        """As `Follower.end`."""
        if topic in self._topics.gone or (topic, partition) not in self._positions:
            return None
        return self._topics.end(topic, partition)

    async def close(self) -> None:
        """As `Follower.close`."""

    async def __aenter__(self) -> Self:
        """As `Follower.__aenter__`."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """As `Follower.__aexit__`."""
