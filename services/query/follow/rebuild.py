"""Rebuilds the read model from the log beside the live one, compares the two, and swaps them.

Exit codes: 0 equal, or nothing to compare with; 1 different, left as it was unless that was accepted; 2 undecided.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg import AsyncConnection

from eventlog.follow.handler import PartitionStopped
from eventlog.log.log import Log, LogError
from eventlog.log.record import Place
from services.query.follow.log_reader import LogReader, Undecided
from services.query.read_model import schemas, writer
from services.query.read_model.comparison import Difference, first_difference
from services.query.read_model.position import PLACES, ReadPositions

EQUAL: Final = 0
DIFFERENT: Final = 1
UNDECIDED: Final = 2


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


def _as_held(rebuilt: ReadPositions, live: ReadPositions) -> ReadPositions:
    """The rebuilt positions; where the live one is only further by records that turned out void, its own."""
    held = {}
    for place, position in rebuilt.items():
        further = position._replace(next=max(position.next, live[place].next))
        held[place] = further if further == live[place] else position
    return held
