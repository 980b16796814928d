"""The addresses of the pages: my items, an item, a form per type of submission, the receipt."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, RedirectResponse, Response

from services.intake.dependencies import Dependencies
from services.intake.pages import desk, overview
from services.intake.pages.decided_on import blockage_texts
from services.intake.pages.next_errand import to_do
from services.intake.pages.prepared_rows import prepared_rows
from services.intake.pages.renderer import FOLDER, page
from services.intake.pages.session import signed_in
from services.intake.pages.shown_items import open_item, permitted
from services.intake.who.item import KnownItem
from services.intake.who.permission import rights_of, to_item
from web.gate import GuardedRoute, does
from web.identity import Identity

pages_router = APIRouter(include_in_schema=False, route_class=GuardedRoute)


@pages_router.get("/")
@does("home")
async def home(request: Request) -> Response:
    """To one's items."""
    return RedirectResponse(f"{request.scope['root_path']}/items", 303)


@pages_router.get("/style.css")
@does("assets.read")
async def style() -> Response:
    """The one stylesheet."""
    return FileResponse(FOLDER / "style.css", media_type="text/css", headers={"Cache-Control": "max-age=300"})


@pages_router.get("/items")
@does("my_items.list")
async def items(request: Request) -> Response:
    """A unit's items: what is due next, and what waits for it. Everybody else has a desk."""
    dependencies, identity = signed_in(request)
    dependencies.receiver.ready()
    rights = rights_of(dependencies.roster, identity)
    if identity.unit is None:
        return RedirectResponse("/desk" if rights.may("desk.read") else "/", 303)
    known = dependencies.roster.items_of(identity.jurisdictions)
    mine = [item for item in known if to_item(rights, "item.read_full", item).allowed]
    return await _desk(request, dependencies, identity, identity.unit, mine)


async def _desk(
    request: Request, dependencies: Dependencies, identity: Identity, unit: str, mine: Sequence[KnownItem]
) -> Response:
    """What a unit has to do, what came back to it, what waits for its signature, and how its items stand."""
    now, led = dependencies.clock.now(), [item for item in mine if item.lead_unit == unit]
    for item in mine:
        open_item(request, item)
    prepared = await prepared_rows(dependencies, identity)
    return page(
        request,
        "desk.html",
        unit=unit,
        came_back=await dependencies.came_back.to(unit, led, now),
        prepared=prepared,
        signs=dependencies.heads.sign(identity),
        errands=to_do(led, prepared, now),
        standings=desk.standings(mine, unit, now),
        titles={id_: dependencies.roster.programme_title(id_) for id_ in {item.programme for item in mine}},
    )


@pages_router.get("/items/{programme}/{item}")
@does("item.read_full")
async def item_page(request: Request, programme: str, item: str) -> Response:
    """An item: its periods and nodes, what is open, what I may submit."""
    dependencies, identity = signed_in(request)
    known, roster = permitted(dependencies, identity, programme, item, "item.read_full"), dependencies.roster
    open_item(request, known)
    pressing, others = overview.actions(known, rights_of(roster, identity), dependencies.clock.now())
    unit, leader = roster.unit_name(programme, known.lead_unit), roster.leader_label(programme, known.leader)
    now, own = dependencies.clock.now(), identity.unit == known.lead_unit
    return page(
        request,
        "item.html",
        item=known,
        pressing=pressing,
        others=others,
        unit=unit,
        leader=leader,
        now=now,
        title=roster.programmes[programme].opened.title,
        came_back=await dependencies.came_back.to(known.lead_unit, [known], now) if own else [],
        due=lambda instant: desk.due_of(known, instant, now),
        blocks=await blockage_texts(dependencies, known),
    )
