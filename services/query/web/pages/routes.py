"""The addresses of the pages; each gathers the same answers as the API and renders them."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from services.query.answers import item as answers
from services.query.answers.evaluation import sheet_of, sheets
from services.query.answers.heat_map import COLOURS, heat_map
from services.query.answers.periods import periods_of
from services.query.answers.problem import QueryProblem
from services.query.answers.request_view import ViewDep
from services.query.web.pages.renderer import page
from services.query.web.privileged import record_reads
from supervision.evaluation.deduction import KINDS
from web.gate import GuardedRoute, does

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False, route_class=GuardedRoute)

PER_PAGE = 20
"""Programmes on the first page; each costs some 10 ms."""

_DOCUMENT_HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-cache",
}


@router.get("/")
@does("programme.list")
async def get_home(request: Request, view: ViewDep) -> Response:
    """The list of programmes, with the sums of their lights, newest first, some at a time."""
    every = sorted(await answers.programmes(view), key=lambda one: (one["issued_on"], one["id"]), reverse=True)
    asked = request.query_params.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 6 else 1
    shown = []
    for one in every[(number - 1) * PER_PAGE : number * PER_PAGE]:
        found = await answers.lights(view, one["id"], await answers.items(view, one["id"]))
        shown.append((one, heat_map(found, one["units"])))
    pages = -(-len(every) // PER_PAGE)
    return await page(request, view, "programmes.html", programmes=shown, number=number, pages=pages)


@router.get("/programmes/{programme}")
@does("lights.read")
async def get_heat_map(request: Request, view: ViewDep, programme: str) -> Response:
    """Units × quarters."""
    about = await answers.programme(view, programme)
    rows = await answers.items(view, programme)
    category = request.query_params.get("category")
    found = [tile for tile in await answers.lights(view, programme, rows) if category in (None, "", tile.category)]
    gathered = heat_map(found, about["units"])
    if request.query_params.get("sort") == "trouble":
        gathered.lines.sort(key=lambda line: line.trouble, reverse=True)
    waiting = await answers.waiting(view, programme, rows)
    template = "wall.html" if request.query_params.get("view") == "wall" else "heat_map.html"
    why = await answers.all_sentences(view, programme, rows)
    return await page(request, view, template, about, map=gathered, why=why, colours=COLOURS, waiting=waiting)


@router.get("/programmes/{programme}/units/{unit}")
@does("unit.read")
async def get_unit(request: Request, view: ViewDep, programme: str, unit: str) -> Response:
    """A unit's items, those that it leads and those where it cooperates."""
    about = await answers.programme(view, programme)
    if unit not in {one["id"] for one in about["units"]}:
        raise QueryProblem("not-found", f"unit {unit}")
    rows = await answers.items(view, programme, unit)
    tiles: dict[str, list[object]] = {}
    for tile in await answers.lights(view, programme, rows):
        tiles.setdefault(tile.item, []).append(tile)
    open_now = await answers.escalations(view, programme) if view.viewer.may("escalations.list", programme) else []
    items = {row["item"] for row in rows if row["lead_unit"] == unit}
    return await page(
        request,
        view,
        "unit.html",
        about,
        unit=unit,
        sheet_seen=view.viewer.sees_sheet(programme, unit),
        leads=[row for row in rows if row["lead_unit"] == unit],
        cooperates=[row for row in rows if row["lead_unit"] != unit],
        tiles=tiles,
        why=await answers.all_sentences(view, programme, rows),
        escalations=[one for one in open_now if one.item in items],
        waiting=[one for one in await answers.waiting(view, programme, rows) if one["item"] in items],
    )


@router.get("/programmes/{programme}/items/{item}")
@does("item.read")
async def get_item(request: Request, view: ViewDep, programme: str, item: str) -> Response:
    """An item and its timeline, from submission to notice."""
    about = await answers.programme(view, programme)
    row, sight = await answers.item(view, programme, item)
    entries = await answers.item_timeline(view, programme, item, sight)
    await record_reads(request, view, "item.read", row, entries)
    return await page(
        request,
        view,
        "item.html",
        about,
        item=row,
        sight=sight,
        tiles=await answers.lights(view, programme, [row]),
        why=await answers.light_sentences(view, programme, item, sight),
        periods=periods_of(row, await answers.item_events(view, programme, item, sight)),
        timeline=entries,
        escalations=await answers.escalations_of(view, programme, item) if sight == "full" else [],
    )


@router.get("/programmes/{programme}/escalations")
@does("escalations.list")
async def get_escalations(request: Request, view: ViewDep, programme: str) -> Response:
    """Open escalations, or all there ever were."""
    about = await answers.programme(view, programme)
    everything = request.query_params.get("state") == "all"
    found = await answers.escalations(view, programme, open_only=not everything)
    titles = {row["item"]: row for row in await answers.items(view, programme)}
    return await page(request, view, "escalations.html", about, escalations=found, items=titles, everything=everything)


@router.get("/programmes/{programme}/evaluation")
@does("evaluation.list")
async def get_evaluation(request: Request, view: ViewDep, programme: str) -> Response:
    """The annual evaluation: a line for each unit."""
    about = await answers.programme(view, programme)
    return await page(request, view, "evaluation.html", about, sheets=await sheets(view, programme), kinds=KINDS)


@router.get("/programmes/{programme}/units/{unit}/evaluation")
@does("evaluation.read")
async def get_sheet(request: Request, view: ViewDep, programme: str, unit: str) -> Response:
    """One unit's sheet: every deduction with the events that it follows from."""
    about = await answers.programme(view, programme)
    sheet = await sheet_of(view, programme, unit)
    titles = {row["item"]: row for row in await view.snapshot.items(programme)}
    seen = {row["item"] for row in await answers.items(view, programme) if row["sight"] == "full"}
    return await page(request, view, "sheet.html", about, sheet=sheet, items=titles, seen=seen, kinds=KINDS)


@router.get("/inbox")
@does("inbox.read")
async def get_inbox(request: Request, view: ViewDep) -> Response:
    """Notices delivered to the signed-in unit or leader."""
    return await page(request, view, "inbox.html", notices=await answers.inbox(view))


@router.get("/notices/{notice}")
@does("notice.read")
async def get_notice(request: Request, view: ViewDep, notice: str) -> Response:
    """One notice: its document, to whom it went and what became of each message."""
    shown = await answers.notice(view, notice)
    about = await answers.programme(view, shown["programme"])
    return await page(request, view, "notice.html", about, notice=shown)


@router.get("/notices/{notice}/document")
@does("notice.read")
async def get_document(view: ViewDep, notice: str) -> Response:
    """The document alone, as it was issued; nothing in it may run."""
    return HTMLResponse((await answers.notice(view, notice))["document"], headers=_DOCUMENT_HEADERS)


@router.get("/submissions/{submission}")
@does("submission.read")
async def get_submission(request: Request, view: ViewDep, submission: str) -> Response:
    """A submission and its ruling, or that it is not ruled yet."""
    shown = await answers.submission(view, submission)
    about = next((one for one in await answers.programmes(view) if one["id"] == shown["programme"]), None)
    return await page(request, view, "submission.html", about, submission=shown)
