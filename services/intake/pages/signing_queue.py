"""The signing queue: what a unit prepared, with the days left; its head signs several at once, or returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.intake.dependencies import Dependencies
from services.intake.pages.form_post import posted
from services.intake.pages.next_errand import next_errand
from services.intake.pages.prepared_rows import PreparedRow, rows_of
from services.intake.pages.renderer import page
from services.intake.pages.row_outcomes import done, together
from services.intake.pages.session import form_token, signed_in
from services.intake.pages.shown_items import open_item
from services.intake.problem import IntakeProblem
from web.gate import GuardedRoute, does
from web.identity import Identity
from web.language import language_of

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)


@dataclass(frozen=True, slots=True)
class SigningOutcome:
    """What became of one: its ruling, or why it was not done."""

    row: PreparedRow
    ruling: dict[str, Any] | None = None
    problem: IntakeProblem | None = None


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
    dependencies.receiver.ready()
    async with posted(request, dependencies) as post:
        try:
            post.check(request)
            chosen, act, reason = set(post.fields.all("chosen")), post.fields.one("act"), post.fields.one("reason")
            found = [one for one in await dependencies.sign_off.open(identity) if str(one.id) in chosen]
            if not found:
                none = IntakeProblem("invalid", "请至少选择一件", "choose at least one")
                raise IntakeProblem("prepared_changed") if chosen else none
            if act == "return" and not reason:
                raise IntakeProblem("invalid", "退回须写明理由", "returning needs a reason")
            if len(reason) > 1000:
                raise IntakeProblem("invalid", "理由至多 1000 字", "a reason has at most 1,000 characters")
            rows = rows_of(dependencies, identity, found, language_of(request))

            async def decided(row: PreparedRow, left: float) -> SigningOutcome:
                return await _decided(dependencies, identity, row, act, reason, left)

            outcomes = await together(dependencies, rows, lambda row: (row.item.programme, row.item.id), decided)
        except IntakeProblem as problem:
            return await _queue(request, dependencies, identity, problem, set(post.fields.all("chosen")))
    following = await next_errand(request, dependencies, identity)
    gone = len(chosen) - len(found)
    return page(request, "signed.html", 202, outcomes=outcomes, act=act, gone=gone, following=following)


async def _decided(
    dependencies: Dependencies, identity: Identity, row: PreparedRow, act: str, reason: str, left: float
) -> SigningOutcome:
    sign_off, one = dependencies.sign_off, row.prepared
    if act == "sign":
        came = await done(sign_off.sign(identity, one, left))
        return (
            SigningOutcome(row, problem=came) if isinstance(came, IntakeProblem) else SigningOutcome(row, came.ruling)
        )
    moved = await done(
        sign_off.send_back(identity, one, reason) if act == "return" else sign_off.take_back(identity, one)
    )
    changed = moved if isinstance(moved, IntakeProblem) else None if moved else IntakeProblem("prepared_changed")
    return SigningOutcome(row, problem=changed)


async def _queue(
    request: Request,
    dependencies: Dependencies,
    identity: Identity,
    problem: IntakeProblem | None = None,
    chosen: set[str] | None = None,
) -> Response:
    rows = rows_of(dependencies, identity, await dependencies.sign_off.open(identity), language_of(request))
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
