"""`python -m services.intake.submitting.workbook_check`: reads one .xlsx from standard input, with limits."""

from __future__ import annotations

from typing import Final

from exact.workbook import ListSheet, UnreadableWorkbook, read_workbook
from services.limited_process import answer, body_within_limits
from supervision.words import Word

MOST_CELLS: Final = 60_000
"""A thousand items of sixty columns."""
_TOO_MANY: Final = Word(f"超过 {MOST_CELLS} 个单元格", f"more than {MOST_CELLS} cells")


def checked_workbook(content: bytes) -> list[ListSheet] | Word:
    """Its sheets, or why it is not read."""
    try:
        sheets = read_workbook(content, merged=True)
    except UnreadableWorkbook as error:
        return error.why
    return sheets if sum(len(row) for one in sheets for row in one.rows) <= MOST_CELLS else _TOO_MANY


if __name__ == "__main__":
    answer(checked_workbook(body_within_limits()))
