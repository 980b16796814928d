"""Rows and positions go in together: one transaction per batch, compared with where the read model stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import orjson
import psycopg
from psycopg import AsyncConnection, sql
from psycopg.rows import class_row
from psycopg.types.json import set_json_dumps

from eventlog.log.record import Place
from services.query.read_model.position import ReadPosition, ReadPositions, positions_of
from services.query.read_model.rows import FILLED, Rows
from services.query.read_model.schemas import declared_types
from services.query.read_model.tables import PositionRow

Connection = AsyncConnection[Any]

_TYPES: Final = {table: list(columns.values()) for table, columns in declared_types().items()}
_COPY: Final = {
    table: sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, row._fields))
    )
    for table, row in FILLED.items()
}


class Overtaken(Exception):
    """The read model does not stand where this batch begins: somebody else wrote, or it was restored."""


async def positions(connection: Connection, *, lock: bool = False) -> ReadPositions:
    """Where the read model stands, per partition; with `lock` nobody else moves it until the transaction ends."""
    if lock:
        await connection.execute("LOCK TABLE position IN EXCLUSIVE MODE")
    cursor = connection.cursor(row_factory=class_row(PositionRow))
    await cursor.execute("SELECT * FROM position")
    return positions_of(await cursor.fetchall())


async def commit(
    connection: Connection, before: Mapping[Place, ReadPosition], after: Mapping[Place, ReadPosition], rows: Rows
) -> None:
    """Add the rows and move the positions of `after`, in one transaction.

    Raises:
        Overtaken: a position is not where `before` says; nothing was written.
    """
    async with connection.transaction():
        places = sorted(after)
        cursor = connection.cursor(row_factory=class_row(PositionRow))
        await cursor.execute(
            "SELECT * FROM position "
            "WHERE (topic, part) IN (SELECT * FROM unnest(%s::text[], %s::smallint[])) "
            "ORDER BY topic, part FOR UPDATE",
            [[topic for topic, _ in places], [part for _, part in places]],
        )
        held = positions_of(await cursor.fetchall())
        for place in places:
            if not before[place].resumes_as(held.get(place)):
                raise Overtaken(f"{place[0]}-{place[1]} stands at {held.get(place)}, not at {before[place]}")
        await add(connection, rows)
        await move(connection, after)


async def add(connection: Connection, rows: Rows) -> None:
    """Copy rows into their tables.

    Raises:
        psycopg.DataError: a value that its column cannot hold.
    """
    for table, listed in rows.by_table():
        cursor = connection.cursor()
        set_json_dumps(orjson.dumps, cursor)
        try:
            async with cursor.copy(_COPY[table]) as copy:
                copy.set_types(_TYPES[table])
                for row in listed:
                    await copy.write_row(row)
        except (TypeError, ValueError, OverflowError) as error:
            raise psycopg.DataError(f"table {table}: {error}") from error


async def move(connection: Connection, after: Mapping[Place, ReadPosition]) -> None:
    """Set positions."""
    await connection.cursor().executemany(
        "UPDATE position SET next = %(next)s, last = %(last)s, counted = %(counted)s "
        "WHERE topic = %(topic)s AND part = %(part)s",
        [{"topic": topic, "part": part, **position._asdict()} for (topic, part), position in after.items()],
    )
