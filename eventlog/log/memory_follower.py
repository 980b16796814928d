"""Following a log in memory, with the errors that a broker would give."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import takewhile
from types import TracebackType
from typing import Self

from eventlog.log.log import LogCut, LogUnavailable, LogUnreadable
from eventlog.log.memory_topics import MemoryTopics
from eventlog.log.record import Place, Record


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
