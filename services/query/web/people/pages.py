"""How a page about people is made."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from starlette.responses import HTMLResponse

from directory.people_list.headings import role_word
from directory.persons import WAYS, Person
from directory.register import Register
from services.query.web.pages.renderer import rendered
from services.query.web.people.desk import PeopleVisit
from services.query.web.people.forms import PeopleForm
from supervision.words import CHANNELS, Word, Words

WAY_WORDS: Final[Words] = {way: CHANNELS.get(way, Word("手机或电话", "telephone")) for way in WAYS}

KINDS: Final[Words] = {
    "department": Word("部门", "department"),
    "township": Word("镇街", "township"),
    "branch": Word("分局", "branch"),
    "office": Word("督查室（不牵头事项）", "supervision office (leads nothing)"),
}
"""Of units, as programmes have them."""


def people_page(visit: PeopleVisit, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """A page; nothing of it is kept by a browser or a proxy."""
    units = {id_: unit for (where, id_), unit in visit.register.units.items() if where == visit.where}
    names = {id_: unit.name for id_, unit in units.items()}
    leaders = {id_: one.label for (where, id_), one in visit.register.leaders.items() if where == visit.where}
    everywhere: Register = visit.request.app.state.register()
    jurisdictions = {**everywhere.jurisdictions, **visit.register.jurisdictions}
    answer = rendered(
        visit.request,
        template,
        {
            **context,
            "about": None,
            "viewer": None,
            "as_of": "",
            "visit": visit,
            "jurisdictions": jurisdictions,
            "where_name": jurisdictions.get(visit.where, visit.where),
            "units": [unit for unit in units.values() if unit.kind != "office"],
            "leaders": leaders,
            "kinds": KINDS,
            "blank": PeopleForm({}),
            "waiting_for_me": visit.waiting,
            "ways": WAYS,
            "way_words": WAY_WORDS,
            "role_word": role_word,
            "to": lambda path, **query: address_of(visit, path, **query),
            "token": visit.visitor.form_token,
            "has_accounts": visit.desk.administration.has_accounts,
            "name_of": lambda id_: _name(visit, id_),
        },
        names=names,
        notes=visit.notes,
        position="",
        status=status,
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def address_of(visit: PeopleVisit, path: str, **query: str) -> str:
    """An address of these pages, in the jurisdiction that is looked at where one has several."""
    several = {"where": visit.where} if len(visit.identity.jurisdictions) > 1 else {}
    asked = {**several, **query}
    return f"{path}?{urlencode(asked)}" if asked else path


def _name(visit: PeopleVisit, id_: str | None) -> Word:
    person: Person | None = visit.register.persons.get(id_ or "")
    return person.shown if person else Word("—", "—")
