"""A sheet's cells with what merged cells say in each of them, its heading row and the rows below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from openpyxl.utils import coordinate_to_tuple, get_column_letter

from exact.workbook import ListCell, ListSheet, MergedCells, UnreadableWorkbook
from programmes.ledger.headings import NEEDED, YEAR, Column, UnknownPeriod, column_of, period_of, plain
from supervision.words import Word

HEADING_ROWS: Final = 12
"""Above the headings there may be titles; further down nobody looks for them."""
MAX_COPIES: Final = 200_000
_TOO_WIDE: Final = Word("合并的单元格太多", "merges too many cells")
_GOALS: Final = ("目标任务", "主要任务", "工作内容", "任务内容", "具体任务", "具体内容")
"""Beside a column of titles these say what is to be reached in the year."""


@dataclass(slots=True)
class LedgerSheet:
    """A sheet of a ledger: `columns` and `periods` by column number, `rows` below the headings by row number."""

    name: str
    above: str
    columns: dict[int, Column]
    periods: dict[int, str]
    rows: list[tuple[int, dict[int, ListCell]]]
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


def ledger_sheet(sheet: ListSheet) -> LedgerSheet | None:
    """A sheet with its headings found; None for one that has none of a ledger. Raises UnreadableWorkbook.

    Headings may fill two rows (季度目标 above 一季度, 二季度 …): the lower one says more and counts.
    """
    rows = _expanded(sheet)
    for index, (_, cells) in enumerate(rows[:HEADING_ROWS]):
        found = {at: column for at, cell in cells.items() if (column := column_of(cell.text))}
        if not {"task", "lead"} <= set(found.values()) and len(set(found.values()) & set(NEEDED)) < 3:
            continue
        headings = dict(cells)
        below = rows[index + 1][1] if index + 1 < len(rows) else {}
        two = bool(below) and all(
            cells.get(at) == cell or column_of(cell.text) or _is_period(cell.text) for at, cell in below.items()
        )
        if two:
            headings.update(below)
        above = " ".join({cell.text: "" for _, row in rows[:index] for cell in row.values()})
        return _read(sheet.name, above, headings, rows[index + 1 + two :])
    return None


def _read(
    name: str, above: str, headings: Mapping[int, ListCell], rows: list[tuple[int, dict[int, ListCell]]]
) -> LedgerSheet:
    found = LedgerSheet(name, above, {}, {}, rows, headings)
    for at, cell in sorted(headings.items()):
        column = column_of(cell.text)
        if column:
            taken = column in found.columns.values()
            if taken and plain(cell.text) in _GOALS and YEAR not in found.periods.values():
                found.periods[at] = YEAR
            elif taken:
                found.twice.append(f"{get_column_letter(at)}{coordinate_to_tuple(cell.place)[0]}")
            else:
                found.columns[at] = column
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


def _is_period(text: str) -> bool:
    try:
        return period_of(text) is not None
    except UnknownPeriod:
        return True


def _expanded(sheet: ListSheet) -> list[tuple[int, dict[int, ListCell]]]:
    """The rows by number, each with its cells by column number; a merged cell stands in every cell that it covers."""
    rows: dict[int, dict[int, ListCell]] = {}
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
