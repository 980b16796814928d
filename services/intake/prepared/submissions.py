"""What waits for its signature, was returned, or was signed, in PostgreSQL: the only SQL about it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple
from uuid import UUID

import orjson
from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from exact.texts import read_json
from services.intake.prepared.tables import PreparedTables

MAX_OPEN: Final = 500
"""Of a unit that wait or were returned: several times what a unit's items ask for in a year."""
_COLUMNS: Final = (
    "id, jurisdiction, unit, programme, item, type, body, prepared_by, prepared_at, state, reason, submission"
)
State = Literal["waiting", "returned", "signed", "taken_back"]
_WAITING: Final[tuple[State, ...]] = ("waiting",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A submission that a unit prepared: `body` is what will be filed."""

    id: UUID
    jurisdiction: str
    unit: str
    programme: str
    item: str
    type: str
    body: Mapping[str, Any]
    prepared_by: str
    prepared_at: datetime | None = None
    state: State = "waiting"
    reason: str = ""
    submission: str | None = None

    @property
    def period(self) -> str:
        """The period that it is about, if any."""
        return str(self.body["data"].get("period", ""))


class PreparedPlace(NamedTuple):
    """With which unit something prepared lies, and about which item and of which type it is."""

    jurisdiction: str
    unit: str
    programme: str
    item: str
    type: str


class HeldPaper(NamedTuple):
    """One that is decided by nobody else; it is in this state."""

    connection: AsyncConnection[TupleRow]
    id: UUID
    now: datetime
    state: State

    async def decide(self, who: str, state: State, *, reason: str = "", submission: str | None = None) -> bool:
        """It is signed, returned or taken back; False where it is gone."""
        cursor = await self.connection.execute(
            "UPDATE intake.prepared SET state = %s, decided_by = %s, decided_at = %s, reason = %s, submission = %s"
            " WHERE id = %s",
            (state, who, self.now, reason, submission, self.id),
        )
        return cursor.rowcount == 1


class PreparedSubmissions:
    """Every method raises IntakeProblem `prepared_unavailable` while PostgreSQL does not answer, or is not named."""

    def __init__(self, tables: PreparedTables) -> None:
        self._tables = tables

    async def add(self, made: Prepared) -> Prepared:
        """Keep it; returns the one that has this id, which a retry finds. What was taken back waits again."""
        async with self._tables.connected() as connection:
            await connection.execute(
                "INSERT INTO intake.prepared"
                " (id, jurisdiction, unit, programme, item, type, body, prepared_by, prepared_at)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
                " ON CONFLICT (id) DO UPDATE SET state = 'waiting', reason = ''"
                " WHERE prepared.state = 'taken_back' AND prepared.body = excluded.body",
                (
                    *(made.id, made.jurisdiction, made.unit, made.programme, made.item, made.type),
                    *(orjson.dumps(made.body).decode(), made.prepared_by, self._tables.now()),
                ),
            )
            cursor = await connection.execute(f"SELECT {_COLUMNS} FROM intake.prepared WHERE id = %s", (made.id,))
            row = await cursor.fetchone()
        assert row is not None
        return _prepared(row)

    async def open(self, jurisdictions: Sequence[str], unit: str) -> list[Prepared]:
        """What of a unit waits or was returned, the oldest first; without jurisdictions in all of the installation."""
        async with self._tables.connected() as connection:
            cursor = await connection.execute(
                f"SELECT {_COLUMNS} FROM intake.prepared WHERE (jurisdiction = ANY(%s) OR %s) AND unit = %s"
                " AND state IN ('waiting', 'returned') ORDER BY prepared_at, id LIMIT %s",
                (list(jurisdictions), not jurisdictions, unit, MAX_OPEN),
            )
            return [_prepared(row) for row in await cursor.fetchall()]

    async def places(self) -> list[PreparedPlace]:
        """With whom what waits or was returned lies, and about what it is."""
        if not self._tables.named:
            return []
        async with self._tables.connected() as connection:
            cursor = await connection.execute(
                "SELECT DISTINCT jurisdiction, unit, programme, item, type FROM intake.prepared"
                " WHERE state IN ('waiting', 'returned')"
            )
            return [PreparedPlace(*row) for row in await cursor.fetchall()]

    async def pass_on(self, place: PreparedPlace, unit: str, reason: str) -> None:
        """It lies with another unit from now on, returned: for `reason`, unless its head gave one before."""
        async with self._tables.connected() as connection:
            await connection.execute(
                "UPDATE intake.prepared SET unit = %s, state = 'returned', decided_by = NULL, decided_at = %s,"
                " reason = CASE WHEN state = 'returned' AND reason <> '' THEN reason ELSE %s END"
                " WHERE (jurisdiction, unit, programme, item, type) = (%s, %s, %s, %s, %s)"
                " AND state IN ('waiting', 'returned')",
                (unit, self._tables.now(), reason, *place),
            )

    async def count(self, jurisdiction: str, unit: str) -> int:
        """How many of a unit wait or were returned."""
        async with self._tables.connected() as connection:
            cursor = await connection.execute(
                "SELECT count(*) FROM intake.prepared WHERE jurisdiction = %s AND unit = %s"
                " AND state IN ('waiting', 'returned')",
                (jurisdiction, unit),
            )
            row = await cursor.fetchone()
        return int(row[0]) if row else 0

    async def sizes(self) -> dict[tuple[str, str], int]:
        """How many wait, by jurisdiction and unit, where any do."""
        if not self._tables.named:
            return {}
        async with self._tables.connected() as connection:
            cursor = await connection.execute(
                "SELECT jurisdiction, unit, count(*) FROM intake.prepared WHERE state = 'waiting' GROUP BY 1, 2"
            )
            return {(row[0], row[1]): int(row[2]) for row in await cursor.fetchall()}

    async def decide(
        self,
        id_: UUID,
        who: str,
        state: State,
        *,
        of: Collection[State] = _WAITING,
        reason: str = "",
        submission: str | None = None,
    ) -> bool:
        """It is signed, returned or taken back; False where it is in none of the states `of`."""
        async with self.held(id_) as held:
            return held.state in of and await held.decide(who, state, reason=reason, submission=submission)

    @asynccontextmanager
    async def held(self, id_: UUID) -> AsyncIterator[HeldPaper]:
        """One that nobody else decides meanwhile; what is decided here stands once this ends without an error."""
        async with self._tables.connected() as connection:
            cursor = await connection.execute("SELECT state FROM intake.prepared WHERE id = %s FOR UPDATE", (id_,))
            row = await cursor.fetchone()
            yield HeldPaper(connection, id_, self._tables.now(), row[0] if row else "taken_back")

    async def cited(self) -> frozenset[str]:
        """Hashes of the evidence that is cited by what may still be filed.

        What ended a month ago, or is older than a year, is forgotten.
        """
        if not self._tables.named:
            return frozenset()
        async with self._tables.connected() as connection:
            now = self._tables.now()
            await connection.execute(
                "DELETE FROM intake.prepared WHERE prepared_at < %s - interval '400 days'"
                " OR (state IN ('signed', 'taken_back') AND decided_at < %s - interval '30 days')",
                (now, now),
            )
            cursor = await connection.execute(
                "SELECT DISTINCT one ->> 'sha256' FROM intake.prepared,"
                " jsonb_array_elements(COALESCE(body::jsonb -> 'data' -> 'evidence', '[]')) AS one"
                " WHERE state IN ('waiting', 'returned')"
            )
            return frozenset(str(row[0]) for row in await cursor.fetchall())


def _prepared(row: TupleRow) -> Prepared:
    names = [name.strip() for name in _COLUMNS.split(",")]
    return Prepared(**{**dict(zip(names, row, strict=True)), "body": read_json(row[6].encode())})
