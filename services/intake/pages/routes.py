"""The addresses of the pages: my items, an item, a form per type of submission, the receipt."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, RedirectResponse, Response

from contracts.topics import split_subject, subject_of
from services.intake.dependencies import Dependencies
from services.intake.evidence.rights import uploaders
from services.intake.pages import desk, overview
from services.intake.pages.fields import FORMS
from services.intake.pages.form_body import FormFields, submission_body
from services.intake.pages.form_page import form_page
from services.intake.pages.form_post import FormPost, read_form
from services.intake.pages.qr_code import qr_code
from services.intake.pages.renderer import FOLDER, page
from services.intake.pages.session import check_form_token, check_origin, signed_in
from services.intake.problem import IntakeProblem
from services.intake.submitting.receipts import receipt_for, ruling_on
from services.intake.submitting.receiver import Received
from services.intake.who.item import KnownItem
from services.intake.who.permission import permitted_item, rights_of, to_item
from supervision.rights import OPERATIONS, role_answer
from web.gate import GuardedRoute, does
from web.identity import Identity
from web.privileged_reads import opened_by

RULING_SECONDS: Final = 5.0
"""How long somebody who filed a form waits for its ruling; later it is a click away."""
pages_router = APIRouter(include_in_schema=False, route_class=GuardedRoute)


@pages_router.get("/")
@does("home")
async def home(request: Request) -> Response:
    """To one's items."""
    return RedirectResponse(f"{request.scope['root_path']}/items", 303)


@pages_router.get("/style.css")
@does("assets.read")
async def style() -> Response:
    """The one stylesheet."""
    return FileResponse(FOLDER / "style.css", media_type="text/css", headers={"Cache-Control": "max-age=300"})


@pages_router.get("/items")
@does("my_items.list")
async def items(request: Request) -> Response:
    """My items: what is due next, and what waits for me."""
    dependencies, identity = signed_in(request)
    dependencies.receiver.ready()
    now, roster = dependencies.clock.now(), dependencies.roster
    rights = rights_of(roster, identity)
    mine = [item for _, item in sorted(roster.items.items()) if to_item(rights, "item.read_full", item).allowed]
    if identity.unit is not None:
        return await _desk(request, dependencies, identity.unit, mine)
    rows = overview.rows(mine, rights, now)
    for row in rows:
        _open(request, row.item)
    keys = {(row.item.programme, row.item.lead_unit) for row in rows}
    names = {key: roster.unit_name(*key) for key in keys}
    publishes = role_answer("programme.publish", rights.asker).allowed
    return page(request, "items.html", rows=rows, names=names, now=now, publishes=publishes)


async def _desk(request: Request, dependencies: Dependencies, unit: str, mine: Sequence[KnownItem]) -> Response:
    """What a unit has to do, what came back to it, and how its items stand."""
    now, led = dependencies.clock.now(), [item for item in mine if item.lead_unit == unit]
    for item in mine:
        _open(request, item)
    return page(
        request,
        "desk.html",
        unit=unit,
        came_back=await dependencies.came_back.to(unit, led, now),
        errands=desk.errands(led, now),
        standings=desk.standings(mine, unit, now),
        titles={id_: known.opened.title for id_, known in dependencies.roster.programmes.items()},
    )


@pages_router.get("/items/{programme}/{item}")
@does("item.read_full")
async def item_page(request: Request, programme: str, item: str) -> Response:
    """An item: its periods and nodes, what is open, what I may submit."""
    dependencies, identity = signed_in(request)
    known, roster = _permitted(dependencies, identity, programme, item, "item.read_full"), dependencies.roster
    _open(request, known)
    pressing, others = overview.actions(known, rights_of(roster, identity), dependencies.clock.now())
    unit, leader = roster.unit_name(programme, known.lead_unit), roster.leader_label(programme, known.leader)
    now, own = dependencies.clock.now(), identity.unit == known.lead_unit
    return page(
        request,
        "item.html",
        item=known,
        pressing=pressing,
        others=others,
        unit=unit,
        leader=leader,
        now=now,
        title=roster.programmes[programme].opened.title,
        came_back=await dependencies.came_back.to(known.lead_unit, [known], now) if own else [],
        due=lambda instant: desk.due_of(known, instant, now),
    )


@pages_router.get("/items/{programme}/{item}/{name}")
@does("submit.{name}")
async def form(request: Request, programme: str, item: str, name: str) -> Response:
    """An empty form."""
    dependencies, identity = signed_in(request)
    known = _permitted(dependencies, identity, programme, item, f"submit.{name}")
    _open(request, known)
    if any(field.name == "plan" and field.kind == "pick" for field in FORMS[name]):
        for plan in known.inspections:
            opened_by(request).plan(programme, item, plan)
    empty = FormPost(FormFields([("period", request.query_params.get("period", ""))]), uuid.uuid4().hex)
    return form_page(request, dependencies, known, name, empty)


@pages_router.post("/items/{programme}/{item}/{name}")
@does("submit.{name}")
async def send(request: Request, programme: str, item: str, name: str) -> Response:
    """A form comes in: the receipt, or the form again with everything that is wrong."""
    dependencies, identity = signed_in(request)
    check_origin(request)
    known = _permitted(dependencies, identity, programme, item, f"submit.{name}")
    owners, limit = uploaders(identity), dependencies.settings.evidence_limit
    async with read_form(request, dependencies.evidence, owners, limit) as post:
        try:
            check_form_token(request, post.fields.one("csrf"))
            post.check_text()
            received = await _received(dependencies, identity, known, name, post)
        except IntakeProblem as problem:
            return form_page(request, dependencies, known, name, post, problem)
    return _receipt_page(request, dependencies, received, 202, item=known, name=name)


@pages_router.get("/receipts/{submission_id}")
@does("receipt.read")
async def receipt_page(request: Request, submission_id: str) -> Response:
    """A receipt of before, to be printed."""
    dependencies, identity = signed_in(request)
    receipt = await receipt_for(dependencies, identity, submission_id)
    programme, item = split_subject(receipt.subject)
    known = dependencies.roster.items.get((programme, item or ""))
    received = Received(receipt, await ruling_on(dependencies, submission_id))
    return _receipt_page(request, dependencies, received, 200, item=known, name="")


def _receipt_page(
    request: Request, dependencies: Dependencies, received: Received, status: int, *, item: KnownItem | None, name: str
) -> Response:
    receipt = received.receipt
    proof = dependencies.receipt_signer.signed(receipt, dependencies.settings.log)
    return page(
        request,
        "receipt.html",
        status,
        item=item,
        name=name,
        receipt=receipt,
        ruling=received.ruling,
        ruling_page=receipt.page(dependencies.position_tokens),
        proof=proof,
        code=qr_code(proof, "liangdeng receipt"),
    )


async def _received(
    dependencies: Dependencies, identity: Identity, item: KnownItem, name: str, post: FormPost
) -> Received:
    dependencies.quotas.require_evidence(identity.actor, sum(one.file.size or 0 for one in post.uploads))
    await post.store_files(dependencies.evidence, uploaders(identity))
    dependencies.quotas.use_evidence(identity.actor, sum(one.file.size or 0 for one in post.uploads))
    body = submission_body(name, post.fields, post.cited)
    wait = min(RULING_SECONDS, dependencies.settings.max_wait)
    return await dependencies.receiver.receive(identity, item.programme, item.id, body, f"form-{post.key}", wait)


def _open(request: Request, item: KnownItem) -> None:
    """Say that an item is shown."""
    opened_by(request).item(item.programme, item.id, item.opened.classification)


def _permitted(dependencies: Dependencies, identity: Identity, programme: str, item: str, operation: str) -> KnownItem:
    """The item, if this person may do `operation` about it. Raises RightDenied, IntakeProblem."""
    dependencies.receiver.ready(subject_of(programme, item))
    if OPERATIONS[operation].scope != "item":
        raise IntakeProblem("not_found")
    return permitted_item(dependencies.roster, rights_of(dependencies.roster, identity), operation, programme, item)
