"""The queries about notices: a programme's, one with its document, an inbox, and what became of the messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from services.query.read_model.dispatch_tables import NoticeRow
from services.query.read_model.results import NoticeHead, NoticeMessage
from services.query.read_model.snapshot import Snapshot

_SENT: Final = " time <= %(until)s::timestamptz AND pos <= (%(dispatched)s::bigint[])[part + 1] "
_NOTICES: Final = (
    "SELECT part, pos, time, programme, item, notice, number, kind, title, sha256, recipients, causes, escalation, "
    "due_at, simulated FROM notice n WHERE" + _SENT
)


async def notices(seen: Snapshot, programme: str, item: str | None = None) -> list[NoticeHead]:
    """Notices without their documents, newest first."""
    return await seen.rows(
        NoticeHead,
        _NOTICES + "AND programme = %(programme)s AND (%(item)s::text IS NULL OR item = %(item)s) "
        "ORDER BY time DESC, part, pos DESC",
        programme=programme,
        item=item,
    )


async def notice(seen: Snapshot, name: str) -> NoticeRow | None:
    """One notice with its document."""
    found = await seen.rows(
        NoticeRow,
        "SELECT * FROM notice WHERE notice = %(notice)s AND" + _SENT + "ORDER BY part, pos LIMIT 1",
        notice=name,
    )
    return found[0] if found else None


async def inbox(seen: Snapshot, recipient: str, programmes: Sequence[str]) -> list[NoticeHead]:
    """Notices of these programmes in a role's inbox, newest first: one is there as soon as it is issued."""
    return await seen.rows(
        NoticeHead,
        _NOTICES + "AND programme = ANY(%(programmes)s) AND notice IN (SELECT notice FROM addressed "
        "WHERE programme = ANY(%(programmes)s) AND channel = 'inbox' AND recipient = %(recipient)s) "
        "ORDER BY time DESC, part, pos DESC",
        recipient=recipient,
        programmes=list(programmes),
    )


async def deliveries(seen: Snapshot, names: Sequence[str]) -> list[NoticeMessage]:
    """The messages of notices and how far each has come: accepted, if it ever was, else its latest step."""
    return await seen.rows(
        NoticeMessage,
        "SELECT a.notice, a.delivery, a.recipient, a.channel, CASE WHEN a.channel = 'inbox' THEN 'accepted' "
        "ELSE coalesce(d.step, 'waiting') END AS outcome, d.attempt, d.logged_at "
        "FROM addressed a LEFT JOIN LATERAL (SELECT step, attempt, logged_at FROM delivery "
        "WHERE delivery = a.delivery AND" + _SENT + "ORDER BY step = 'accepted' DESC, part, pos DESC LIMIT 1) d "
        "ON true WHERE a.notice = ANY(%(notices)s) ORDER BY a.notice, a.recipient, a.channel, a.delivery",
        notices=list(names),
    )
