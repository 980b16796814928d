"""Who read what only few may read: evidence, internal items, inspection plans before the visit. For auditors.

A read is on record before it is answered; where it cannot be recorded it is not answered.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, cast

import psycopg
from psycopg.rows import class_row
from psycopg_pool import PoolTimeout
from starlette.requests import Request

from contracts.topics import jurisdiction_of
from web.identity import Identity
from web.security_events import SecurityLog
from web.sessions import PATIENCE_SECONDS, Pool
from web.visitor import request_id

SCHEMA: Final = Path(__file__).with_name("privileged_reads.sql").read_text(encoding="utf-8")
AT_ONCE: Final = 1000
Kind = Literal["evidence", "internal_item", "inspection_plan"]


class TrailUnavailable(Exception):
    """PostgreSQL does not answer: what must be recorded cannot be."""


class PrivilegedRead(NamedTuple):
    """One read, as auditors are shown it."""

    id: int
    at: datetime
    service: str
    request_id: str
    person: str
    role: str
    unit: str | None
    operation: str
    kind: str
    jurisdiction: str
    programme: str
    item: str
    about: str


class PrivilegedReads:
    """Records reads of one service. Without `pool` (a service without PostgreSQL) the security log alone has them."""

    def __init__(self, service: str, pool: Pool | None, security: SecurityLog) -> None:
        self._service = service
        self._pool = pool
        self._security = security
        self._prepared = False

    async def record(
        self,
        request: Request,
        who: Identity,
        operation: str,
        kind: Kind,
        *,
        programme: str = "",
        item: str = "",
        about: str = "",
    ) -> None:
        """Record that somebody is about to be shown something. Raises TrailUnavailable."""
        jurisdiction = jurisdiction_of(programme) if programme else next(iter(who.jurisdictions), "")
        told = {"operation": operation, "kind": kind, "programme": programme, "item": item, "about": about}
        if self._pool is not None:
            values = {
                **told,
                "service": self._service,
                "request_id": request_id(request),
                "person": who.id,
                "role": who.role,
                "unit": who.unit,
                "jurisdiction": jurisdiction,
            }
            await self._written(values)
        self._security.tell("privileged_read", request_id=request_id(request), who=who, **told)

    async def listed(self, jurisdictions: Collection[str], after: int = 0) -> list[PrivilegedRead]:
        """Reads of these jurisdictions after the id `after`, oldest first, at most 1000. Raises TrailUnavailable."""
        if self._pool is None:
            return []
        try:
            async with asyncio.timeout(PATIENCE_SECONDS), self._pool.connection() as connection:
                await self._prepare(connection)
                cursor = connection.cursor(row_factory=class_row(PrivilegedRead))
                await cursor.execute(
                    "SELECT id, at, service, request_id, person, role, unit, operation, kind, jurisdiction, programme,"
                    " item, about FROM audit_trail.privileged_read WHERE jurisdiction = ANY(%s) AND id > %s"
                    " ORDER BY id LIMIT %s",
                    (list(jurisdictions), after, AT_ONCE),
                )
                return await cursor.fetchall()
        except (psycopg.Error, PoolTimeout, TimeoutError) as error:
            raise TrailUnavailable(type(error).__name__) from error

    async def _written(self, values: dict[str, Any]) -> None:
        assert self._pool is not None
        try:
            async with asyncio.timeout(PATIENCE_SECONDS), self._pool.connection() as connection:
                await self._prepare(connection)
                await connection.execute(
                    "INSERT INTO audit_trail.privileged_read (service, request_id, person, role, unit, operation, kind,"
                    " jurisdiction, programme, item, about) VALUES (%(service)s, %(request_id)s, %(person)s, %(role)s,"
                    " %(unit)s, %(operation)s, %(kind)s, %(jurisdiction)s, %(programme)s, %(item)s, %(about)s)",
                    values,
                )
        except (psycopg.Error, PoolTimeout, TimeoutError) as error:
            raise TrailUnavailable(type(error).__name__) from error

    async def _prepare(self, connection: psycopg.AsyncConnection[Any]) -> None:
        """Make the schema where it is missing, once a process."""
        if self._prepared:
            return
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock(hashtext('liangdeng audit trail'))")
            await connection.execute(cast("Any", SCHEMA))
        self._prepared = True
