"""Everything that pages and API read, from one consistent snapshot and within the same limits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final, LiteralString, TypeVar

from psycopg import AsyncConnection
from psycopg.rows import AsyncRowFactory, TupleRow, class_row

from contracts.topics import PARTITIONS, RULINGS
from eventlog.log.record import Place
from services.query.read_model.as_of import AsOf, QueryLimits, limits_of
from services.query.read_model.changes import CHANGING, ItemChange, enlarged, with_changes
from services.query.read_model.pools import ReadingPool
from services.query.read_model.position import (
    ReadPosition,
    ReadPositions,
    VersionLog,
    Versions,
    positions_of,
    taken_in,
)
from services.query.read_model.results import CurrentLight, Extended, HeldItem, StandingRow, WaitingSubmission
from services.query.read_model.tables import EscalationRow, EventRow, ProgrammeRow

_AT_ONCE: Final = 200
"""Rows that are made in one turn of the loop: those of a programme of a thousand items take a tenth of a second."""
R = TypeVar("R")
Connection = AsyncConnection[TupleRow]

HELD: Final = " time <= %(until)s::timestamptz AND cause <= (%(causes)s::bigint[])[part + 1] "
_ITEMS: Final = (
    "SELECT i.programme, i.item, i.title, i.category, i.classification, i.source, i.quarters, i.periods, i.void, "
    "i.simulated, i.derived, i.calendar_ends_on, i.month_working_day, h.lead_unit, h.cooperating, h.leader, "
    "h.pos AS held_since, n.lead_unit AS holding_unit, n.cooperating AS holding_cooperating, "
    "n.leader AS holding_leader, n.pos AS holding_since FROM item i "
    "JOIN LATERAL (SELECT lead_unit, cooperating, leader, pos FROM holder "
    "WHERE programme = i.programme AND item = i.item AND" + HELD + "ORDER BY pos DESC LIMIT 1) h ON true "
    "JOIN LATERAL (SELECT lead_unit, cooperating, leader, pos FROM holder "
    "WHERE programme = i.programme AND item = i.item ORDER BY pos DESC LIMIT 1) n ON true "
    "WHERE i.programme = %(programme)s AND (%(some)s::text[] IS NULL OR i.item = ANY(%(some)s)) "
    "AND i.time <= %(until)s::timestamptz AND i.cause <= (%(causes)s::bigint[])[i.part + 1] ORDER BY i.item"
)


class Snapshot:
    """One consistent state of the read model; every method answers within the same limits."""

    def __init__(
        self, connection: Connection, positions: ReadPositions, versions: Versions, as_of: AsOf, limits: QueryLimits
    ) -> None:
        self._connection = connection
        self._limits = limits
        self.as_of = as_of
        self.positions = positions
        self.versions = versions

    @property
    def position(self) -> str:
        """Up to where everything was taken in, as text."""
        return str(taken_in(self.positions))

    async def programmes(self, programme: str | None = None) -> list[ProgrammeRow]:
        """The latest publication of each programme, or of one, with the units and leaders that joined it since."""
        rows = await self.rows(
            ProgrammeRow,
            "SELECT DISTINCT ON (programme) * FROM programme WHERE (%(programme)s::text IS NULL OR "
            "programme = %(programme)s) AND" + HELD + "ORDER BY programme, pos DESC",
            programme=programme,
        )
        joined = await self.rows(
            EventRow,
            "SELECT * FROM event WHERE (%(programme)s::text IS NULL OR programme = %(programme)s) AND item IS NULL "
            "AND type = 'programme.enlarged' AND" + HELD + "ORDER BY pos",
            programme=programme,
        )
        return [enlarged(row, joined) for row in rows]

    async def programme_ids(self) -> list[str]:
        """The ids of all programmes there ever were."""
        cursor = await self._connection.execute("SELECT DISTINCT programme FROM programme")
        return [id_ for (id_,) in await cursor.fetchall()]

    async def items(self, programme: str, some: Sequence[str] | None = None) -> list[HeldItem]:
        """Items (all, or some) with words, dates and holders then (`lead_unit`, …), and now (`holding_…`)."""
        rows = await self.rows(HeldItem, _ITEMS, programme=programme, some=_listed(some))
        changes = await self.rows(
            ItemChange,
            "SELECT part, pos, time, item, type, data,"
            + HELD
            + "AS held FROM event WHERE programme = %(programme)s AND type = ANY(%(types)s) AND item IS NOT NULL "
            "AND (%(some)s::text[] IS NULL OR item = ANY(%(some)s)) ORDER BY part, pos",
            programme=programme,
            some=_listed(some),
            types=CHANGING,
        )
        found: list[HeldItem] = []
        for first in range(0, len(rows), _AT_ONCE):
            found += with_changes(rows[first : first + _AT_ONCE], changes)
            await asyncio.sleep(0)
        return found

    async def lights(self, programme: str, some: Sequence[str] | None = None) -> list[CurrentLight]:
        """The light of each item (all, or some) and period that has had one, and what it was first rated."""
        return await self.rows(
            CurrentLight,
            "SELECT DISTINCT ON (item, period) part, pos, time, item, period, light, settled, rule, compared, "
            "(SELECT light FROM light WHERE programme = l.programme AND item = l.item AND period = l.period "
            "AND kind = 'settled' AND" + HELD + "ORDER BY pos LIMIT 1) AS rated "
            "FROM light l WHERE programme = %(programme)s AND (%(some)s::text[] IS NULL OR item = ANY(%(some)s)) "
            "AND kind = 'changed' AND" + HELD + "ORDER BY item, period, pos DESC",
            programme=programme,
            some=_listed(some),
        )

    async def events(
        self, programme: str, some: Sequence[str] | None = None, types: Sequence[str] | None = None
    ) -> list[EventRow]:
        """Events of a programme's items (all, or some; of "", the programme itself) in the order of the log."""
        return await self.rows(
            EventRow,
            "SELECT * FROM event WHERE programme = %(programme)s AND (%(some)s::text[] IS NULL OR item = ANY(%(some)s) "
            "OR (item IS NULL AND '' = ANY(%(some)s))) AND (%(types)s::text[] IS NULL OR type = ANY(%(types)s)) "
            "AND" + HELD + "ORDER BY part, pos",
            programme=programme,
            some=_listed(some),
            types=_listed(types),
        )

    async def reply_decisions(self, programme: str, some: Sequence[str] | None = None) -> list[EventRow]:
        """What the office decided about replies up to now, whatever time is looked at: what it withheld is withheld."""
        return await self.rows(
            EventRow,
            "SELECT * FROM event WHERE programme = %(programme)s "
            "AND (%(some)s::text[] IS NULL OR item = ANY(%(some)s)) "
            "AND type IN ('reply.released', 'reply.retained') ORDER BY part, pos",
            programme=programme,
            some=_listed(some),
        )

    async def namings(self, programme: str, some: Sequence[str] | None = None) -> list[EventRow]:
        """Events that name deputies or end a naming, in the order of the log; all that are known, whatever is asked."""
        return await self.rows(
            EventRow,
            "SELECT * FROM event WHERE programme = %(programme)s "
            "AND (%(some)s::text[] IS NULL OR item = ANY(%(some)s)) "
            "AND (type IN ('deputy.appointed', 'deputy.released') OR (type = 'item.opened' AND data ? 'deputies')) "
            "ORDER BY part, pos",
            programme=programme,
            some=_listed(some),
        )

    async def extended(self, programme: str) -> list[Extended]:
        """How many extensions of rectifications' limits were granted, by item."""
        return await self.rows(
            Extended,
            "SELECT item, count(*) AS number FROM escalation WHERE programme = %(programme)s "
            "AND step = 'moved' AND extension IS NOT NULL AND" + HELD + "GROUP BY item",
            programme=programme,
        )

    async def escalation_steps(self, programme: str, some: Sequence[str] | None = None) -> list[EscalationRow]:
        """The steps of escalations in the order of the log."""
        return await self.rows(
            EscalationRow,
            "SELECT * FROM escalation WHERE programme = %(programme)s AND (%(some)s::text[] IS NULL OR "
            "item = ANY(%(some)s)) AND" + HELD + "ORDER BY part, pos",
            programme=programme,
            some=_listed(some),
        )

    async def waiting(self, programme: str) -> list[WaitingSubmission]:
        """Submissions of a programme that have no ruling yet."""
        lasts = [self.positions.get((RULINGS, part), ReadPosition()).last for part in range(PARTITIONS)]
        return await self.rows(
            WaitingSubmission,
            "SELECT s.part, s.pos, s.id, s.item, s.type, s.unit, s.received_at FROM submission s "
            "JOIN unnest(%(lasts)s::bigint[]) WITH ORDINALITY AS held (last, place) "
            "ON s.part = held.place - 1 AND s.pos > held.last "
            "WHERE s.programme = %(programme)s ORDER BY s.received_at, s.part, s.pos",
            programme=programme,
            lasts=lasts,
        )

    async def rows(self, row: type[R], query: LiteralString, **parameters: object) -> list[R]:
        """The rows of a query within the limits of this snapshot, each of this type."""
        return await self.made(class_row(row), query, **parameters)

    async def made(self, factory: AsyncRowFactory[R], query: LiteralString, **parameters: object) -> list[R]:
        """The rows of a query within the limits of this snapshot, as a factory makes them."""
        cursor = self._connection.cursor(row_factory=factory)
        await cursor.execute(query, {**self._limits.parameters(), **parameters})
        found: list[R] = []
        while len(some := await cursor.fetchmany(_AT_ONCE)) == _AT_ONCE:
            found += some
            await asyncio.sleep(0)
        return found + some


class Snapshots:
    """Opens snapshots; each knows what changed up to it. Built once."""

    def __init__(self, pool: ReadingPool) -> None:
        self._pool = pool
        self._versions = VersionLog()
        self._one_after_the_other = asyncio.Lock()

    @asynccontextmanager
    async def open(self, as_of: AsOf | None = None) -> AsyncIterator[Snapshot]:
        """Open a read-only, repeatable snapshot of the read model."""
        asked = as_of or AsOf()
        async with self._pool.connection() as connection, connection.transaction():
            async with self._one_after_the_other:
                cursor = connection.cursor(row_factory=class_row(StandingRow))
                # The first query begins the snapshot.
                await cursor.execute("SELECT *, tableoid::bigint AS tables FROM position")
                standing = await cursor.fetchall()
                positions = positions_of(standing)
                tables = standing[0].tables if standing else 0
                versions = await self._versions.up_to(connection, positions, tables)
            limits = limits_of(asked, await _last_causes(connection, asked))
            yield Snapshot(connection, positions, versions, asked, limits)


async def _last_causes(connection: Connection, asked: AsOf) -> dict[Place, int]:
    """The last submission whose whole ruling lies within what was asked for, per partition of rulings named there."""
    found = {}
    for (topic, part), offset in asked.position.offsets.items():
        if topic == RULINGS:
            cursor = await connection.execute(
                "SELECT coalesce(max(cause), -1) FROM ruling WHERE part = %s AND until <= %s", [part, offset]
            )
            ((found[topic, part],),) = await cursor.fetchall()
    return found


def _listed(some: Sequence[str] | None) -> list[str] | None:
    return None if some is None else list(some)
