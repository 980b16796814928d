"""What a table says that came back: rows that can be filed, every problem at its cell, and what was left empty."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from string import ascii_uppercase
from typing import Any, NamedTuple

import orjson

from contracts.topics import MAX_SUBMISSION_BYTES
from exact.workbook import ListSheet
from programmes.ledger.model import LedgerProblem
from services.intake.pages.paper.table_rows import TableRow, rows_of
from services.intake.problem import IntakeProblem
from services.intake.submitting.body import exact_object, posted_data
from services.intake.who.item import KnownItem
from supervision.light_sentences import period_word
from supervision.words import Word

NO_ITEM = Word("本单位在该方案中没有这一编号的事项", "the unit leads no item of this number in the programme")
NO_HEADINGS = Word("找不到表头：应有“编号”和“事项”两列", "no headings found: there must be columns 编号 and 事项")
TWICE = Word("与前面的行是同一事项", "is about the same as a row above")
OTHER_TABLE = Word("这是另一种表，请在它自己的一栏上传", "this is the other table: hand it in at its own place")
TOO_LONG = Word("这一事项填写的内容过长", "what is filled in about this item is too long")
_HEADINGS = {"period": "周期", "claim": "进展", "measures": "完成值", "narrative": "进展说明"}
"""The columns of a report's table by the data that they become."""
FORMULA = Word("是公式，请改为数值或文字", "is a formula: write its value")


class FilledRow(NamedTuple):
    """One submission that a table makes: about which item, of which type, with what data."""

    item: KnownItem
    name: str
    data: Mapping[str, Any]


@dataclass(slots=True)
class FilledTable:
    """A table; `left_empty` counts the items that nothing was written about."""

    rows: list[FilledRow] = field(default_factory=list)
    problems: list[LedgerProblem] = field(default_factory=list)
    left_empty: int = 0

    def problem(self, row: TableRow, heading: str, why: Word) -> None:
        """Add one at the cell below a heading."""
        self.problems.append(LedgerProblem(row.sheet, row.place(heading), *why))

    def in_order(self) -> FilledTable:
        """The same with its problems as somebody reads the sheets: row by row."""
        sheets = list(dict.fromkeys(one.sheet for one in self.problems))
        self.problems.sort(key=lambda one: (sheets.index(one.sheet), _line(one.cell), one.cell))
        return self

    def require(
        self, groups: Sequence[tuple[KnownItem, list[TableRow]]], right: Callable[[KnownItem, TableRow], bool]
    ) -> None:
        """Add a problem where the rows lie in a table of another kind."""
        if groups and not any(right(item, row) for item, rows in groups for row in rows):
            self.problems.append(LedgerProblem("", "", *OTHER_TABLE))

    def add(self, row: TableRow, heading: str, filled: FilledRow) -> None:
        """Add what can be filed; what its contract stands against is a problem of the cell below `heading`."""
        about = (filled.item.id, filled.name, filled.data.get("period"))
        if about in {(one.item.id, one.name, one.data.get("period")) for one in self.rows}:
            self.problem(row, heading, TWICE)
            return
        text = orjson.dumps(filled.data)
        if len(text) > MAX_SUBMISSION_BYTES:
            self.problem(row, heading, TOO_LONG)
            return
        try:
            posted_data(filled.name, exact_object(text))
        except IntakeProblem as problem:
            for fault in problem.faults:
                named = _HEADINGS.get(str(fault.loc[1])) if len(fault.loc) > 1 else None
                zh, en = _about(fault.loc)
                self.problem(row, named or heading, Word(f"{zh}{fault.zh}", f"{en}{fault.en}"))
        else:
            self.rows.append(filled)


def _line(cell: str) -> int:
    digits = cell.lstrip(ascii_uppercase)
    return int(digits) if digits else 0


def _about(loc: Sequence[object]) -> tuple[str, str]:
    """What of a row a fault is about, where its column does not say so: an indicator, or a period of a plan."""
    name = str(loc[2]) if len(loc) > 2 else ""
    word = period_word(name) if name and loc[1] == "nodes" else Word(name, name)
    return (f"{word.zh}：", f"{word.en}: ") if name else ("", "")


def grouped(
    sheets: Sequence[ListSheet], items: Mapping[str, KnownItem], found: FilledTable
) -> list[tuple[KnownItem, list[TableRow]]]:
    """The rows of each item: the one with its number, and those below it without one. Problems go to `found`."""
    rows = rows_of(sheets)
    if not rows:
        found.problems.append(LedgerProblem("", "", *NO_HEADINGS))
    groups: list[tuple[KnownItem, list[TableRow]]] = []
    current: list[TableRow] | None = None
    for row in rows:
        for heading in row.computed:
            found.problem(row, heading, FORMULA)
        number = row.text("编号")
        if number:
            current = None
            if number in items:
                current = []
                groups.append((items[number], current))
            else:
                found.problem(row, "编号", NO_ITEM)
        if current is not None:
            current.append(row)
    return groups
