"""Renders a page: its template, the words of both languages, and headers that let nothing foreign into it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from contracts.rulings import ProgrammeOpened
from programmes.ledger.draft import TO_FILL_IN
from services.intake.dependencies import Dependencies
from services.intake.pages.choices import cause_text
from services.intake.pages.fields import ACTIONS, FOLLOWS
from services.intake.programme_drafts.draft import ProgrammeDraft
from services.intake.who.decisions import pending
from services.intake.who.item import KnownItem
from services.intake.who.permission import rights_of
from supervision import words
from supervision.light_sentences import day_word, period_word, plain
from supervision.policy_words import policy_word
from supervision.refusal_advice import ADVICE
from supervision.words import Language, Word, say
from supervision.workdays import last_day, local, offset_of
from web.addresses import here_of
from web.header import TEMPLATES, Header, in_other_language
from web.identity import Identity
from web.language import language_of, marked, remember_language
from web.problem import HttpProblem
from web.visitor import known_visitor

FOLDER: Final = Path(__file__).parent
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_ENVIRONMENT: Final = Environment(
    loader=FileSystemLoader([FOLDER / "templates", TEMPLATES]),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ZONE: Final = "+08:00"
_MINE: Final = Word("我的事项", "My items")
_DESK: Final = Word("工作台", "Desk")
"""Where a page leads back to: a unit to its items, everybody else to the desk."""
_SIGNS: Final = {">=": "≥", "<=": "≤"}


def page(request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """A page of this template; `context` is what the template is about."""
    dependencies: Dependencies = request.app.state.dependencies
    lang, item, root = language_of(request), context.get("item"), request.scope["root_path"]
    zone = item.assignment.zone if isinstance(item, KnownItem) else offset_of(_ZONE)
    identity = known_visitor(request).identity
    programmes = _shown_programmes(dependencies, identity, item)
    drafts = [draft] if isinstance(draft := context.get("draft"), ProgrammeDraft) else []
    mine = _MINE if identity is None or identity.unit is not None else _DESK
    text = _ENVIRONMENT.get_template(template).render(
        lang=lang,
        zh=lang == "zh",
        header=_header(request, item, context.get("problem"), [*programmes, *drafts]),
        root=root,
        mine=mine.zh if lang == "zh" else mine.en,
        words=words,
        advice=ADVICE,
        period_word=period_word,
        plain=plain,
        actions=ACTIONS,
        unfilled=TO_FILL_IN,
        follows=FOLLOWS,
        sign=lambda comparator: _SIGNS.get(comparator, comparator),
        say=lambda group, code: say(group, code, lang),
        policy_name=lambda reference: _in(policy_word(reference), lang),
        policy_options=lambda offered: [(value, _in(policy_word(reference), lang)) for value, reference in offered],
        cause=lambda level, name, text="": cause_text(level, name, lang, text),
        link=lambda path, **query: _link(root + path, query),
        day=lambda day: _day(day, lang),
        due_day=lambda instant: _day(last_day(instant, zone), lang),
        when=lambda instant: local(instant, zone).strftime("%Y-%m-%d %H:%M"),
        to_second=lambda instant: local(instant, zone).strftime("%Y-%m-%d %H:%M:%S"),
        today=local(dependencies.clock.now(), zone).strftime("%Y-%m-%d"),
        shown_page=template.removesuffix(".html"),
        **context,
    )
    answer = HTMLResponse(marked(text, lang), status, headers=HEADERS)
    remember_language(request, answer)
    return answer


def problem_page(request: Request, problem: HttpProblem) -> HTMLResponse:
    """A problem as a page; whoever must sign in finds the way there."""
    response = page(request, "problem.html", problem.status, problem=problem)
    response.headers.update({k: v for k, v in problem.headers.items() if k.lower() != "www-authenticate"})
    return response


def _header(
    request: Request, about: object, problem: HttpProblem | None, shown: Sequence[ProgrammeOpened | ProgrammeDraft]
) -> Header:
    """The header of a page, about an item where it is about one; `problem` is what did not work."""
    dependencies: Dependencies = request.app.state.dependencies
    identity, settings = known_visitor(request).identity, dependencies.settings
    programme = about.programme if isinstance(about, KnownItem) else ""
    return Header(
        language=language_of(request),
        here=here_of(request),
        other_language=in_other_language(request),
        root=request.scope["root_path"],
        intake=settings.intake_root_path,
        people_sign_in=bool(settings.origin),
        identity=identity,
        recognised=problem is None or problem.code != "sessions_unavailable",
        unit_name=_unit_name(dependencies, identity, programme),
        person_name=_person_name(dependencies, identity),
        waiting=len(pending(dependencies.roster, rights_of(dependencies.roster, identity))),
        programme=programme,
        to_sign=_to_sign(dependencies, identity),
        notes=[word for name, word in words.NOTE.items() if any(getattr(one, name) for one in shown)],
    )


def _to_sign(dependencies: Dependencies, identity: Identity | None) -> int:
    """What waits for the signature of whoever is signed in; of those who do not sign nothing does."""
    if identity is None or identity.unit is None or not dependencies.heads.sign(identity):
        return 0
    return dependencies.queue_sizes.of(identity.jurisdictions, identity.unit)


def _shown_programmes(dependencies: Dependencies, identity: Identity | None, about: object) -> list[ProgrammeOpened]:
    """The programme that a page is about; else those of the jurisdictions of whoever asks."""
    known, rights = dependencies.roster.programmes, rights_of(dependencies.roster, identity)
    if isinstance(about, KnownItem):
        return [known[about.programme].opened] if about.programme in known else []
    return [one.opened for id_, one in known.items() if identity is None or rights.owns(id_)]


def _unit_name(dependencies: Dependencies, identity: Identity | None, programme: str) -> str:
    """The name of somebody's unit, by the programme that the page is about, else by any that lists it."""
    if identity is None or identity.unit is None:
        return ""
    roster = dependencies.roster
    rights = rights_of(roster, identity)
    own = [programme] if programme else [one for one in roster.programmes if rights.owns(one)]
    names = (roster.unit_name(one, identity.unit) for one in own)
    known = dependencies.directory.register.units if dependencies.directory is not None else {}
    told = (known[where, identity.unit].name for where in identity.jurisdictions if (where, identity.unit) in known)
    return next((name for name in (*names, *told) if name != identity.unit), identity.unit)


def _person_name(dependencies: Dependencies, identity: Identity | None) -> str:
    """The name of whoever is signed in, as the directory's copy has it."""
    if identity is None or dependencies.directory is None:
        return ""
    names = dependencies.directory.register.person_names(identity.jurisdictions)
    return names[identity.id].zh if identity.id in names else ""


def _day(day: date, language: Language) -> str:
    return _in(day_word(day), language)


def _in(word: Word, language: Language) -> str:
    return word.zh if language == "zh" else word.en


def _link(path: str, query: Mapping[str, Any]) -> str:
    kept = {name: value for name, value in query.items() if value}
    return f"{quote(path)}?{urlencode(kept)}" if kept else quote(path)
