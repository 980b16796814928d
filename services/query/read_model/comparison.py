"""Two read models side by side: a checksum per table, and the first row in which they differ."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from psycopg import AsyncConnection, sql

from services.query.read_model.rows import TABLES

_KEYS: Final = {
    "position": ("topic", "part"),
    "ruling": ("part", "cause"),
    "awaited": ("part", "pos", "act", "name"),
    "addressed": ("part", "pos", "delivery"),
}


class Difference(NamedTuple):
    """The first row, by its key, that one side has differently or not at all (None)."""

    table: str
    key: str
    live: str | None
    rebuilt: str | None

    def __str__(self) -> str:
        """In three lines."""
        return f"{self.table} {self.key}\n  live:    {self.live}\n  rebuilt: {self.rebuilt}"


async def first_difference(connection: AsyncConnection[Any], live: str, rebuilt: str) -> Difference | None:
    """Compare all tables, row by row where their checksums differ; None: the two are equal."""
    for table in TABLES:
        if await _checksum(connection, live, table) != await _checksum(connection, rebuilt, table):
            found = await _differing_row(connection, live, rebuilt, table)
            return found or Difference(table, "(order or number of equal rows)", None, None)
    return None


async def _checksum(connection: AsyncConnection[Any], schema: str, table: str) -> tuple[Any, ...]:
    """Number of rows and the sum of their 64-bit hashes, which no order of rows changes."""
    cursor = await connection.execute(
        sql.SQL("SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM {}.{} t").format(
            sql.Identifier(schema), sql.Identifier(table)
        )
    )
    found: tuple[Any, ...] = (await cursor.fetchall())[0]
    return found


async def _differing_row(connection: AsyncConnection[Any], live: str, rebuilt: str, table: str) -> Difference | None:
    keys = _KEYS.get(table, ("part", "pos"))
    cursor = await connection.execute(
        sql.SQL(
            "SELECT coalesce(a.key, b.key)::text, a.row, b.row "
            "FROM (SELECT ROW({keys}) AS key, t::text AS row FROM {live}.{table} t) a "
            "FULL JOIN (SELECT ROW({keys}) AS key, t::text AS row FROM {rebuilt}.{table} t) b ON a.key = b.key "
            "WHERE a.row IS DISTINCT FROM b.row ORDER BY coalesce(a.key, b.key) LIMIT 1"
        ).format(
            keys=sql.SQL(", ").join(map(sql.Identifier, keys)),
            live=sql.Identifier(live),
            rebuilt=sql.Identifier(rebuilt),
            table=sql.Identifier(table),
        )
    )
    found = await cursor.fetchone()
    return None if found is None else Difference(table, *found)
