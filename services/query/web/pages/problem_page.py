"""An error as a page."""

from __future__ import annotations

import psycopg
from fastapi import Request
from fastapi.responses import HTMLResponse
from psycopg_pool import PoolTimeout

from contracts.topics import jurisdiction_of
from services.query.answers.programme import ProgrammeAnswer, notes_of, programme_from
from services.query.read_model.snapshot import snapshot
from services.query.web.pages.renderer import rendered
from web.problem import HttpProblem
from web.rights import Rights
from web.visitor import known_visitor


async def problem_page(request: Request, problem: HttpProblem) -> HTMLResponse:
    """An error as a page; it says which of the viewer's data is simulated as far as the read model can be asked."""
    own: list[ProgrammeAnswer] = []
    if problem.code != "unavailable":
        await request.app.state.who.visitors.glance(request)
        try:
            async with snapshot(request.app.state.reader) as seen:
                rows = await seen.programmes()
            rights = Rights(known_visitor(request).identity, {jurisdiction_of(row.programme) for row in rows})
            own = [programme_from(row) for row in rows if rights.to("programme.read", row.programme).allowed]
        except (psycopg.Error, PoolTimeout):
            own = []
    names = {id_: name for one in own for id_, name in one.names.items()}
    context = {"problem": problem, "viewer": None, "about": None, "as_of": ""}
    answer = rendered(
        request, "problem.html", context, names=names, notes=notes_of(own), position="", status=problem.status
    )
    answer.headers.update({k: v for k, v in problem.headers.items() if k.lower() != "www-authenticate"})
    return answer
