"""Who read what only few may read: evidence, internal items, inspection plans before the visit. For auditors.

A read is on record before it is answered; where it cannot be recorded it is not answered.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal, LiteralString, NamedTuple, cast

import psycopg
from psycopg.rows import class_row
from psycopg_pool import PoolTimeout
from starlette.requests import Request

from contracts.topics import jurisdiction_of
from contracts.values import Classification
from web.identity import Identity
from web.security_events import SecurityLog
from web.sessions import PATIENCE_SECONDS, Pool
from web.visitor import known_visitor, request_id

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


@dataclass(frozen=True, slots=True)
class Opened:
    """What one request is about to be answered with of what few may read: pairs of an item and what of it, by kind."""

    found: dict[tuple[Kind, str], dict[tuple[str, str], None]] = field(default_factory=dict)

    def item(self, programme: str, item: str, classification: Classification) -> None:
        """An item is shown; a public one is nothing to record."""
        if classification == "internal":
            self._note("internal_item", programme, item, "")

    def plan(self, programme: str, item: str, plan: str) -> None:
        """An inspection plan is shown before the visit."""
        self._note("inspection_plan", programme, item, plan)

    def evidence(self, programme: str, item: str, sha256: str) -> None:
        """A file is shown."""
        self._note("evidence", programme, item, sha256)

    def _note(self, kind: Kind, programme: str, item: str, about: str) -> None:
        self.found.setdefault((kind, programme), {})[item, about] = None


def opened_by(request: Request) -> Opened:
    """What this request opens, for whoever makes the answer to say."""
    found = getattr(request.state, "opened", None)
    if not isinstance(found, Opened):
        request.state.opened = found = Opened()
    return found


async def record_opened(request: Request, operation: str) -> None:
    """Put on record, once for each kind and programme, what a request is about to be shown. Raises TrailUnavailable."""
    opened, who = getattr(request.state, "opened", None), known_visitor(request).identity
    if who is None or not isinstance(opened, Opened):
        return
    reads: PrivilegedReads = request.app.state.who.privileged_reads
    for (kind, programme), pairs in opened.found.items():
        if len(pairs) == 1:
            ((item, about),) = pairs
        else:
            item, about = "", ",".join("/".join(filter(None, pair)) for pair in pairs)
        await reads.record(request, who, operation, kind, programme=programme, item=item, about=about)


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
        return await self._found("id > %s ORDER BY id", jurisdictions, after, AT_ONCE)

    async def latest(self, jurisdictions: Collection[str], before: int, number: int) -> list[PrivilegedRead]:
        """The last reads of these jurisdictions before the id `before`, newest first. Raises TrailUnavailable."""
        return await self._found("id < %s ORDER BY id DESC", jurisdictions, before, number)

    async def _found(
        self, which: LiteralString, jurisdictions: Collection[str], id_: int, number: int
    ) -> list[PrivilegedRead]:
        if self._pool is None or not jurisdictions:
            return []
        try:
            async with asyncio.timeout(PATIENCE_SECONDS), self._pool.connection() as connection:
                await self._prepare(connection)
                cursor = connection.cursor(row_factory=class_row(PrivilegedRead))
                await cursor.execute(
                    "SELECT id, at, service, request_id, person, role, unit, operation, kind, jurisdiction, programme,"
                    " item, about FROM audit_trail.privileged_read WHERE jurisdiction = ANY(%s) AND "
                    + which
                    + " LIMIT %s",
                    (list(jurisdictions), id_, number),
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
