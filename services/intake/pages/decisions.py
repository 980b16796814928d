"""Several plans, adjustments or extensions decided on one page: a submission each, a result each."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterable
from typing import Any, Final, Literal, NamedTuple

from fastapi import APIRouter, Request
from starlette.responses import Response

from contracts.position_vector import LastOffsets
from contracts.topics import SUBMISSIONS
from services.intake.dependencies import Dependencies
from services.intake.pages.decision_rows import MOST, TOGETHER, decision_rows
from services.intake.pages.form_body import FormFields
from services.intake.pages.form_post import FormPost, read_form
from services.intake.pages.renderer import page
from services.intake.pages.session import check_form_token, check_origin, form_token, signed_in
from services.intake.problem import IntakeProblem, denied
from services.intake.submitting.receiver import Received
from services.intake.who.decisions import pending
from services.intake.who.item import KnownItem
from services.intake.who.permission import rights_of, to_item
from supervision.awaited import ERRANDS
from supervision.light_sentences import period_word
from web.gate import GuardedRoute, does
from web.identity import Identity
from web.language import language_of
from web.privileged_reads import opened_by
from web.rights import RightDenied

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)
_AT_ONCE: Final = 16
_SECONDS: Final = 10.0
"""How long the rulings of all rows are waited for; one that comes later is found by its receipt."""


State = Literal["decided", "refused", "waiting", "left_out", "problem"]


class RowOutcome(NamedTuple):
    """What became of a row: `left_out` where it changed or was decided meanwhile."""

    item: KnownItem | None
    name: str
    state: State
    received: Received | None = None
    problem: IntakeProblem | None = None


class _Chosen(NamedTuple):
    """A ticked row as the form names it."""

    programme: str
    item: str
    name: str
    of: str


@router.get("/decisions")
@does("decisions.send")
async def decisions(request: Request) -> Response:
    """What waits for whoever is signed in; `?all=1` with every row ticked."""
    dependencies, identity = signed_in(request)
    dependencies.receiver.ready()
    return _page(
        request,
        dependencies,
        identity,
        _act(request.query_params.get("act", "")),
        FormPost(FormFields([]), uuid.uuid4().hex),
    )


@router.post("/decisions")
@does("decisions.send")
async def decide(request: Request) -> Response:
    """Each ticked row becomes a submission of its own; what changed meanwhile is left out, and said so."""
    dependencies, identity = signed_in(request)
    check_origin(request)
    dependencies.receiver.ready()
    async with read_form(request, dependencies.evidence, (), 0) as post:
        act = _act(post.fields.one("act"))
        try:
            check_form_token(request, post.fields.one("csrf"))
            post.check_text()
            chosen = _chosen(post)
        except IntakeProblem as problem:
            return _page(request, dependencies, identity, act, post, problem)
    open_now = {row.value for row in decision_rows(dependencies, identity, act)}
    turn, loop = asyncio.Semaphore(_AT_ONCE), asyncio.get_running_loop()
    until = loop.time() + _SECONDS

    async def outcome(value: str, one: _Chosen) -> RowOutcome:
        body, key = _body(act, one, post), f"form-{post.key}-{one.of}"
        async with turn:
            left = max(0.0, until - loop.time()) if value in open_now else None
            return await _decided(dependencies, identity, one, body, key, left)

    outcomes = await asyncio.gather(*(outcome(value, one) for value, one in chosen.items()))
    _open(request, (one.item for one in outcomes))
    left = len(decision_rows(dependencies, identity, act))
    return page(
        request,
        "decided.html",
        200,
        act=act,
        errands=ERRANDS,
        outcomes=outcomes,
        left=left,
        yes=post.fields.one("yes") != "",
        after=_position(dependencies, outcomes),
    )


def _position(dependencies: Dependencies, outcomes: Iterable[RowOutcome]) -> str:
    """Behind which position the desk no longer shows what was decided."""
    last: dict[tuple[str, int], int] = {}
    for one in outcomes:
        if one.received is not None:
            place = SUBMISSIONS, one.received.receipt.partition
            last[place] = max(last.get(place, 0), one.received.receipt.offset)
    return dependencies.position_tokens.seal(LastOffsets(last)) if last else ""


async def _decided(
    dependencies: Dependencies, identity: Identity, one: _Chosen, body: dict[str, Any], key: str, left: float | None
) -> RowOutcome:
    """What becomes of one row, its ruling waited for `left` seconds; None: it does not wait any more.

    The item is named only to whom it is shown: a row may name any.
    """
    receiver, item = dependencies.receiver, dependencies.roster.items.get((one.programme, one.item))
    about = one.programme, one.item or None
    if item is not None and not to_item(rights_of(dependencies.roster, identity), "item.read_full", item).allowed:
        item = None
    try:
        if left is not None:
            received = await receiver.receive(identity, *about, body, key, left)
        elif (before := await receiver.sent_before(identity, *about, body, key)) is not None:
            received = before
        else:
            return RowOutcome(item, one.name, "left_out")
    except RightDenied as error:
        return RowOutcome(item, one.name, "problem", problem=denied(error))
    except IntakeProblem as problem:
        return RowOutcome(item, one.name, "problem", problem=problem)
    verdict = received.ruling["verdict"] if received.ruling else "waiting"
    state: State = "waiting" if verdict == "waiting" else "refused" if verdict == "rejected" else "decided"
    return RowOutcome(item, one.name, state, received)


def _body(act: str, one: _Chosen, post: FormPost) -> dict[str, Any]:
    names, yes, no = TOGETHER[act]
    reason = post.fields.one("reason")
    data = {"of": one.of}
    if yes:
        data["decision"] = yes if post.fields.one("yes") else no
    if names:
        data[names] = one.name
    if reason:
        data["reason"] = reason
    return {"type": act, "data": data}


def _chosen(post: FormPost) -> dict[str, _Chosen]:
    """The ticked rows by their values. Raises IntakeProblem: none is ticked, or what is returned has no reason."""
    ticked = {value: _Chosen(*parts) for value in post.fields.all("row") if len(parts := value.split("|")) == 4}
    if not ticked:
        raise IntakeProblem("invalid", "请至少勾选一件", "tick one at least")
    if not post.fields.one("yes") and not post.fields.one("reason"):
        raise IntakeProblem("invalid", "退回或不同意时，请写明理由", "say why it is returned or refused")
    return dict(list(ticked.items())[:MOST])


def _act(asked: str) -> str:
    return asked if asked in TOGETHER else "plan.decided"


def _page(
    request: Request,
    dependencies: Dependencies,
    identity: Identity,
    act: str,
    post: FormPost,
    problem: IntakeProblem | None = None,
) -> Response:
    waiting = [one.awaited.act for one in pending(dependencies.roster, rights_of(dependencies.roster, identity))]
    rows = decision_rows(dependencies, identity, act)
    _open(request, (row.item for row in rows))
    return page(
        request,
        "decisions.html",
        problem.status if problem else 200,
        act=act,
        errands=ERRANDS,
        counts={name: waiting.count(name) for name in TOGETHER},
        rows=rows,
        ticked={row.value for row in rows} if request.query_params.get("all") else set(post.fields.all("row")),
        reason=post.fields.one("reason"),
        problem=problem,
        period_of=lambda id_: period_word(id_)[language_of(request) == "en"],
        key=post.key,
        csrf=form_token(request),
        now=dependencies.clock.now(),
    )


def _open(request: Request, items: Iterable[KnownItem | None]) -> None:
    """Say that these items are shown."""
    for item in filter(None, items):
        opened_by(request).item(item.programme, item.id, item.opened.classification)
