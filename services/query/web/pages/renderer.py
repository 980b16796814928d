"""How a page is made: language, names, words and links for the templates, and the headers of the answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlencode

import jinja2
from fastapi import Request
from fastapi.responses import HTMLResponse

from contracts.topics import jurisdiction_of
from directory.register import Register
from services.query.answers.desk import waiting_for
from services.query.answers.programme import ProgrammeAnswer, notes_of
from services.query.answers.request_view import RequestView
from services.query.answers.signatures import to_sign
from services.query.web.api import POSITION_HEADER
from services.query.web.pages.speech import Speech
from supervision import words
from supervision.awaited import ERRANDS
from supervision.light_sentences import plain
from supervision.refusal_advice import ADVICE
from supervision.refusal_words import REASONS
from supervision.words import Language, Word, say
from web.addresses import here_of, path_of
from web.assets import Assets
from web.header import TEMPLATES, Header, in_other_language
from web.identity import Identity
from web.language import language_of, marked, remember_language
from web.problem import HttpProblem
from web.visitor import kept_by, known_visitor

_HERE: Final = Path(__file__).parent
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'",
    "Referrer-Policy": "same-origin",
    "Vary": "Cookie, Accept-Language",
}

_SCRIPTED: Final = frozenset({"heat_map.html", "wall.html", "submission.html"})
"""Pages with scripts of the project's own, which move the keyboard's place inside a row, or show the page anew; they do
without."""
_NOT_KEPT: Final = ("min_position", "timeout", "lang")
"""Of a page's query: what a link to the same page does without."""

static = Assets(directory=_HERE / "static")
_environment = jinja2.Environment(
    loader=jinja2.FileSystemLoader([_HERE / "templates", TEMPLATES]),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters["plain"] = plain
_environment.filters["segment"] = lambda text: quote(str(text), safe="")


def _codes(language: Language) -> Mapping[str, object]:
    return {
        "words": words,
        "REASONS": REASONS,
        "ERRANDS": ERRANDS,
        "ADVICE": ADVICE,
        "NOTES": {name: say(words.NOTE, name, language) for name in words.NOTE},
    }


async def page(
    request: Request,
    view: RequestView,
    template: str,
    about: ProgrammeAnswer | None = None,
    listed: Sequence[ProgrammeAnswer] = (),
    **context: object,
) -> HTMLResponse:
    """A page of one request; `about` is the programme it is about, if it is about one, `listed` are those it lists."""
    shown = _shown(view, about, listed)
    waiting = len(await waiting_for(view)) if view.viewer.rights.identity else 0
    unsigned = await to_sign(view, request.app.state.register()) if view.viewer.rights.identity else 0
    people = _people(request, [one.id for one in shown]) if view.viewer.rights.identity else {}
    answer = rendered(
        request,
        template,
        {
            **context,
            "about": about,
            "viewer": view.viewer,
            "as_of": view.snapshot.as_of.text,
            "people": people,
            "waiting_for_me": waiting,
            "to_sign": unsigned,
        },
        names={id_: name for one in shown for id_, name in one.names.items()},
        notes=notes_of(shown),
        position=view.snapshot.position,
    )
    view.sealed(answer)
    return answer


def _shown(
    view: RequestView, about: ProgrammeAnswer | None, listed: Sequence[ProgrammeAnswer]
) -> Sequence[ProgrammeAnswer]:
    """The programmes whose data a page shows, by whose names it speaks: one's own, to the public those listed."""
    if about is not None:
        return [about]
    return listed if view.viewer.unknown else view.programmes


def _people(request: Request, programmes: Iterable[str]) -> Mapping[str, Word]:
    """Who is who in the jurisdictions of these programmes, as the directory's copy says."""
    register: Register = request.app.state.register()
    return register.person_names({jurisdiction_of(one) for one in programmes})


def rendered(
    request: Request,
    template: str,
    context: Mapping[str, object],
    *,
    names: Mapping[str, str],
    notes: Sequence[str],
    position: str,
    status: int = 200,
) -> HTMLResponse:
    """A page from its template; `context` names what the header asks for: `about`, `viewer`, `as_of`."""
    language = language_of(request)
    html = _environment.get_template(template).render(
        **_codes(language),
        **context,
        s=Speech(language, names),
        language=language,
        header=_header(request, context, names, notes),
        keep=_kept(request),
        with_=lambda **changes: _with(request, **changes),
        query=request.query_params,
        path=path_of(request),
        position=position,
        shown_page=template.removesuffix(".html"),
        intake=request.app.state.settings.intake_root_path,
    )
    response = HTMLResponse(
        marked(html, language), status, {**_HEADERS, "Cache-Control": kept_by(known_visitor(request).identity)}
    )
    if template in _SCRIPTED:
        response.headers["Content-Security-Policy"] += "; connect-src 'self'; script-src 'self'"
    if position:
        response.headers[POSITION_HEADER] = position
    remember_language(request, response)
    return response


def page_asked(request: Request) -> int:
    """Which part of a long list is asked for (`?page=`), from 1."""
    asked = request.query_params.get("page", "1")
    return max(1, int(asked)) if asked.isascii() and asked.isdecimal() and len(asked) < 6 else 1


def _kept(request: Request) -> str:
    """What a link to another page keeps of this one's query: the time or position looked at."""
    as_of = request.query_params.get("as_of")
    return f"?{urlencode({'as_of': as_of})}" if as_of else ""


def _with(request: Request, **changes: str | None) -> str:
    """This page's address with some of its query changed."""
    params = {k: v for k, v in request.query_params.items() if k not in _NOT_KEPT}
    params = {k: v for k, v in {**params, **changes}.items() if v is not None}
    return f"{path_of(request)}?{urlencode(params)}" if params else path_of(request)


def _header(request: Request, context: Mapping[str, object], names: Mapping[str, str], notes: Sequence[str]) -> Header:
    """The header of a page; `context` says which programme it is about and what did not work."""
    settings, problem, about = request.app.state.settings, context.get("problem"), context["about"]
    identity = known_visitor(request).identity
    unavailable = isinstance(problem, HttpProblem) and problem.code == "unavailable"
    return Header(
        language=language_of(request),
        here=here_of(request),
        other_language=in_other_language(request, *_NOT_KEPT),
        intake=settings.intake_root_path,
        people_sign_in=bool(settings.origin),
        identity=identity,
        recognised=identity is not None or not unavailable,
        unit_name=_own_unit(request, identity, names),
        person_name=_own_name(request, identity),
        waiting=number if isinstance(number := context.get("waiting_for_me"), int) else 0,
        to_sign=number if isinstance(number := context.get("to_sign"), int) else 0,
        programme=about.id if isinstance(about, ProgrammeAnswer) else "",
        keep=_kept(request),
        notes=[words.NOTE[one] for one in notes],
    )


def _own_unit(request: Request, identity: Identity | None, names: Mapping[str, str]) -> str:
    """The name of somebody's unit, by the programme that the page is about, else by the directory's copy."""
    if identity is None or identity.unit is None:
        return ""
    register: Register = request.app.state.register()
    known = (register.units.get((where, identity.unit)) for where in identity.jurisdictions)
    return names.get(identity.unit) or next((one.name for one in known if one is not None), "")


def _own_name(request: Request, identity: Identity | None) -> str:
    if identity is None:
        return ""
    register: Register = request.app.state.register()
    names = register.person_names(identity.jurisdictions)
    return names[identity.id].zh if identity.id in names else ""
