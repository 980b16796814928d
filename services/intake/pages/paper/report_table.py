"""The table of what was reached: claim, figures and words for each item to report, and back (附件5, 附件6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from contracts.values import Category, Node
from exact.workbook import ListSheet
from programmes.ledger.amounts import read_amount
from services.intake.pages.desk import to_report
from services.intake.pages.paper.filled_table import FilledRow, FilledTable, grouped
from services.intake.pages.paper.paper_table import ITEM_COLUMNS, PaperTable, item_cells
from services.intake.pages.paper.table_rows import TableRow
from services.intake.who.item import KnownItem
from services.intake.who.roster import Roster
from supervision.light_sentences import SIGNS, period_word, plain
from supervision.words import CLAIMS, Word

_ANNEXES: Final[Mapping[Category, tuple[str, str]]] = {
    "key_task": ("附件6", "督查重点任务落实情况反馈表"),
    "livelihood": ("附件5", "民生实事任务分解表（落实情况）"),
}
_COLUMNS: Final[Mapping[str, int]] = {
    **ITEM_COLUMNS, "周期": 8, "节点目标": 16, "指标": 11, "目标值": 7, "完成值": 7, "进展": 6, "进展说明": 18,
}  # fmt: skip
_SIGNED_BY: Final = ("填报单位（盖章）", "单位主要负责人（签字）", "填报人", "填报日期")
_CLAIMS: Final = {word.zh: claim for claim, word in CLAIMS.items()}
_NO_PERIOD: Final = Word(
    "该事项现在不报这一周期，如 2024年第一季度", "the item does not report this period now, such as 2024年第一季度"
)
_NO_CLAIM: Final = Word("应为 " + "、".join(_CLAIMS), "must be one of " + ", ".join(_CLAIMS))
_NO_INDICATOR: Final = Word("方案在这一周期没有这个指标", "the plan has no such indicator for this period")
_OTHER_UNIT: Final = Word("计量单位与目标值不同，请换算后填写", "the unit is not that of the target: convert it")
_TWICE: Final = Word("这个指标前面已填", "this indicator is filled in above")
_NOT_MEASURED: Final = Word(
    "这一行没有指标，不填完成值；情况写在“进展说明”里", "there is no indicator in this row: describe it in 进展说明"
)
_NO_NUMBER: Final = Word("应为一个数，不带比较符号", "must be one number without a comparison")


def report_tables(items: Sequence[KnownItem], roster: Roster, now: datetime) -> list[PaperTable]:
    """A table per category for what is to be reported now, with the goals beside it; what was reached is empty."""
    tables = []
    for category, (annex, name) in _ANNEXES.items():
        group = [item for item in items if item.opened.category == category]
        rows = [row for item in group for one in to_report(item, now) for row in _rows(item, roster, one.id)]
        if rows:
            tables.append(PaperTable(annex, name, _COLUMNS, rows, _SIGNED_BY))
    return tables


def read_reports(sheets: Sequence[ListSheet], items: Mapping[str, KnownItem], now: datetime) -> FilledTable:
    """The reports that a table makes, of these items by number."""
    found = FilledTable()
    groups = grouped(sheets, items, found)
    found.require(groups, lambda _, row: "进展" in row.columns)
    for item, rows in groups:
        before = len(found.problems)
        data = _report(item, rows, now, found)
        if len(found.problems) > before:
            continue
        if data:
            found.add(rows[0], "事项", FilledRow(item, "progress.reported", data))
        else:
            found.left_empty += 1
    return found.in_order()


def _rows(item: KnownItem, roster: Roster, period: str) -> Iterator[list[str]]:
    node = item.nodes.get(period) or Node(text="")
    goals = [[one.indicator, f"{_sign(one.comparator)}{plain(one.value)}{one.unit}"] for one in node.targets]
    about = [*item_cells(item, roster), period_word(period).zh, node.text]
    for number, goal in enumerate(goals or [["", ""]]):
        yield [*(about if number == 0 else [""] * len(about)), *goal, "", "", ""]


def _sign(comparator: str) -> str:
    return SIGNS.get(comparator, comparator)


def _report(item: KnownItem, rows: Sequence[TableRow], now: datetime, found: FilledTable) -> dict[str, Any]:
    """The data of a report, empty where nothing was filled in; problems go to `found`."""
    first, said = rows[0], [row for row in rows if row.text("进展")]
    open_now = to_report(item, now)
    periods = {**{one.id: one.id for one in open_now}, **{period_word(one.id).zh: one.id for one in open_now}}
    period = periods.get(first.text("周期"))
    measures = _measures(item.nodes.get(period or ""), rows, found)
    narrative = "\n".join(text for row in rows if (text := row.text("进展说明")))
    if not (said or measures or narrative):
        return {}
    claim = _CLAIMS.get(said[0].text("进展")) if said else None
    if period is None:
        found.problem(first, "周期", _NO_PERIOD)
    if claim is None:
        found.problem(said[0] if said else first, "进展", _NO_CLAIM)
    return {"period": period, "claim": claim, "measures": measures, "narrative": narrative}


def _measures(node: Node | None, rows: Sequence[TableRow], found: FilledTable) -> dict[str, str]:
    """The values by indicator, each in the unit of its target; problems go to `found`."""
    units = {one.indicator: one.unit for one in node.targets} if node is not None else {}
    measures: dict[str, str] = {}
    for row in (row for row in rows if row.text("完成值")):
        amount, indicator = read_amount(row.text("完成值")), row.text("指标")
        if not indicator:
            found.problem(row, "完成值", _NOT_MEASURED)
        elif amount is None or amount.comparator is not None:
            found.problem(row, "完成值", _NO_NUMBER)
        elif units and indicator not in units:
            found.problem(row, "指标", _NO_INDICATOR)
        elif indicator in measures:
            found.problem(row, "指标", _TWICE)
        elif amount.unit and amount.unit != units.get(indicator, amount.unit):
            found.problem(row, "完成值", _OTHER_UNIT)
        else:
            measures[indicator] = format(amount.value, "f")
    return measures
