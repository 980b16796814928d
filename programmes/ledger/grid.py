"""A sheet's cells with what merged cells say in each of them, its tables with their headings and the rows below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from openpyxl.utils import coordinate_to_tuple, get_column_letter

from exact.workbook import ListCell, ListSheet, MergedCells, UnreadableWorkbook
from programmes.ledger.heading_rows import HeadingRows, Row, heading_rows
from programmes.ledger.headings import YEAR, Column, UnknownPeriod, column_of, period_of, plain
from supervision.words import Word

HEADING_ROWS: Final = 12
"""Above the headings there may be titles; further down nobody looks for them."""
MAX_COPIES: Final = 200_000
_TOO_WIDE: Final = Word("合并的单元格太多", "merges too many cells")
_GOALS: Final = ("目标任务", "主要任务", "工作内容", "任务内容", "具体任务", "具体内容")
"""Beside a column of titles these say what is to be reached in the year."""
_LEADS: Final = ("牵头", "主办", "主责")
_OTHERS: Final = ("责任单位", "责任部门", "承办单位", "落实单位")
"""Beside a column of units that lead, these name the others."""


@dataclass(slots=True)
class LedgerSheet:
    """A table of a ledger: `columns` and `periods` by column number, `rows` below the headings by row number."""

    name: str
    above: str
    columns: dict[int, Column]
    periods: dict[int, str]
    rows: list[tuple[int, Row]]
    headings: Mapping[int, ListCell]
    years: dict[str, int] = field(default_factory=dict)
    """The year that a heading names, by its place."""
    unknown: list[str] = field(default_factory=list)
    """Places of headings about a period that no year has."""
    twice: list[str] = field(default_factory=list)
    """Places of headings that stand there twice."""

    def place(self, column: Column, row: int) -> str:
        """The place of a column's cell in a row; that of the row where the sheet has no such column."""
        number = next((at for at, one in self.columns.items() if one == column), 1)
        return f"{get_column_letter(number)}{row}"


def ledger_sheets(sheet: ListSheet, *, partly: bool = False) -> list[LedgerSheet]:
    """The tables of a sheet whose headings are those of a ledger, or some of them (`partly`).

    Headings that are repeated on a new page belong to the table above. Raises UnreadableWorkbook.
    """
    rows = _expanded(sheet)
    tables: list[LedgerSheet] = []
    above: list[Row] = []
    index = 0
    while index < len(rows) and (tables or index < HEADING_ROWS):
        found = heading_rows([cells for _, cells in rows[index : index + 3]], partly=partly, again=bool(tables))
        if found is None:
            if tables:
                tables[-1].rows.append(rows[index])
                if len({one.place for one in rows[index][1].values()}) > 2:
                    above = []
            above.append(rows[index][1])
            index += 1
            continue
        table = _table(sheet.name, _words(above), found)
        if not (tables and (table.columns, table.periods) == (tables[-1].columns, tables[-1].periods)):
            tables.append(table)
        above = []
        index += found.count
    return tables


def _words(rows: list[Row]) -> str:
    return " ".join({cell.text: "" for row in rows for cell in row.values()})


def _table(name: str, above: str, heading: HeadingRows) -> LedgerSheet:
    found = LedgerSheet(name, above, {}, {}, [], heading.cells, dict(heading.years))
    leads = any(
        column_of(cell.text) == "lead" and plain(cell.text).startswith(_LEADS) for cell in heading.cells.values()
    )
    for at, cell in sorted(heading.cells.items()):
        column = column_of(cell.text)
        if column == "lead" and leads and plain(cell.text) in _OTHERS:
            column = "cooperating"
        if column:
            _named(found, at, cell, column)
            continue
        try:
            period = period_of(cell.text)
        except UnknownPeriod:
            found.unknown.append(cell.place)
            continue
        if period is None:
            continue
        if period[0] in found.periods.values():
            found.twice.append(cell.place)
            continue
        found.periods[at] = period[0]
        if period[1]:
            found.years[cell.place] = period[1]
    if "lead" not in found.columns.values():
        found.columns = {at: "lead" if column == "measure" else column for at, column in found.columns.items()}
    return found


def _named(found: LedgerSheet, at: int, cell: ListCell, column: Column) -> None:
    taken = column in found.columns.values()
    if taken and plain(cell.text) in _GOALS and YEAR not in found.periods.values():
        found.periods[at] = YEAR
    elif taken:
        found.twice.append(f"{get_column_letter(at)}{coordinate_to_tuple(cell.place)[0]}")
    else:
        found.columns[at] = column


def _expanded(sheet: ListSheet) -> list[tuple[int, Row]]:
    """The rows by number, each with its cells by column number; a merged cell stands in every cell that it covers."""
    rows: dict[int, Row] = {}
    for row in sheet.rows:
        for cell in row:
            number, column = coordinate_to_tuple(cell.place)
            if cell.text or cell.computed:
                rows.setdefault(number, {})[column] = cell
    last = max(rows, default=0)
    widest = max((max(row) for row in rows.values()), default=0)
    copies = 0
    for merged in sheet.merged:
        source = rows.get(merged.top, {}).get(merged.left)
        if source is None:
            continue
        for number, column in _covered(merged, last, widest):
            copies += 1
            if copies > MAX_COPIES:
                raise UnreadableWorkbook(_TOO_WIDE)
            if number in rows:
                rows[number][column] = source
    return sorted(rows.items())


def _covered(merged: MergedCells, last: int, widest: int) -> Iterator[tuple[int, int]]:
    for number in range(merged.top, min(merged.bottom, last) + 1):
        for column in range(merged.left, min(merged.right, max(widest, merged.left)) + 1):
            yield number, column
