"""The rows of one item as what they say, each problem at its cell."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from contracts.values import Category, Classification
from exact.workbook import ListCell
from programmes.ledger import cells, numbers, parties
from programmes.ledger.cells import EMPTY, NAME, TEXT, UnfitCell
from programmes.ledger.chapters import category_in
from programmes.ledger.grid import LedgerSheet
from programmes.ledger.headings import Column
from programmes.ledger.indicator_rows import IndicatorRow, IndicatorRows
from programmes.ledger.model import LedgerItem, OfficeLedger
from supervision.words import Word

T = TypeVar("T")
COMPUTED: Final = Word("是公式或错误值，请粘贴为数值", "is a formula or its error: paste it as a value")
_SECOND: Final = Word(
    "同一事项有两个值，请合并或只留一个", "a second value for the same item: merge the cells, or keep one"
)
_IN_WORDS: Final = Word("不是写明年份的日期：按文字记入备注", "is no day with a year: kept in words, in the note")
_CATEGORY: Final = Word("类别应为 重点任务 或 民生实事", "the category must be 重点任务 or 民生实事")
_PREDECESSOR: Final = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]{0,63})/([A-Za-z0-9][A-Za-z0-9._-]{0,63})")
_INDICATOR: Final = frozenset(("indicator", "comparator", "target", "measure", "indicator_note"))


@dataclass(slots=True)
class Surroundings:
    """What stands around an item: the chapter's name, and the category that chapter, sheet or title tell."""

    aspect: str = ""
    category: Category | None = None

    def copy(self) -> Surroundings:
        """As it is now."""
        return replace(self)


@dataclass(slots=True)
class ItemRows:
    """The rows of one item; the first has its number, the others more indicators, milestones or units."""

    sheet: LedgerSheet
    ledger: OfficeLedger
    around: Surroundings
    row: int = 0
    own: dict[Column, ListCell] = field(default_factory=dict)
    more_units: list[ListCell] = field(default_factory=list)
    indicator_rows: list[IndicatorRow] = field(default_factory=list)
    failed: bool = False

    def place(self, column: Column) -> str:
        """The place of what the item says in a column, empty for nothing."""
        cell = self.own.get(column)
        return cell.place if cell else ""

    def add(self, row: int, own: Mapping[Column, ListCell], periods: Mapping[str, ListCell]) -> None:
        """One more row."""
        self.row = self.row or row
        for column, cell in own.items():
            known = self.own.get(column)
            if column in _INDICATOR or (known and known.place == cell.place):
                continue
            if known is None:
                self.own[column] = cell
            elif column == "cooperating":
                self.more_units.append(cell)
            elif known.text != cell.text:
                self.wrong(cell.place, _SECOND)
        said = {column: cell for column, cell in own.items() if column in _INDICATOR}
        self.indicator_rows.append(IndicatorRow(row, said, dict(periods)))

    def wrong(self, cell: str, why: Word) -> None:
        """A problem of this item."""
        self.failed = True
        self.ledger.problem(self.sheet.name, cell, why)

    def value(self, column: Column, read: Callable[[str], T], default: T) -> T:
        """What the item's cell of a column says; the default where it is empty or wrong."""
        cell = self.own.get(column)
        if cell is None:
            return default
        return self.checked(cell, read, default)

    def checked(self, cell: ListCell, read: Callable[[str], T], default: T) -> T:
        """What a cell says; the default where it is wrong."""
        if cell.computed:
            self.wrong(cell.place, COMPUTED)
            return default
        try:
            return read(cell.text)
        except UnfitCell as error:
            self.wrong(cell.place, error.why)
            return default

    def item(self) -> LedgerItem:
        """All rows as one item; where something is wrong, it is `failed` and has what could be read."""
        category, aspect = self._category()
        number = self._number()
        task = self._needed("task", _task)
        lead, cooperating = parties.units(self)
        leader = parties.leader(self)
        source = self.value("source", _long, "")
        note = self.value("note", _long, "")
        public: Classification = "public"
        classification = self.value("classification", cells.classification, public)
        due = self.value("due", cells.day, None)
        if due is None and "due" in self.own and not self.own["due"].computed:
            words = self.value("due", _long, "")
            self.ledger.note(self.sheet.name, self.place("due"), _IN_WORDS)
            note = "\n".join(filter(None, (note, f"完成时限：{words}")))
            if len(note) > TEXT:
                self.wrong(
                    self.place("due"), Word(f"连同备注至多 {TEXT} 个字", f"at most {TEXT} characters with the note")
                )
        indicators = IndicatorRows(self, task).read(self.indicator_rows)
        predecessor = self.value("predecessor", _predecessor, None)
        return LedgerItem(
            sheet=self.sheet.name,
            cell=self.place("number"),
            id=numbers.item_id(number, category),
            category=category,
            aspect=aspect,
            task=task,
            lead=lead,
            cooperating=cooperating,
            leader=leader,
            classification=classification,
            source=source,
            note=note,
            due=due,
            predecessor=predecessor,
            indicators=tuple(indicators.indicators),
            milestones={period: "\n".join(texts) for period, texts in indicators.texts.items()},
        )

    def _needed(self, column: Column, read: Callable[[str], str]) -> str:
        found = self.value(column, read, "")
        if not found and column not in self.own:
            self.wrong(self.sheet.place(column, self.row), EMPTY)
        return found

    def _number(self) -> str:
        number = self._needed("number", _number_as_written)
        self.note_width(self.own.get("number"))
        return number

    def note_width(self, cell: ListCell | None) -> None:
        """Say that full-width digits were read as ordinary ones."""
        if cell and any(one.isdecimal() and not one.isascii() for one in cell.text):
            plain = unicodedata.normalize("NFKC", cell.text)[:40]
            self.ledger.note(self.sheet.name, cell.place, Word(f"全角数字按 {plain} 读取", f"read as {plain}"))

    def _category(self) -> tuple[Category, str]:
        """The category, and the aspect that the row or its chapter names."""
        aspect = self.value("aspect", lambda text: cells.text(text, NAME), "") or self.around.aspect
        cell = self.own.get("category")
        named = self.value("category", category_in, None)
        if cell and named is None and not cell.computed:
            if "aspect" in self.own:
                self.wrong(cell.place, _CATEGORY)
            else:
                aspect = self.value("category", lambda text: cells.text(text, NAME), "")
        count = self.own.get("number")
        by_number = numbers.category_of(count.text) if count else None
        return named or by_number or self.around.category or "key_task", aspect


def _task(text: str) -> str:
    try:
        return cells.text(text, NAME)
    except UnfitCell as error:
        if len(text) <= NAME:
            raise
        zh, en = "；请概括，原文放入“来源”列", "; say it in short, its own words stand in the column 来源"
        raise UnfitCell(error.why.zh + zh, error.why.en + en) from None


def _number_as_written(text: str) -> str:
    if numbers.BECAME_DAY.fullmatch(text):
        raise UnfitCell(
            "被表格软件转成了日期：请把单元格设为文本，重写编号",
            "became a day: make the cell text and write the number again",
        )
    return cells.text(text, numbers.MAX_NUMBER)


def _long(text: str) -> str:
    return cells.text(text, TEXT, lines=True)


def _predecessor(text: str) -> tuple[str, str] | None:
    match = _PREDECESSOR.fullmatch(text.strip())
    if match is None:
        raise UnfitCell("应写作 方案编号/事项编号", "must be written as programme/item, by their ids")
    return match[1], match[2]
