"""The addresses for opening accounts for many: a user name for each, and their passwords on one page, once."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from directory import plain_text
from directory.persons import Person
from directory.plain_text import Unfit
from services.query.web.people.desk import PeopleVisit, desk_of
from services.query.web.people.forms import PeopleForm, read_form
from services.query.web.people.pages import people_page
from supervision.words import Word
from web.gate import GuardedRoute, does

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)
AT_ONCE: Final = 30
"""The provider takes a moment for each, and somebody waits for the page."""
_PREFIX: Final = "username:"


@router.get("/people/accounts")
@does("people.reset")
async def get_accounts(request: Request) -> Response:
    """Who of the units has no account yet; the part of a mail address before the @ is proposed as a user name."""
    async with desk_of(request).visit(request, "people.reset") as visit:
        waiting = _waiting(visit)
        proposed = {_PREFIX + one.id: _proposal(one) for one in waiting}
        return _page(visit, waiting, PeopleForm(proposed))


@router.post("/people/accounts")
@does("people.reset")
async def post_accounts(request: Request) -> Response:
    """Open an account for everybody who was given a user name, where nothing is wrong with any of them."""
    async with desk_of(request).visit(request, "people.reset") as visit, read_form(request) as (form, _):
        visit.check_form(form.one("form_token"))
        waiting = _waiting(visit)
        wanted = [(one, form.checked(_PREFIX + one.id, plain_text.username)) for one in waiting if _named(form, one)]
        names = [name for _, name in wanted]
        for person, name in wanted:
            if name and names.count(name) > 1:
                form.fault(_PREFIX + person.id, "这个登录名写了两次", "this user name is there twice")
        if form.faults or not wanted:
            return _page(visit, waiting, form, status=422)
        opened = []
        for person, name in wanted:
            done = await visit.desk.administration.open_account(person, name)
            opened.append(await visit.finish("account_opened", done))
        left = len(waiting) + _rest(visit) - sum(one.trouble is None for one in opened)
        return people_page(visit, "people_accounts_issued.html", opened=opened, left=left)


def _rest(visit: PeopleVisit) -> int:
    return max(len(_without(visit)) - AT_ONCE, 0)


def _without(visit: PeopleVisit) -> list[Person]:
    there = visit.register.of(visit.where)
    return [one for one in there if one.active and one.account is None and visit.may("people.reset", one)]


def _waiting(visit: PeopleVisit) -> list[Person]:
    return _without(visit)[:AT_ONCE] if visit.desk.administration.has_accounts else []


def _named(form: PeopleForm, person: Person) -> bool:
    return bool(form.one(_PREFIX + person.id).strip())


def _proposal(person: Person) -> str:
    try:
        return plain_text.username(person.channels.get("mail", "").partition("@")[0])
    except Unfit:
        return ""


def _page(visit: PeopleVisit, waiting: list[Person], form: PeopleForm, status: int = 200) -> HTMLResponse:
    nothing = (
        Word("请至少填写一个登录名", "fill in one user name at least") if status != 200 and not form.faults else None
    )
    return people_page(
        visit, "people_accounts.html", waiting=waiting, more=_rest(visit), form=form, nothing=nothing, status=status
    )
