"""Several plans, adjustments or extensions decided on one page: a submission each, a result each."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any, NamedTuple

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.intake.dependencies import Dependencies
from services.intake.pages.decision_rows import MOST, TOGETHER, decision_rows
from services.intake.pages.form_body import FormFields
from services.intake.pages.form_post import FormPost, posted
from services.intake.pages.renderer import page
from services.intake.pages.row_outcomes import SentRow, outcomes_of, position_after
from services.intake.pages.session import form_token, signed_in
from services.intake.problem import IntakeProblem
from services.intake.who.decisions import pending
from services.intake.who.item import KnownItem
from services.intake.who.permission import rights_of
from supervision.awaited import ERRANDS
from supervision.light_sentences import period_word
from web.gate import GuardedRoute, does
from web.identity import Identity
from web.language import language_of
from web.privileged_reads import opened_by

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)


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
    dependencies.receiver.ready()
    async with posted(request, dependencies) as post:
        act = _act(post.fields.one("act"))
        try:
            post.check(request)
            chosen = _chosen(post)
        except IntakeProblem as problem:
            return _page(request, dependencies, identity, act, post, problem)
    open_now = {row.value for row in decision_rows(dependencies, identity, act)}
    rows = [
        SentRow(
            one.programme, one.item, one.name, _body(act, one, post), f"form-{post.key}-{one.of}", value in open_now
        )
        for value, one in chosen.items()
    ]
    outcomes = await outcomes_of(dependencies, identity, rows)
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
        after=position_after(dependencies, outcomes),
    )


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
