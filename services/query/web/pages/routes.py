"""The addresses of the pages; each renders the same answers as the API."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from services.query.answers import notices
from services.query.answers.desk import SOON, desk, waiting_for
from services.query.answers.desk import shown as shown_to
from services.query.answers.errata import errata_of
from services.query.answers.escalations import escalation_list
from services.query.answers.evaluation import scores, sheet_of
from services.query.answers.item import find_history, items
from services.query.answers.item_answer import item_answer
from services.query.answers.lights import programme_lights, unit_lights
from services.query.answers.replies import replies_of
from services.query.answers.request_view import ViewDep
from services.query.answers.submission import find_submission
from services.query.web.pages.office import office_context
from services.query.web.pages.renderer import page, page_asked
from supervision.evaluation.deduction import KINDS
from web.gate import GuardedRoute, does

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False, route_class=GuardedRoute)

READS_PER_PAGE = 100
ENTRIES = 50
"""Of what waits for a decision, in the inbox; all of it is on the desk."""
PER_PAGE = 20
"""Programmes on the first page."""

_STYLE = re.compile("<style>(.*?)</style>", re.DOTALL)


@router.get("/")
@does("programme.list")
async def get_home(request: Request, view: ViewDep) -> Response:
    """The list of programmes, with the sums of their lights, newest first, some at a time."""
    every = sorted(view.programmes, key=lambda one: (one.issued_on, one.id), reverse=True)
    number = page_asked(request)
    listed = every[(number - 1) * PER_PAGE : number * PER_PAGE]
    kept = [(one, await view.folds.sums.of(view.snapshot, one.id)) for one in listed]
    shown = [(one, sums.quarters(view.viewer)) for one, sums in kept]
    pages = -(-len(every) // PER_PAGE)
    return await page(request, view, "programmes.html", listed=listed, programmes=shown, number=number, pages=pages)


@router.get("/programmes/{programme}")
@does("lights.read")
async def get_heat_map(request: Request, view: ViewDep, programme: str) -> Response:
    """Units × quarters."""
    asked = request.query_params
    about = view.programme(programme)
    most_trouble_first = asked.get("sort") == "trouble"
    shown = await programme_lights(view, about, asked.get("category", ""), most_trouble_first=most_trouble_first)
    template = "wall.html" if asked.get("view") == "wall" else "heat_map.html"
    corrected = await errata_of(view, programme, await items(view, programme)) if template == "heat_map.html" else []
    return await page(
        request, view, template, about, map=shown.map, why=shown.why, waiting=shown.waiting, errata=corrected
    )


@router.get("/programmes/{programme}/units/{unit}")
@does("unit.read")
async def get_unit(request: Request, view: ViewDep, programme: str, unit: str) -> Response:
    """A unit's items, those that it leads and those where it cooperates."""
    about = view.programme(programme)
    return await page(request, view, "unit.html", about, unit=unit, lights=await unit_lights(view, about, unit))


@router.get("/programmes/{programme}/items/{item}")
@does("item.read")
async def get_item(request: Request, view: ViewDep, programme: str, item: str) -> Response:
    """An item and its timeline, from submission to notice."""
    about = view.programme(programme)
    shown = await item_answer(view, await find_history(view, programme, item))
    return await page(request, view, "item.html", about, shown=shown)


@router.get("/programmes/{programme}/escalations")
@does("escalations.list")
async def get_escalations(request: Request, view: ViewDep, programme: str) -> Response:
    """Open escalations, or all there ever were."""
    about = view.programme(programme)
    everything = request.query_params.get("state") == "all"
    found, seen = await escalation_list(view, programme, open_only=not everything)
    said = await replies_of(view, programme, list(seen.values()))
    held = {id_: one.held for id_, one in seen.items()}
    return await page(
        request, view, "escalations.html", about, escalations=found, items=held, said=said, everything=everything
    )


@router.get("/programmes/{programme}/evaluation")
@does("evaluation.list")
async def get_evaluation(request: Request, view: ViewDep, programme: str) -> Response:
    """The annual evaluation: a line for each unit."""
    about = view.programme(programme)
    return await page(request, view, "evaluation.html", about, sheets=await scores(view, programme), kinds=KINDS)


@router.get("/programmes/{programme}/units/{unit}/evaluation")
@does("evaluation.read")
async def get_sheet(request: Request, view: ViewDep, programme: str, unit: str) -> Response:
    """One unit's sheet: every deduction with the events that it follows from."""
    about = view.programme(programme)
    sheet, named = await sheet_of(view, programme, unit)
    held = {one.item: one for one in await view.snapshot.items(programme, [one.item for one in sheet.deductions])}
    whole = [one for one in named if one.whole]
    seen, said = {one.held.item for one in whole}, await replies_of(view, programme, whole)
    return await page(request, view, "sheet.html", about, sheet=sheet, items=held, seen=seen, said=said, kinds=KINDS)


@router.get("/desk")
@does("desk.read")
async def get_desk(request: Request, view: ViewDep) -> Response:
    """What waits for the signed-in leader, chief leader or office."""
    if view.viewer.rights.asker != "office":
        return await page(request, view, "desk.html", desk=await desk(view), days=SOON.days, now=view.now)
    return await page(request, view, "desk_office.html", **await office_context(request, view))


@router.get("/inbox")
@does("inbox.read")
async def get_inbox(request: Request, view: ViewDep) -> Response:
    """Notices delivered to whoever is signed in, below what waits for a leader's decision, an entry each."""
    waits = [] if view.viewer.rights.asker == "office" else await waiting_for(view)  # whose desk has queues of it
    waiting = waits[:ENTRIES]
    for one in waiting:
        shown_to(view, one)
    return await page(request, view, "inbox.html", notices=await notices.inbox(view), decisions=waiting, now=view.now)


@router.get("/notices/{notice}")
@does("notice.read")
async def get_notice(request: Request, view: ViewDep, notice: str) -> Response:
    """One notice: its document, to whom it went and what became of each message."""
    shown = await notices.find_notice(view, notice)
    about = view.programme(shown.now.notice.programme)
    return await page(request, view, "notice.html", about, shown=shown)


@router.get("/notices/{notice}/document")
@does("notice.read")
async def get_document(view: ViewDep, notice: str) -> Response:
    """The document alone, as it was issued; nothing in it may run."""
    document = (await notices.find_notice(view, notice)).document
    return HTMLResponse(document, headers={"Content-Security-Policy": _policy_for(document)})


@router.get("/privileged-reads")
@does("privileged_reads.list")
async def get_privileged_reads(
    request: Request, view: ViewDep, before: Annotated[int, Query(gt=0, le=2**63 - 1)] = 2**63 - 1
) -> Response:
    """Who read what only few may read, newest first, some at a time."""
    reads = await request.app.state.who.privileged_reads.latest(view.viewer.jurisdictions, before, READS_PER_PAGE)
    older = reads[-1].id if len(reads) == READS_PER_PAGE else None
    titles = {one.id: one.title for one in view.programmes}
    return await page(request, view, "privileged_reads.html", reads=reads, older=older, titles=titles)


@router.get("/submissions/{submission}")
@does("submission.read")
async def get_submission(request: Request, view: ViewDep, submission: str) -> Response:
    """A submission and its ruling, or that it is not ruled yet."""
    shown = await find_submission(view, submission)
    about = next((one for one in view.programmes if one.id == shown.programme), None)
    return await page(request, view, "submission.html", about, shown=shown)


def _policy_for(document: str) -> str:
    """The content security policy of a document that carries its own style sheet, which its digest allows."""
    digests = (hashlib.sha256(style.encode()).digest() for style in _STYLE.findall(document))
    styles = " ".join(f"'sha256-{base64.b64encode(one).decode()}'" for one in digests) or "'none'"
    return f"sandbox; default-src 'none'; style-src {styles}; img-src data:; frame-ancestors 'self'"
