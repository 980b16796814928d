"""The goals and milestones in the rows of one item: what is a number with an indicator, and what is a text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from contracts.values import Comparator
from exact.workbook import ListCell
from programmes.ledger import cells
from programmes.ledger.amounts import MAX_UNIT, Amount, read_amount, read_named_amount
from programmes.ledger.cells import NAME, TEXT, UnfitCell
from programmes.ledger.headings import YEAR, Column
from programmes.ledger.model import LedgerIndicator
from supervision.words import Word

if TYPE_CHECKING:
    from programmes.ledger.item_rows import ItemRows

_NO_TARGET: Final = Word("指标须有目标值", "an indicator needs its target")
_UNITS: Final = Word("数值中的单位与“单位”列不同", "has another unit than the column of units")
_NO_NUMBER: Final = (
    "目标值应为一个数（如 ≥5%、8000亩）；文字目标请写入各周期列，指标留空",
    "must be one number (such as ≥5% or 8000亩); a goal in words stands in a period's column, without an indicator",
)
_COMPARATORS: Final[Mapping[str, Comparator]] = {
    ">=": ">=", "≥": ">=", "<=": "<=", "≤": "<=", ">": ">", "<": "<", "=": "=", "＝": "=",
}  # fmt: skip
_LINES: Final = re.compile(r"[\n；;]+")
_NUMBERED: Final = re.compile(r"^\s*[（(]?[0-9]{1,2}[)）.．、]\s*(?=[^0-9\s])")


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """The cells of one row that speak of goals."""

    row: int
    own: Mapping[Column, ListCell]
    periods: Mapping[str, ListCell]


@dataclass(slots=True)
class IndicatorRows:
    """Reads the goals of an item; what is wrong becomes the item's problem."""

    rows: ItemRows
    task: str
    indicators: list[LedgerIndicator] = field(default_factory=list)
    texts: dict[str, list[str]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    said: set[tuple[str, str]] = field(default_factory=set)
    """Periods with the places whose text they have already."""

    def read(self, rows: list[IndicatorRow]) -> IndicatorRows:
        """Itself, with the goals of all rows."""
        columns = self.rows.sheet.columns.values()
        for one in rows:
            named, target = one.own.get("indicator"), one.own.get("target")
            year = one.periods.get(YEAR)
            fresh = [cell for cell in (named, target) if cell and cell.place not in self.seen]
            counted = target or (year if named or "indicator" not in columns else None)
            if counted and not named and not (counted.computed or read_amount(counted.text)):
                if counted is target:
                    self._texts({YEAR: counted})
                    fresh = []
                counted = None
            used = counted if fresh or (counted and counted.place not in self.seen) else None
            self.seen.update(cell.place for cell in (named, target, used) if cell)
            if used:
                self._indicator(one, named, used)
            elif fresh and "target" not in columns and YEAR not in self.rows.sheet.periods.values():
                self._within(fresh[0], one.periods)
            elif fresh:
                place = self.rows.sheet.place("target", one.row) if "target" in columns else fresh[0].place
                self.rows.wrong(place, _NO_TARGET)
            else:
                self._texts(one.periods)
        return self

    def _indicator(self, one: IndicatorRow, named: ListCell | None, counted: ListCell) -> None:
        rows = self.rows
        name = rows.checked(named, lambda text: cells.text(text, NAME), "") if named else self.task
        amount = rows.checked(counted, _amount, None)
        rows.note_width(counted)
        unit = self._said(one, "measure", lambda text: cells.text(text, MAX_UNIT))
        note = self._said(one, "indicator_note", lambda text: cells.text(text, TEXT, lines=True))
        compared = self._said(one, "comparator", _comparator)
        if amount is None:
            return
        if unit and amount.unit and unit != amount.unit:
            rows.wrong(counted.place, _UNITS)
        if amount.unit and not unit:
            why = Word(
                f"数值 {amount.value:f}，单位“{amount.unit}”", f"read as {amount.value:f}, its unit {amount.unit}"
            )
            rows.ledger.note(rows.sheet.name, counted.place, why)
        unit = unit or amount.unit
        comparator: Comparator = _COMPARATORS.get(compared) or amount.comparator or ">="
        numbers = self._milestones(one.periods, unit, comparator, counted)
        self._add(name, comparator, amount.value, unit, note, numbers)

    def _said(self, one: IndicatorRow, column: Column, read: object) -> str:
        cell = one.own.get(column)
        return self.rows.checked(cell, read, "") if cell else ""  # type: ignore[arg-type]

    def _milestones(
        self, periods: Mapping[str, ListCell], unit: str, comparator: Comparator, counted: ListCell | None
    ) -> dict[str, Decimal]:
        """The numbers of the periods; what is no number in this unit is a text of the item."""
        numbers: dict[str, Decimal] = {}
        for period, cell in periods.items():
            if counted and cell.place == counted.place:
                continue
            amount = None if cell.computed else read_amount(cell.text)
            if amount and amount.unit in ("", unit) and amount.comparator in (None, ">=", comparator):
                numbers[period] = amount.value
                self.rows.note_width(cell)
            else:
                self._texts({period: cell})
        return numbers

    def _within(self, named: ListCell, periods: Mapping[str, ListCell]) -> None:
        """An indicator in a sheet without targets: its number stands in its own words, or it is a goal in words."""
        text = self.rows.checked(named, lambda text: cells.text(text, TEXT, lines=True), "")
        lines = [line for one in _LINES.split(text) if (line := _NUMBERED.sub("", one).strip())]
        found = [read_named_amount(line) for line in lines]
        amounts = [one for one in found if one and len(one[0]) <= NAME]
        if not lines or len(amounts) < len(found):
            if text:
                self.texts.setdefault(YEAR, []).append(text)
            self._texts(periods)
            return
        self.rows.note_width(named)
        for name, amount in amounts:
            comparator: Comparator = amount.comparator or ">="
            numbers = self._milestones(periods, amount.unit, comparator, None) if len(amounts) == 1 else {}
            self._add(name, comparator, amount.value, amount.unit, "", numbers)
        if len(amounts) > 1:
            self._texts(periods)

    def _add(
        self, name: str, comparator: Comparator, target: Decimal, unit: str, note: str, milestones: dict[str, Decimal]
    ) -> None:
        self.indicators.append(
            LedgerIndicator(
                name=name, comparator=comparator, target=target, unit=unit, note=note, milestones=milestones
            )
        )

    def _texts(self, periods: Mapping[str, ListCell]) -> None:
        for period, cell in periods.items():
            if cell.place in self.seen or (period, cell.place) in self.said:
                continue
            self.said.add((period, cell.place))
            text = self.rows.checked(cell, lambda text: cells.text(text, TEXT, lines=True), "")
            if text:
                self.texts.setdefault(period, []).append(text)
            if sum(map(len, self.texts.get(period, ()))) > TEXT:
                self.rows.wrong(cell.place, Word(f"合计至多 {TEXT} 个字", f"at most {TEXT} characters together"))


def _amount(text: str) -> Amount | None:
    found = read_amount(text)
    if found is None:
        raise UnfitCell(*_NO_NUMBER)
    return found


def _comparator(text: str) -> str:
    if text not in _COMPARATORS:
        raise UnfitCell("比较应为 >=、<=、>、<、= 之一", "must be one of >=, <=, >, <, =")
    return text
