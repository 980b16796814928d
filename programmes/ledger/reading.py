"""The rows of a ledger as items: chapters, remarks at the foot, rows that belong together; problems at their cells."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from exact.workbook import ListCell, ListSheet, UnreadableWorkbook, read_workbook
from programmes.ledger.cells import MAY_BE_BLANK, UnfitCell, is_blank
from programmes.ledger.chapters import category_in, chapter_in_words, counts_in_words, is_remark, section_name
from programmes.ledger.grid import LedgerSheet, ledger_sheets
from programmes.ledger.headings import HEADINGS, NEEDED, Column, plain
from programmes.ledger.item_rows import ItemRows, Surroundings
from programmes.ledger.model import OfficeLedger
from programmes.ledger.spelling import one_spelling
from programmes.programme import MAX_ITEMS
from supervision.words import Word

MAX_UNITS: Final = 500
MAX_LEADERS: Final = 100
MAX_ASPECTS: Final = 99
_NO_HEADINGS: Final = Word(
    "没有找到表头：台账须有“序号”“工作任务”“牵头单位”“分管领导”各列",
    "no headings found: a ledger has columns for the number, the task, the lead unit and the leader",
)
_TWICE: Final = Word("表头重复", "this heading stands there twice")
_UNKNOWN_PERIOD: Final = Word(
    "没有这个周期：应为季度、月份、上半年或年度", "no such period: a quarter, a month or the year"
)
_YEARS: Final = Word("各列的年份不同", "the headings name different years")
_ALONE: Final = Word("这一行不属于任何事项：缺少序号和工作任务", "belongs to no item: it has neither number nor task")
_HIDDEN: Final = Word("这个工作表是隐藏的，未读取", "this sheet is hidden and not read")
_NO_LEDGER: Final = Word("这个工作表没有台账的表头，未读取", "this sheet has no headings of a ledger and is not read")
_NO_ITEMS: Final = Word("没有事项", "there is no item")
_BARE: Final = re.compile(r"[0-9０-９.．、\s-]+")


def read_ledger(content: bytes) -> OfficeLedger:
    """What the bytes of an .xlsx say; sheets without a ledger's headings are passed over. Raises UnreadableWorkbook."""
    return read_sheets(read_workbook(content, merged=True))


def read_sheets(sheets: list[ListSheet]) -> OfficeLedger:
    """The same of sheets that were read with their merged cells. Raises UnreadableWorkbook."""
    found = OfficeLedger()
    known = [table for one in sheets for table in ledger_sheets(one)]
    known = known or [table for one in sheets for table in ledger_sheets(one, partly=True)]
    if not known:
        found.problem(sheets[0].name if sheets else "", "", _NO_HEADINGS)
        return found
    names = {table.name for table in known}
    for one in sheets:
        if one.name not in names and (one.hidden or any(cell.text for row in one.rows for cell in row)):
            found.note(one.name, "", _HIDDEN if one.hidden else _NO_LEDGER)
    for table in known:
        _SheetReading(table, found).read()
    if not found.rows and not found.problems:
        found.problem(known[0].name, "", _NO_ITEMS)
    one_spelling(found)
    _repeated(found)
    _too_many(found)
    return found


@dataclass(slots=True)
class _SheetReading:
    sheet: LedgerSheet
    ledger: OfficeLedger
    around: Surroundings = field(default_factory=Surroundings)
    item: ItemRows | None = None
    unfit: tuple[str, Word] | None = None
    """What is wrong with the chapter's heading; nothing, where no item follows it."""
    bare: list[str] = field(default_factory=list)
    """Rows that have a number and nothing else."""
    in_words: bool = False
    """Whether items are numbered 一, 二, so that such a number alone makes no chapter."""

    def read(self) -> None:
        name, ledger = self.sheet.name, self.ledger
        for places, why in ((self.sheet.twice, _TWICE), (self.sheet.unknown, _UNKNOWN_PERIOD)):
            for place in places:
                ledger.problem(name, place, why)
        missing = [one for one in NEEDED if one not in self.sheet.columns.values()]
        for column in missing:
            ledger.problem(name, "", self._missing(HEADINGS[column][0]))
        for place, year in self.sheet.years.items():
            if year != next(iter(self.sheet.years.values())):
                ledger.problem(name, place, _YEARS)
            ledger.years[(name, place)] = year
        if missing:
            return
        for cell in self._unread():
            why = Word(f"未读取“{cell.text[:40]}”列", f"the column `{cell.text[:40]}` is not read")
            ledger.note(name, cell.place, why)
        named = {int(one) for one in re.findall(r"(20[0-9][0-9])年", self.sheet.above)}
        if len(named) == 1:
            ledger.titled[name] = named.pop()
        self.around.category = category_in(self.sheet.above) or category_in(name)
        self.in_words = counts_in_words(self.sheet)
        for number, cells in self.sheet.rows:
            self._row(number, cells)
        self._finish()
        if self.bare:
            count, last = len(self.bare), self.bare[-1]
            zh = f"只有序号的 {count} 行未读取（至 {last}）"
            ledger.note(name, self.bare[0], Word(zh, f"{count} rows with a number alone are not read (to {last})"))

    def _unread(self) -> list[ListCell]:
        """Columns that say something and are none of ours, so that nothing is lost unseen."""
        sheet = self.sheet
        read = {*sheet.columns, *sheet.periods}
        told = {*sheet.twice, *sheet.unknown}
        return [cell for at, cell in sheet.headings.items() if at not in read and cell.place not in told]

    def _missing(self, heading: str) -> Word:
        """The column is missing, or called otherwise: the headings that were not understood are named."""
        others = [f"{cell.place} {cell.text[:20]}" for cell in self._unread()[:10]]
        if not others:
            return Word(f"缺少“{heading}”列", f"has no column `{heading}`")
        return Word(
            f"缺少“{heading}”列；未识别的表头：{'、'.join(others)}",
            f"has no column `{heading}`; not understood: {', '.join(others)}",
        )

    def _row(self, number: int, cells: dict[int, ListCell]) -> None:
        said = self.said(cells)
        if self._passed_over(said.get("number"), cells):
            return
        own, periods = said, self.periods(cells, said)
        if not own and not periods:
            return
        count, task = own.get("number"), own.get("task")
        item = self.item
        if item and ((count and count.place == item.place("number")) or (not count and not self._begins(task))):
            item.add(number, own, periods)
        elif not count and not task:
            self.ledger.problem(self.sheet.name, next(iter((*own.values(), *periods.values()))).place, _ALONE)
        elif count and not count.computed and len({cell.place for cell in cells.values()}) == 1:
            self.bare.append(count.place)
        else:
            self._finish()
            if self.unfit:
                self.ledger.problem(self.sheet.name, *self.unfit)
            self.item = ItemRows(self.sheet, self.ledger, self.around.copy())
            self.item.add(number, own, periods)

    def said(self, cells: dict[int, ListCell]) -> dict[Column, ListCell]:
        """What stands in each column; a cell that is merged across several belongs to the first of them."""
        own: dict[Column, ListCell] = {}
        places: set[str] = set()
        for at, column in sorted(self.sheet.columns.items()):
            cell = cells.get(at)
            if cell and cell.place not in places and not (column in MAY_BE_BLANK and is_blank(cell.text)):
                own[column] = cell
                places.add(cell.place)
        return own

    def periods(self, cells: dict[int, ListCell], own: dict[Column, ListCell]) -> dict[str, ListCell]:
        """What stands in each period; one that is merged across several is said of each."""
        places = {cell.place for cell in own.values()}
        return {
            period: cell
            for at, period in self.sheet.periods.items()
            if (cell := cells.get(at)) and cell.place not in places and not is_blank(cell.text)
        }

    def _begins(self, task: ListCell | None) -> bool:
        return task is not None and (self.item is None or task.place != self.item.place("task"))

    def _passed_over(self, count: ListCell | None, cells: dict[int, ListCell]) -> bool:
        """A heading that is repeated on a new page, a remark at the foot, a chapter: none of them is an item."""
        first = cells[min(cells)]
        at = next((at for at, column in self.sheet.columns.items() if column == "number"), None)
        if count and at is not None and plain(count.text) == plain(self.sheet.headings[at].text):
            return True
        task = next((at for at, column in self.sheet.columns.items() if column == "task"), 1)
        if min(cells) > task:
            return False  # more of the item above
        if is_remark(first.text):
            return True
        name = chapter_in_words(self.said(cells), cells) if not self.in_words else None
        if name is None:
            if len({cell.place for cell in cells.values()}) > 1 or _BARE.fullmatch(first.text) or first.computed:
                return False
            if min(cells) == task and len(cells) == 1 and self.item and at is not None and at < task:
                return False  # a title without its number, or the rest of the item's own
            name = first
        self._chapter(name)
        return True

    def _chapter(self, name: ListCell) -> None:
        self.unfit = None
        try:
            self.around.aspect = section_name(name.text)
        except UnfitCell as error:
            self.unfit = name.place, error.why
        self.around.category = category_in(name.text) or self.around.category

    def _finish(self) -> None:
        if self.item is not None:
            made = self.item.item()
            (self.ledger.wrong if self.item.failed else self.ledger.items).append(made)
        self.item = None


def _repeated(found: OfficeLedger) -> None:
    """Ids and items that stand there twice, also in different sheets."""
    ids: dict[str, str] = {}
    same: dict[tuple[str, str, str], str] = {}
    for item in found.items:
        where = f"{item.sheet}!{item.cell}"
        if first := ids.get(item.id):
            why = Word(f"编号 {item.id} 与 {first} 重复", f"the id {item.id} is that of {first}, too")
            found.problem(item.sheet, item.cell, why)
        elif first := same.get((item.category, item.task, item.lead)):
            why = Word(f"事项与 {first} 重复", f"the item is the same as that of {first}")
            found.problem(item.sheet, item.cell, why)
        ids.setdefault(item.id, where)
        same.setdefault((item.category, item.task, item.lead), where)


def _too_many(found: OfficeLedger) -> None:
    for zh, en, count, most in (
        ("事项", "items", found.rows, MAX_ITEMS),
        ("单位", "units", len(found.units), MAX_UNITS),
        ("领导", "leaders", len(found.leaders), MAX_LEADERS),
        ("方面", "aspects", len(found.aspects), MAX_ASPECTS),
    ):
        if count > most:
            found.problem(
                "", "", Word(f"{zh}至多 {most} 个，现有 {count} 个", f"at most {most} {en}, here are {count}")
            )


__all__ = ["UnreadableWorkbook", "read_ledger", "read_sheets"]
