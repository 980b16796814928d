"""An .xlsx file as sheets of cells with their places, and back; formulas are told apart, never computed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_UNPACKED: Final = 64 * 1024 * 1024
"""An .xlsx is a ZIP: what it would unpack to is looked at before it is unpacked."""
MAX_ROWS: Final = 20_000
MAX_COLUMNS: Final = 60
_WIDTH: Final = 18


class UnreadableWorkbook(ValueError):
    """The file is no .xlsx, or far too large."""


@dataclass(frozen=True, slots=True)
class ListCell:
    """One cell: its place such as `B7`, what it says, and whether it is a formula or the error of one."""

    place: str
    text: str
    computed: bool = False


@dataclass(frozen=True, slots=True)
class ListSheet:
    """The rows of a sheet that have anything in them."""

    name: str
    rows: tuple[tuple[ListCell, ...], ...]


def read_workbook(content: bytes) -> list[ListSheet]:
    """The sheets of a workbook's bytes. Raises UnreadableWorkbook."""
    if len(content) > MAX_BYTES:
        raise UnreadableWorkbook(f"more than {MAX_BYTES} bytes")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(one.file_size for one in packed.infolist()) > MAX_UNPACKED:
                raise UnreadableWorkbook(f"unpacks to more than {MAX_UNPACKED} bytes")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        return [ListSheet(sheet.title, tuple(_rows(sheet))) for sheet in book.worksheets]
    except UnreadableWorkbook:
        raise
    except Exception as error:  # whatever an XML, ZIP or date parser says about a file from outside
        raise UnreadableWorkbook(type(error).__name__) from error


def _rows(sheet: Any) -> Iterator[tuple[ListCell, ...]]:
    # The size that a sheet states about itself may be wrong.
    sheet.reset_dimensions()
    for row in sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS):
        filled = [one for one in row if one.value is not None]
        if filled and filled[0].row > MAX_ROWS:
            raise UnreadableWorkbook(f"more than {MAX_ROWS} rows")
        if filled:
            yield tuple(map(_cell, filled))


def _cell(one: Any) -> ListCell:
    return ListCell(one.coordinate, _text(one.value), one.data_type in ("f", "e"))


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value).strip(" \t\r\n　")


def write_workbook(sheets: Sequence[tuple[str, Sequence[str], Sequence[Sequence[str]]]]) -> bytes:
    """A workbook of sheets (name, headings, rows), every cell of which is text."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, headings, rows in sheets:
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        for number, values in enumerate([headings, *rows], start=1):
            for column, value in enumerate(values, start=1):
                if value:
                    cell = sheet.cell(number, column)
                    cell.value, cell.number_format = value, "@"
                    cell.data_type = "s"  # never a formula, whatever it begins with
                    if number == 1:
                        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="F3E9E7")
                        cell.alignment = Alignment(wrap_text=True, vertical="top")
        for column in range(1, len(headings) + 1):
            sheet.column_dimensions[get_column_letter(column)].width = _WIDTH
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()
