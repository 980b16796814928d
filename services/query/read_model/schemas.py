"""The schema of the read model: made, checked against this version, swapped after a rebuild, dropped."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final, LiteralString

from psycopg import AsyncConnection, sql

from services.query.read_model.position import PLACES
from services.query.read_model.rows import FILLED, TABLES

Connection = AsyncConnection[Any]

SCHEMA: Final = (Path(__file__).parent / "schema.sql").read_text(encoding="utf-8")
_INDEXES: Final = (Path(__file__).parent / "indexes.sql").read_text(encoding="utf-8")
_NO_LONGER: Final = frozenset({"addressed_recipient", "event_naming"})
"""Indexes that an earlier version made, and nothing asks for."""
_CREATION_LOCK: Final = 0x6C69616E67


class SchemaDrift(Exception):
    """The tables are of another version of this service: rebuild the read model."""


def declared_types(schema: str = SCHEMA) -> dict[str, dict[str, str]]:
    """The SQL type of each column of each table, as schema.sql declares them."""
    tables = re.findall(r"^CREATE TABLE (\w+) \((.*?)^\);", schema, re.MULTILINE | re.DOTALL)
    return {
        table: dict(column.split()[:2] for column in body.split("PRIMARY KEY")[0].split(",") if column.strip())
        for table, body in tables
    }


async def make_tables(connection: Connection, schema: str) -> None:
    """Create a schema with its tables, all positions at the beginning; the indexes come later."""
    name = sql.Identifier(schema)
    await connection.execute(sql.SQL("CREATE SCHEMA {}").format(name))
    await use(connection, schema)
    await connection.execute(_script(SCHEMA))
    await connection.cursor().executemany(
        "INSERT INTO position (topic, part, next, last, counted) VALUES (%s, %s, 0, -1, 0)", PLACES
    )


async def make_indexes(connection: Connection) -> None:
    """Index the tables of the schema in use and let the planner view at them."""
    await connection.execute(_script(_INDEXES))
    for table in FILLED:
        await connection.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))


async def use(connection: Connection, schema: str) -> None:
    """Let the table names of this connection mean those of a schema."""
    await connection.execute(sql.SQL("SET search_path TO {}").format(sql.Identifier(schema)))


async def exists(connection: Connection, schema: str) -> bool:
    """Whether a schema with a read model is there."""
    cursor = await connection.execute(
        "SELECT 1 FROM information_schema.tables WHERE table_schema = %s AND table_name = 'position'", [schema]
    )
    return await cursor.fetchone() is not None


async def ensure(connection: Connection, schema: str) -> None:
    """Make the read model if there is none, and indexes that an earlier version did not have. Raises SchemaDrift."""
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock(%s)", [_CREATION_LOCK])
        if not await exists(connection, schema):
            await make_tables(connection, schema)
            await make_indexes(connection)
        differing = await drift(connection, schema)
        if differing:
            raise SchemaDrift(f"schema {schema}: {differing}; run `liangdeng rebuild`")
        await use(connection, schema)
        await _mend_indexes(connection, schema)


async def _mend_indexes(connection: Connection, schema: str) -> None:
    """Touch only what differs: a statement about an index that is there would wait for whoever writes."""
    cursor = await connection.execute("SELECT indexname FROM pg_indexes WHERE schemaname = %s", [schema])
    there = {name for (name,) in await cursor.fetchall()}
    for statement, name in re.findall(r"^(CREATE .*?INDEX IF NOT EXISTS (\w+) .*?;)$", _INDEXES, re.MULTILINE):
        if name not in there:
            await connection.execute(_script(statement))
    for name in sorted(_NO_LONGER & there):
        await connection.execute(sql.SQL("DROP INDEX IF EXISTS {}").format(sql.Identifier(name)))


async def drift(connection: Connection, schema: str) -> str:
    """The first table whose columns are not those of this version, or nothing."""
    cursor = await connection.execute(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = %s "
        "ORDER BY table_name, ordinal_position",
        [schema],
    )
    held: dict[str, list[str]] = {}
    for table, column in await cursor.fetchall():
        held.setdefault(table, []).append(column)
    for table, row in TABLES.items():
        if held.get(table) != list(row._fields):
            return f"table {table} has the columns {held.get(table)}, this version expects {list(row._fields)}"
    return ""


async def swap(connection: Connection, live: str, fresh: str, old: str) -> None:
    """Put the fresh schema in the live one's place and keep that one as `old`; call it inside a transaction."""
    await connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(old)))
    if await exists(connection, live):
        await _rename(connection, live, old)
    await _rename(connection, fresh, live)


async def drop(connection: Connection, schema: str) -> None:
    """Remove a schema and everything in it."""
    await connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema)))


async def _rename(connection: Connection, schema: str, name: str) -> None:
    await connection.execute(
        sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(sql.Identifier(schema), sql.Identifier(name))
    )


def _script(text: LiteralString) -> sql.SQL:
    return sql.SQL(text)
