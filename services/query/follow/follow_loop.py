"""Follows all three topics into the read model, batch by batch; after trouble it goes on from what is stored there."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Final

import psycopg

from contracts.topics import SUBMISSIONS
from eventlog.follow.follow_loop import FollowLoop, FollowSettings
from eventlog.follow.handler import PartitionStopped, PositionsMoved
from eventlog.log.log import Log
from eventlog.log.record import Place, Record
from eventlog.remainder import Remainder
from services.query.follow.batch import PartitionFolds
from services.query.follow.changes import BatchChanges
from services.query.metrics import QueryMetrics
from services.query.read_model import writer
from services.query.read_model.pools import WritingPool
from services.query.read_model.position import Progress, ReadPositions
from services.query.read_model.rows import Rows

SETTINGS: Final = FollowSettings(max_records=2000)
"""Records per transaction: some 50 ms of folding, during which no request is answered."""

_REMEMBERED: Final = 100_000
_REFUSED: Final = (psycopg.DataError, psycopg.IntegrityError, psycopg.ProgrammingError)
"""What PostgreSQL, or its client, says of rows that it will never take."""


class Following:
    """The read model as the log's reader; a partition in trouble stops alone (docs/decisions/0015)."""

    def __init__(self, log: Log, pool: WritingPool, progress: Progress, metrics: QueryMetrics) -> None:
        self._pool = pool
        self._progress = progress
        self._metrics = metrics
        self._folds = PartitionFolds({})
        self._submitted: dict[tuple[int, int], int] = {}
        self._changes = BatchChanges()
        self._loop = FollowLoop("log", log, self, SETTINGS, self._has_caught_up)

    @property
    def stopped(self) -> Mapping[Place, str]:
        """The partitions that are not read on, and why; the others are."""
        return self._loop.stopped

    @property
    def trouble(self) -> str:
        """Why nothing is read; empty while it is."""
        return self._loop.trouble or ""

    @property
    def caught_up(self) -> bool:
        """Whether what lay on the log at the start is in the read model, but for what cannot be read."""
        return self._loop.caught_up

    @property
    def left(self) -> Remainder | None:
        """What is left to be read until then."""
        return self._loop.left

    @property
    def ready(self) -> bool:
        """Whether pages show the log as it is now, but for the last moments."""
        return not self._loop.problems()

    async def run(self) -> None:
        """Follow until cancelled."""
        await self._loop.run()

    async def positions(self) -> Mapping[Place, int]:
        """As `RecordHandler.positions`: what is folded begins anew from what is stored."""
        async with self._pool.connection() as connection:
            self._folds = PartitionFolds(await writer.positions(connection))
        await self._progress.advance(self._folds.positions.items())
        return self._folds.next_offsets

    def position(self, place: Place) -> int:
        """As `RecordHandler.position`."""
        return self._folds.positions[place].next

    async def take(self, records: Mapping[Place, list[Record]]) -> list[PartitionStopped]:
        """As `RecordHandler.take`: one transaction, unless PostgreSQL refuses some of its rows."""
        before = dict(self._folds.positions)
        rows = {place: Rows() for place in records}
        stopped: list[PartitionStopped] = []
        for place, lying in records.items():
            self._note_arrival(place, lying)
            try:
                self._folds.fold(place, lying, rows[place])
            except PartitionStopped as stop:
                stopped.append(stop)
        positions = self._folds.positions
        after = {place: positions[place] for place in records if positions[place] != before[place]}
        try:
            await self._commit(before, after, rows)
        except _REFUSED:
            stopped += await self._commit_singly(before, after, rows)
        self._watch()
        return stopped

    async def _commit(self, before: ReadPositions, after: ReadPositions, rows: dict[Place, Rows]) -> None:
        if not after:
            return
        merged = Rows()
        for place in after:
            merged.extend(rows[place])
        async with self._pool.connection() as connection:
            try:
                await writer.commit(connection, before, after, merged)
            except writer.Overtaken as error:
                raise PositionsMoved from error
        await self._progress.advance(after.items(), self._changes.of(merged))
        self._note_visible(merged)

    async def _commit_singly(
        self, before: ReadPositions, after: ReadPositions, rows: dict[Place, Rows]
    ) -> list[PartitionStopped]:
        """Find the partitions whose rows PostgreSQL refuses, and let the others in."""
        stopped = []
        for place, position in after.items():
            try:
                await self._commit(before, {place: position}, rows)
            except _REFUSED as error:
                self._folds.rewind(place, before[place])
                stopped.append(PartitionStopped(place, before[place].next, f"refused by PostgreSQL: {error}"))
        return stopped

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

    def _watch(self) -> None:
        for place, position in self._folds.positions.items():
            lag = max(0, self._loop.ends.get(place, 0) - self._folds.seen(place))
            self._metrics.stands(place, position.next, lag, self._folds.void(place))
        self._metrics.stopped.set(len(self.stopped))

    def _has_caught_up(self) -> None:
        self._metrics.catch_up_seconds.set(self._loop.catch_up_seconds or 0)
