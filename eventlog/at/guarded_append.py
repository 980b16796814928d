"""Append at an expected offset, and catch up: compare-and-append on a log that cannot compare."""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Generic, Protocol, Self, TypeVar

from eventlog.log.log import Log, LogCut, LogUnavailable
from eventlog.log.record import UNKNOWN_TIME, Entry, Record, portions
from eventlog.remainder import Remainder, remainder

T = TypeVar("T")
STALL_SECONDS = 30.0
FIRST_RACE_SECONDS = 0.01
MAX_RACE_SECONDS = 1.0


def race_pause(losses: int) -> float:
    """Seconds to wait after so many lost races in a row, before catching up.

    Two writers in step would void each other's batches for ever: each void batch moves the end that the other one
    expects. So the pause is random and doubles.
    """
    return random.uniform(0, min(MAX_RACE_SECONDS, FIRST_RACE_SECONDS * 2.0 ** min(losses, 10)))


class CountingRule(Protocol[T]):
    """Which records count: `AtRule` (gives whole answers) or `SingleAtRule` (gives records)."""

    seen: int
    counted: int
    void: int

    def fold(self, records: Iterable[Record]) -> list[T]:
        """Fold the next records; return what they complete."""
        ...

    def fork(self) -> Self:
        """An independent copy."""
        ...


class Misplaced(ValueError):
    """A defect of the writer: its batch would be void even at the offset where it is expected."""


class GuardedPartition(Generic[T]):
    """One partition, folded up to `expected`. What counts, read or appended here, goes to `fold` once and in order."""

    def __init__(
        self, log: Log, topic: str, partition: int, rule: CountingRule[T], fold: Callable[[list[T]], None]
    ) -> None:
        self.topic = topic
        self.partition = partition
        self.rule = rule
        self.lost_races = 0
        """Batches appended here that lie elsewhere than expected, and so are void."""
        self._log = log
        self._fold = fold
        self._last: Record | None = None
        self._catching_up: tuple[int, int] | None = None
        self._first_came: float | None = None

    @property
    def left(self) -> Remainder | None:
        """What is left of the catching up that is under way."""
        if self._catching_up is None:
            return None
        start, end = self._catching_up
        seconds = 0.0 if self._first_came is None else time.monotonic() - self._first_came
        return remainder(self.expected - start, end - self.expected, seconds)

    @property
    def expected(self) -> int:
        """The offset where the next append must lie in order to count: the `at` of its first record."""
        return self.rule.seen

    async def catch_up(self) -> int:
        """Fold everything up to the end as of now; returns the number of records read.

        Raises:
            LogCut: the partition ends before what was already folded.
            LogUnavailable: nothing came for half a minute.
        """
        before = self.expected
        end = await self._log.end(self.topic, self.partition)
        place = (self.topic, self.partition)
        if end < before:
            raise LogCut(
                f"{self.topic}-{self.partition}@{before}: folded up to here, and it ends at {end}", place, before
            )
        if end == before:
            return 0
        moved = time.monotonic()
        self._catching_up, self._first_came = (before, end), None
        try:
            async with self._log.follow({place: before}) as follower:
                while self.expected < end:
                    records = (await follower.poll(1.0)).get(place, [])
                    if records:
                        self._first_came = self._first_came or time.monotonic()
                        for portion in portions(records):
                            self._fold(self.rule.fold(portion))
                            self._last = portion[-1]
                        moved = time.monotonic()
                        await asyncio.sleep(0)
                    elif time.monotonic() - moved > STALL_SECONDS:
                        raise LogUnavailable(
                            f"{self.topic}-{self.partition}@{self.expected}: nothing comes", place, self.expected
                        )
        finally:
            self._catching_up = None
        return self.expected - before

    async def verify(self) -> None:
        """Look whether the last record that was folded still lies there, as before going on after trouble.

        Raises:
            LogCut: another one does, or none.
            LogUnavailable: it cannot be read.
        """
        last = self._last
        if last is None:
            return
        async with self._log.follow({last.place: last.offset}) as follower:
            began = time.monotonic()
            while not (records := (await follower.poll(0.5, 1)).get(last.place, [])):
                if (follower.end(*last.place) or math.inf) <= last.offset:
                    raise LogCut(f"{last} was folded, the partition ends before it", last.place, last.offset)
                if time.monotonic() - began > STALL_SECONDS:
                    raise LogUnavailable(f"{last} does not come", last.place, last.offset)
        # Times are not compared: that of a record appended here was never read.
        if (records[0].offset, *records[0][4:6]) != (last.offset, *last[4:6]):
            raise LogCut(f"{last} was folded, another record lies there now", last.place, last.offset)

    async def append(self, entries: Sequence[Entry]) -> bool:
        """Append one batch whose records carry `at` from `expected` on; True: it counts, and was folded.

        False: it lies elsewhere and is void; catch up and decide again. After AppendUnknown do the same.

        Raises:
            AppendUnknown: it may lie on the log or not.
            LogCut: it was appended before `expected`.
            Misplaced: not all of it would count; nothing was appended.
        """
        base = self.expected
        records = [
            Record(self.topic, self.partition, base + index, UNKNOWN_TIME, entry.key, entry.value, entry.headers)
            for index, entry in enumerate(entries)
        ]
        ahead = self.rule.fork()
        counted = ahead.fold(records)
        if ahead.counted - self.rule.counted != len(entries):
            raise Misplaced(f"{len(entries)} records for {self.topic}-{self.partition}@{base} would not all count")
        answered = await self._log.append_entries(self.topic, self.partition, entries)
        if answered == base:
            self.rule = ahead
            self._fold(counted)
            self._last = records[-1]
            return True
        if answered < base:
            where = f"{self.topic}-{self.partition}@{base}"
            raise LogCut(f"{where}: folded up to here, and a batch was appended at {answered}", records[0].place, base)
        self.lost_races += 1
        return False
