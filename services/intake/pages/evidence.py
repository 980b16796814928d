"""The page of a file of evidence: its pages as pictures, what it is, and the way to download it."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from contracts.topics import split_subject
from services.intake.evidence.media_types import KINDS
from services.intake.evidence.opening import SAFE_HEADERS, on_record, opened_evidence
from services.intake.evidence.previews import Size
from services.intake.pages.renderer import page
from services.intake.pages.session import signed_in
from services.intake.problem import IntakeProblem
from web.gate import GuardedRoute, does

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)
AT_ONCE: Final = 10
"""Pages shown on one page."""
_MOST_PAGES: Final = 100_000


@router.get("/evidence/{sha256}")
@does("evidence.read")
async def evidence_page(request: Request, sha256: str) -> Response:
    """A file's pages, ten at a time from `?from=`."""
    dependencies, identity = signed_in(request)
    opened = await opened_evidence(dependencies, identity, "evidence.read", sha256)
    programme, item = split_subject(opened.subject)
    pages, why = 0, None
    if opened.file.kind in KINDS and KINDS[opened.file.kind].pictured:
        try:
            pages = (await dependencies.previews.picture(opened.file, 1, "small")).pages
        except IntakeProblem as problem:
            why = problem
    first = min(_number(request.query_params.get("from", "1")), max(pages, 1))
    return page(
        request,
        "evidence.html",
        opened=opened,
        programme=programme,
        item_id=item,
        pages=pages,
        why=why,
        first=first,
        shown=range(first, min(first + AT_ONCE, pages + 1)),
        at_once=AT_ONCE,
    )


@router.get("/evidence/{sha256}/pages/{number}")
@does("evidence.read")
async def evidence_picture(request: Request, sha256: str, number: str) -> Response:
    """One page as a picture: `?size=small` or `large`."""
    dependencies, identity = signed_in(request)
    opened = await opened_evidence(dependencies, identity, "evidence.read", sha256)
    size: Size = "large" if request.query_params.get("size") == "large" else "small"
    on_record(request, opened)
    picture = await dependencies.previews.picture(opened.file, _number(number), size)
    return Response(picture.content, media_type="image/jpeg", headers=SAFE_HEADERS)


def _number(text: str) -> int:
    """A page's number. Raises IntakeProblem `not_found`."""
    if not (text.isascii() and text.isdecimal() and len(text) < 7 and 1 <= int(text) <= _MOST_PAGES):
        raise IntakeProblem("not_found")
    return int(text)
