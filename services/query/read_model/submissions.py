"""The queries about submissions: an item's, one by its id, and what the ruling on it gave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from psycopg.rows import tuple_row

from services.query.read_model.results import KnownSubmission, known_submission
from services.query.read_model.snapshot import HELD, Snapshot
from services.query.read_model.tables import EventRow

_SUBMISSIONS: Final = (
    "SELECT s.*, r.* FROM submission s LEFT JOIN ruling r ON r.part = s.part AND r.cause = s.pos "
    "AND r.cause <= (%(causes)s::bigint[])[r.part + 1] AND r.time <= %(until)s::timestamptz "
    "WHERE s.pos <= (%(causes)s::bigint[])[s.part + 1] "
)


async def submissions_of(seen: Snapshot, programme: str, item: str) -> list[KnownSubmission]:
    """An item's submissions with their verdicts, in the order of the log."""
    return await seen.made(
        known_submission,
        _SUBMISSIONS + "AND s.programme = %(programme)s AND s.item = %(item)s "
        "AND s.received_at <= %(until)s::timestamptz ORDER BY s.part, s.pos",
        programme=programme,
        item=item,
    )


async def blockage_texts(seen: Snapshot, programme: str, ids: Sequence[str]) -> dict[tuple[str, str], str]:
    """What these submissions say of blockages, by item and by the id of the blockage; of one id the first counts."""
    found = await seen.made(
        tuple_row,
        "SELECT item, data->>'blockage', data->>'text' FROM submission "
        "WHERE programme = %(programme)s AND id = ANY(%(ids)s) AND type = 'blockage.raised' "
        "AND pos <= (%(causes)s::bigint[])[part + 1] AND received_at <= %(until)s::timestamptz ORDER BY part, pos DESC",
        programme=programme,
        ids=list(ids),
    )
    return {(item, blockage): text for item, blockage, text in found if text}


async def submissions_named(seen: Snapshot, id_: str) -> list[KnownSubmission]:
    """A submission and its repetitions, in the order of the log."""
    return await seen.made(known_submission, _SUBMISSIONS + "AND s.id = %(id)s ORDER BY s.part, s.pos", id=id_)


async def caused(seen: Snapshot, part: int, cause: int) -> list[EventRow]:
    """The events of the ruling on a submission."""
    return await seen.rows(
        EventRow,
        "SELECT * FROM event WHERE part = %(part)s AND cause = %(cause)s "
        "AND pos >= (SELECT pos FROM ruling WHERE part = %(part)s AND cause = %(cause)s) "
        "AND pos <= (SELECT until FROM ruling WHERE part = %(part)s AND cause = %(cause)s) AND" + HELD + "ORDER BY pos",
        part=part,
        cause=cause,
    )
