"""The rows of a sheet below its headings, in whatever order the columns stand, with the place of each cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from exact.workbook import ListCell, ListSheet

_NEEDED: Final = frozenset({"编号", "事项"})
_PLACE: Final = re.compile(r"([A-Z]+)([0-9]+)")


class TableRow(NamedTuple):
    """One row: its sheet, its line, its cells and their columns by heading."""

    sheet: str
    line: str
    cells: Mapping[str, ListCell]
    columns: Mapping[str, str]

    def text(self, heading: str) -> str:
        """What stands below a heading; empty where nothing does."""
        cell = self.cells.get(heading)
        return cell.text if cell is not None and not cell.computed else ""

    def place(self, heading: str) -> str:
        """The place of that cell, such as `B7`."""
        return f"{self.columns.get(heading, 'A')}{self.line}"

    @property
    def computed(self) -> list[str]:
        """The headings below which a formula stands."""
        return [heading for heading, cell in self.cells.items() if cell.computed]


def rows_of(sheets: Sequence[ListSheet]) -> list[TableRow]:
    """The rows of every sheet that has the headings; what stands above them is a title."""
    return [row for sheet in sheets for row in _rows(sheet)]


def _rows(sheet: ListSheet) -> Iterator[TableRow]:
    headings: dict[str, str] = {}
    for cells in sheet.rows:
        by_column = {_column(cell): cell for cell in cells}
        if not headings:
            said = {column: re.sub(r"\s", "", cell.text) for column, cell in by_column.items()}
            if set(said.values()) >= _NEEDED:
                headings = said
            continue
        named = {headings[column]: cell for column, cell in by_column.items() if headings.get(column)}
        if named:
            columns = {heading: column for column, heading in headings.items()}
            yield TableRow(sheet.name, _line(cells[0]), named, columns)


def _column(cell: ListCell) -> str:
    match = _PLACE.fullmatch(cell.place)
    return match[1] if match else ""


def _line(cell: ListCell) -> str:
    match = _PLACE.fullmatch(cell.place)
    return match[2] if match else ""
