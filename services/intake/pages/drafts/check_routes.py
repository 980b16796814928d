"""A draft is checked as a whole year, its versions are compared, and it is given out as a programme file."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request
from starlette.responses import Response

from programmes.programme_text import programme_text
from services.intake.pages.drafts.visit import MANAGE, visited
from services.intake.problem import IntakeProblem
from services.intake.programme_drafts.draft import open_points
from services.intake.programme_drafts.version_changes import FIELDS, PARTS, changes
from services.intake.programme_drafts.year_calendar import month_sheets
from web.gate import GuardedRoute, does

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)


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
    visit.shows_items(before, after)
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


def _number(request: Request, name: str, otherwise: int) -> int:
    given = request.query_params.get(name, "")
    return int(given) if given.isdecimal() and len(given) < 9 else otherwise
