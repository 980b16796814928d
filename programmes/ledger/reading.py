"""The rows of a ledger as items: chapters, remarks at the foot, rows that belong together; problems at their cells."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from contracts.values import Category
from exact.workbook import ListCell, ListSheet, UnreadableWorkbook, read_workbook
from programmes.ledger.cells import UnfitCell, category, is_section, section_name
from programmes.ledger.grid import LedgerSheet, ledger_sheet
from programmes.ledger.headings import HEADINGS, NEEDED, plain
from programmes.ledger.item_rows import ItemRows, Surroundings
from programmes.ledger.model import OfficeLedger
from programmes.programme import MAX_ITEMS
from supervision.words import Word

MAX_UNITS: Final = 500
MAX_LEADERS: Final = 100
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
_NO_ITEMS: Final = Word("没有事项", "there is no item")
_BARE: Final = re.compile(r"[0-9０-９.．、\s-]+")


def read_ledger(content: bytes) -> OfficeLedger:
    """What the bytes of an .xlsx say; sheets without a ledger's headings are passed over. Raises UnreadableWorkbook."""
    return read_sheets(read_workbook(content, merged=True))


def read_sheets(sheets: list[ListSheet]) -> OfficeLedger:
    """The same of sheets that were read with their merged cells. Raises UnreadableWorkbook."""
    found = OfficeLedger()
    known = [sheet for one in sheets if (sheet := ledger_sheet(one))]
    if not known:
        found.problem(sheets[0].name if sheets else "", "", _NO_HEADINGS)
        return found
    for sheet in known:
        _SheetReading(sheet, found).read()
    if not found.rows and not found.problems:
        found.problem(known[0].name, "", _NO_ITEMS)
    _repeated(found)
    _too_many(found)
    return found


@dataclass(slots=True)
class _SheetReading:
    sheet: LedgerSheet
    ledger: OfficeLedger
    around: Surroundings = field(default_factory=Surroundings)
    item: ItemRows | None = None

    def read(self) -> None:
        name, ledger = self.sheet.name, self.ledger
        for places, why in ((self.sheet.twice, _TWICE), (self.sheet.unknown, _UNKNOWN_PERIOD)):
            for place in places:
                ledger.problem(name, place, why)
        missing = [one for one in NEEDED if one not in self.sheet.columns.values()]
        for column in missing:
            heading = HEADINGS[column][0]
            ledger.problem(name, "", Word(f"缺少“{heading}”列", f"has no column `{heading}`"))
        for place, year in self.sheet.years.items():
            if year != next(iter(self.sheet.years.values())):
                ledger.problem(name, place, _YEARS)
            ledger.years[(name, place)] = year
        if missing:
            return
        self._unread()
        self.around.category = _category_in(f"{name} {self.sheet.above}")
        for number, cells in self.sheet.rows:
            self._row(number, cells)
        self._finish()

    def _unread(self) -> None:
        """Columns that say something and are none of ours are named, so that nothing is lost unseen."""
        for at, cell in self.sheet.headings.items():
            place = cell.place
            if (
                at in self.sheet.columns
                or at in self.sheet.periods
                or place in (*self.sheet.twice, *self.sheet.unknown)
            ):
                continue
            why = Word(f"未读取“{cell.text[:40]}”列", f"the column `{cell.text[:40]}` is not read")
            self.ledger.note(self.sheet.name, place, why)

    def _row(self, number: int, cells: dict[int, ListCell]) -> None:
        own = {column: cell for at, column in self.sheet.columns.items() if (cell := cells.get(at))}
        periods = {period: cell for at, period in self.sheet.periods.items() if (cell := cells.get(at))}
        if self._passed_over(own.get("number"), cells):
            return
        if not own and not periods:
            return
        count, task = own.get("number"), own.get("task")
        item = self.item
        if item and ((count and count.place == item.place("number")) or (not count and not self._begins(task))):
            item.add(number, own, periods)
        elif not count and not task:
            self.ledger.problem(self.sheet.name, next(iter((*own.values(), *periods.values()))).place, _ALONE)
        else:
            self._finish()
            self.item = ItemRows(self.sheet, self.ledger, self.around.copy())
            self.item.add(number, own, periods)

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
        if not is_section(first.text):
            return True
        if len({cell.place for cell in cells.values()}) > 1 or _BARE.fullmatch(first.text) or first.computed:
            return False
        if min(cells) == task and len(cells) == 1 and self.item and at is not None and at < task:
            return False  # a title without its number, or the rest of the item's own
        try:
            self.around.aspect = section_name(first.text)
        except UnfitCell as error:
            self.ledger.problem(self.sheet.name, first.place, error.why)
        self.around.category = _category_in(first.text) or self.around.category
        return True

    def _finish(self) -> None:
        if self.item is not None:
            made = self.item.item()
            (self.ledger.wrong if self.item.failed else self.ledger.items).append(made)
        self.item = None


def _category_in(text: str) -> Category | None:
    if "民生" in text or "实事" in text:
        return "livelihood" if "重点" not in text else category(text)
    return "key_task" if "重点" in text else None


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
    counts = Counter({"事项 items": found.rows, "单位 units": len(found.units), "领导 leaders": len(found.leaders)})
    for (word, count), most in zip(counts.items(), (MAX_ITEMS, MAX_UNITS, MAX_LEADERS), strict=True):
        if count > most:
            zh, en = word.split()
            found.problem(
                "", "", Word(f"{zh}至多 {most} 个，现有 {count} 个", f"at most {most} {en}, here are {count}")
            )


__all__ = ["UnreadableWorkbook", "read_ledger", "read_sheets"]
