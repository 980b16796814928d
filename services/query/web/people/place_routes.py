"""The addresses for units and leaders' posts of the directory: the list, and adding one."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from contracts.values import Leader, Unit
from directory import plain_text
from programmes.ledger.names import new_leader, new_unit, similar
from programmes.ledger.persons import is_person
from services.query.web.people.desk import PeopleVisit, desk_of
from services.query.web.people.forms import PeopleForm, read_form
from services.query.web.people.pages import KINDS, address_of, people_page
from supervision.words import Word
from web.gate import GuardedRoute, does
from web.visitor import request_id

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)
_ADDED: Final = Word("已增补", "added")
_THERE: Final = ("目录中已有这个名称或编号", "the directory has this name or code already")


@router.get("/people/units")
@does("people.list")
async def get_places(request: Request) -> Response:
    """All units and posts, with how many people each has."""
    async with desk_of(request).visit(request, "people.list") as visit:
        return _page(visit, PeopleForm({}))


@router.post("/people/units")
@does("units.add")
async def post_place(request: Request) -> Response:
    """Add one: a name that is nearly another's is asked about once."""
    async with desk_of(request).visit(request, "units.add") as visit, read_form(request) as (form, _):
        visit.check_form(form.one("form_token"))
        unit, leader = (None, _leader(visit, form)) if form.one("what") == "leader" else (_unit(visit, form), None)
        if not form.faults:
            units, leaders = await visit.desk.store.extend(
                visit.where,
                visit.register.jurisdictions.get(visit.where, visit.where),
                [unit] if unit else [],
                [leader] if leader else [],
            )
            if added := [*units, *leaders]:
                asked = request_id(request)
                visit.desk.who.security.tell(
                    "directory_extended", request_id=asked, who=visit.identity, about=added[0], outcome="done"
                )
                return RedirectResponse(address_of(visit, "/people/units", done="added"), 303)
            form.fault("name", *_THERE)  # somebody else was faster
        return _page(visit, form)


def _unit(visit: PeopleVisit, form: PeopleForm) -> Unit | None:
    there = {id_: one.name for (where, id_), one in visit.register.units.items() if where == visit.where}
    name, code = _named(form, there)
    kind = form.one("kind")
    if kind and kind not in KINDS:
        form.fault("kind", "请选择类型", "choose a kind")
    if form.faults:
        return None
    try:
        made = new_unit(name)
    except ValidationError:
        form.fault("name", "名称过长", "the name is too long")
        return None
    return Unit(id=code or made.id, name=name, kind=kind or made.kind)


def _leader(visit: PeopleVisit, form: PeopleForm) -> Leader | None:
    there = {id_: one.label for (where, id_), one in visit.register.leaders.items() if where == visit.where}
    label, code = _named(form, there)
    if label and is_person(label):
        form.fault("name", "写职务，不写姓名；是谁由运维人员授予", "name the office: the operator says who holds it")
    if form.faults:
        return None
    try:
        return Leader(id=code or new_leader(label).id, label=label)
    except ValidationError:
        form.fault("name", "名称过长", "the name is too long")
        return None


def _named(form: PeopleForm, there: dict[str, str]) -> tuple[str, str]:
    """The name and the code, empty where it is to be made of the name."""
    name = form.checked("name", plain_text.label)
    code = form.checked("code", plain_text.identifier) if form.one("code") else ""
    if name in there.values():
        form.fault("name", *_THERE)
    if code in there:
        form.fault("code", f"编号已用于“{there[code]}”", f"the code is that of {there[code]}")
    near = similar(name, there.values())
    if near and not form.faults and form.one("same") != "yes":
        form.fault("same", f"与“{near}”相近，确为另一个请勾选", f"nearly {near}: tick if it is another one")
    return name, code


def _page(visit: PeopleVisit, form: PeopleForm) -> Response:
    persons = visit.register.by_reference
    units = [one for (where, _), one in sorted(visit.register.units.items()) if where == visit.where]
    posts = [one for (where, _), one in sorted(visit.register.leaders.items()) if where == visit.where]
    return people_page(
        visit,
        "people_units.html",
        status=422 if form.faults else 200,
        form=form,
        all_units=[(one, len(persons.get((visit.where, f"unit:{one.id}"), ()))) for one in units],
        posts=[(one, persons.get((visit.where, f"leader:{one.id}"), ())) for one in posts],
        done=_ADDED if visit.request.query_params.get("done") == "added" else None,
    )
