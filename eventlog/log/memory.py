"""A log in memory with partitions, offsets, LogAppendTime and crash points, for fast tests of the services."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from enum import Enum

from eventlog.log.log import AppendUnknown, BatchTooLarge, LogUnavailable
from eventlog.log.memory_topics import MemoryFollower, MemoryTopics
from eventlog.log.record import Entry, Place, size_of

MAX_BATCH_BYTES = 900_000


class Crash(BaseException):
    """The process died here: nothing in it may handle this, and its client of the log is dead."""


class AppendFault(Enum):
    """What happens to an append."""

    LOST = "not appended, and no answer comes"
    UNANSWERED = "appended, but no answer comes"
    ZOMBIE = "no answer comes, and the batch is appended later, at `land()`"
    HELD = "the process stands still with the batch in hand until `release()`, as from SIGSTOP to SIGCONT"
    CRASH_BEFORE = "the process dies before the batch is appended"
    CRASH_AFTER = "the process dies when the batch is appended, before it hears of it"


class MemoryLog:
    """One client (one process) of `MemoryTopics`; faults planned with `fail_next` hit its appends in their order."""

    def __init__(self, topics: MemoryTopics | None = None, max_batch_bytes: int = MAX_BATCH_BYTES) -> None:
        self.topics = topics or MemoryTopics()
        self.max_batch_bytes = max_batch_bytes
        self.dead = False
        self._faults: dict[str, deque[AppendFault]] = defaultdict(deque)
        self._held = asyncio.Event()
        self._released = asyncio.Event()
        self._zombies: list[tuple[str, int, Sequence[Entry]]] = []

    def fail_next(self, topic: str, *faults: AppendFault) -> None:
        """Plan what happens to this client's next appends to `topic`."""
        self._faults[topic].extend(faults)

    async def held(self) -> None:
        """Wait until an append stands still by `AppendFault.HELD`."""
        await self._held.wait()

    def release(self) -> None:
        """Let the held append go on."""
        self._released.set()

    def land(self) -> None:
        """Append the batches that `AppendFault.ZOMBIE` kept under way."""
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
        if fault is AppendFault.HELD:
            self._released.clear()
            self._held.set()
            await self._released.wait()
            self._held.clear()
        self._die_if(fault is AppendFault.CRASH_BEFORE)
        if fault is AppendFault.ZOMBIE:
            self._zombies.append((topic, partition, entries))
        if fault in (AppendFault.LOST, AppendFault.ZOMBIE):
            raise AppendUnknown(f"{topic}-{partition}: {fault.value}")
        base = self.topics.place(topic, partition, entries)
        self._die_if(fault is AppendFault.CRASH_AFTER)
        await asyncio.sleep(0)
        if fault is AppendFault.UNANSWERED:
            raise AppendUnknown(f"{topic}-{partition}: {fault.value}")
        return base

    async def start(self, topic: str, partition: int) -> int:
        """As `Log.start`."""
        self._alive(topic, partition)
        return self.topics.first(topic, partition)

    async def end(self, topic: str, partition: int) -> int:
        """As `Log.end`."""
        self._alive(topic, partition)
        return self.topics.end(topic, partition)

    def follow(self, positions: Mapping[Place, int]) -> MemoryFollower:
        """As `Log.follow`."""
        if self.dead:
            raise LogUnavailable("this client was closed or has crashed")
        return MemoryFollower(self.topics, positions)

    async def close(self) -> None:
        """Stop; further use is refused."""
        self.dead = True

    def _alive(self, topic: str, partition: int) -> None:
        if self.dead:
            raise LogUnavailable("this client was closed or has crashed")
        if topic in self.topics.gone:
            raise LogUnavailable(f"{topic}-{partition} does not exist", (topic, partition))

    def _die_if(self, now: bool) -> None:
        if now:
            self.dead = True
            raise Crash
