"""How a page is made: language, names, words and links for the templates, and the headers of the answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlencode

import jinja2
from fastapi import Request
from fastapi.responses import HTMLResponse

from contracts.rulings import Compared
from contracts.topics import jurisdiction_of
from contracts.values import Target
from directory.register import Register
from services.query.answers import event_sentences as sentences
from services.query.answers.access import REASSESSMENT
from services.query.answers.desk import waiting_for
from services.query.answers.programme import ProgrammeAnswer, notes_of, programmes
from services.query.answers.request_view import RequestView
from services.query.answers.submission import EventAnswer
from services.query.answers.timeline import EffectLink
from services.query.read_model.as_of import LOCAL
from services.query.web.api import POSITION_HEADER
from supervision import words
from supervision.awaited import ERRANDS
from supervision.light_sentences import period_word, plain
from supervision.refusal_advice import ADVICE
from supervision.refusal_words import REASONS
from supervision.rule_words import rule_name, rule_word
from supervision.words import Language, Word, Words, say
from web.addresses import here_of, path_of
from web.assets import Assets
from web.header import TEMPLATES, Header, in_other_language
from web.identity import Identity
from web.language import language_of, remember_language
from web.problem import HttpProblem
from web.visitor import kept_by, known_visitor

_HERE: Final = Path(__file__).parent
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'",
    "Referrer-Policy": "same-origin",
    "Vary": "Cookie, Accept-Language",
}

_SCRIPTED: Final = frozenset({"heat_map.html", "wall.html"})
"""Pages with a script of the project's own, which moves the keyboard's place inside a row; they do without it."""
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


class Speech:
    """What templates say things with, in one language."""

    def __init__(self, language: Language, names: Mapping[str, str]) -> None:
        self.language = language
        self.names = names

    def t(self, chinese: str, english: str) -> str:
        """A text of the page itself."""
        return chinese if self.language == "zh" else english

    def w(self, table: Words, code: str | None) -> str:
        """The word of a code."""
        return say(table, code, self.language) if code else ""

    def period(self, period: str) -> str:
        """A period as people say it."""
        return self.sentence(period_word(period))

    def day(self, due_at: str | datetime | None) -> str:
        """The last day of a limit."""
        return sentences.last_day(due_at, self.language)

    def principal(self, reference: str) -> str:
        """A leader or the chief leader, in whose place somebody acts."""
        return sentences.who_name(reference, self.names, self.language)

    def when(self, instant: datetime | str | None) -> str:
        """An instant in local time, to the minute."""
        if instant is None:
            return ""
        moment = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
        return moment.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M")

    def cause(self, level: str, cause: str) -> str:
        """A cause of an escalation of this level."""
        return sentences.cause_name(level, cause, self.language)

    def act(self, type_: str) -> str:
        """What somebody did; `reassessment` stands for what the public is not told."""
        if type_ == REASSESSMENT:
            return self.t("重新认定", "assessed anew")
        return self.w(words.SUBMISSIONS, type_)

    def event(self, event: EventAnswer | EffectLink) -> str:
        """What an event says."""
        return sentences.event_sentence(event.type, event.data, self.names, self.language)

    def sentence(self, word: Word) -> str:
        """A sentence that was made in both languages."""
        return word.zh if self.language == "zh" else word.en

    def comparison(self, values: Compared) -> str:
        """A target beside its measured value."""
        return sentences.comparison(values, self.language)

    def goal(self, target: Target) -> str:
        """A target of a node."""
        return sentences.goal(target)

    def rule(self, rule: str, light: str = "") -> str:
        """The paragraph of the rulebook that was applied; with the light that it gave, in words."""
        return self.sentence(rule_word(rule, light) if light else rule_name(rule))

    def who(self, reference: str | None) -> str:
        """A unit, a leader or a role by its name."""
        kind, _, id_ = (reference or "").partition(":")
        if id_:
            return self.names.get(id_, id_)
        if kind == "government":
            return self.t("区政府", "district government")
        return self.names.get(kind) or self.w(words.ROLES, kind)


def _codes(language: Language) -> Mapping[str, object]:
    return {
        "words": words,
        "REASONS": REASONS,
        "ERRANDS": ERRANDS,
        "ADVICE": ADVICE,
        "NOTES": {name: say(words.NOTE, name, language) for name in words.NOTE},
    }


async def page(
    request: Request, view: RequestView, template: str, about: ProgrammeAnswer | None = None, **context: object
) -> HTMLResponse:
    """A page of one request; `about` is the programme it is about, if it is about one."""
    shown = [about] if about else await programmes(view)
    waiting = len(await waiting_for(view)) if view.viewer.rights.identity else 0
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
        },
        names={id_: name for one in shown for id_, name in one.names.items()},
        notes=notes_of(shown),
        position=view.snapshot.position,
    )
    view.sealed(answer)
    return answer


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
    notes: list[str],
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
        header=_header(request, context, names),
        keep=_kept(request),
        with_=lambda **changes: _with(request, **changes),
        query=request.query_params,
        path=path_of(request),
        notes=notes,
        position=position,
        intake=request.app.state.settings.intake_root_path,
    )
    response = HTMLResponse(html, status, {**_HEADERS, "Cache-Control": kept_by(known_visitor(request).identity)})
    if template in _SCRIPTED:
        response.headers["Content-Security-Policy"] += "; script-src 'self'"
    if position:
        response.headers[POSITION_HEADER] = position
    remember_language(request, response)
    return response


def _kept(request: Request) -> str:
    """What a link to another page keeps of this one's query: the time or position looked at."""
    as_of = request.query_params.get("as_of")
    return f"?{urlencode({'as_of': as_of})}" if as_of else ""


def _with(request: Request, **changes: str | None) -> str:
    """This page's address with some of its query changed."""
    params = {k: v for k, v in request.query_params.items() if k not in _NOT_KEPT}
    params = {k: v for k, v in {**params, **changes}.items() if v is not None}
    return f"{path_of(request)}?{urlencode(params)}" if params else path_of(request)


def _header(request: Request, context: Mapping[str, object], names: Mapping[str, str]) -> Header:
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
        programme=about.id if isinstance(about, ProgrammeAnswer) else "",
        keep=_kept(request),
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
