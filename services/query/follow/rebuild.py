"""Rebuilds the read model from the log beside the live one, compares the two, and swaps them.

Exit codes: 0 equal, or nothing to compare with; 1 different, left as it was unless that was accepted; 2 undecided.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg import AsyncConnection

from contracts.position_vector import NextOffsets
from eventlog.follow.handler import PartitionStopped
from eventlog.log.log import Follower, Hole, Log, LogError
from eventlog.log.record import Place, Record
from services.query.follow.batch import PartitionFolds
from services.query.read_model import schemas, writer
from services.query.read_model.comparison import Difference, first_difference
from services.query.read_model.position import PLACES, ReadPosition, ReadPositions, taken_in
from services.query.read_model.rows import Rows

CHUNK: Final = 20_000
"""Rows per COPY: some 20 MB in memory."""
QUIET_SECONDS: Final = 30.0
"""A log that is not at its pinned end, and gives nothing for so long, cannot be read."""

EQUAL: Final = 0
DIFFERENT: Final = 1
UNDECIDED: Final = 2


class Undecided(Exception):
    """The log does not hold what the live read model has taken in, or cannot be read up to there."""


@dataclass(frozen=True, slots=True)
class RebuildOutcome:
    """What a rebuild came to; `records` were read from the log, `rows` written, `seconds` taken up to the indexes."""

    records: int
    rows: int
    seconds: float
    position: str
    compared: bool
    difference: Difference | None
    swapped: bool

    @property
    def exit_code(self) -> int:
        """As the command answers."""
        return EQUAL if self.difference is None else DIFFERENT

    def as_json(self) -> dict[str, object]:
        """For `--json`."""
        return {
            "records": self.records,
            "rows": self.rows,
            "seconds": round(self.seconds, 3),
            "position": self.position,
            "compared": self.compared,
            "equal": self.difference is None,
            "difference": str(self.difference) if self.difference else None,
            "swapped": self.swapped,
        }


def nobody_hears(_read: int, _of: int) -> None:
    """Progress that is not shown."""


async def rebuild(
    log: Log,
    database_url: str,
    *,
    schema: str = "query",
    swap: bool = True,
    accept_difference: bool = False,
    tell: Callable[[int, int], None] = nobody_hears,
) -> RebuildOutcome:
    """Build `<schema>_next`, compare it with `<schema>` at the same position, and swap; the old stays `<schema>_old`.

    `tell` hears records read and records to read. The live one may be written meanwhile: it is held still only for
    the comparison. With `accept_difference` a differing model is swapped in all the same (after a changed projection).

    Raises:
        Undecided: the log or the database cannot be reached, or not read up to the pinned end.
    """
    try:
        return await _rebuild(log, database_url, schema, tell, swap=swap, accept_difference=accept_difference)
    except (LogError, PartitionStopped, psycopg.OperationalError) as error:
        raise Undecided(f"{type(error).__name__}: {error}") from error


async def _rebuild(
    log: Log,
    database_url: str,
    schema: str,
    tell: Callable[[int, int], None],
    *,
    swap: bool,
    accept_difference: bool,
) -> RebuildOutcome:
    fresh, old = f"{schema}_next", f"{schema}_old"
    began = time.monotonic()
    async with await AsyncConnection.connect(database_url, autocommit=True) as connection:
        await connection.execute("SET timezone TO 'UTC'")
        there = await schemas.exists(connection, schema)
        comparable = there and not await schemas.drift(connection, schema)
        end = await _pinned(log, connection, schema if comparable else None)
        await schemas.drop(connection, fresh)
        await schemas.make_tables(connection, fresh)
        reader = LogReader(log, connection, tell)
        await reader.read_to(end)
        await schemas.make_indexes(connection)
        seconds = time.monotonic() - began
        difference: Difference | None = None
        async with connection.transaction():
            if comparable:
                await schemas.use(connection, schema)
                live = await writer.positions(connection, lock=True)
                await schemas.use(connection, fresh)
                await reader.read_to({place: position.next for place, position in live.items()})
                await writer.move(connection, _as_held(reader.folds.positions, live))
                difference = await first_difference(connection, schema, fresh)
            if swapped := swap and (difference is None or accept_difference):
                await schemas.swap(connection, schema, fresh, old)
    return RebuildOutcome(reader.records, reader.rows, seconds, reader.position, comparable, difference, swapped)


async def roll_back(database_url: str, schema: str = "query") -> None:
    """Put the read model that the last rebuild replaced back in its place; the follow loop goes on from where it stood.

    Raises:
        Undecided: there is none.
    """
    async with await AsyncConnection.connect(database_url, autocommit=True) as connection, connection.transaction():
        if not await schemas.exists(connection, f"{schema}_old"):
            raise Undecided(f"no schema {schema}_old to go back to")
        await schemas.swap(connection, schema, f"{schema}_old", f"{schema}_undone")


async def _pinned(log: Log, connection: AsyncConnection[Any], live: str | None) -> dict[Place, int]:
    """Where reading ends: where the live read model stands, without one at the end of the log."""
    if live is None:
        return {place: await log.end(*place) for place in PLACES}
    await schemas.use(connection, live)
    pinned = {place: position.next for place, position in (await writer.positions(connection)).items()}
    for place, offset in pinned.items():
        if offset > await log.end(*place):
            raise Undecided(f"{place[0]}-{place[1]}: the read model holds offset {offset - 1}, the log does not")
    return pinned


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
                with _seldom_collected():
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


@contextlib.contextmanager
def _seldom_collected() -> Iterator[None]:
    """Folding makes many containers and no cycles: looking for them as often as usual costs 40 % of its time."""
    before = gc.get_threshold()
    gc.set_threshold(500_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _as_held(rebuilt: ReadPositions, live: ReadPositions) -> ReadPositions:
    """The rebuilt positions; where the live one is only further by records that turned out void, its own."""
    held = {}
    for place, position in rebuilt.items():
        further = position._replace(next=max(position.next, live[place].next))
        held[place] = further if further == live[place] else position
    return held
