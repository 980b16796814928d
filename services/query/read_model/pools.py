"""Connections to the read model: some that only view, one that writes."""

from __future__ import annotations

from typing import Any, Final

import orjson
from psycopg import AsyncConnection, IsolationLevel
from psycopg.rows import TupleRow
from psycopg.types.json import set_json_loads
from psycopg_pool import AsyncConnectionPool

from services.query.read_model import schemas

WAIT_SECONDS: Final = 5.0
"""For a free connection; after that a request is told to come again."""

ReadingPool = AsyncConnectionPool[AsyncConnection[TupleRow]]
WritingPool = AsyncConnectionPool[AsyncConnection[TupleRow]]


def reading_pool(url: str, schema: str, size: int) -> ReadingPool:
    """Connections whose transactions are read-only and see one state; not opened yet."""

    async def configure(connection: AsyncConnection[Any]) -> None:
        await _use(connection, schema)
        set_json_loads(orjson.loads, connection)
        await connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)
        await connection.set_read_only(True)

    return AsyncConnectionPool(
        url,
        connection_class=AsyncConnection[TupleRow],
        min_size=1,
        max_size=size,
        timeout=WAIT_SECONDS,
        check=AsyncConnectionPool.check_connection,
        open=False,
        configure=configure,
    )


def writing_pool(url: str, schema: str) -> WritingPool:
    """The connection that the follow loop writes with; not opened yet."""

    async def configure(connection: AsyncConnection[Any]) -> None:
        await _use(connection, schema)

    return AsyncConnectionPool(
        url, connection_class=AsyncConnection[TupleRow], min_size=1, max_size=2, open=False, configure=configure
    )


async def _use(connection: AsyncConnection[Any], schema: str) -> None:
    await connection.execute("SET timezone TO 'UTC'")
    await schemas.use(connection, schema)
    await connection.commit()
