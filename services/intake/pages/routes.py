"""The pages' doors: my items, an item, a form per type of submission, the receipt."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import orjson
from fastapi import APIRouter, Request
from starlette.responses import FileResponse, RedirectResponse, Response

from contracts.topics import MAX_SUBMISSION_BYTES
from exact.faults import Fault
from services.intake.dependencies import desk_of
from services.intake.pages import overview
from services.intake.pages.choices import picks
from services.intake.pages.fields import FORMS
from services.intake.pages.form_body import Posted, data_of
from services.intake.pages.form_post import Cited, kept_before, kept_text, read_form, store_files
from services.intake.pages.rendering import FOLDER, page
from services.intake.pages.session import check_form_token, check_origin, form_token, language_of, signed_in
from services.intake.problem import IntakeProblem
from services.intake.submitting.body import exact_object, too_large
from services.intake.who.item import Item
from services.intake.who.rights import check_item
from web.tokens import Identity

pages_router = APIRouter(include_in_schema=False)
_FORM_ROOM = 1024 * 1024


@pages_router.get("/")
async def home() -> Response:
    """To one's items."""
    return RedirectResponse("/items", 303)


@pages_router.get("/style.css")
async def style() -> Response:
    """The one stylesheet."""
    return FileResponse(FOLDER / "style.css", media_type="text/css", headers={"Cache-Control": "max-age=300"})


@pages_router.get("/items")
async def items(request: Request) -> Response:
    """My items: what is due next, and what waits for me."""
    identity, desk = signed_in(request), desk_of(request)
    desk.receiver.ready()
    now = desk.clock.now()
    rows = [overview.row(item, identity, now) for item in desk.roster.items_of(identity)]
    rows.sort(key=lambda row: (not row.waiting, row.next_due is None, row.next_due.due_at if row.next_due else now))
    names = {(row.item.programme, row.item.lead_unit): _unit(request, row.item) for row in rows}
    return page(request, "items.html", identity, rows=rows, names=names, now=now)


@pages_router.get("/items/{programme}/{item}")
async def item_page(request: Request, programme: str, item: str) -> Response:
    """An item: its periods and nodes, what is open, what I may submit."""
    identity, desk = signed_in(request), desk_of(request)
    known = _concerned(request, identity, programme, item)
    pressing, others = overview.actions(known, identity)
    return page(
        request,
        "item.html",
        identity,
        item=known,
        unit=_unit(request, known),
        leader=desk.roster.leader_label(programme, known.leader),
        pressing=pressing,
        others=others,
        now=desk.clock.now(),
    )


@pages_router.get("/items/{programme}/{item}/{name}")
async def form(request: Request, programme: str, item: str, name: str) -> Response:
    """An empty form."""
    identity = signed_in(request)
    known = _may(request, identity, programme, item, name)
    start = Posted([("period", request.query_params.get("period", ""))])
    return _form(request, identity, known, name, start, key=uuid.uuid4().hex)


@pages_router.post("/items/{programme}/{item}/{name}")
async def send(request: Request, programme: str, item: str, name: str) -> Response:
    """A form comes in: the receipt, or the form again with everything that is wrong."""
    check_origin(request)
    identity, desk = signed_in(request), desk_of(request)
    known = _may(request, identity, programme, item, name)
    posted, files = await read_form(request, desk.settings.evidence_limit + _FORM_ROOM)
    cited: list[Cited] = kept_before(posted, desk.evidence)
    key = posted.one("key")[:100] or uuid.uuid4().hex
    try:
        check_form_token(request, posted.one("csrf"))
        cited += await store_files(files, desk.evidence)
        body = _exact({"type": name, "data": data_of(name, posted, cited)})
        receipt = await desk.receiver.receive(identity, programme, item, body, f"form-{key}")
    except IntakeProblem as problem:
        return _form(request, identity, known, name, posted, key=key, cited=cited, problem=problem)
    finally:
        for upload in files:
            await upload.file.close()
    location = receipt.page(desk.settings.query_url)
    return page(request, "receipt.html", identity, 202, item=known, name=name, receipt=receipt, location=location)


def _concerned(request: Request, identity: Identity, programme: str, item: str) -> Item:
    desk = desk_of(request)
    desk.receiver.ready()
    known = desk.roster.item(programme, item)
    if known is None or not known.concerns(identity):
        raise IntakeProblem("not_found")
    return known


def _may(request: Request, identity: Identity, programme: str, item: str, name: str) -> Item:
    if name not in FORMS:
        raise IntakeProblem("not_found")
    desk_of(request).receiver.ready()
    return check_item(desk_of(request).roster, identity, programme, item, name)


def _exact(body: dict[str, Any]) -> dict[str, Any]:
    """The same checks that a program's body undergoes."""
    text = orjson.dumps(body)
    if len(text) > MAX_SUBMISSION_BYTES:
        raise too_large(MAX_SUBMISSION_BYTES)
    return exact_object(text)


def _form(
    request: Request,
    identity: Identity,
    item: Item,
    name: str,
    posted: Posted,
    *,
    key: str,
    cited: Sequence[Cited] = (),
    problem: IntakeProblem | None = None,
) -> Response:
    desk, lang = desk_of(request), language_of(request)
    period = posted.one("period") or overview.current_period(item, desk.clock.now())
    faults: dict[str, list[Fault]] = {}
    for fault in problem.faults if problem else ():
        faults.setdefault(str(fault.loc[1]) if len(fault.loc) > 1 else "", []).append(fault)
    fields = FORMS[name]
    choices = {f.name: picks(name, f.name, item, desk.roster, lang) for f in fields if f.kind in ("pick", "people")}
    return page(
        request,
        "form.html",
        identity,
        problem.status if problem else 200,
        item=item,
        name=name,
        unit=_unit(request, item),
        fields=fields,
        posted=posted,
        period=period,
        choices=choices,
        faults=faults,
        problem=problem,
        kept=[(one, kept_text(one)) for one in cited],
        key=key,
        csrf=form_token(request),
        made_id=f"{name.partition('.')[0]}-{key[:8]}",
    )


def _unit(request: Request, item: Item) -> str:
    return desk_of(request).roster.unit_name(item.programme, item.lead_unit)
