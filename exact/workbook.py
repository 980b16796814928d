"""An .xlsx file as sheets of cells with their places, and back; formulas are told apart, never computed."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple
from xml.etree import ElementTree

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import coordinate_to_tuple, get_column_letter, range_boundaries
from openpyxl.worksheet.properties import PageSetupProperties

from supervision.words import Word

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_UNPACKED: Final = 64 * 1024 * 1024
"""An .xlsx is a ZIP: what it would unpack to is looked at before it is unpacked."""
MAX_ROWS: Final = 20_000
MAX_COLUMNS: Final = 60
MAX_MERGED: Final = 20_000
_ENCODED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
"""A character as Office encodes it in a text: _x000D_ for a carriage return."""
_LITERAL: Final = re.compile(r'"[^"]*"|[\\!].')
_SECTION: Final = re.compile(r'(?:"[^"]*"|\\.|[^;])*')
_UNSHOWN: Final = re.compile(r"\[[^\]]*\]|_.|\*.")
"""Colours and conditions, gaps and fills."""
_WIDTH: Final = 18
_COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_OR_LOCKED: Final = Word(
    "是旧版 .xls 文件，或者设了密码：请取消密码，另存为 .xlsx",
    "is an .xls of before, or has a password: take the password away and save it as an .xlsx",
)
_NONE: Final = Word(
    "不是 .xlsx 文件，或者已损坏：请用表格软件打开，另存为 .xlsx 再试",
    "is no .xlsx file, or a damaged one: open it with a spreadsheet program and save it as an .xlsx",
)
_STRICT: Final = Word(
    "是“Strict Open XML”格式：请另存为普通的 .xlsx", "is a Strict Open XML workbook: save it as an ordinary .xlsx"
)
_MACRO: Final = Word("含有宏，请另存为不带宏的 .xlsx", "has macros: save it as an .xlsx without them")
_LINKED: Final = Word("含有指向其他文件的链接，请断开链接后再存", "has links to other files: break them, then save it")
_TOO_MANY_MERGED: Final = Word(f"合并单元格超过 {MAX_MERGED} 处", f"has more than {MAX_MERGED} merged cells")


class UnreadableWorkbook(ValueError):
    """The file is no .xlsx, far too large, or has what no list needs; `why` says so in both languages."""

    def __init__(self, why: Word) -> None:
        super().__init__(why.en)
        self.why = why


@dataclass(frozen=True, slots=True)
class ListCell:
    """One cell: its place such as `B7`, what it says, and whether it is a formula or the error of one."""

    place: str
    text: str
    computed: bool = False


@dataclass(frozen=True, slots=True)
class MergedCells:
    """Cells merged into one, by numbers from 1, the last ones included."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class ListSheet:
    """The rows of a sheet that have anything in them, and which cells are merged (where that was asked for)."""

    name: str
    rows: tuple[tuple[ListCell, ...], ...]
    merged: tuple[MergedCells, ...] = ()
    hidden: bool = False
    """Whether nobody sees it; then its rows are left out."""


def read_workbook(content: bytes, *, merged: bool = False) -> list[ListSheet]:
    """The sheets of a workbook's bytes; with `merged`, hidden ones have no rows. Raises UnreadableWorkbook."""
    if len(content) > MAX_BYTES:
        raise UnreadableWorkbook(Word(f"超过 {MAX_BYTES >> 20} MB", f"more than {MAX_BYTES >> 20} MB"))
    if content.startswith(_COMPOUND):
        raise UnreadableWorkbook(_OLD_OR_LOCKED)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            _refuse(packed)
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
            if not merged:
                return [ListSheet(sheet.title, tuple(_rows(sheet))) for sheet in book.worksheets]
            return [
                ListSheet(sheet.title, tuple(_rows(sheet)), tuple(_merged(packed, sheet)))
                if sheet.sheet_state == "visible"
                else ListSheet(sheet.title, (), hidden=True)
                for sheet in book.worksheets
            ]
    except UnreadableWorkbook:
        raise
    except Exception as error:  # whatever an XML, ZIP or date parser says about a file from outside
        raise UnreadableWorkbook(_NONE) from error


def _refuse(packed: zipfile.ZipFile) -> None:
    """Raises UnreadableWorkbook for what would unpack to too much, runs, or fetches."""
    if sum(one.file_size for one in packed.infolist()) > MAX_UNPACKED:
        raise UnreadableWorkbook(
            Word(f"解压后超过 {MAX_UNPACKED >> 20} MB", f"unpacks to more than {MAX_UNPACKED >> 20} MB")
        )
    names = [one.lower() for one in packed.namelist()]
    if any("vbaproject" in one or one.startswith("xl/macrosheets/") for one in names):
        raise UnreadableWorkbook(_MACRO)
    books = [one for one in packed.namelist() if one.lower().endswith("/workbook.xml")]
    if any(b"://purl.oclc.org/ooxml/" in packed.read(one) for one in books):
        raise UnreadableWorkbook(_STRICT)
    if any(one.startswith("xl/externallinks/") for one in names):
        raise UnreadableWorkbook(_LINKED)


def _rows(sheet: Any) -> Iterator[tuple[ListCell, ...]]:
    # The size that a sheet states about itself may be wrong.
    sheet.reset_dimensions()
    for row in sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS):
        filled = [one for one in row if one.value is not None]
        if filled and filled[0].row > MAX_ROWS:
            raise UnreadableWorkbook(Word(f"超过 {MAX_ROWS} 行", f"more than {MAX_ROWS} rows"))
        if filled:
            yield tuple(map(_cell, filled))


def _merged(packed: zipfile.ZipFile, sheet: Any) -> Iterator[MergedCells]:
    """What reading row by row leaves out: the merged cells behind the rows. Refuses cells too far out to be read."""
    found, said = 0, False
    with packed.open(sheet._worksheet_path) as part:
        for _, element in ElementTree.iterparse(part):
            kind = element.tag.rpartition("}")[2]
            if kind in ("v", "t", "f"):
                said = said or bool(element.text and element.text.strip())
            elif kind == "c":
                _refuse_far_out(element.get("r", "") if said else "")
                said = False
            elif kind == "mergeCell":
                found += 1
                if found > MAX_MERGED:
                    raise UnreadableWorkbook(_TOO_MANY_MERGED)
                left, top, right, bottom = range_boundaries(element.get("ref", ""))
                if left and top and right and bottom:
                    yield MergedCells(left, top, right, bottom)
            element.clear()


def _refuse_far_out(place: str) -> None:
    """A cell that says something beyond what is read would be lost without a word."""
    if place:
        row, column = coordinate_to_tuple(place)
        if row > MAX_ROWS:
            raise UnreadableWorkbook(Word(f"超过 {MAX_ROWS} 行（{place}）", f"more than {MAX_ROWS} rows ({place})"))
        if column > MAX_COLUMNS:
            raise UnreadableWorkbook(
                Word(f"超过 {MAX_COLUMNS} 列（{place}）", f"more than {MAX_COLUMNS} columns ({place})")
            )


def _cell(one: Any) -> ListCell:
    return ListCell(one.coordinate, _text(one.value, str(one.number_format)), one.data_type in ("f", "e"))


def _text(value: object, shown_as: str) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = Decimal(repr(value))
        before, after = _around(shown_as)
        if "%" in _LITERAL.sub("", shown_as):
            text = f"{number * 100:f}".rstrip("0").rstrip(".") + "%" if number else "0%"
        else:
            text = format(number.to_integral_value() if number == number.to_integral_value() else number, "f")
        return before + text + after
    if isinstance(value, datetime | date):
        return value.isoformat()
    return _ENCODED.sub(lambda found: chr(int(found[1], 16)), str(value)).strip(" \t\r\n　")


def _around(shown_as: str) -> tuple[str, str]:
    """The words that a number's format shows before and after it: 亩 of `0"亩"`; none where it shows thousands."""
    first = _UNSHOWN.sub("", _SECTION.match(shown_as)[0])  # type: ignore[index]
    words = _LITERAL.sub(lambda found: "\0" * len(found[0]), first)
    digits = [at for at, one in enumerate(words) if one in "0#?"] or [at for at in range(1) if "General" in words]
    if not digits or re.search(r"[0#?],+(?![0#?])|[eE/@]", words.replace("General", "")):
        return "", ""
    start, end = digits[0], digits[-1] + 1
    if "General" in words:
        start, end = words.index("General"), words.index("General") + len("General")
    return _literals(first[:start]), _literals(first[end:])


def _literals(part: str) -> str:
    return "".join(one[0].strip('"') if one[0][0] == '"' else one[0][1:] for one in _LITERAL.finditer(part)).strip()


class WrittenSheet(NamedTuple):
    """A sheet to be written: `above` are lines that stand over its headings."""

    name: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    above: Sequence[str] = ()


def write_workbook(sheets: Sequence[WrittenSheet | tuple[str, Sequence[str], Sequence[Sequence[str]]]]) -> bytes:
    """A workbook of sheets, every cell of which is text; printed, it lies on its side, headings on every page."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for one in sheets:
        name, headings, rows, above = WrittenSheet(*one)
        sheet, headed = book.create_sheet(name), len(above) + 1
        sheet.freeze_panes = f"A{headed + 1}"
        for number, values in enumerate([*([line] for line in above), headings, *rows], start=1):
            for column, value in enumerate(values, start=1):
                if value:
                    cell = sheet.cell(number, column)
                    cell.value, cell.number_format = _ENCODED.sub(r"_x005F_x\1_", value), "@"
                    cell.data_type = "s"  # never a formula, whatever it begins with
                    if number <= headed:
                        cell.font = Font(bold=True)
                    if number == headed:
                        cell.fill = PatternFill("solid", fgColor="F3E9E7")
                    if number >= headed:
                        cell.alignment = Alignment(wrap_text=True, vertical="top")
        for column in range(1, len(headings) + 1):
            sheet.column_dimensions[get_column_letter(column)].width = _WIDTH
        sheet.print_title_rows = f"{headed}:{headed}"
        sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()
