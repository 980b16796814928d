"""The addresses of the tables: download them filled in beforehand, look at what came back, file what is in order."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import orjson
from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from exact.workbook import UnreadableWorkbook
from services.intake.dependencies import Dependencies
from services.intake.pages.desk import to_report
from services.intake.pages.form_page import signing
from services.intake.pages.form_post import FormPost, read_form
from services.intake.pages.paper.filed_rows import filed_rows
from services.intake.pages.paper.filled_table import FilledTable
from services.intake.pages.paper.plan_table import read_plans, write_plans
from services.intake.pages.paper.report_table import read_reports, write_reports
from services.intake.pages.renderer import page
from services.intake.pages.session import check_form_token, check_origin, form_token, signed_in
from services.intake.problem import IntakeProblem
from services.intake.who.item import KnownItem
from services.intake.who.permission import rights_of, to_item
from web.download import workbook
from web.gate import GuardedRoute, does
from web.identity import Identity
from web.privileged_reads import opened_by
from web.request_limits import account_of

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)
FILL: Final = "tables.fill"
SHOWN: Final = 200
"""Problems that a page lists; of the others it says how many there are."""
_TABLE_BYTES: Final = 1024 * 1024
"""A unit's table has some ten KB."""


class _Visit(NamedTuple):
    """Somebody of a unit at the tables of a programme: the items that the unit leads, by number."""

    request: Request
    dependencies: Dependencies
    identity: Identity
    programme: str
    items: Mapping[str, KnownItem]

    @property
    def now(self) -> datetime:
        """By intake's clock."""
        return self.dependencies.clock.now()

    @property
    def to_plan(self) -> list[KnownItem]:
        """The items whose plans are not confirmed."""
        return [item for item in self.items.values() if not item.plan_confirmed]

    @property
    def to_report(self) -> list[KnownItem]:
        """The items of which a report is missing."""
        return [item for item in self.items.values() if to_report(item, self.now)]

    def page(self, problem: IntakeProblem | None = None, **context: Any) -> Response:
        """The page of the tables, with what was handed in."""
        for item in self.items.values():
            opened_by(self.request).item(item.programme, item.id, item.opened.classification)
        return page(
            self.request,
            "tables.html",
            problem.status if problem else 200,
            **{"table": None, "filed": None, "signing": None, "key": ""} | context,
            programme=self.programme,
            title=self.dependencies.roster.programmes[self.programme].opened.title,
            to_plan=len(self.to_plan),
            to_report=len(self.to_report),
            carried=_carried(context.get("table")),
            csrf=form_token(self.request),
            shown=SHOWN,
            problem=problem,
        )


@router.get("/tables")
@does(FILL)
async def first_tables(request: Request) -> Response:
    """To the tables of the newest programme in which the unit leads an item; to its items where there is none."""
    dependencies, identity = signed_in(request)
    dependencies.receiver.ready()
    issued = {
        one.programme: dependencies.roster.programmes[one.programme].opened.issued_on
        for one in _led(dependencies, identity)
    }
    where = f"/tables/{max(issued, key=issued.__getitem__)}" if issued else "/items"
    return RedirectResponse(f"{request.scope['root_path']}{where}", 303)


@router.get("/tables/{programme}")
@does(FILL)
async def tables(request: Request, programme: str) -> Response:
    """Which tables there are to fill in, and where they are handed in."""
    return _visit(request, programme).page()


@router.get("/tables/{programme}/plans.xlsx")
@does(FILL)
async def plans(request: Request, programme: str) -> Response:
    """The table of goals, for items whose plans are not confirmed."""
    visit = _visit(request, programme)
    labels = {one.id: visit.dependencies.roster.leader_label(programme, one.leader) for one in visit.to_plan}
    content = await asyncio.to_thread(write_plans, visit.to_plan, labels)
    return _download(visit, visit.to_plan, f"plans-{programme}.xlsx", content)


@router.get("/tables/{programme}/reports.xlsx")
@does(FILL)
async def reports(request: Request, programme: str) -> Response:
    """The table of what was reached, for what is to be reported now."""
    visit = _visit(request, programme)
    content = await asyncio.to_thread(write_reports, visit.to_report, visit.now)
    return _download(visit, visit.to_report, f"reports-{programme}.xlsx", content)


@router.post("/tables/{programme}")
@does(FILL)
async def hand_in(request: Request, programme: str) -> Response:
    """A table that came back: what it would file, with every problem at its cell; or, confirmed, what became of it."""
    visit = _visit(request, programme)
    check_origin(request)
    dependencies, identity = visit.dependencies, visit.identity
    async with read_form(request, dependencies.evidence, (), dependencies.settings.evidence_limit) as post:
        try:
            check_form_token(request, post.fields.one("csrf"))
            post.check_text()
            if post.fields.one("act") == "file":
                return visit.page(filed=await filed_rows(dependencies, identity, visit.items, post))
            table = await _read(visit, post)
        except IntakeProblem as problem:
            return visit.page(problem)
    signed = [one for row in table.rows if (one := signing(dependencies, identity, row.item, row.name)) is not None]
    return visit.page(table=table, signing=signed[0] if signed else None, key=post.key)


async def _read(visit: _Visit, post: FormPost) -> FilledTable:
    """Raises IntakeProblem, RateReached, Busy."""
    if not post.uploads:
        raise IntakeProblem("invalid", "请选择表格文件", "choose the file of a table")
    file = post.uploads[0].file
    if (file.size or 0) > _TABLE_BYTES:
        raise IntakeProblem("too_large", f"至多 {_TABLE_BYTES} 字节", f"at most {_TABLE_BYTES} bytes")
    try:
        sheets = await visit.dependencies.workbook_reader.sheets(await file.read(), account_of(visit.identity))
    except UnreadableWorkbook as error:
        raise IntakeProblem("invalid", f"不能读取：{error.why.zh}", f"cannot be read: {error.why.en}") from None
    if post.fields.one("table") == "plans":
        return await asyncio.to_thread(read_plans, sheets, visit.items)
    return await asyncio.to_thread(read_reports, sheets, visit.items, visit.now)


def _visit(request: Request, programme: str) -> _Visit:
    """Raises IntakeProblem `not_found` where the unit leads nothing."""
    dependencies, identity = signed_in(request)
    dependencies.receiver.ready()
    items = {item.id: item for item in _led(dependencies, identity) if item.programme == programme}
    if not items:
        raise IntakeProblem("not_found")
    return _Visit(request, dependencies, identity, programme, items)


def _led(dependencies: Dependencies, identity: Identity) -> Iterable[KnownItem]:
    """The items that somebody's unit plans and reports."""
    rights = rights_of(dependencies.roster, identity)
    known = (item for _, item in sorted(dependencies.roster.items.items()))
    return (one for one in known if not one.withdrawn and to_item(rights, "submit.plan.submitted", one).allowed)


def _carried(table: FilledTable | None) -> list[tuple[str, str]]:
    """Each row as the form carries it: its number, and what it would file."""
    rows = table.rows if table is not None else ()
    return [
        (str(number), orjson.dumps({"item": row.item.id, "type": row.name, "data": row.data}).decode())
        for number, row in enumerate(rows)
    ]


def _download(visit: _Visit, items: Sequence[KnownItem], name: str, content: bytes) -> Response:
    for item in items:
        opened_by(visit.request).item(item.programme, item.id, item.opened.classification)
    return workbook(name, content)
