"""The table of what was reached: claim, figures and words for each item to report, as .xlsx and back (附件6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from contracts.values import Node
from exact.workbook import ListSheet, write_workbook
from programmes.ledger.amounts import read_amount
from services.intake.pages.desk import to_report
from services.intake.pages.paper.filled_table import FilledRow, FilledTable, grouped
from services.intake.pages.paper.table_rows import TableRow
from services.intake.who.item import KnownItem
from supervision.light_sentences import SIGNS, period_word, plain
from supervision.words import CLAIMS, Word

SHEET: Final = "落实情况反馈表"
_HEADINGS: Final = ("编号", "事项", "周期", "节点目标", "指标", "目标值", "完成值", "进展", "进展说明")
_CLAIMS: Final = {word.zh: claim for claim, word in CLAIMS.items()}
_NO_PERIOD: Final = Word(
    "该事项现在不报这一周期，如 2024年第一季度", "the item does not report this period now, such as 2024年第一季度"
)
_NO_CLAIM: Final = Word("应为 " + "、".join(_CLAIMS), "must be one of " + ", ".join(_CLAIMS))
_NO_NUMBER: Final = Word("应为一个数，不带比较符号", "must be one number without a comparison")


def write_reports(items: Sequence[KnownItem], now: datetime) -> bytes:
    """The table for what these items are to report now, with the goals beside it; what was reached is empty."""
    rows = [row for item in items for period in to_report(item, now) for row in _rows(item, period.id)]
    return write_workbook([(SHEET, _HEADINGS, rows)])


def read_reports(sheets: Sequence[ListSheet], items: Mapping[str, KnownItem], now: datetime) -> FilledTable:
    """The reports that a table makes, of these items by number."""
    found = FilledTable()
    for item, rows in grouped(sheets, items, found):
        before = len(found.problems)
        data = _report(item, rows, now, found)
        if len(found.problems) > before:
            continue
        if data:
            found.add(rows[0], "事项", FilledRow(item, "progress.reported", data))
        else:
            found.left_empty += 1
    return found


def _rows(item: KnownItem, period: str) -> Iterator[list[str]]:
    node = item.nodes.get(period) or Node(text="")
    first = [item.id, item.opened.title, period_word(period).zh, node.text]
    goals = [[one.indicator, f"{_sign(one.comparator)}{plain(one.value)}{one.unit}"] for one in node.targets]
    yield [*first, *(goals[0] if goals else ["", ""])]
    for goal in goals[1:]:
        yield ["", "", "", "", *goal]


def _sign(comparator: str) -> str:
    return SIGNS.get(comparator, comparator)


def _report(item: KnownItem, rows: Sequence[TableRow], now: datetime, found: FilledTable) -> dict[str, Any]:
    """The data of a report, empty where nothing was filled in; problems go to `found`."""
    first, said = rows[0], [row for row in rows if row.text("进展")]
    measures: dict[str, str] = {}
    for row in rows:
        if text := row.text("完成值"):
            amount = read_amount(text)
            if amount is None or amount.comparator is not None or not row.text("指标"):
                found.problem(row, "完成值", _NO_NUMBER)
            else:
                measures[row.text("指标")] = format(amount.value, "f")
    narrative = "\n".join(text for row in rows if (text := row.text("进展说明")))
    if not (said or measures or narrative):
        return {}
    open_now = to_report(item, now)
    periods = {**{one.id: one.id for one in open_now}, **{period_word(one.id).zh: one.id for one in open_now}}
    period, claim = periods.get(first.text("周期")), _CLAIMS.get(said[0].text("进展")) if said else None
    if period is None:
        found.problem(first, "周期", _NO_PERIOD)
    if claim is None:
        found.problem(said[0] if said else first, "进展", _NO_CLAIM)
    return {"period": period, "claim": claim, "measures": measures, "narrative": narrative}
