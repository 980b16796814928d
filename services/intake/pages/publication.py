"""The office's page for publishing a programme: its file is checked, then published whole."""

from __future__ import annotations

import uuid
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from programmes.programme import ProgrammeFile
from services.intake.pages.form_post import posted
from services.intake.pages.renderer import page
from services.intake.pages.session import form_token, signed_in
from services.intake.problem import IntakeProblem
from services.intake.submitting.receipt import Receipt
from services.intake.who.permission import require_own, rights_of
from web.gate import GuardedRoute, does

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)
SHOWN_FAULTS: Final = 100


@router.get("/publish")
@does("programme.publish")
async def publication_form(request: Request) -> Response:
    """Where the file of a programme is chosen."""
    signed_in(request)
    return _page(request, uuid.uuid4().hex)


@router.post("/publish")
@does("programme.publish")
async def publish(request: Request) -> Response:
    """The file is checked, with every fault and its line; the button that says so publishes it, too."""
    dependencies, identity = signed_in(request)
    limit = dependencies.settings.programme_limit
    programme: ProgrammeFile | None = None
    async with posted(request, dependencies, limit=limit) as post:
        try:
            post.check(request)
            if not post.uploads:
                raise IntakeProblem("invalid", "请选择督查方案文件", "choose the file of a programme")
            file = post.uploads[0].file
            json = (file.filename or "").endswith(".json")
            programme = await dependencies.programme_reader.read(await file.read(), json=json, simulated=False)
            require_own(rights_of(dependencies.roster, identity), "programme.publish", programme.programme)
            if post.fields.one("act") != "publish":
                return _page(request, post.key, programme=programme)
            receipts = await dependencies.publisher.publish(identity, programme, f"form-{post.key}")
        except IntakeProblem as problem:
            return _page(request, post.key, programme=programme, problem=problem)
    return _page(request, post.key, programme=programme, receipts=receipts)


def _page(
    request: Request,
    key: str,
    *,
    programme: ProgrammeFile | None = None,
    problem: IntakeProblem | None = None,
    receipts: list[Receipt] | None = None,
) -> Response:
    status = problem.status if problem else 202 if receipts else 200
    faults = problem.faults if problem else ()
    context = {"programme": programme, "problem": problem, "receipts": receipts, "key": key}
    more = max(len(faults) - SHOWN_FAULTS, 0)
    return page(
        request,
        "publish.html",
        status,
        **context,
        faults=faults[:SHOWN_FAULTS],
        more=more,
        csrf=form_token(request),
    )
