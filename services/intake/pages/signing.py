"""The signing queue: what a unit prepared, with the days left; its head signs several at once, or returns."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.intake.dependencies import Dependencies
from services.intake.pages import desk
from services.intake.pages.desk import Due
from services.intake.pages.form_check import Answered, answers
from services.intake.pages.form_post import read_form
from services.intake.pages.form_routes import RULING_SECONDS
from services.intake.pages.renderer import page
from services.intake.pages.session import check_form_token, check_origin, form_token, signed_in
from services.intake.pages.shown_items import open_item
from services.intake.prepared.submissions import Prepared
from services.intake.problem import IntakeProblem, denied
from services.intake.who.item import KnownItem
from supervision.words import Language
from web.gate import GuardedRoute, does
from web.identity import Identity
from web.language import language_of
from web.rights import RightDenied

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)


@dataclass(frozen=True, slots=True)
class PreparedRow:
    """Something prepared, as the queue shows it."""

    prepared: Prepared
    item: KnownItem
    due: Due | None
    answers: Sequence[Answered]
    by: str


@dataclass(frozen=True, slots=True)
class SigningOutcome:
    """What became of one: its ruling, or why it was not done."""

    row: PreparedRow
    ruling: dict[str, Any] | None = None
    problem: IntakeProblem | None = None


async def prepared_rows(dependencies: Dependencies, identity: Identity, lang: Language = "zh") -> list[PreparedRow]:
    """What of one's unit waits or was returned, what is due first first; nothing while that cannot be read."""
    found: list[Prepared] = []
    with suppress(IntakeProblem):
        found = await dependencies.signing.open(identity)
    return _rows(dependencies, identity, found, lang)


def _rows(
    dependencies: Dependencies, identity: Identity, found: Sequence[Prepared], lang: Language
) -> list[PreparedRow]:
    now, roster = dependencies.clock.now(), dependencies.roster
    register = dependencies.directory.register if dependencies.directory is not None else None
    names = register.person_names(identity.jurisdictions) if register is not None else {}
    rows = []
    for one in found:
        item = roster.items.get((one.programme, one.item))
        if item is None or item.lead_unit != identity.unit:
            continue
        asked = [due for due in desk.errands([item], now) if due.name == one.type and due.period in ("", one.period)]
        due = asked[0].due if asked else None
        by = names[one.prepared_by].zh if one.prepared_by in names else one.prepared_by
        rows.append(PreparedRow(one, item, due, answers(item, roster, one.type, one.body["data"], lang), by))
    return sorted(rows, key=lambda row: (row.due is None, row.due.days if row.due else 0))


@router.get("/signing")
@does("submission.sign")
async def queue(request: Request) -> Response:
    """What waits; with `?all=1` everything is chosen."""
    dependencies, identity = signed_in(request)
    dependencies.receiver.ready()
    return await _queue(request, dependencies, identity)


@router.post("/signing")
@does("submission.sign")
async def decide(request: Request) -> Response:
    """The chosen ones are signed, or returned with a reason, or taken back."""
    dependencies, identity = signed_in(request)
    check_origin(request)
    dependencies.receiver.ready()
    async with read_form(request, dependencies.evidence, (), 0) as post:
        try:
            check_form_token(request, post.fields.one("csrf"))
            post.check_text()
            chosen, act, reason = set(post.fields.all("chosen")), post.fields.one("act"), post.fields.one("reason")
            found = [one for one in await dependencies.signing.open(identity) if str(one.id) in chosen]
            if not found:
                raise IntakeProblem("invalid", "请至少选择一件", "choose at least one")
            if act == "return" and not reason:
                raise IntakeProblem("invalid", "退回须写明理由", "returning needs a reason")
            if len(reason) > 1000:
                raise IntakeProblem("invalid", "理由至多 1000 字", "a reason has at most 1,000 characters")
            rows = _rows(dependencies, identity, found, language_of(request))
            outcomes = [await _decided(dependencies, identity, row, act, reason) for row in rows]
        except IntakeProblem as problem:
            return await _queue(request, dependencies, identity, problem, set(post.fields.all("chosen")))
    return page(request, "signed.html", 202, outcomes=outcomes, act=act)


async def _decided(
    dependencies: Dependencies, identity: Identity, row: PreparedRow, act: str, reason: str
) -> SigningOutcome:
    signing, one = dependencies.signing, row.prepared
    try:
        if act == "sign":
            wait = min(RULING_SECONDS, dependencies.settings.max_wait)
            return SigningOutcome(row, (await signing.sign(identity, one, wait)).ruling)
        done = await (signing.send_back(identity, one, reason) if act == "return" else signing.take_back(identity, one))
        return SigningOutcome(row, problem=None if done else IntakeProblem("prepared_changed"))
    except RightDenied as error:
        return SigningOutcome(row, problem=denied(error))
    except IntakeProblem as problem:
        return SigningOutcome(row, problem=problem)


async def _queue(
    request: Request,
    dependencies: Dependencies,
    identity: Identity,
    problem: IntakeProblem | None = None,
    chosen: set[str] | None = None,
) -> Response:
    rows = _rows(dependencies, identity, await dependencies.signing.open(identity), language_of(request))
    for row in rows:
        open_item(request, row.item)
    every = {str(row.prepared.id) for row in rows} if request.query_params.get("all") == "1" else set()
    return page(
        request,
        "signing.html",
        problem.status if problem else 200,
        waiting=[row for row in rows if row.prepared.state == "waiting"],
        returned=[row for row in rows if row.prepared.state == "returned"],
        signs=dependencies.heads.sign(identity),
        chosen=chosen or every,
        problem=problem,
        csrf=form_token(request),
    )
