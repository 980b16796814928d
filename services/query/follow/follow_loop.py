"""Follows all three topics into the read model, batch by batch, and starts again from what is stored after trouble."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Iterable
from typing import Final

import psycopg
from psycopg_pool import PoolTimeout

from contracts.topics import SUBMISSIONS
from eventlog.log.log import Follower, Hole, Log, LogCut, LogError
from eventlog.log.record import Place, Record
from services.query.follow.batch import PartitionFolds, PartitionStopped
from services.query.metrics import QueryMetrics
from services.query.read_model import writer
from services.query.read_model.pools import WritingPool
from services.query.read_model.position import Progress, ReadPositions
from services.query.read_model.rows import Rows

logger = logging.getLogger(__name__)

BATCH: Final = 2000
"""Records per transaction: some 50 ms of folding, during which no request is answered."""
POLL_SECONDS: Final = 0.5
RETRY_SECONDS: Final = 2.0
"""Back-off after trouble with the broker or the database, and until a stopped partition is tried again."""

_REMEMBERED: Final = 100_000
_REFUSED: Final = (psycopg.DataError, psycopg.IntegrityError, psycopg.ProgrammingError)
"""What PostgreSQL, or its client, says of rows that it will never take."""
_CUT: Final = " was cut: the log does not hold"


class Following:
    """The loop. `stopped` says which partitions wait, and why; the others go on."""

    def __init__(self, log: Log, pool: WritingPool, progress: Progress, metrics: QueryMetrics) -> None:
        self._log = log
        self._pool = pool
        self._progress = progress
        self._metrics = metrics
        self._submitted: dict[tuple[int, int], int] = {}
        self._left_out: set[Place] = set()
        self.stopped: dict[Place, str] = {}
        self.trouble = "not started"
        self.caught_up = False

    @property
    def ready(self) -> bool:
        """Whether pages show the log as it is now, but for the last moments."""
        return self.caught_up and not self.stopped and not self.trouble

    async def run(self) -> None:
        """Follow until cancelled."""
        while True:
            began = time.monotonic()
            try:
                await self._follow(began)
            except (LogError, psycopg.Error, PoolTimeout, writer.Overtaken) as error:
                self.trouble = f"{type(error).__name__}: {error}"
                logger.warning("following stopped: %s", self.trouble)
                if isinstance(error, LogCut):
                    with contextlib.suppress(LogError):
                        await self._find_cut()
                if not isinstance(error, writer.Overtaken):
                    await asyncio.sleep(RETRY_SECONDS)

    async def _follow(self, began: float) -> None:
        async with self._pool.connection() as connection:
            folds = PartitionFolds(await writer.positions(connection))
        await self._progress.advance(folds.positions.items())
        reading = {place: offset for place, offset in folds.next_offsets.items() if place not in self._left_out}
        ends = {} if self.caught_up else {place: await self._log.end(*place) for place in reading}
        retry_at = time.monotonic() + RETRY_SECONDS if self._left_out else float("inf")
        async with self._log.follow(reading) as follower:
            while time.monotonic() < retry_at:
                polled = await follower.poll(POLL_SECONDS, BATCH)
                self.trouble = ""
                self._forget_cut(reading)
                whole = await self._take(follower, folds, polled)
                self._watch(follower, folds, reading)
                if not self.caught_up and all(folds.seen(place) >= end for place, end in ends.items()):
                    self.caught_up = True
                    self._metrics.catch_up_seconds.set(time.monotonic() - began)
                if not whole:
                    return
        self._left_out.clear()

    async def _take(self, follower: Follower, folds: PartitionFolds, polled: dict[Place, list[Record]]) -> bool:
        """Take a poll into the read model; False when a partition was stopped and folding must begin anew."""
        before, whole = dict(folds.positions), True
        rows: dict[Place, Rows] = {}
        for place, records in polled.items():
            self._note_arrival(place, records)
            try:
                folds.fold(place, records, rows.setdefault(place, Rows()))
            except Hole as hole:
                logger.warning("a hole was seen, reading again: %s", hole)
                follower.seek(*place, folds.positions[place].next)
            except PartitionStopped as error:
                self._stop(place, str(error))
                whole = False
        after = {place: folds.positions[place] for place in polled if folds.positions[place] != before[place]}
        try:
            await self._commit(before, after, rows)
        except _REFUSED:
            await self._commit_singly(before, after, rows)
            return False
        return whole

    async def _commit(self, before: ReadPositions, after: ReadPositions, rows: dict[Place, Rows]) -> None:
        if not after:
            return
        merged = Rows()
        for place in after:
            merged.extend(rows[place])
        async with self._pool.connection() as connection:
            await writer.commit(connection, before, after, merged)
        for place in after:
            self.stopped.pop(place, None)
        await self._progress.advance(after.items())
        self._note_visible(merged)

    async def _commit_singly(self, before: ReadPositions, after: ReadPositions, rows: dict[Place, Rows]) -> None:
        """Find the partition whose rows PostgreSQL refuses, and let the others in."""
        for place, position in after.items():
            try:
                await self._commit(before, {place: position}, rows)
            except _REFUSED as error:
                self._stop(place, f"{place[0]}-{place[1]}@{before[place].next}: refused by PostgreSQL: {error}")

    def _stop(self, place: Place, why: str) -> None:
        logger.error("a partition is not read on: %s", why)
        self.stopped[place] = why
        self._left_out.add(place)

    def _note_arrival(self, place: Place, records: list[Record]) -> None:
        if place[0] == SUBMISSIONS and self.caught_up:
            self._submitted.update(((place[1], record.offset), record.timestamp_ms) for record in records)

    def _note_visible(self, rows: Rows) -> None:
        now = time.time() * 1000
        for ruling in rows.ruling:
            submitted = self._submitted.pop((ruling.part, ruling.cause), None)
            if submitted is not None:
                self._metrics.visible_after.observe(max(0.0, (now - submitted) / 1000))
        self._metrics.rows.inc(rows.total)
        if len(self._submitted) > _REMEMBERED:
            self._submitted.clear()

    def _watch(self, follower: Follower, folds: PartitionFolds, reading: Iterable[Place]) -> None:
        for place in reading:
            end, seen = follower.end(*place), folds.seen(place)
            lag = 0 if end is None else max(0, end - seen)
            self._metrics.stands(place, folds.positions[place].next, lag, folds.void(place))
        self._metrics.stopped.set(len(self.stopped))

    async def _find_cut(self) -> None:
        """Leave out the partitions that no longer hold what was read, so that the others go on; reset nothing."""
        for place, position in self._progress.positions.items():
            if not await self._log.start(*place) <= position.next <= await self._log.end(*place):
                self._stop(place, f"{place[0]}-{place[1]}{_CUT} offset {position.next}")

    def _forget_cut(self, reading: dict[Place, int]) -> None:
        for place in [place for place, why in self.stopped.items() if _CUT in why and place in reading]:
            del self.stopped[place]
