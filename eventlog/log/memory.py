"""A log in memory with partitions, offsets, LogAppendTime and crash points, for fast tests of the services."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from enum import Enum
from types import TracebackType
from typing import Self

from eventlog.clock import Clock, SystemClock
from eventlog.log.log import AppendUnknown, BatchTooLarge, LogCut, LogUnavailable
from eventlog.log.record import Entry, Place, Record, size_of

MAX_BATCH_BYTES = 900_000


class Crash(BaseException):
    """The process died here: nothing in it may handle this, and its client of the log is dead."""


class Fault(Enum):
    """What happens to an append."""

    LOST = "not appended, and no answer comes"
    UNANSWERED = "appended, but no answer comes"
    ZOMBIE = "no answer comes, and the batch is appended later, at `land()`"
    HELD = "the process stands still with the batch in hand until `release()`, as from SIGSTOP to SIGCONT"
    CRASH_BEFORE = "the process dies before the batch is appended"
    CRASH_AFTER = "the process dies when the batch is appended, before it hears of it"


class MemoryTopics:
    """What survives a crash: the records. Any number of clients (`MemoryLog`) may share it."""

    def __init__(self, clock: Clock | None = None, partitions: int = 12) -> None:
        self.clock = clock or SystemClock()
        self.partitions = partitions
        self._records: dict[Place, list[Record]] = defaultdict(list)
        self._first: dict[Place, int] = defaultdict(int)
        self._waiting: set[asyncio.Future[None]] = set()

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


class MemoryLog:
    """One client (one process) of `MemoryTopics`; faults planned with `fail_next` hit its appends in their order."""

    def __init__(self, topics: MemoryTopics | None = None, max_batch_bytes: int = MAX_BATCH_BYTES) -> None:
        self.topics = topics or MemoryTopics()
        self.max_batch_bytes = max_batch_bytes
        self.dead = False
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)
        self._held = asyncio.Event()
        self._released = asyncio.Event()
        self._zombies: list[tuple[str, int, Sequence[Entry]]] = []

    def fail_next(self, topic: str, *faults: Fault) -> None:
        """Plan what happens to this client's next appends to `topic`."""
        self._faults[topic].extend(faults)

    async def held(self) -> None:
        """Wait until an append stands still by `Fault.HELD`."""
        await self._held.wait()

    def release(self) -> None:
        """Let the held append go on."""
        self._released.set()

    def land(self) -> None:
        """Append the batches that `Fault.ZOMBIE` kept under way."""
        for topic, partition, entries in self._zombies:
            self.topics.place(topic, partition, entries)
        self._zombies.clear()

    async def append(self, topic: str, partition: int, key: bytes | None, values: Sequence[bytes]) -> int:
        """As `Log.append`."""
        return await self.append_entries(topic, partition, [Entry(key, value) for value in values])

    async def append_entries(self, topic: str, partition: int, entries: Sequence[Entry]) -> int:
        """As `Log.append_entries`, struck by the next planned fault."""
        if not entries:
            raise ValueError("an empty batch has no offset")
        if size_of(entries) > self.max_batch_bytes:
            raise BatchTooLarge(f"{size_of(entries)} bytes in one batch; at most {self.max_batch_bytes}")
        if self.dead or not 0 <= partition < self.topics.partitions:
            raise AppendUnknown(f"{topic}-{partition}: closed, crashed, or no such partition")
        await asyncio.sleep(0)
        fault = self._faults[topic].popleft() if self._faults[topic] else None
        if fault is Fault.HELD:
            self._released.clear()
            self._held.set()
            await self._released.wait()
            self._held.clear()
        self._die_if(fault is Fault.CRASH_BEFORE)
        if fault is Fault.ZOMBIE:
            self._zombies.append((topic, partition, entries))
        if fault in (Fault.LOST, Fault.ZOMBIE):
            raise AppendUnknown(f"{topic}-{partition}: {fault.value}")
        base = self.topics.place(topic, partition, entries)
        self._die_if(fault is Fault.CRASH_AFTER)
        await asyncio.sleep(0)
        if fault is Fault.UNANSWERED:
            raise AppendUnknown(f"{topic}-{partition}: {fault.value}")
        return base

    async def start(self, topic: str, partition: int) -> int:
        """As `Log.start`."""
        self._alive()
        return self.topics.first(topic, partition)

    async def end(self, topic: str, partition: int) -> int:
        """As `Log.end`."""
        self._alive()
        return self.topics.end(topic, partition)

    def follow(self, positions: Mapping[Place, int]) -> MemoryFollower:
        """As `Log.follow`."""
        self._alive()
        return MemoryFollower(self.topics, positions)

    async def close(self) -> None:
        """Stop; further use is refused."""
        self.dead = True

    def _alive(self) -> None:
        if self.dead:
            raise LogUnavailable("this client was closed or has crashed")

    def _die_if(self, now: bool) -> None:
        if now:
            self.dead = True
            raise Crash


class MemoryFollower:
    """As `Follower`, over `MemoryTopics`."""

    def __init__(self, topics: MemoryTopics, positions: Mapping[Place, int]) -> None:
        self._topics = topics
        self._positions = dict(positions)

    async def poll(self, timeout: float = 0.5, max_records: int | None = None) -> dict[Place, list[Record]]:  # noqa: ASYNC109
        """As `Follower.poll`."""
        if not (found := self._take(max_records)):
            await self._topics.grown(timeout)
            found = self._take(max_records)
        return found

    def _check(self) -> None:
        for (topic, partition), position in self._positions.items():
            first, end = self._topics.first(topic, partition), self._topics.end(topic, partition)
            if not first <= position <= end:
                raise LogCut(f"{topic}-{partition} holds {first} to {end}, read up to {position}")

    def _take(self, max_records: int | None) -> dict[Place, list[Record]]:
        self._check()
        found: dict[Place, list[Record]] = {}
        left = max_records
        for place, position in self._positions.items():
            records = self._topics.records(*place)[position - self._topics.first(*place) :][:left]
            if records:
                found[place] = records
                self._positions[place] = records[-1].offset + 1
                left = None if left is None else left - len(records)
        return found

    def seek(self, topic: str, partition: int, offset: int) -> None:
        """As `Follower.seek`."""
        self._positions[(topic, partition)] = offset

    def end(self, topic: str, partition: int) -> int | None:
        """As `Follower.end`."""
        return self._topics.end(topic, partition)

    async def close(self) -> None:
        """As `Follower.close`."""

    async def __aenter__(self) -> Self:
        """As `Follower.__aenter__`."""
        self._check()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """As `Follower.__aexit__`."""
