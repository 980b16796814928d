"""An error as a page."""

from __future__ import annotations

import psycopg
from fastapi import Request
from fastapi.responses import HTMLResponse
from psycopg_pool import PoolTimeout

from services.query.answers.programme import notes_of, programme_from
from services.query.read_model.snapshot import snapshot
from services.query.web.pages.renderer import rendered
from web.problem import HttpProblem


async def problem_page(request: Request, problem: HttpProblem) -> HTMLResponse:
    """An error as a page; it says which data is simulated as far as the read model can be asked."""
    notes: list[str] = []
    if problem.code != "unavailable":
        await request.app.state.who.visitors.glance(request)
        try:
            async with snapshot(request.app.state.reader) as seen:
                notes = notes_of([programme_from(row) for row in await seen.programmes()])
        except (psycopg.Error, PoolTimeout):
            notes = []
    context = {"problem": problem, "viewer": None, "about": None, "as_of": ""}
    answer = rendered(request, "problem.html", context, names={}, notes=notes, position="", status=problem.status)
    answer.headers.update({k: v for k, v in problem.headers.items() if k.lower() != "www-authenticate"})
    return answer
