"""Follows all three topics into the read model, batch by batch, and starts again from what is stored after trouble."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Final

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from contracts.topics import SUBMISSIONS
from eventlog.log import Follower, Hole, Log, LogCut, LogError
from eventlog.record import Place, Record
from services.query.folding import Folding, PartitionStopped
from services.query.metrics import Metrics
from services.query.read_model import writing
from services.query.rows import Rows
from services.query.standing import Progress

logger = logging.getLogger(__name__)

BATCH: Final = 2000
"""Records per transaction: some 50 ms of folding, during which no request is answered."""
POLL_SECONDS: Final = 0.5
RETRY_SECONDS: Final = 2.0
"""Back-off after trouble with the broker or the database, and until a stopped partition is tried again."""


class Following:
    """The loop. `stopped` says which partitions wait, and why; the others go on."""

    def __init__(self, log: Log, pool: AsyncConnectionPool, progress: Progress, metrics: Metrics) -> None:
        self._log = log
        self._pool = pool
        self._progress = progress
        self._metrics = metrics
        self._submitted: dict[tuple[int, int], int] = {}
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
            except (LogError, psycopg.Error, PoolTimeout, writing.Overtaken) as error:
                self.trouble = f"{type(error).__name__}: {error}"
                logger.warning("following stopped: %s", self.trouble)
                if isinstance(error, LogCut):
                    await self._find_cut()
                if not isinstance(error, writing.Overtaken):
                    await asyncio.sleep(RETRY_SECONDS)

    async def _follow(self, began: float) -> None:
        async with self._pool.connection() as connection:
            folding = Folding(await writing.standings(connection))
        await self._progress.advance(folding.standings.items())
        reading = {place: offset for place, offset in folding.reading.items() if place not in self.stopped}
        retry_at = time.monotonic() + RETRY_SECONDS if self.stopped else float("inf")
        async with self._log.follow(reading) as follower:
            self.trouble = ""
            while time.monotonic() < retry_at:
                polled = await follower.poll(POLL_SECONDS, BATCH)
                stopped = await self._take(follower, folding, polled)
                self._watch(follower, folding, reading, began)
                if stopped is not None:
                    self.stopped[stopped.place] = str(stopped)
                    logger.error("a partition is not read on: %s", stopped)
                    return
        self.stopped.clear()

    async def _take(
        self, follower: Follower, folding: Folding, polled: dict[Place, list[Record]]
    ) -> PartitionStopped | None:
        rows, before, stopped = Rows(), dict(folding.standings), None
        for place, records in polled.items():
            self._note_arrival(place, records)
            try:
                folding.take(place, records, rows)
            except Hole as hole:
                logger.warning("a hole was seen, reading again: %s", hole)
                follower.seek(*place, folding.standings[place].next)
            except PartitionStopped as error:
                stopped = error
        after = {place: folding.standings[place] for place in polled if folding.standings[place] != before[place]}
        if after:
            async with self._pool.connection() as connection:
                await writing.commit(connection, before, after, rows)
            await self._progress.advance(after.items())
            self._note_visible(rows)
        return stopped

    def _note_arrival(self, place: Place, records: list[Record]) -> None:
        if place[0] == SUBMISSIONS and self.caught_up:
            self._submitted.update(((place[1], record.offset), record.timestamp_ms) for record in records)

    def _note_visible(self, rows: Rows) -> None:
        now = time.time() * 1000
        for part, cause, *_ in rows["ruling"]:
            submitted = self._submitted.pop((part, cause), None)
            if submitted is not None:
                self._metrics.visible_after.observe(max(0.0, (now - submitted) / 1000))
        self._metrics.rows.inc(rows.total)

    def _watch(self, follower: Follower, folding: Folding, reading: dict[Place, int], began: float) -> None:
        lag = 0
        for place in reading:
            standing, end = folding.standings[place], follower.end(*place)
            behind = 0 if end is None else max(0, end - standing.next)
            lag += behind
            self._metrics.stands(place, standing.next, behind, folding.void(place))
        if lag == 0 and not self.caught_up:
            self.caught_up = True
            self._metrics.catch_up_seconds.set(time.monotonic() - began)

    async def _find_cut(self) -> None:
        """Leave out the partitions whose end lies before what was read, so that the others go on."""
        for place, standing in self._progress.standings.items():
            if not await self._log.start(*place) <= standing.next <= await self._log.end(*place):
                self.stopped[place] = f"{place[0]}-{place[1]}: the log does not hold offset {standing.next}: it was cut"
