"""Drafts and their versions in PostgreSQL: the only SQL about them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal, cast

import psycopg
from psycopg import AsyncConnection
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb
from psycopg_pool import PoolTimeout

from directory.store import Pool
from eventlog.clock import Clock
from services.intake.problem import IntakeProblem
from services.intake.programme_drafts.draft import ProgrammeDraft

SCHEMA: Final = Path(__file__).with_name("schema.sql").read_text(encoding="utf-8")
MAX_VERSIONS: Final = 200
"""Versions of a draft that are kept; the oldest go first."""
_LATER: Final = {"Retry-After": "5"}
_SELECT: Final = (
    "SELECT v.content, d.latest, d.published, d.proposal, d.proposed, d.proposed_on, d.refusals, d.sent_under"
    " FROM intake.programme_draft d"
    " JOIN intake.programme_draft_version v ON v.programme = d.programme AND v.number = d.latest"
)
MadeFrom = Literal["created", "next", "imported", "programme", "units", "leaders", "items", "calendar"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a draft would be with a ledger: by the ledger's SHA-256, compared with the version `upon`."""

    ledger: str
    content: ProgrammeDraft
    upon: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDraft:
    """A draft in its latest version; `published` is the version that was sent, if one was, `sent_under` its key.

    `refusals`: how often a publication of it was refused; each try has a key of its own.
    """

    content: ProgrammeDraft
    version: int
    published: int | None
    proposal: Proposal | None
    refusals: int
    sent_under: str | None

    @property
    def programme(self) -> str:
        """The id of the programme that it becomes."""
        return self.content.programme


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedDraft:
    """A draft as a list shows it: `items` is how many there are in its latest version."""

    programme: str
    title: str
    items: int
    version: int
    published: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftVersion:
    """One version, without what it says."""

    number: int
    made_at: datetime
    made_by: str
    made_from: str


class DraftStore:
    """Every method raises IntakeProblem `drafts_unavailable` while PostgreSQL does not answer, or is not named."""

    def __init__(self, pool: Pool | None, clock: Clock) -> None:
        """`clock` says when a version was made."""
        self._pool = pool
        self._clock = clock
        self._prepared = False

    async def listed(self, jurisdictions: Collection[str]) -> list[ListedDraft]:
        """The drafts of these jurisdictions by programme."""
        async with self._connected() as connection:
            cursor = await connection.execute(
                "SELECT d.programme, v.content->>'title', jsonb_array_length(v.content->'items'), d.latest, d.published"
                " FROM intake.programme_draft d"
                " JOIN intake.programme_draft_version v ON v.programme = d.programme AND v.number = d.latest"
                " WHERE split_part(d.programme, '-', 1) = ANY(%s) ORDER BY d.programme",
                (list(jurisdictions),),
            )
            rows = await cursor.fetchall()
        return [
            ListedDraft(programme=row[0], title=row[1], items=row[2], version=row[3], published=row[4]) for row in rows
        ]

    async def find(self, programme: str) -> KeptDraft | None:
        """The draft of a programme in its latest version."""
        async with self._connected() as connection:
            row = await (await connection.execute(f"{_SELECT} WHERE d.programme = %s", (programme,))).fetchone()
        return None if row is None else _kept(row)

    async def versions(self, programme: str) -> list[DraftVersion]:
        """The versions that are kept, the latest first."""
        async with self._connected() as connection:
            cursor = await connection.execute(
                "SELECT number, made_at, made_by, made_from FROM intake.programme_draft_version"
                " WHERE programme = %s ORDER BY number DESC",
                (programme,),
            )
            rows = await cursor.fetchall()
        return [DraftVersion(number=row[0], made_at=row[1], made_by=row[2], made_from=row[3]) for row in rows]

    async def version(self, programme: str, number: int) -> ProgrammeDraft | None:
        """What a version said."""
        async with self._connected() as connection:
            cursor = await connection.execute(
                "SELECT content FROM intake.programme_draft_version WHERE programme = %s AND number = %s",
                (programme, number),
            )
            row = await cursor.fetchone()
        return None if row is None else _content(row[0])

    async def create(self, content: ProgrammeDraft, who: str, made_from: MadeFrom) -> None:
        """A new draft. Raises IntakeProblem `draft_exists`."""
        async with self._connected() as connection:
            cursor = await connection.execute(
                "INSERT INTO intake.programme_draft (programme, latest) VALUES (%s, 1) ON CONFLICT DO NOTHING",
                (content.programme,),
            )
            if not cursor.rowcount:
                raise IntakeProblem("draft_exists", content.programme, content.programme)
            await self._add(connection, content, 1, who, made_from)

    async def save(self, content: ProgrammeDraft, upon: int, who: str, made_from: MadeFrom) -> int:
        """A version after `upon`, and its number; the same content makes none. Raises IntakeProblem `draft_changed`."""
        async with self._connected() as connection:
            before = await self._locked(connection, content.programme, upon)
            if before == content:
                return upon
            await connection.execute(
                "UPDATE intake.programme_draft SET latest = %s, proposal = NULL, proposed = NULL, proposed_on = NULL"
                " WHERE programme = %s",
                (upon + 1, content.programme),
            )
            await self._add(connection, content, upon + 1, who, made_from)
            await connection.execute(
                "DELETE FROM intake.programme_draft_version WHERE programme = %s AND number <= %s",
                (content.programme, upon + 1 - MAX_VERSIONS),
            )
        return upon + 1

    async def propose(self, programme: str, proposal: Proposal) -> None:
        """Keep what a ledger would make of a draft until somebody confirms it. Raises IntakeProblem `draft_changed`."""
        async with self._connected() as connection:
            await self._locked(connection, programme, proposal.upon)
            await connection.execute(
                "UPDATE intake.programme_draft SET proposal = %s, proposed = %s, proposed_on = %s WHERE programme = %s",
                (proposal.ledger, _stored(proposal.content), proposal.upon, programme),
            )

    async def publish(self, kept: KeptDraft, key: str) -> None:
        """This version goes onto the log under this key: nobody changes it. Raises IntakeProblem `draft_changed`."""
        async with self._connected() as connection:
            cursor = await connection.execute(
                "UPDATE intake.programme_draft SET published = latest, sent_under = %s,"
                " senders = greatest(senders, (published IS NOT NULL)::int) + 1"
                " WHERE programme = %s AND latest = %s AND refusals = %s AND coalesce(published, latest) = latest",
                (key, kept.programme, kept.version, kept.refusals),
            )
            if not cursor.rowcount:
                raise IntakeProblem("draft_changed")

    async def reopen(self, kept: KeptDraft, key: str) -> None:
        """One who sent it brought nothing onto the log: it can be changed again, unless somebody else sends it, too."""
        async with self._connected() as connection:
            await connection.execute(
                "UPDATE intake.programme_draft SET senders = senders - 1,"
                " published = CASE WHEN senders > 1 THEN published END,"
                " sent_under = CASE WHEN senders > 1 THEN sent_under ELSE refused_under END"
                " WHERE programme = %s AND sent_under = %s AND refusals = %s AND senders > 0",
                (kept.programme, key, kept.refusals),
            )

    async def refused(self, kept: KeptDraft) -> None:
        """Its publication was refused: it can be changed, and sent under another key. Said twice it counts once."""
        async with self._connected() as connection:
            await connection.execute(
                "UPDATE intake.programme_draft SET published = NULL, refusals = refusals + 1,"
                " refused_under = sent_under, senders = 0"
                " WHERE programme = %s AND published = %s AND refusals = %s",
                (kept.programme, kept.published, kept.refusals),
            )

    async def remove(self, programme: str) -> None:
        """Forget a draft with all its versions."""
        async with self._connected() as connection:
            await connection.execute("DELETE FROM intake.programme_draft WHERE programme = %s", (programme,))

    async def _locked(self, connection: AsyncConnection[TupleRow], programme: str, upon: int) -> ProgrammeDraft:
        cursor = await connection.execute(f"{_SELECT} WHERE d.programme = %s FOR UPDATE OF d", (programme,))
        row = await cursor.fetchone()
        if row is None or row[1] != upon or row[2] is not None:
            raise IntakeProblem("draft_changed")
        return _content(row[0])

    async def _add(
        self, connection: AsyncConnection[TupleRow], content: ProgrammeDraft, number: int, who: str, made_from: MadeFrom
    ) -> None:
        await connection.execute(
            "INSERT INTO intake.programme_draft_version (programme, number, made_at, made_by, made_from, content)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            (content.programme, number, self._clock.now(), who, made_from, _stored(content)),
        )

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[AsyncConnection[TupleRow]]:
        if self._pool is None:
            raise IntakeProblem("drafts_unavailable", "没有配置数据库", "no database is named (DATABASE_URL)")
        try:
            async with self._pool.connection() as connection:
                if not self._prepared:
                    await connection.execute("SELECT pg_advisory_xact_lock(hashtext('liangdeng intake'))")
                    await connection.execute(cast("Any", SCHEMA))
                    await connection.commit()
                    self._prepared = True
                yield connection
        except (psycopg.Error, PoolTimeout) as error:
            raise IntakeProblem("drafts_unavailable", "", type(error).__name__, headers=_LATER) from error


def _kept(row: TupleRow) -> KeptDraft:
    proposed = row[4] and Proposal(ledger=row[3], content=_content(row[4]), upon=row[5])
    return KeptDraft(
        content=_content(row[0]), version=row[1], published=row[2], proposal=proposed or None,
        refusals=row[6], sent_under=row[7],
    )  # fmt: skip


def _stored(content: ProgrammeDraft) -> Jsonb:
    return Jsonb(content.model_dump(mode="json"))


def _content(stored: Any) -> ProgrammeDraft:
    return ProgrammeDraft.model_validate(stored)
