"""The addresses for lists of people: the empty form, the list as it is, the preview of one and its import."""

from __future__ import annotations

import asyncio
import base64
import binascii
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from directory.people_list.export import empty_list, export_of_units
from directory.people_list.preview import ImportPreview
from services.query.answers.problem import malformed
from services.query.web.people.desk import PeopleVisit, desk_of
from services.query.web.people.forms import MAX_UPLOAD_BYTES, read_form
from services.query.web.people.pages import address_of, people_page
from web.download import workbook
from web.gate import GuardedRoute, does
from web.request_limits import account_of

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)
_CARRIED: Final = 2 * MAX_UPLOAD_BYTES
"""The list comes back from the preview in base64, which is a third longer."""


@router.get("/people/import")
@does("people.import")
async def get_import(request: Request) -> Response:
    """Where a list is chosen."""
    async with desk_of(request).visit(request, "people.import") as visit:
        return people_page(visit, "people_import.html", preview=None, carried="")


@router.post("/people/import")
@does("people.import")
async def post_import(request: Request) -> Response:
    """What a list would change, and every problem at its cell."""
    async with (
        desk_of(request).visit(request, "people.import") as visit,
        read_form(request, MAX_UPLOAD_BYTES + 4096) as (form, file),
    ):
        visit.check_form(form.one("form_token"))
        content = await file.read() if file else b""
        return _previewed(visit, content, await _preview(visit, content))


@router.post("/people/import/apply")
@does("people.import")
async def post_apply(request: Request) -> Response:
    """Import what was previewed; where the directory has changed since, it is previewed again."""
    async with (
        desk_of(request).visit(request, "people.import") as visit,
        read_form(request, _CARRIED) as (form, _),
    ):
        visit.check_form(form.one("form_token"))
        try:
            content = base64.b64decode(form.one("carried"), validate=True)
        except (binascii.Error, ValueError):
            raise malformed("carried", "应为预览时带出的名单", "must be the list that the preview carried") from None
        preview = await _preview(visit, content)
        if preview.problems or form.one("revision") != str(preview.revision):
            return _previewed(visit, content, preview)
        before = visit.register.persons
        for done in await visit.desk.administration.import_list(preview):
            known = before.get(done.person.id)
            moved = known is not None and (known.unit, known.head, known.active) != (
                done.person.unit,
                done.person.head,
                done.person.active,
            )
            await visit.finish("person_added" if known is None else "person_changed", done, signs_out=moved)
            await asyncio.sleep(0)  # each is logged: thousands would take the loop's time in one turn
        return RedirectResponse(address_of(visit, "/people", done="imported"), 303)


@router.get("/people/form.xlsx")
@does("people.import")
async def get_form(request: Request) -> Response:
    """The empty form."""
    async with desk_of(request).visit(request, "people.import") as visit:
        return workbook("people-form.xlsx", await asyncio.to_thread(empty_list, visit.register, visit.where))


@router.get("/people/list.xlsx")
@does("people.import")
async def get_list(request: Request) -> Response:
    """The people of the units, as a list that can be changed and imported again."""
    async with desk_of(request).visit(request, "people.import") as visit:
        content = await asyncio.to_thread(export_of_units, visit.register, visit.where)
        return workbook(f"people-{visit.where}.xlsx", content)


async def _preview(visit: PeopleVisit, content: bytes) -> ImportPreview:
    asker = account_of(visit.identity)
    return await visit.desk.list_reader.preview(content, visit.register, visit.where, asker)


def _previewed(visit: PeopleVisit, content: bytes, preview: ImportPreview) -> Response:
    status = 422 if preview.problems else 200
    carried = "" if preview.problems else base64.b64encode(content).decode()
    return people_page(visit, "people_import.html", preview=preview, carried=carried, status=status)
