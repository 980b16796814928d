"""A connection to the tables of what is prepared; they are made where they are missing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final, cast

import psycopg
from psycopg import AsyncConnection
from psycopg.rows import TupleRow
from psycopg_pool import PoolTimeout

from directory.store import Pool
from eventlog.clock import Clock
from services.intake.problem import IntakeProblem

SCHEMA: Final = Path(__file__).with_name("schema.sql").read_text(encoding="utf-8")
_LATER: Final = {"Retry-After": "5"}


class PreparedTables:
    """Without PostgreSQL, or while it does not answer, nothing is prepared; filing goes on."""

    def __init__(self, pool: Pool | None, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock
        self._made = False

    @property
    def named(self) -> bool:
        """Whether there is a database at all."""
        return self._pool is not None

    def now(self) -> datetime:
        """By intake's clock, which a simulated year drives."""
        return self._clock.now()

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[AsyncConnection[TupleRow]]:
        """A transaction. Raises IntakeProblem `prepared_unavailable`."""
        if self._pool is None:
            raise IntakeProblem("prepared_unavailable", "没有配置数据库", "no database is named (DATABASE_URL)")
        try:
            async with self._pool.connection() as connection:
                if not self._made:
                    await connection.execute("SELECT pg_advisory_xact_lock(hashtext('liangdeng intake'))")
                    await connection.execute(cast("Any", SCHEMA))
                    await connection.commit()
                    self._made = True
                yield connection
        except (psycopg.Error, PoolTimeout) as error:
            raise IntakeProblem("prepared_unavailable", "", type(error).__name__, headers=_LATER) from error
