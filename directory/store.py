"""The directory in PostgreSQL: the only SQL about people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, cast

import psycopg
from psycopg import AsyncConnection
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from contracts.values import Leader, Unit
from directory.persons import Absence, Person
from directory.register import Program, Register, SharedContact

SCHEMA: Final = Path(__file__).with_name("schema.sql").read_text(encoding="utf-8")
_COLUMNS: Final = (
    "id, jurisdiction, name, role, unit, head, leader, active, erased, channels, successor, account, version"
)
_INSERT: Final = f"""
INSERT INTO directory.person ({_COLUMNS}) VALUES (%(id)s, %(jurisdiction)s, %(name)s, %(role)s, %(unit)s, %(head)s,
%(leader)s, %(active)s, %(erased)s, %(channels)s, %(successor)s, %(account)s, 1)
"""
_UPDATE: Final = """
UPDATE directory.person SET name = %(name)s, role = %(role)s, unit = %(unit)s, head = %(head)s, leader = %(leader)s,
active = %(active)s, erased = %(erased)s, channels = %(channels)s, successor = %(successor)s, account = %(account)s,
version = version + 1 WHERE id = %(id)s AND jurisdiction = %(jurisdiction)s AND version = %(version)s
"""
_OF: Final = "WHERE %(where)s::text IS NULL OR jurisdiction = %(where)s"
_ABSENCES: Final = """
SELECT a.person, a.first_on, a.last_on, a.stand_in FROM directory.absence a JOIN directory.person p ON p.id = a.person
WHERE %(where)s::text IS NULL OR p.jurisdiction = %(where)s ORDER BY a.person, a.first_on
"""
_CONTACTS: Final = """
SELECT scope, reference, id, channels FROM directory.shared_contact
WHERE %(where)s::text IS NULL OR scope = %(where)s ORDER BY scope, reference, id
"""
_NEW_UNIT: Final = """
INSERT INTO directory.unit (jurisdiction, id, name, kind) SELECT %(where)s, %(id)s, %(name)s, %(kind)s
WHERE NOT EXISTS (SELECT FROM directory.unit WHERE jurisdiction = %(where)s AND (id = %(id)s OR name = %(name)s))
"""
_NEW_LEADER: Final = """
INSERT INTO directory.leader (jurisdiction, id, label) SELECT %(where)s, %(id)s, %(label)s
WHERE NOT EXISTS (SELECT FROM directory.leader WHERE jurisdiction = %(where)s AND (id = %(id)s OR label = %(label)s))
"""
_JURISDICTIONS: Final = (
    "SELECT code, name FROM directory.jurisdiction WHERE %(where)s::text IS NULL OR code = %(where)s"
)

Pool = AsyncConnectionPool[AsyncConnection[TupleRow]]


class ChangedMeanwhile(Exception):
    """Somebody else changed what was to be written since it was read: read it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is to be written, all of it or nothing; units and leaders are named with their jurisdiction.

    `shared` replaces what lies in the scopes that it is for.
    """

    jurisdictions: tuple[tuple[str, str], ...] = ()
    units: tuple[tuple[str, Unit], ...] = ()
    leaders: tuple[tuple[str, Leader], ...] = ()
    persons: tuple[Person, ...] = ()
    shared: tuple[SharedContact, ...] = ()
    scopes: frozenset[str] = frozenset()
    programs: tuple[Program, ...] = ()


def pool_of(database_url: str) -> Pool:
    """Connections for the directory, not opened yet."""
    return AsyncConnectionPool(
        database_url,
        connection_class=AsyncConnection[TupleRow],
        min_size=0,
        max_size=4,
        timeout=5.0,
        check=AsyncConnectionPool.check_connection,
        open=False,
    )


class DirectoryStore:
    """Reads all of the directory at once and writes changes."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def prepare(self) -> None:
        """Make the schema where it is missing. Raises psycopg.Error, PoolTimeout."""
        async with self._pool.connection() as connection:
            await connection.execute("SELECT pg_advisory_xact_lock(hashtext('liangdeng directory'))")
            await connection.execute(cast("Any", SCHEMA))

    async def revision(self) -> int:
        """How often it was changed. Raises psycopg.Error, PoolTimeout."""
        async with self._pool.connection() as connection:
            return await _revision(connection)

    async def load(self, jurisdiction: str | None = None) -> Register:
        """All of it in one snapshot, or what one jurisdiction has of it. Raises psycopg.Error, PoolTimeout."""
        of = {"where": jurisdiction}
        async with self._pool.connection() as connection:
            await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            revision = await _revision(connection)
            absences: defaultdict[str, list[Absence]] = defaultdict(list)
            for person, first_on, last_on, stand_in in await _all(connection, _ABSENCES, of):
                absences[person].append(Absence(first_on=first_on, last_on=last_on, stand_in=stand_in))
            persons = {}
            for row in await _all(connection, f"SELECT {_COLUMNS} FROM directory.person {_OF}", of):
                values = dict(zip(_COLUMNS.split(", "), row, strict=True))
                persons[row[0]] = Person(**values, absences=tuple(absences[row[0]]))
            units = await _all(connection, f"SELECT jurisdiction, id, name, kind FROM directory.unit {_OF}", of)
            leaders = await _all(connection, f"SELECT jurisdiction, id, label FROM directory.leader {_OF}", of)
            contacts = await _all(connection, _CONTACTS, of)
            jurisdictions = await _all(connection, _JURISDICTIONS, of)
            programs = await _all(connection, f"SELECT id, jurisdiction, unit, active FROM directory.program {_OF}", of)
        return Register(
            revision=revision,
            jurisdictions=dict(jurisdictions),
            units={(where, id_): Unit(id=id_, name=name, kind=kind) for where, id_, name, kind in units},
            leaders={(where, id_): Leader(id=id_, label=label) for where, id_, label in leaders},
            persons=persons,
            shared=tuple(
                SharedContact(scope=scope, reference=reference, id=id_, channels=channels)
                for scope, reference, id_, channels in contacts
            ),
            programs={
                id_: Program(id=id_, jurisdiction=where, unit=unit, active=active)
                for id_, where, unit, active in programs
            },
        )

    async def extend(
        self, where: str, name: str, units: Iterable[Unit], leaders: Iterable[Leader]
    ) -> tuple[list[str], list[str]]:
        """Add units and leaders' posts to a jurisdiction, called `name` if it is new; the ids of those added.

        What is there by id or by name is left as it is, also where somebody else adds it at the same moment. Raises
        psycopg.Error, PoolTimeout.
        """
        async with self._pool.connection() as connection:
            await _change(connection)
            await connection.execute(
                "INSERT INTO directory.jurisdiction (code, name) VALUES (%s, %s) ON CONFLICT DO NOTHING", (where, name)
            )
            added: tuple[list[str], list[str]] = [], []
            for unit in units:
                values = {"where": where, "id": unit.id, "name": unit.name, "kind": unit.kind}
                if (await connection.execute(_NEW_UNIT, values)).rowcount:
                    added[0].append(unit.id)
            for leader in leaders:
                values = {"where": where, "id": leader.id, "label": leader.label}
                if (await connection.execute(_NEW_LEADER, values)).rowcount:
                    added[1].append(leader.id)
        return added

    async def write(self, changes: Changes) -> None:
        """Write changes in one transaction; the next load has them.

        Raises ChangedMeanwhile where a person is not as it was read, psycopg.Error, PoolTimeout.
        """
        try:
            async with self._pool.connection() as connection:
                await _change(connection)
                await _write_places(connection, changes)
                await _write_persons(connection, changes.persons)
                await _write_shared(connection, changes)
                await _write_programs(connection, changes.programs)
        except psycopg.errors.UniqueViolation as error:
            raise ChangedMeanwhile(error.diag.constraint_name or "") from None


async def _change(connection: AsyncConnection[TupleRow]) -> None:
    """What is written here is in no log: it must survive a crash of the machine.

    The row is locked until the end, so that there is one writer at a time.
    """
    await connection.execute("SET LOCAL synchronous_commit TO on")
    await connection.execute("UPDATE directory.revision SET number = number + 1")


async def _write_places(connection: AsyncConnection[TupleRow], changes: Changes) -> None:
    cursor = connection.cursor()
    await cursor.executemany(
        "INSERT INTO directory.jurisdiction (code, name) VALUES (%s, %s)"
        " ON CONFLICT (code) DO UPDATE SET name = excluded.name",
        changes.jurisdictions,
    )
    await cursor.executemany(
        "INSERT INTO directory.unit (jurisdiction, id, name, kind) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (jurisdiction, id) DO UPDATE SET name = excluded.name, kind = excluded.kind",
        [(where, unit.id, unit.name, unit.kind) for where, unit in changes.units],
    )
    await cursor.executemany(
        "INSERT INTO directory.leader (jurisdiction, id, label) VALUES (%s, %s, %s)"
        " ON CONFLICT (jurisdiction, id) DO UPDATE SET label = excluded.label",
        [(where, leader.id, leader.label) for where, leader in changes.leaders],
    )


async def _write_persons(connection: AsyncConnection[TupleRow], persons: Iterable[Person]) -> None:
    # Whoever leaves goes before whoever takes the place: one leader in charge at a time.
    ordered = sorted(persons, key=lambda one: (one.active, one.version == 0))
    for person in ordered:
        values = {**asdict(person), "channels": Jsonb(dict(person.channels))}
        if person.version == 0:
            await connection.execute(_INSERT, {**values, "successor": None})
        elif (await connection.execute(_UPDATE, {**values, "successor": None})).rowcount != 1:
            raise ChangedMeanwhile(person.id)
    for person in ordered:
        await connection.execute(
            "UPDATE directory.person SET successor = %s WHERE id = %s", (person.successor, person.id)
        )
        await connection.execute("DELETE FROM directory.absence WHERE person = %s", (person.id,))
        await connection.cursor().executemany(
            "INSERT INTO directory.absence (person, first_on, last_on, stand_in) VALUES (%s, %s, %s, %s)",
            [(person.id, one.first_on, one.last_on, one.stand_in) for one in person.absences],
        )


async def _write_shared(connection: AsyncConnection[TupleRow], changes: Changes) -> None:
    await connection.execute("DELETE FROM directory.shared_contact WHERE scope = ANY(%s)", (sorted(changes.scopes),))
    await connection.cursor().executemany(
        "INSERT INTO directory.shared_contact (scope, reference, id, channels) VALUES (%s, %s, %s, %s)",
        [(one.scope, one.reference, one.id, Jsonb(dict(one.channels))) for one in changes.shared],
    )


async def _write_programs(connection: AsyncConnection[TupleRow], programs: Iterable[Program]) -> None:
    await connection.cursor().executemany(
        "INSERT INTO directory.program (id, jurisdiction, unit, active) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (id) DO UPDATE SET active = excluded.active",
        [(one.id, one.jurisdiction, one.unit, one.active) for one in programs],
    )


async def _revision(connection: AsyncConnection[TupleRow]) -> int:
    ((number,),) = await _all(connection, "SELECT number FROM directory.revision")
    return int(number)


async def _all(
    connection: AsyncConnection[TupleRow], query: str, values: Mapping[str, str | None] | None = None
) -> list[TupleRow]:
    return await (await connection.execute(cast("Any", query), values)).fetchall()
