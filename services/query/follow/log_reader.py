"""Reads the log into the tables of a rebuild, up to given offsets and further."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from psycopg import AsyncConnection

from contracts.position_vector import NextOffsets
from eventlog.log.log import Follower, Hole, Log
from eventlog.log.record import Place, Record
from services import cycles
from services.query.follow.batch import PartitionFolds
from services.query.read_model import writer
from services.query.read_model.position import PLACES, ReadPosition, taken_in
from services.query.read_model.rows import Rows

CHUNK: Final = 20_000
"""Rows per COPY: some 20 MB in memory."""
GC_THRESHOLDS: Final = (500_000, 10, 10)
"""While it folds, which makes many containers and no cycles: as many looks for them as usual take 40 % of its time."""
QUIET_SECONDS: Final = 30.0
"""A log that is not at its pinned end, and gives nothing for so long, cannot be read."""


class Undecided(Exception):
    """The log does not hold what the live read model has taken in, or cannot be read up to there."""


class LogReader:
    """Reads the log into the schema in use, further and further."""

    def __init__(self, log: Log, connection: AsyncConnection[Any], tell: Callable[[int, int], None]) -> None:
        self.folds = PartitionFolds(dict.fromkeys(PLACES, ReadPosition()))
        self.records = 0
        self.rows = 0
        self._seen = dict.fromkeys(PLACES, 0)
        self._log = log
        self._connection = connection
        self._tell = tell
        self._unwritten = Rows()
        self._writing: asyncio.Task[None] | None = None

    @property
    def position(self) -> str:
        """The position reached, as text."""
        return str(taken_in(self.folds.positions))

    async def read_to(self, end: Mapping[Place, int]) -> None:
        """Read on to these offsets (exclusive). Raises Undecided."""
        left = {place: self._seen[place] for place, offset in end.items() if self._seen[place] < offset}
        if left:
            async with self._log.follow(left) as follower, contextlib.AsyncExitStack() as stack:
                stack.push_async_callback(self.written)
                with cycles.seldom_within(*GC_THRESHOLDS):
                    await self._read(follower, left, end)
        await writer.move(self._connection, self.folds.positions)

    async def _read(self, follower: Follower, left: dict[Place, int], end: Mapping[Place, int]) -> None:
        quiet_since = time.monotonic()
        total = self.records + sum(end[place] - offset for place, offset in left.items())
        while left:
            polled = await follower.poll(1.0, CHUNK)
            if not polled and time.monotonic() - quiet_since > QUIET_SECONDS:
                raise Undecided(f"the log gives nothing more; to be read next: {NextOffsets(left)}")
            for place, records in polled.items():
                quiet_since = time.monotonic()
                if place in left:
                    self._fold(follower, place, [one for one in records if one.offset < end[place]])
                    left[place] = self._seen[place]
                    if left[place] >= end[place]:
                        del left[place]
            if self._unwritten.total >= CHUNK or not left:
                await self._write()
                self._tell(self.records, total)

    async def _write(self) -> None:
        """Hand over what was folded; PostgreSQL takes it in while the next is read."""
        await self.written()
        rows, self._unwritten = self._unwritten, Rows()
        self.rows += rows.total
        self._writing = asyncio.create_task(writer.add(self._connection, rows))

    async def written(self) -> None:
        """Wait until PostgreSQL has taken in what was handed over."""
        task, self._writing = self._writing, None
        if task is not None:
            await task

    def _fold(self, follower: Follower, place: Place, records: list[Record]) -> None:
        if not records:
            return
        try:
            self.folds.fold(place, records, self._unwritten)
        except Hole:
            self._seen[place] = self.folds.positions[place].next
            follower.seek(*place, self._seen[place])
            return
        self.records += len(records)
        self._seen[place] = records[-1].offset + 1
