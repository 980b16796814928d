"""The addresses of the tables: download them filled in beforehand, look at what came back, file what is in order."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Final, NamedTuple

import orjson
from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from exact.workbook import UnreadableWorkbook
from services.intake.dependencies import Dependencies
from services.intake.pages.desk import to_report
from services.intake.pages.form_page import signing
from services.intake.pages.form_post import MAX_FILES, FormPost, kept_text, name_of, posted
from services.intake.pages.ledger_goals import begun_plan, ledger_goals
from services.intake.pages.paper.filed_rows import HandedInRow, carried_rows, filed_rows
from services.intake.pages.paper.filled_table import FilledRow, FilledTable
from services.intake.pages.paper.paper_table import head_of, write_sheets
from services.intake.pages.paper.plan_table import plan_tables, read_plans
from services.intake.pages.paper.report_table import read_reports, report_tables
from services.intake.pages.paper.word_document import write_document
from services.intake.pages.renderer import page
from services.intake.pages.session import form_token, signed_in
from services.intake.problem import IntakeProblem
from services.intake.who.item import KnownItem
from services.intake.who.permission import rights_of, to_item
from web.download import word_document, workbook
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


_NOTHING: Final[Mapping[str, FilledRow]] = {}


class _Visit(NamedTuple):
    """Somebody of a unit at the tables of a programme: the items that the unit leads, by number.

    `unsigned` is what waits for the head's signature: item, type, period. It is not asked for a second time.
    """

    request: Request
    dependencies: Dependencies
    identity: Identity
    programme: str
    items: Mapping[str, KnownItem]
    unsigned: Collection[tuple[str, str, str]]

    @property
    def now(self) -> datetime:
        """By intake's clock."""
        return self.dependencies.clock.now()

    @property
    def to_plan(self) -> list[KnownItem]:
        """The items whose plans are not confirmed."""
        items = [item for item in self.items.values() if not item.plan_confirmed]
        return [item for item in items if (item.id, "plan.submitted", "") not in self.unsigned]

    @property
    def to_report(self) -> list[KnownItem]:
        """The items of which a report is missing."""
        missing = [(item, one.id) for item in self.items.values() for one in to_report(item, self.now)]
        asked = [item for item, period in missing if (item.id, "progress.reported", period) not in self.unsigned]
        return list({item.id: item for item in asked}.values())

    def page(
        self, problem: IntakeProblem | None = None, carried: Mapping[str, FilledRow] = _NOTHING, **context: Any
    ) -> Response:
        """The page of the tables, with what was handed in; `carried` is what its form files, by number."""
        asked = (signing(self.dependencies, self.identity, row.item, row.name) for row in carried.values())
        signed = [one for one in asked if one is not None]
        for item in self.items.values():
            opened_by(self.request).item(item.programme, item.id, item.opened.classification)
        return page(
            self.request,
            "tables.html",
            problem.status if problem else 200,
            **{"table": None, "filed": None, "key": "", "kept": {}, "lost": {}} | context,
            programme=self.programme,
            title=self.dependencies.roster.programmes[self.programme].opened.title,
            to_plan=len(self.to_plan),
            to_report=len(self.to_report),
            carried=_carried(carried),
            kept_text=kept_text,
            signing=signed[0] if signed else None,
            evidence_left=self.dependencies.quotas.evidence_left(self.identity.actor),
            most_files=MAX_FILES,
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
    return (await _visit(request, programme)).page()


@router.get("/tables/{programme}/{file}")
@does(FILL)
async def download(request: Request, programme: str, file: str) -> Response:
    """`plans` for items whose plans are not confirmed, `reports` for what is to be reported now: .xlsx or .docx."""
    visit = await _visit(request, programme)
    name, _, kind = file.partition(".")
    if name not in ("plans", "reports") or kind not in ("xlsx", "docx"):
        raise IntakeProblem("not_found")
    dependencies, identity = visit.dependencies, visit.identity
    roster, items = dependencies.roster, visit.to_plan if name == "plans" else visit.to_report
    if name == "plans":
        goals = await ledger_goals(dependencies, programme, items)
        begun = {one.id: begun_plan(one, goals[one.id]) for one in items if one.id in goals}
        tables = plan_tables(items, roster, begun)
    else:
        tables = report_tables(items, roster, visit.now)
    if not tables:
        raise IntakeProblem("not_found")
    for item in items:
        opened_by(request).item(programme, item.id, item.opened.classification)
    head = head_of(roster, programme, identity.unit or "")
    write, give = (write_sheets, workbook) if kind == "xlsx" else (write_document, word_document)
    return give(f"{name}-{programme}.{kind}", await asyncio.to_thread(write, tables, head))


@router.post("/tables/{programme}")
@does(FILL)
async def hand_in(request: Request, programme: str) -> Response:
    """A table that came back: what it would file, with every problem at its cell; or, confirmed, what became of it."""
    visit = await _visit(request, programme)
    dependencies = visit.dependencies
    async with posted(request, dependencies, limit=dependencies.settings.evidence_limit) as post:
        try:
            post.check(request)
            if post.fields.one("act") == "file":
                return await _filed(visit, post)
            table = await _read(visit, post)
        except IntakeProblem as problem:
            return visit.page(problem)
    return visit.page(table=table, carried={str(number): row for number, row in enumerate(table.rows)}, key=post.key)


async def _filed(visit: _Visit, post: FormPost) -> Response:
    """What became of the rows; those that were refused stand there again, to be filed under the same key."""
    rows, filed = carried_rows(visit.items, post), list[HandedInRow]()
    chosen = _chosen(post)
    try:
        filed = await filed_rows(visit.dependencies, visit.identity, visit.items, post)
    except IntakeProblem as problem:  # the day's quota: nothing was filed
        return visit.page(problem, table=FilledTable(rows=[*rows.values()]), carried=rows, key=post.key, lost=chosen)
    refused = [one for one in filed if one.outcome.problem is not None]
    again = {one.number: rows[one.number] for one in refused}
    table = FilledTable(rows=[*again.values()]) if again else None
    visit = await _visit(visit.request, visit.programme)  # what waits for a signature now is no longer asked for
    kept = {one.number: one.kept for one in refused}
    lost = {one.number: one.lost for one in refused}
    return visit.page(table=table, filed=filed, carried=again, key=post.key, kept=kept, lost=lost)


def _chosen(post: FormPost) -> dict[str, list[str]]:
    """The names of the files that came with each row."""
    found: dict[str, list[str]] = {}
    for one in post.uploads:
        found.setdefault(one.field.removeprefix("files:"), []).append(name_of(one.file))
    return found


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


async def _visit(request: Request, programme: str) -> _Visit:
    """Raises IntakeProblem `not_found` where the unit leads nothing."""
    dependencies, identity = signed_in(request)
    dependencies.receiver.ready()
    items = {item.id: item for item in _led(dependencies, identity) if item.programme == programme}
    if not items:
        raise IntakeProblem("not_found")
    unsigned: Collection[tuple[str, str, str]] = ()
    with suppress(IntakeProblem):  # tables are filled in without PostgreSQL, too
        prepared = await dependencies.sign_off.open(identity)
        unsigned = {(one.item, one.type, one.period) for one in prepared if one.programme == programme}
    return _Visit(request, dependencies, identity, programme, items, unsigned)


def _led(dependencies: Dependencies, identity: Identity) -> Iterable[KnownItem]:
    """The items that somebody's unit plans and reports."""
    rights = rights_of(dependencies.roster, identity)
    known = dependencies.roster.items_of(identity.jurisdictions)
    return (one for one in known if not one.withdrawn and to_item(rights, "submit.plan.submitted", one).allowed)


def _carried(rows: Mapping[str, FilledRow]) -> list[tuple[str, str]]:
    """Each row as the form carries it: its number, and what it would file."""
    return [
        (number, orjson.dumps({"item": row.item.id, "type": row.name, "data": row.data}).decode())
        for number, row in rows.items()
    ]
