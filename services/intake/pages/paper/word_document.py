"""The scheme's tables as a .docx to print, sign and seal: a section each, on its side, headings on every page.

The parts of the file are templates in word/; why no library writes it: docs/decisions/0032.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.intake.pages.paper.paper_table import CONTINUED, PaperHead, PaperTable

_PARTS: Final = {
    "[Content_Types].xml": "content_types.xml",
    "_rels/.rels": "package_rels.xml",
    "word/_rels/document.xml.rels": "document_rels.xml",
    "word/styles.xml": "styles.xml",
    "word/header.xml": "header.xml",
    "word/footer.xml": "footer.xml",
    "word/document.xml": "document.xml",
}
_MARGIN: Final = 850
"""1.5 cm; lengths are twentieths of a point."""
_A4: Final = (16838, 11906)
_A3: Final = (23811, 16838)
_MOST_ON_A4: Final = 13
"""Columns; a table with more, such as one of twelve months, needs the larger sheet."""
_ROOM_TO_SIGN: Final = "　" * 8


class WordCell(NamedTuple):
    """A cell: its text, and whether one below goes on with it (`restart`) or it goes on with the one above (`on`)."""

    text: str
    merged: str = ""


class WordRow(NamedTuple):
    """A row, and whether the next one stays on its page."""

    cells: Sequence[WordCell]
    kept: bool


class WordTable(NamedTuple):
    """A table laid out on its sheet."""

    annex: str
    name: str
    columns: Sequence[str]
    widths: Sequence[int]
    rows: Sequence[WordRow]
    signed: str
    sheet: tuple[int, int]


def write_document(tables: Sequence[PaperTable], head: PaperHead) -> bytes:
    """The file; the same tables always give the same bytes."""
    packed, values = io.BytesIO(), {"tables": [_laid_out(one) for one in tables], "head": head, "margin": _MARGIN}
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, template in _PARTS.items():
            text = _environment().get_template(template).render(values)
            file.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "word"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _laid_out(table: PaperTable) -> WordTable:
    sheet = _A4 if len(table.columns) <= _MOST_ON_A4 else _A3
    shares, room = table.columns.values(), sheet[0] - 2 * _MARGIN
    widths = [room * share // sum(shares) for share in shares]
    signed = _ROOM_TO_SIGN.join(f"{one}：" for one in table.signed_by)
    return WordTable(table.annex, table.name, [*table.columns], widths, [*_merged(table.rows)], signed, sheet)


def _merged(rows: Sequence[Sequence[str]]) -> Iterator[WordRow]:
    """Further rows about an item go on with its cells, on the same page."""
    for number, row in enumerate(rows):
        further, goes_on = not row[0], number + 1 < len(rows) and not rows[number + 1][0]
        merged = "on" if further else "restart" if goes_on else ""
        cells = [WordCell(text, merged if column < CONTINUED else "") for column, text in enumerate(row)]
        yield WordRow(cells, goes_on)
