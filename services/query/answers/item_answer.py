"""Everything that a page says about one item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.query.answers.access import Sight
from services.query.answers.escalations import EscalationAnswer, escalations_of
from services.query.answers.heat_map import Tile
from services.query.answers.item import ItemHistory
from services.query.answers.lights import tiles_of
from services.query.answers.periods import PeriodAnswer, periods_of
from services.query.answers.replies import replies_in
from services.query.answers.request_view import RequestView
from services.query.answers.timeline import TimelineEntry, timeline_of
from services.query.read_model.results import HeldItem
from supervision.replies import Replies
from supervision.words import Word


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemAnswer:
    """An item with its lights and why each stands as it does, its periods, timeline, escalations and replies."""

    item: HeldItem
    sight: Sight
    tiles: list[Tile]
    why: Mapping[str, Word]
    periods: list[PeriodAnswer]
    timeline: list[TimelineEntry]
    escalations: list[EscalationAnswer]
    replies: Replies

    @property
    def blockages(self) -> Mapping[str, str]:
        """What blocks, by the number of each blockage that came to something; of one number the first counts."""
        told = [one.submission for one in self.timeline if one.submission.type == "blockage.raised" and one.events]
        texts = [one.details.data for one in told if one.details is not None]
        return {str(one.get("blockage")): str(one.get("text")) for one in reversed(texts)}


async def item_answer(view: RequestView, history: ItemHistory) -> ItemAnswer:
    """An item as far as it is the viewer's to see; escalations only where it is seen in full."""
    seen = history.seen
    programme, item = seen.held.programme, seen.held.item
    return ItemAnswer(
        item=seen.held,
        sight=seen.sight,
        tiles=await tiles_of(view, programme, [seen]),
        why=history.explained.lights,
        periods=periods_of(history),
        timeline=await timeline_of(view, history),
        escalations=await escalations_of(view, programme, [item]) if seen.whole else [],
        replies=replies_in(history),
    )
