"""A ledger goes into a draft, previewed and then confirmed, and comes out of it; the template for a new one."""

from __future__ import annotations

import asyncio
from hashlib import sha256
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from exact.workbook import UnreadableWorkbook
from programmes.ledger.writing import template, write_ledger
from services.intake.pages.drafts.visit import MANAGE, DraftVisit, visited
from services.intake.pages.form_post import FormPost, posted
from services.intake.pages.session import signed_in
from services.intake.problem import IntakeProblem
from services.intake.programme_drafts.ledger_import import LedgerPreview, preview_of, unreadable
from services.intake.programme_drafts.store import Proposal
from services.intake.programme_drafts.version_changes import FIELDS
from web.download import workbook
from web.gate import GuardedRoute, does
from web.request_limits import account_of

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)
SHOWN: Final = 200
"""Problems, and items that change, that a preview lists; of the others it says how many there are."""
_SAID: Final[dict[str, Any]] = {"shown": SHOWN, "field_words": FIELDS}


@router.get("/drafts/ledger-template.xlsx")
@does(MANAGE)
async def empty_ledger(request: Request) -> Response:
    """The ledger to fill in."""
    signed_in(request)
    return workbook("ledger-template.xlsx", await asyncio.to_thread(template))


@router.get("/drafts/{programme}/ledger.xlsx")
@does(MANAGE)
async def ledger(request: Request, programme: str) -> Response:
    """The draft as a ledger that can be imported again."""
    visit = await visited(request, programme)
    visit.shows_items()
    content = await asyncio.to_thread(write_ledger, visit.kept.content)
    return workbook(f"ledger-{programme}.xlsx", content)


@router.get("/drafts/{programme}/import")
@does(MANAGE)
async def choose(request: Request, programme: str) -> Response:
    """Where a ledger is chosen."""
    return (await visited(request, programme, changing=True)).page("draft_import.html", preview=None, **_SAID)


@router.post("/drafts/{programme}/import")
@does(MANAGE)
async def import_ledger(request: Request, programme: str) -> Response:
    """What the ledger would change, with every problem at its cell; or, confirmed, the draft with it."""
    visit = await visited(request, programme, changing=True)
    async with posted(request, visit.dependencies, limit=visit.dependencies.settings.programme_limit) as post:
        try:
            post.check(request)
            if post.fields.one("act") == "confirm":
                return await _confirmed(visit, post)
            preview = await _previewed(visit, post)
        except IntakeProblem as problem:
            return visit.page("draft_import.html", problem, preview=None, **_SAID)
    visit.shows_items()
    return visit.page("draft_import.html", preview=preview, **_SAID)


async def _previewed(visit: DraftVisit, post: FormPost) -> LedgerPreview:
    """The preview, kept until it is confirmed. Raises RateReached, Busy, IntakeProblem."""
    if not post.uploads:
        raise IntakeProblem("invalid", "请选择台账文件", "choose the file of a ledger")
    content, reader = await post.uploads[0].file.read(), visit.dependencies.workbook_reader
    digest = sha256(content).hexdigest()
    try:
        sheets = await reader.sheets(content, account_of(visit.identity))
    except UnreadableWorkbook as error:
        return unreadable(digest, error.why)
    preview = await asyncio.to_thread(preview_of, digest, sheets, visit.kept.content, visit.directory())
    if preview.content is not None:
        proposal = Proposal(ledger=preview.ledger, content=preview.content, upon=visit.kept.version)
        await visit.dependencies.drafts.propose(visit.kept.programme, proposal)
    return preview


async def _confirmed(visit: DraftVisit, post: FormPost) -> Response:
    """What was previewed last, unless the draft or the preview is another one by now."""
    proposal = visit.kept.proposal
    if proposal is None or (post.fields.one("ledger"), proposal.upon) != (proposal.ledger, visit.kept.version):
        raise IntakeProblem("draft_changed")
    await visit.save(proposal.content, post, "imported")
    return visit.onward()
