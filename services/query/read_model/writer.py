"""Rows and positions go in together: one transaction per batch, compared with where the read model stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from psycopg import AsyncConnection, sql

from eventlog.log.record import Place
from services.query.read_model.position import ReadPosition, ReadPositions
from services.query.read_model.tables import COLUMNS, Rows

Connection = AsyncConnection[Any]


class Overtaken(Exception):
    """The read model does not stand where this batch begins: somebody else wrote, or it was restored."""


async def positions(connection: Connection, *, lock: bool = False) -> ReadPositions:
    """Where the read model stands, per partition; with `lock` nobody else moves it until the transaction ends."""
    if lock:
        await connection.execute("LOCK TABLE position IN EXCLUSIVE MODE")
    cursor = await connection.execute("SELECT topic, part, next, last, counted FROM position")
    return {(topic, part): ReadPosition(*rest) for topic, part, *rest in await cursor.fetchall()}


async def commit(
    connection: Connection, before: Mapping[Place, ReadPosition], after: Mapping[Place, ReadPosition], rows: Rows
) -> None:
    """Add the rows and move the positions of `after`, in one transaction.

    Raises:
        Overtaken: a position is not where `before` says; nothing was written.
    """
    async with connection.transaction():
        places = sorted(after)
        cursor = await connection.execute(
            "SELECT topic, part, next, last FROM position "
            "WHERE (topic, part) IN (SELECT * FROM unnest(%s::text[], %s::smallint[])) "
            "ORDER BY topic, part FOR UPDATE",
            [[topic for topic, _ in places], [part for _, part in places]],
        )
        held = {(topic, part): (next_, last) for topic, part, next_, last in await cursor.fetchall()}
        for place in places:
            if held.get(place) != before[place][:2]:
                raise Overtaken(f"{place[0]}-{place[1]} stands at {held.get(place)}, not at {before[place][:2]}")
        await add(connection, rows)
        await move(connection, after)


async def add(connection: Connection, rows: Rows) -> None:
    """Copy rows into their tables."""
    for table, tuples in rows.items():
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, COLUMNS[table]))
        )
        async with connection.cursor().copy(statement) as copy:
            for row in tuples:
                await copy.write_row(row)


async def move(connection: Connection, after: Mapping[Place, ReadPosition]) -> None:
    """Set positions."""
    await connection.cursor().executemany(
        "UPDATE position SET next = %s, last = %s, counted = %s WHERE topic = %s AND part = %s",
        [(*position, *place) for place, position in after.items()],
    )
