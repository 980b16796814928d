"""Tables: a unit downloads its own, fills it in, hands it in, looks at what would be filed, and files it."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import Final

import httpx
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell, MergedCell

from sandbox.year.doors.browsers import Browsers
from sandbox.year.doors.item_forms import files_of
from sandbox.year.doors.page import Page
from sandbox.year.evidence import EvidenceFile
from sandbox.year.planned_act import PlannedAct
from sandbox.year.retries import YearInterrupted
from supervision.light_sentences import period_word
from supervision.words import CLAIMS

_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_KINDS: Final[Mapping[str, str]] = {"plan.submitted": "plans", "progress.reported": "reports"}
_GOAL: Final = "节点目标"
_FILE: Final = ("act", "file")
Headings = Mapping[str, int]
Cells = tuple[Cell | MergedCell, ...]


async def hand_in(browsers: Browsers, acts: Sequence[PlannedAct]) -> None:
    """One table with these acts of one unit, all plans or all reports, each about another item."""
    person, programme, kind = acts[0].actor.id, acts[0].programme, _KINDS[acts[0].type]
    named = {act.item: act for act in acts}
    at = f"/tables/{programme}"
    page = await browsers.open_until(person, at, lambda page: page.form(field="table") is not None)
    table = EvidenceFile(f"{kind}.xlsx", filled(await browsers.download(person, f"{at}/{kind}.xlsx"), named), _XLSX)
    form = next(one for one in page.forms if ("table", kind) in one.fields)
    shown = await browsers.send(person, page, form, {}, ("act", "check"), [("table-file", table)])
    confirm = shown.form(button=_FILE)
    rows = [name for name, _ in confirm.fields if name.startswith("row:")] if confirm else []
    if confirm is None or len(rows) != len(acts):
        raise YearInterrupted(f"{person}: {kind}: {len(rows)} rows of {len(acts)}: {shown.status} {shown.told}")
    files = _files(shown, rows, named)
    answer = await browsers.send(person, shown, confirm, {"key": acts[0].key}, _FILE, files)
    if answer.status != httpx.codes.OK or 'class="errand bad"' in answer.text:
        raise YearInterrupted(f"{person}: {kind}: {answer.status} {answer.told}")


def _files(shown: Page, rows: Sequence[str], named: Mapping[str, PlannedAct]) -> list[tuple[str, EvidenceFile]]:
    """The evidence of each row, in the row's own field."""
    carried = dict(next(one for one in shown.forms if _FILE in one.buttons).fields)
    found = []
    for row in rows:
        act = named[json.loads(carried[row])["item"]]
        found += [(f"files:{row.removeprefix('row:')}", one) for one in files_of(act)]
    return found


def filled(content: bytes, named: Mapping[str, PlannedAct]) -> bytes:
    """The downloaded workbook with what the acts say."""
    book = load_workbook(io.BytesIO(content))
    for sheet in book.worksheets:
        above = next((n for n, row in enumerate(sheet.iter_rows(), 1) if "指标" in [one.value for one in row]), 0)
        headings = {
            str(cell.value): number for number, cell in enumerate(sheet[above or 1], 1) if cell.value is not None
        }
        act: PlannedAct | None = None
        for row in sheet.iter_rows(min_row=above + 1) if above else ():
            if number := row[headings["编号"] - 1].value:
                act = named.get(str(number))
                if act is not None and "period" in act.data:  # an item may have a row for each period that is open
                    shown = row[headings["周期"] - 1].value
                    act = act if shown == period_word(act.data["period"]).zh else None
            if act is None:
                _empty(row)
            elif act.type == "plan.submitted":
                _goals(row, headings, act)
            else:
                _reached(row, headings, act, first=bool(number))
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _empty(row: Cells) -> None:
    """A table comes filled in with what was sent before: what is not meant to be sent again is taken out."""
    for cell in row:
        if isinstance(cell, Cell):
            cell.value = None


def _goals(row: Cells, headings: Headings, act: PlannedAct) -> None:
    """A row of the table of goals: the words of every period, or one indicator's numbers."""
    indicator = row[headings["指标"] - 1].value
    if not indicator:
        return
    for period, node in act.data["nodes"].items():
        values = [one["value"] for one in node["targets"] if one["indicator"] == indicator]
        _write(row, headings[period_word(period).zh], node["text"] if indicator == _GOAL else next(iter(values), None))


def _reached(row: Cells, headings: Headings, act: PlannedAct, *, first: bool) -> None:
    """A row of the table of what was reached."""
    if first:
        _write(row, headings["进展"], CLAIMS[act.data["claim"]].zh)
        _write(row, headings["进展说明"], act.data["narrative"])
    indicator = row[headings["指标"] - 1].value
    if indicator in act.data["measures"]:
        _write(row, headings["完成值"], act.data["measures"][indicator])


def _write(row: Cells, column: int, value: str | None) -> None:
    cell = row[column - 1]
    assert isinstance(cell, Cell), "what is filled in is no part of a merged cell"
    cell.value = value
