"""Forms as they are being typed, in PostgreSQL: the only SQL about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from psycopg.types.json import Jsonb

from services.intake.prepared.tables import PreparedTables

KEPT_DAYS: Final = 60
Pairs = Sequence[tuple[str, str]]


class FormPlace(NamedTuple):
    """Whose form it is, about what; `period` is empty where it is about none."""

    owner: str
    programme: str
    item: str
    form: str
    period: str


class FormDraft(NamedTuple):
    """The fields as they were typed, and when they were saved."""

    fields: Pairs
    saved_at: datetime


class FormDrafts:
    """Every method raises IntakeProblem `prepared_unavailable` while PostgreSQL does not answer, or is not named."""

    def __init__(self, tables: PreparedTables) -> None:
        self._tables = tables

    @property
    def named(self) -> bool:
        """Whether there is a database to keep them in."""
        return self._tables.named

    async def save(self, place: FormPlace, fields: Pairs) -> datetime:
        """Keep the fields, in place of those of before; when that was. What nobody touched for long is forgotten."""
        saved_at = self._tables.now()
        async with self._tables.connected() as connection:
            await connection.execute(
                "INSERT INTO intake.form_draft (owner, programme, item, form, period, fields, saved_at)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (owner, programme, item, form, period)"
                " DO UPDATE SET fields = excluded.fields, saved_at = excluded.saved_at",
                (*place, Jsonb([list(pair) for pair in fields]), saved_at),
            )
            await connection.execute(
                "DELETE FROM intake.form_draft WHERE owner = %s AND saved_at < %s - %s * interval '1 day'",
                (place.owner, saved_at, KEPT_DAYS),
            )
        return saved_at

    async def find(self, place: FormPlace) -> FormDraft | None:
        """What was typed so far."""
        async with self._tables.connected() as connection:
            cursor = await connection.execute(
                "SELECT fields, saved_at FROM intake.form_draft"
                " WHERE (owner, programme, item, form, period) = (%s, %s, %s, %s, %s)",
                tuple(place),
            )
            row = await cursor.fetchone()
        return None if row is None else FormDraft([(str(name), str(value)) for name, value in row[0]], row[1])

    async def forget(self, place: FormPlace) -> None:
        """It was filed, prepared or given up."""
        async with self._tables.connected() as connection:
            await connection.execute(
                "DELETE FROM intake.form_draft WHERE (owner, programme, item, form, period) = (%s, %s, %s, %s, %s)",
                tuple(place),
            )
