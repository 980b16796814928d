"""The stream of changes: each listener is told of what they may see, and of nothing else, until they are signed out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Collection
from typing import Final

from fastapi import Request

from services.query.answers.access import Viewer, shows_to_everybody
from services.query.answers.problem import QueryProblem
from services.query.answers.request_view import RequestView, RequestViews
from services.query.read_model.position import Change, Progress
from services.query.read_model.results import HeldItem
from web.visitor import Visitors

HEARTBEAT_SECONDS: Final = 5.0
"""Between two signs of life, whatever changes: so soon it is noticed that nobody listens, or may listen, any more."""
CALM_SECONDS: Final = 0.2
"""Between two changes told to one listener, however fast the log moves."""


async def changes(request: Request) -> AsyncIterator[str]:
    """Server-sent events: where the read model stands, at first and whenever something changed that is theirs to see.

    It ends when they are signed out, disabled, or their token has ended, after a heartbeat at the latest.
    """
    progress: Progress = request.app.state.progress
    views: RequestViews = request.app.state.request_views
    visitors: Visitors = request.app.state.who.visitors
    with progress.listener() as listener:
        yield _told(request, views, progress)
        beat = time.monotonic() + HEARTBEAT_SECONDS
        while not await request.is_disconnected():
            changed = await listener.take(max(0.0, beat - time.monotonic()))
            if time.monotonic() >= beat:
                if not await visitors.still(request):
                    return
                yield ": still there\n\n"
                beat += HEARTBEAT_SECONDS
            if not changed:
                continue
            try:
                seen = await _any_seen(request, views, changed)
            except QueryProblem:  # PostgreSQL does not answer now
                listener.tell(changed)
                seen = False
            if seen and not await visitors.still(request):
                return
            if seen:
                yield _told(request, views, progress)
            await asyncio.sleep(CALM_SECONDS)


def _told(request: Request, views: RequestViews, progress: Progress) -> str:
    return f"event: position\ndata: {views.shown_position(request, str(progress.position))}\n\n"


async def _any_seen(request: Request, views: RequestViews, changed: Collection[Change]) -> bool:
    async with views.open(request) as view:
        own = [one for one in changed if view.viewer.may("programme.read", one.programme)]
        for programme in {one.programme for one in own}:
            about = [one for one in own if one.programme == programme]
            held = {one.item: one for one in await _items(view, programme, about)}
            if any(is_seen(view.viewer, one, held.get(one.item or "")) for one in about):
                return True
    return False


async def _items(view: RequestView, programme: str, about: Collection[Change]) -> list[HeldItem]:
    named = {one.item for one in about if one.item is not None}
    if not named:
        return []
    return await view.snapshot.items(programme, sorted(named))


def is_seen(viewer: Viewer, change: Change, item: HeldItem | None) -> bool:
    """Whether a change in one of the viewer's programmes shows on a page or in an answer of theirs.

    `item` is what it is about, None where that is the programme, or not opened yet.
    """
    if change.item is None:
        return viewer.sees_all or shows_to_everybody(change.type)
    if item is None:
        return viewer.sees_all
    sight = viewer.sight_of(item)
    if sight != "full":
        return sight == "public" and shows_to_everybody(change.type)
    return not _tells_of_a_plan(change.type) or viewer.may_see("inspection_plans.see", item)


def _tells_of_a_plan(type_: str) -> bool:
    """Whether it is hidden from a unit before the visit; that it was recorded shows as a finding."""
    return type_.startswith("inspection.") or type_ == "unknown"
