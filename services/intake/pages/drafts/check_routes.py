"""A draft is checked as a whole year, its versions are compared, and it is published once its summary is confirmed."""

from __future__ import annotations

import asyncio
from hashlib import sha256

from fastapi import APIRouter, Request
from starlette.responses import Response

from programmes.programme import ProgrammeFile
from programmes.programme_text import programme_text
from services.intake.pages.drafts.visit import MANAGE, DraftVisit, posted, version_in, visited
from services.intake.problem import IntakeProblem, invalid
from services.intake.programme_drafts.draft import open_points
from services.intake.programme_drafts.version_changes import FIELDS, PARTS, changes
from services.intake.programme_drafts.year_calendar import due_days, month_sheets
from services.intake.submitting.receipt import Receipt
from services.intake.who.permission import require_own, rights_of
from web.gate import GuardedRoute, does
from web.rights import RightDenied

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)
_RULED_SECONDS = 8.0
_PERHAPS_ON_THE_LOG = ("partly_published", "unknown_outcome")


@router.get("/drafts/{programme}/year")
@does(MANAGE)
async def year(request: Request, programme: str) -> Response:
    """What would be due when, month by month, and what is wrong."""
    visit = await visited(request, programme)
    content = visit.kept.content
    return visit.page("draft_year.html", months=month_sheets(content), open_points=open_points(content))


@router.get("/drafts/{programme}/compare")
@does(MANAGE)
async def compare(request: Request, programme: str) -> Response:
    """Two versions, the one before the latest and the latest where none are named."""
    visit = await visited(request, programme)
    drafts = visit.dependencies.drafts
    versions = await drafts.versions(programme)
    latest = visit.kept.version
    first, second = (
        _number(request, name, otherwise) for name, otherwise in (("from", max(latest - 1, 1)), ("to", latest))
    )
    before, after = await drafts.version(programme, first), await drafts.version(programme, second)
    if before is None or after is None:
        raise IntakeProblem("not_found")
    visit.shows_items()
    return visit.page(
        "draft_compare.html",
        changes=changes(before, after),
        versions=versions,
        first=first,
        second=second,
        words_of={**{str(part): word for part, word in PARTS.items()}, **FIELDS},
    )


@router.get("/drafts/{programme}/programme.yaml")
@does(MANAGE)
async def programme_file(request: Request, programme: str) -> Response:
    """The draft as a programme file: for the operator, whose directory takes its units and leaders from it."""
    visit = await visited(request, programme)
    visit.shows_items()
    text = await asyncio.to_thread(programme_text, visit.kept.content)
    named = {"Content-Disposition": f'attachment; filename="{programme}.yaml"'}
    return Response(text.encode(), media_type="application/yaml", headers=named)


@router.get("/drafts/{programme}/publish")
@does(MANAGE)
async def summary(request: Request, programme: str) -> Response:
    """What would be published, to be confirmed."""
    visit = await visited(request, programme)
    return visit.onward("/published") if not _missing(visit) else _summary(visit)


@router.post("/drafts/{programme}/publish")
@does(MANAGE)
async def publish(request: Request, programme: str) -> Response:
    """Through the publisher, as a file that is posted; sent twice it is one publication."""
    visit = await visited(request, programme)
    dependencies, identity, kept = visit.dependencies, visit.identity, visit.kept
    async with posted(request, dependencies) as post:
        try:
            if kept.published is None and version_in(post) != kept.version:
                raise IntakeProblem("draft_changed")
            if post.fields.one("confirmed") != "yes":
                raise IntakeProblem("invalid", "请先勾选确认", "tick the box to confirm")
            require_own(rights_of(dependencies.roster, identity), "programme.publish", programme)
            complete, key = await _complete(visit)
            # Before the first append: what breaks off is sent again as it is, and nobody changes it meanwhile.
            await dependencies.drafts.publish(programme, kept.version)
            try:
                await dependencies.publisher.publish(identity, complete, key)
            except (IntakeProblem, RightDenied) as refused:
                if not (isinstance(refused, IntakeProblem) and refused.code in _PERHAPS_ON_THE_LOG):
                    await dependencies.drafts.reopen(programme)
                raise
        except IntakeProblem as problem:
            return _summary(visit, problem)
    return visit.onward("/published")


@router.get("/drafts/{programme}/published")
@does(MANAGE)
async def published(request: Request, programme: str) -> Response:
    """How far the rulings on a publication have come; waits some seconds for all of them."""
    visit = await visited(request, programme)
    if visit.kept.published is None:
        return visit.onward()
    deadline = asyncio.get_running_loop().time() + _RULED_SECONDS
    while _missing(visit) and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110 - the fold tells nobody
        await asyncio.sleep(0.2)
    known = visit.dependencies.roster.programmes.get(programme)
    receipt = await _first_receipt(visit, known.causeid) if known else None
    ruling = receipt.page(visit.dependencies.position_tokens) if receipt else ""
    return visit.page("draft_published.html", missing=_missing(visit), known=known, receipt=receipt, ruling=ruling)


def _missing(visit: DraftVisit) -> int:
    """How many items of a draft no ruling has opened yet; all of them before it is published."""
    items, known = visit.kept.content.items, visit.dependencies.roster.items
    if visit.kept.published is None:
        return len(items) or 1
    return sum((visit.kept.programme, item.id) not in known for item in items)


async def _first_receipt(visit: DraftVisit, submission_id: str) -> Receipt | None:
    found = await visit.dependencies.used_keys.named(submission_id)
    return found[1] if found else None


async def _complete(visit: DraftVisit) -> tuple[ProgrammeFile, str]:
    """The programme as its reader reads the draft's text, and the key that this text alone has.

    Raises IntakeProblem `invalid`, Busy.
    """
    content = visit.kept.content
    if faults := open_points(content):
        raise invalid(*faults)
    text = (await asyncio.to_thread(programme_text, content)).encode()
    reader = visit.dependencies.programme_reader
    programme = await reader.read(text, json=False, simulated=content.simulated)
    return programme, f"draft-{sha256(text).hexdigest()}"


def _summary(visit: DraftVisit, problem: IntakeProblem | None = None) -> Response:
    content, directory = visit.kept.content, visit.directory()
    known = {one.id for one in directory.units} | {one.id for one in directory.leaders}
    return visit.page(
        "draft_publish.html",
        problem,
        open_points=open_points(content),
        due=due_days(content) if content.items else [],
        to_send=_missing(visit) > 0,
        absent=[one.name for one in content.units if one.kind != "office" and one.id not in known]
        + [one.label for one in content.leaders if one.id not in known],
    )


def _number(request: Request, name: str, otherwise: int) -> int:
    given = request.query_params.get(name, "")
    return int(given) if given.isdecimal() and len(given) < 9 else otherwise
