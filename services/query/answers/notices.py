"""Notices, with what became of their messages and of the escalations that they are about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.query.answers.escalations import escalations
from services.query.answers.item import items
from services.query.answers.problem import QueryProblem
from services.query.answers.replies import about_notice, replies_of
from services.query.answers.request_view import RequestView
from services.query.read_model import notices as queries
from services.query.read_model.columns import RecipientColumn
from services.query.read_model.dispatch_tables import NoticeRow
from services.query.read_model.results import HeldItem, NoticeHead, NoticeMessage
from supervision.replies import ReplyRecord
from supervision.words import Word


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageAnswer:
    """How far one message of a notice has come; `at` is the broker's time of the step."""

    delivery: str
    recipient: str
    channel: str
    outcome: str
    attempt: int | None
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeAnswer:
    """A notice without its document, with its messages."""

    position: str
    notice: str
    programme: str
    item: str
    number: str
    kind: str
    title: str
    recipients: list[RecipientColumn]
    causes: list[str]
    escalation: str | None
    due_at: datetime | None
    simulated: bool
    sha256: str
    issued_at: datetime
    deliveries: list[MessageAnswer]


@dataclass(frozen=True, slots=True)
class NoticeNow:
    """A notice with its escalation as it is now and what units say about it, where its item is still seen in full."""

    notice: NoticeAnswer
    why: Word | None
    replies: list[ReplyRecord]


@dataclass(frozen=True, slots=True)
class WholeNotice:
    """A notice with its document as HTML, and the same as plain text."""

    now: NoticeNow
    document: str
    text: str


async def notices(view: RequestView, programme_id: str) -> list[NoticeNow]:
    """Notices about items that the viewer may read, newest first."""
    seen = await items(view, programme_id)
    shown = {one.held.item for one in seen if view.viewer.may_see("notice.read", one.held)}
    rows = [row for row in await queries.notices(view.snapshot, programme_id) if row.item in shown]
    _open(view, rows, [one.held for one in seen])
    return await _now(view, rows)


async def inbox(view: RequestView) -> list[NoticeNow]:
    """What was delivered to the inbox of the viewer's unit or office, newest first."""
    # The same unit's id in another jurisdiction is another unit.
    own = [one.id for one in view.programmes]
    found = await queries.inbox(view.snapshot, view.viewer.inbox, own) if view.viewer.inbox else []
    for programme, about in _items_of(found).items():
        _open(view, found, await view.snapshot.items(programme, sorted(about)))
    return await _now(view, found)


async def find_notice(view: RequestView, id_: str) -> WholeNotice:
    """One notice with its document, for its recipients and whoever sees its item in full. Raises QueryProblem."""
    row = await queries.notice(view.snapshot, id_)
    # What is asked of PostgreSQL is the same whether there is no notice or it is not the viewer's to see.
    held = await view.snapshot.items(row.programme if row else "", [row.item if row else ""])
    if row is None or not _may_read(view, row, held):
        raise QueryProblem("not-found")
    _open(view, [row], held)
    (shown,) = await _now(view, [row])
    return WholeNotice(shown, row.document, row.body)


def _open(view: RequestView, rows: Iterable[NoticeHead | NoticeRow], items: Iterable[HeldItem]) -> None:
    """Say that these notices are shown, as far as they are about these items."""
    classified = {(one.programme, one.item): one.classification for one in items}
    for row in rows:
        if (about := (row.programme, row.item)) in classified:
            view.opened.item(*about, classified[about])


def _items_of(rows: Iterable[NoticeHead | NoticeRow]) -> dict[str, set[str]]:
    """The items that notices are about, by programme."""
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row.programme, set()).add(row.item)
    return found


def _may_read(view: RequestView, row: NoticeRow, held: Iterable[HeldItem]) -> bool:
    addressed = any(to["role"] == view.viewer.inbox for to in row.recipients)
    return any(view.viewer.may_see("notice.read", one, party=addressed) for one in held)


async def notices_of_item(view: RequestView, programme_id: str, item_id: str) -> list[NoticeAnswer]:
    """The notices about an item, newest first, whoever the viewer is."""
    return await _answers(view, await queries.notices(view.snapshot, programme_id, item_id))


async def _answers(view: RequestView, rows: Sequence[NoticeHead | NoticeRow]) -> list[NoticeAnswer]:
    messages = _by_notice(await queries.deliveries(view.snapshot, [row.notice for row in rows]))
    return [_answer(row, messages[row.notice]) for row in rows]


def _by_notice(messages: Iterable[NoticeMessage]) -> defaultdict[str, list[MessageAnswer]]:
    found: defaultdict[str, list[MessageAnswer]] = defaultdict(list)
    for one in messages:
        answer = MessageAnswer(
            delivery=one.delivery,
            recipient=one.recipient,
            channel=one.channel,
            outcome=one.outcome,
            attempt=one.attempt,
            at=one.logged_at,
        )
        found[one.notice].append(answer)
    return found


def _answer(row: NoticeHead | NoticeRow, messages: list[MessageAnswer]) -> NoticeAnswer:
    return NoticeAnswer(
        position=f"dispatches-{row.part}@{row.pos}",
        notice=row.notice,
        programme=row.programme,
        item=row.item,
        number=row.number,
        kind=row.kind,
        title=row.title,
        recipients=row.recipients,
        causes=row.causes,
        escalation=row.escalation,
        due_at=row.due_at,
        simulated=row.simulated,
        sha256=row.sha256,
        issued_at=row.time,
        deliveries=messages,
    )


async def _now(view: RequestView, rows: Sequence[NoticeHead | NoticeRow]) -> list[NoticeNow]:
    """With how their escalations stand now, where the viewer still sees the item in full."""
    found: dict[tuple[str, str, str | None], tuple[Word, list[ReplyRecord]]] = {}
    for id_, about in _items_of(row for row in rows if row.escalation).items():
        seen = await items(view, id_, some=sorted(about))
        said = await replies_of(view, id_, seen)
        for one in await escalations(view, id_, seen, open_only=False):
            replies = about_notice(said.get(one.item, {}), one.record)
            found[id_, one.item, one.record.id] = (one.why, replies)
    shown = await _answers(view, rows)
    return [NoticeNow(one, *found.get((one.programme, one.item, one.escalation), (None, []))) for one in shown]
