"""The addresses of the pages about people: the list, a person, and what is done to one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from directory import plain_text
from directory.administration import Done
from directory.persons import Person, new_id
from services.query.answers.problem import QueryProblem
from services.query.web.people.desk import PeopleVisit, desk_of
from services.query.web.people.forms import PeopleForm, absence_from, filled, person_from, read_form
from services.query.web.people.pages import address_of, people_page
from services.query.web.people.rights import PeopleOperation
from supervision.words import Word
from web.gate import GuardedRoute, does

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)
Act = Callable[[PeopleVisit, PeopleForm], Awaitable[Done | None]]
"""None where the form is shown again, with what is wrong in it."""
_DONE: Final[Mapping[str, Word]] = {
    "added": Word("已添加", "added"),
    "changed": Word("已保存", "saved"),
    "disabled": Word("已停用", "disabled"),
    "enabled": Word("已恢复", "back on duty"),
    "away": Word("离岗已登记", "the absence is entered"),
    "back": Word("离岗已撤销", "the absence is taken back"),
    "handed_over": Word("工作已移交", "the work is handed over"),
    "erased": Word("个人信息已删除", "the person was erased"),
    "imported": Word("名单已导入", "the list is imported"),
}


@router.get("/people")
@does("people.list")
async def get_people(request: Request) -> Response:
    """The people of one's jurisdiction, those that a search finds."""
    async with desk_of(request).visit(request, "people.list") as visit:
        words = request.query_params.get("q", "")[:60].strip().lower()
        found = [one for one in visit.register.of(visit.where) if not words or words in _searched(visit, one)]
        done = _DONE.get(request.query_params.get("done", ""))
        return people_page(visit, "people.html", persons=found, words_asked=words, done=done)


@router.get("/people/new")
@does("people.add")
async def get_new(request: Request) -> Response:
    """The form to add somebody."""
    async with desk_of(request).visit(request, "people.add") as visit:
        return _new(visit, PeopleForm({}))


@router.post("/people/new")
@does("people.add")
async def post_new(request: Request) -> Response:
    """Add somebody of a unit, with an account where a user name is given."""
    async with desk_of(request).visit(request, "people.add") as visit, read_form(request) as (form, _):
        visit.check_form(form.one("form_token"))
        blank = Person(id=new_id(), jurisdiction=visit.where, name="", role="unit")
        person = person_from(form, blank, visit.register)
        username = form.checked("username", plain_text.username) if form.one("username").strip() else ""
        if form.faults:
            return _new(visit, form)
        return _answer(visit, await visit.finish("person_added", await _office(visit).add(person, username)), "added")


@router.get("/people/id/{person}")
@does("people.list")
async def get_person(request: Request, person: str) -> Response:
    """Somebody, and what may be done."""
    async with desk_of(request).visit(request, "people.list", person) as visit:
        return _person(visit, PeopleForm(dict(filled(visit.named))))


@router.post("/people/id/{person}/change")
@does("people.change")
async def post_change(request: Request, person: str) -> Response:
    """What is known about somebody."""

    async def act(visit: PeopleVisit, form: PeopleForm) -> Done | None:
        before = visit.named
        after = person_from(form, before, visit.register)
        if form.faults:
            return None
        moved = (before.unit, before.head) != (after.unit, after.head)
        return await visit.finish("person_changed", await _office(visit).edit(after), signs_out=moved)

    return await _done(request, person, "people.change", act, "changed")


@router.post("/people/id/{person}/disable")
@does("people.disable")
async def post_disable(request: Request, person: str) -> Response:
    """Nobody signs in as this person any more."""

    async def act(visit: PeopleVisit, _: PeopleForm) -> Done:
        return await visit.finish("person_disabled", await _office(visit).disable(visit.named), signs_out=True)

    return await _done(request, person, "people.disable", act, "disabled")


@router.post("/people/id/{person}/enable")
@does("people.disable")
async def post_enable(request: Request, person: str) -> Response:
    """The person is back."""

    async def act(visit: PeopleVisit, _: PeopleForm) -> Done:
        return await visit.finish("person_changed", await _office(visit).enable(visit.named))

    return await _done(request, person, "people.disable", act, "enabled")


@router.post("/people/id/{person}/account")
@does("people.reset")
async def post_account(request: Request, person: str) -> Response:
    """An account, or new credentials for the one there is."""

    async def act(visit: PeopleVisit, form: PeopleForm) -> Done | None:
        if visit.named.account is not None:
            return await visit.finish("credentials_reset", await _office(visit).reset(visit.named), signs_out=True)
        username = form.checked("username", plain_text.username)
        if form.faults:
            return None
        return await visit.finish("account_opened", await _office(visit).open_account(visit.named, username))

    return await _done(request, person, "people.reset", act, "changed")


@router.post("/people/id/{person}/absence")
@does("people.change")
async def post_absence(request: Request, person: str) -> Response:
    """Days on which the person is away; the one that begins on `drop` is taken back."""

    async def act(visit: PeopleVisit, form: PeopleForm) -> Done | None:
        kept = [one for one in visit.named.absences if one.first_on.isoformat() != form.one("drop")]
        if not form.one("drop"):
            absence = absence_from(form, visit.named, visit.register)
            if absence is None:
                return None
            kept.append(absence)
        return await visit.finish("person_changed", await _office(visit).set_absences(visit.named, kept))

    return await _done(request, person, "people.change", act, "away")


@router.post("/people/id/{person}/hand-over")
@does("people.hand_over")
async def post_hand_over(request: Request, person: str) -> Response:
    """A colleague takes over, and the person is disabled."""

    async def act(visit: PeopleVisit, form: PeopleForm) -> Done | None:
        successor = visit.register.persons.get(form.one("successor"))
        if successor not in colleagues(visit):
            form.fault("successor", "请选择同单位在岗的其他人员", "choose somebody else of the unit who is on duty")
            return None
        assert successor is not None
        done = await _office(visit).hand_over(visit.named, successor, visit.register.persons.values())
        return await visit.finish("work_handed_over", done, signs_out=True)

    return await _done(request, person, "people.hand_over", act, "handed_over")


@router.post("/people/id/{person}/erase")
@does("people.disable")
async def post_erase(request: Request, person: str) -> Response:
    """Everything that says who the person is, is gone; the id stays."""

    async def act(visit: PeopleVisit, form: PeopleForm) -> Done | None:
        if form.one("sure") != "yes":
            form.fault("sure", "请先确认", "confirm it first")
            return None
        before = visit.named
        done = await visit.finish("person_erased", await _office(visit).erase(before))
        if visit.desk.who.sessions is not None:
            await visit.desk.who.sessions.end_person(before.actor, before.role, before.jurisdiction)
        return done

    return await _done(request, person, "people.disable", act, "erased")


def colleagues(visit: PeopleVisit) -> list[Person]:
    """Who could take over from the person: others of the same unit on duty."""
    there = visit.register.by_reference.get((visit.where, visit.named.reference), ())
    return [one for one in there if one.id != visit.named.id]


async def _done(request: Request, person: str, operation: PeopleOperation, act: Act, word: str) -> Response:
    """Do something to somebody, and show the person again."""
    async with desk_of(request).visit(request, operation, person) as visit, read_form(request) as (form, _):
        visit.check_form(form.one("form_token"))
        if form.one("version") != str(visit.named.version):
            raise QueryProblem("changed-meanwhile")
        done = await act(visit, form)
        return _person(visit, form) if done is None else _answer(visit, done, word)


def _answer(visit: PeopleVisit, done: Done, word: str) -> Response:
    """What came of an act: a password is shown once; otherwise the browser goes on to the person."""
    if done.issued is not None or done.trouble is not None:
        return people_page(visit, "people_issued.html", done=done, title=_DONE[word])
    if done.person.erased:
        return RedirectResponse(address_of(visit, "/people", done=word), 303)
    return RedirectResponse(address_of(visit, f"/people/id/{done.person.id}", done=word), 303)


def _new(visit: PeopleVisit, form: PeopleForm) -> HTMLResponse:
    return people_page(visit, "person_new.html", form=form, status=422 if form.faults else 200)


def _person(visit: PeopleVisit, form: PeopleForm) -> HTMLResponse:
    others = [one for one in visit.register.of(visit.where) if one.active and one.id != visit.named.id]
    context: dict[str, Any] = {
        "person": visit.named,
        "form": PeopleForm({**filled(visit.named), **form.values}, form.faults),
        "others": others,
        "colleagues": colleagues(visit) if visit.named.role == "unit" else [],
        "done": _DONE.get(visit.request.query_params.get("done", "")),
    }
    return people_page(visit, "person.html", status=422 if form.faults else 200, **context)


def _office(visit: PeopleVisit) -> Any:
    return visit.desk.administration


def _searched(visit: PeopleVisit, person: Person) -> str:
    unit = visit.register.units.get((visit.where, person.unit or ""))
    parts = (person.name, unit.name if unit else "", person.unit or "", person.id, *person.channels.values())
    return "\n".join(parts).lower()
