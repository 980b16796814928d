"""An error as a page."""

from __future__ import annotations

import psycopg
from fastapi import Request
from fastapi.responses import HTMLResponse
from psycopg_pool import PoolTimeout

from services.query.answers.programme import ProgrammeAnswer, notes_of
from services.query.web.pages.renderer import rendered
from web.problem import HttpProblem
from web.visitor import known_visitor


async def problem_page(request: Request, problem: HttpProblem) -> HTMLResponse:
    """An error as a page; it says which of the viewer's data is simulated as far as the read model can be asked."""
    own: list[ProgrammeAnswer] = []
    if problem.code != "unavailable":
        await request.app.state.who.visitors.glance(request)
        try:
            own = await request.app.state.request_views.own_programmes(known_visitor(request).identity)
        except (psycopg.Error, PoolTimeout):
            own = []
    known = own if known_visitor(request).identity else []
    names = {id_: name for one in known for id_, name in one.names.items()}
    context = {"problem": problem, "viewer": None, "about": None, "as_of": ""}
    answer = rendered(
        request, "problem.html", context, names=names, notes=notes_of(own), position="", status=problem.status
    )
    answer.headers.update({k: v for k, v in problem.headers.items() if k.lower() != "www-authenticate"})
    return answer
