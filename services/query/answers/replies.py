"""Replies of units (单位说明) as far as the viewer may read them: the public only what the office published."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from contracts.ruling import RULING_TYPES
from services.query.answers.access import published_replies
from services.query.answers.heat_map import RepliesByItem
from services.query.answers.item import ItemHistory, SeenItem
from services.query.answers.request_view import RequestView
from services.query.read_model.results import KnownEvent, known
from supervision import replies
from supervision.escalations import EscalationRecord
from supervision.replies import Replies, ReplyRecord

_TYPES: Final = [RULING_TYPES.short_names[cls] for cls in replies.FOLDED]


async def replies_of(view: RequestView, programme_id: str, seen: Sequence[SeenItem]) -> RepliesByItem:
    """The replies about these items of a programme."""
    some = [one.held.item for one in seen]
    rows = await view.snapshot.events(programme_id, some, _TYPES) if some else []
    if not rows:
        return {}
    public = published_replies(one.data for one in known(await view.snapshot.reply_decisions(programme_id, some)))
    folded = _folded(known(rows))
    whole = {one.held.item: one.whole for one in seen}
    return {item: _read(found, public, whole=whole[item]) for item, found in folded.items() if item in whole}


def replies_in(history: ItemHistory) -> Replies:
    """The replies about one item, from its events."""
    found = _folded(history.events).get(history.seen.held.item, {})
    return _read(found, history.public_replies, whole=history.seen.whole)


def about_notice(found: Replies, record: EscalationRecord) -> list[ReplyRecord]:
    """What was said about the causes of an escalation, and about the lights among them."""
    topics = [topic for name in record.names for topic in (f"{record.level}:{name}", name)]
    return [found[topic] for topic in dict.fromkeys(topics) if topic in found]


def _folded(events: Iterable[KnownEvent]) -> dict[str, Replies]:
    found: dict[str, Replies] = {}
    for row, data in events:
        item = row.item or ""
        found[item] = replies.evolve(found.get(item, {}), data)
    return found


def _read(found: Replies, public: frozenset[str], *, whole: bool) -> Replies:
    return {topic: one for topic, one in found.items() if whole or (one.reply in public and one.fate == "published")}
