"""Items as far as they are the viewer's to see, and everything that answers say about one of them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from services.query.answers.access import Sight, event_is_seen, published_replies
from services.query.answers.explanations import Explained, explained
from services.query.answers.problem import QueryProblem
from services.query.answers.request_view import RequestView
from services.query.read_model import queues
from services.query.read_model.results import HeldItem, KnownEvent, known

_AT_ONCE: Final = 200
"""Items that are looked at in a turn of the loop."""


class SeenItem(NamedTuple):
    """An item and how much of it the viewer sees."""

    held: HeldItem
    sight: Sight

    @property
    def whole(self) -> bool:
        """Whether it is seen in full."""
        return self.sight == "full"


async def items(
    view: RequestView, programme_id: str, unit: str | None = None, some: Sequence[str] | None = None
) -> list[SeenItem]:
    """The items that the viewer may see; of all units or of one that leads or cooperates; all, or of some alone."""
    if unit is not None:
        some = await queues.parts_of(view.snapshot, programme_id, unit)
    every = await (view.items(programme_id) if some is None else view.snapshot.items(programme_id, some))
    found = []
    for number, held in enumerate(every, 1):
        if number % _AT_ONCE == 0:
            await asyncio.sleep(0)
        sight = view.viewer.sight_of(held)
        if sight != "none" and (unit is None or unit in (held.lead_unit, *held.cooperating)):
            found.append(SeenItem(held, sight))
    return found


def open_items(view: RequestView, seen: Iterable[SeenItem]) -> None:
    """Say that these items are shown."""
    for one in seen:
        view.opened.item(one.held.programme, one.held.item, one.held.classification)


async def find_item(view: RequestView, programme_id: str, item_id: str) -> SeenItem:
    """One item. Raises QueryProblem: there is none, or it is not the viewer's to see."""
    for held in await view.snapshot.items(programme_id, [item_id]):
        sight = view.viewer.sight_of(held)
        if sight != "none":
            return SeenItem(held, sight)
    raise QueryProblem("not-found")


async def in_full(view: RequestView, programme_id: str, item_id: str) -> bool:
    """Whether the viewer sees an item in full."""
    return any(view.viewer.sight_of(held) == "full" for held in await view.snapshot.items(programme_id, [item_id]))


@dataclass(frozen=True, slots=True)
class ItemHistory:
    """An item with all its events in the order of the log, and the sentences about them for this viewer.

    `unvisited`: the viewer sees inspection plans before the visit; `public_replies` are those published.
    """

    seen: SeenItem
    unvisited: bool
    events: list[KnownEvent]
    explained: Explained
    public_replies: frozenset[str] = frozenset()

    def is_seen(self, event: KnownEvent) -> bool:
        """Whether an event of it is shown to this viewer, inspections aside."""
        return event_is_seen(self.seen.sight, event.row.type, event.row.data, self.public_replies)


async def find_history(view: RequestView, programme_id: str, item_id: str) -> ItemHistory:
    """An item and its events. Raises QueryProblem as `find_item`."""
    seen = await find_item(view, programme_id, item_id)
    view.opened.item(programme_id, item_id, seen.held.classification)
    events = list(known(await view.snapshot.events(programme_id, [item_id])))
    unvisited = view.viewer.may_see("inspection_plans.see", seen.held)
    decided = known(await view.snapshot.reply_decisions(programme_id, [item_id]))
    replies = published_replies(event.data for event in decided)
    return ItemHistory(seen, unvisited, events, explained(events, published=not seen.whole), replies)
