"""Renders a page: its template, the words of both languages, and headers that let nothing foreign into it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from services.intake.dependencies import Dependencies
from services.intake.pages.choices import cause_text
from services.intake.pages.fields import ACTIONS
from services.intake.pages.session import language_of, sign_in_link
from services.intake.problem import IntakeProblem
from services.intake.who.item import KnownItem
from supervision import words
from supervision.words import say
from supervision.workdays import last_day, local, offset_of
from web.tokens import Identity

FOLDER: Final = Path(__file__).parent
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_ENVIRONMENT: Final = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ZONE: Final = "+08:00"
_SIGNS: Final = {">=": "≥", "<=": "≤"}


def page(request: Request, template: str, identity: Identity | None, status: int = 200, **context: Any) -> HTMLResponse:
    """A page of this template; `context` is what the template is about."""
    dependencies: Dependencies = request.app.state.dependencies
    lang, settings, item = language_of(request), dependencies.settings, context.get("item")
    zone = item.assignment.zone if isinstance(item, KnownItem) else offset_of(_ZONE)
    programmes = [known.opened for known in dependencies.roster.programmes.values()]
    text = _ENVIRONMENT.get_template(template).render(
        lang=lang,
        zh=lang == "zh",
        identity=identity,
        words=words,
        actions=ACTIONS,
        sign=lambda comparator: _SIGNS.get(comparator, comparator),
        say=lambda group, code: say(group, code, lang),
        cause=lambda level, name: cause_text(level, name, lang),
        link=lambda path, **query: _link(path, {**query, "lang": lang}),
        other_language=_link(request.scope["path"], {**request.query_params, "lang": "zh" if lang == "en" else "en"}),
        due_day=lambda instant: last_day(instant, zone).strftime("%Y-%m-%d"),
        local=lambda instant: local(instant, zone).strftime("%Y-%m-%d %H:%M:%S"),
        today=local(dependencies.clock.now(), zone).strftime("%Y-%m-%d"),
        simulated=any(programme.simulated for programme in programmes),
        derived=any(programme.derived for programme in programmes),
        query_url=settings.query_url.rstrip("/"),
        sign_in=sign_in_link(request, settings.sign_in_url),
        sign_out=f"{settings.sign_in_url.rstrip('/')}/sign-out" if settings.sign_in_url else "",
        **context,
    )
    return HTMLResponse(text, status, headers=HEADERS)


def problem_page(request: Request, problem: IntakeProblem) -> HTMLResponse:
    """A problem as a page; whoever must sign in finds the way there."""
    response = page(request, "problem.html", None, problem.status, problem=problem)
    response.headers.update({k: v for k, v in problem.headers.items() if k.lower() != "www-authenticate"})
    return response


def _link(path: str, query: Mapping[str, Any]) -> str:
    kept = {name: value for name, value in query.items() if value and not (name == "lang" and value == "zh")}
    return f"{path}?{urlencode(kept)}" if kept else path
