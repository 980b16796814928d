"""The list of drafts, a new one, one draft with what is left to do, and its removal."""

from __future__ import annotations

import asyncio
import re
from typing import Final

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from contracts.policy import Policy
from exact.faults import Fault, faults_of
from programmes.ledger.draft import next_year, year_of
from services.intake.dependencies import Dependencies
from services.intake.pages.drafts.visit import MANAGE, by_field, visited
from services.intake.pages.form_body import FormFields
from services.intake.pages.form_post import posted
from services.intake.pages.renderer import page
from services.intake.pages.session import form_token, signed_in
from services.intake.problem import IntakeProblem, invalid
from services.intake.programme_drafts.draft import (
    ProgrammeDraft,
    announced_calendar,
    draft_of_file,
    empty_draft,
    open_points,
)
from services.intake.programme_drafts.holidays import NotAnnounced
from services.intake.programme_drafts.policies import policies_in
from services.intake.programme_drafts.published import published_programme
from services.intake.who.permission import require_own, rights_of
from supervision.workdays import local, offset_of
from web.gate import GuardedRoute, does
from web.identity import Identity

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)
_CODE: Final = re.compile(r"[0-9]{6}")
_ZONE: Final = offset_of("+08:00")
START: Final = "template"
"""The policy that a new draft begins with, where nothing else is chosen."""


@router.get("/drafts")
@does(MANAGE)
async def drafts(request: Request) -> Response:
    """The drafts of one's jurisdictions."""
    dependencies, identity = signed_in(request)
    dependencies.receiver.ready()
    rights = rights_of(dependencies.roster, identity)
    listed = await dependencies.drafts.listed(_jurisdictions(dependencies, identity))
    kept = [one for one in listed if rights.to(MANAGE, one.programme).allowed]
    opened = {id_: one.opened for id_, one in sorted(dependencies.roster.programmes.items())}
    published = {id_: one for id_, one in opened.items() if rights.to("programme.extend", id_).allowed}
    return page(request, "drafts.html", kept=kept, published=published)


@router.get("/drafts/new")
@does(MANAGE)
async def new_draft(request: Request) -> Response:
    """What a new draft is made of."""
    dependencies, identity = signed_in(request)
    dependencies.receiver.ready()
    codes = _jurisdictions(dependencies, identity)
    code = codes[0] if codes else ""
    values = {
        "jurisdiction": code,
        "name": _name(dependencies, code),
        "year": str(local(dependencies.clock.now(), _ZONE).year + 1),
        "policy": START,
        "made_from": "ledger",
    }
    return await _new_page(request, values)


@router.post("/drafts/new")
@does(MANAGE)
async def make_draft(request: Request) -> Response:
    """The draft, empty or of last year's programme."""
    dependencies, identity = signed_in(request)
    dependencies.receiver.ready()
    async with posted(request, dependencies) as post:
        given = post.fields
        try:
            post.check(request)
            made = await _made(dependencies, identity, given)
            made_from = "next" if given.one("made_from") == "next" else "created"
            await dependencies.drafts.create(made, identity.id, made_from)  # type: ignore[arg-type]
        except IntakeProblem as problem:
            values = {name: given.one(name) for name in ("jurisdiction", "name", "year", "policy", "made_from")}
            return await _new_page(request, values, problem)
    onward = "/import" if given.one("made_from") == "ledger" else ""
    return RedirectResponse(f"{request.scope['root_path']}/drafts/{made.programme}{onward}", 303)


@router.get("/drafts/{programme}")
@does(MANAGE)
async def draft(request: Request, programme: str) -> Response:
    """A draft: what is in it, and what is left to do."""
    visit = await visited(request, programme)
    versions = await visit.dependencies.drafts.versions(programme)
    return visit.page("draft.html", open_points=open_points(visit.kept.content), versions=versions)


@router.get("/drafts/{programme}/remove")
@does(MANAGE)
async def removal(request: Request, programme: str) -> Response:
    """Asks once more."""
    return (await visited(request, programme)).page("draft_remove.html")


@router.post("/drafts/{programme}/remove")
@does(MANAGE)
async def remove(request: Request, programme: str) -> Response:
    """The draft is forgotten; what was published stays on the log."""
    visit = await visited(request, programme)
    async with posted(request, visit.dependencies) as post:
        post.check(request)
        await visit.dependencies.drafts.remove(programme)
    return RedirectResponse(f"{request.scope['root_path']}/drafts", 303)


async def _made(dependencies: Dependencies, identity: Identity, given: FormFields) -> ProgrammeDraft:
    """The new draft. Raises IntakeProblem `invalid`, RightDenied."""
    code, year = given.one("jurisdiction"), given.one("year")
    if not _CODE.fullmatch(code):
        raise invalid(Fault(("jurisdiction",), "six_digits", "应为六位行政区划代码", "must be the six digits"))
    require_own(rights_of(dependencies.roster, identity), MANAGE, f"{code}-{year}")
    if not re.fullmatch(r"20[0-9]{2}", year):
        raise invalid(Fault(("year",), "year", "应为年份，如 2027", "must be a year such as 2027"))
    today = local(dependencies.clock.now(), _ZONE).date()
    try:
        if given.one("made_from") == "next":
            made = await _of_last_year(dependencies, code, int(year))
        else:
            policy = await _policy(dependencies, given.one("policy"))
            made = empty_draft(code, given.one("name"), int(year), policy, today)
    except NotAnnounced as error:
        raise invalid(Fault(("year",), "not_announced", error.zh, str(error))) from None
    except ValidationError as error:
        raise invalid(*(Fault(("name",), one.rule, one.zh, one.en) for one in faults_of(error))) from None
    # Beside a driven clock there is nothing real: what is made here could not be published otherwise.
    return made.model_copy(update={"simulated": made.simulated or bool(dependencies.settings.clock)})


async def _of_last_year(dependencies: Dependencies, code: str, year: int) -> ProgrammeDraft:
    """Next year's draft, of the draft of the year before, else of what is on the log."""
    before = f"{code}-{year - 1}"
    kept = await dependencies.drafts.find(before)
    source = kept.content if kept and kept.content.items else published_programme(dependencies.roster, before)
    if source is None or year_of(source) != year - 1:
        said = f"没有上一年的方案 {before}", f"there is no programme {before}"
        raise invalid(Fault(("made_from",), "no_programme", *said))
    today = local(dependencies.clock.now(), _ZONE).date()
    return draft_of_file(next_year(source, announced_calendar(year), today))


async def _policy(dependencies: Dependencies, named: str) -> Policy:
    found = (await asyncio.to_thread(policies_in, dependencies.settings.library)).get(named)
    if found is None:
        raise invalid(Fault(("policy",), "unknown_policy", "请选择政策", "choose a policy"))
    return found


async def _new_page(request: Request, values: dict[str, str], problem: IntakeProblem | None = None) -> Response:
    dependencies, _ = signed_in(request)
    policies = await asyncio.to_thread(policies_in, dependencies.settings.library)
    return page(
        request,
        "draft_new.html",
        problem.status if problem else 200,
        values=values,
        policy_choices=[(name, one.ref) for name, one in policies.items()],
        problem=problem,
        faults=by_field(problem.faults if problem else ()),
        csrf=form_token(request),
    )


def _jurisdictions(dependencies: Dependencies, identity: Identity) -> list[str]:
    return sorted(identity.jurisdictions or dependencies.roster.jurisdictions)


def _name(dependencies: Dependencies, code: str) -> str:
    """What a jurisdiction is called, by its programmes or by the directory."""
    for programme, known in dependencies.roster.programmes.items():
        if programme.startswith(code) and code:
            return known.opened.jurisdiction
    register = dependencies.directory.register if dependencies.directory else None
    return register.jurisdictions.get(code, "") if register else ""
