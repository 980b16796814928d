"""The table of goals: what each item is to reach by the end of each period, and back (附件4, 附件5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, repeat
from typing import Any, Final

from contracts.values import Category, Comparator, Node, PeriodId, Target
from exact.workbook import ListSheet
from programmes.ledger.amounts import read_amount
from services.intake.pages.desk import binding
from services.intake.pages.paper.filled_table import FilledRow, FilledTable, grouped
from services.intake.pages.paper.paper_table import CONTINUED, ITEM_COLUMNS, PaperTable, item_cells
from services.intake.pages.paper.table_rows import TableRow
from services.intake.who.item import KnownItem
from services.intake.who.roster import Roster
from supervision.light_sentences import SIGNS, period_word, plain
from supervision.words import Word

_ANNEXES: Final[Mapping[Category, tuple[str, str]]] = {
    "key_task": ("附件4", "督查重点任务季度目标安排表"),
    "livelihood": ("附件5", "民生实事任务分解表"),
}
_INDICATOR_COLUMNS: Final[Mapping[str, int]] = {"指标": 11, "比较": 4, "计量单位": 5}
_GOAL_WIDTH: Final = 12
_SIGNED_BY: Final = ("填报单位（盖章）", "单位主要负责人（签字）", "分管区领导审定（签字）", "填报日期")
_GOAL: Final = "节点目标"
"""Stands where an indicator would, in the row with the goals in words."""
_NONE: Final = "不报送"
_COMPARATORS: Final[Mapping[str, Comparator]] = {
    "≥": ">=", ">=": ">=", "≤": "<=", "<=": "<=", ">": ">", "<": "<", "=": "=", "＞": ">", "＜": "<", "＝": "=",
}  # fmt: skip
_NO_NUMBER: Final = Word("应为一个数，如 8000 或 5.5", "must be one number, such as 8000 or 5.5")
_NO_COMPARATOR: Final = Word("应为 ≥、≤、>、< 或 =", "must be ≥, ≤, >, < or =")
_NOT_REPORTED: Final = Word("该事项在这一周期不报送", "the item is not reported in this period")
_OTHER_UNIT: Final = Word("计量单位与“计量单位”一列不同", "the unit is not that of the column 计量单位")


def plan_tables(
    items: Sequence[KnownItem], roster: Roster, begun: Mapping[str, Mapping[PeriodId, Node]]
) -> list[PaperTable]:
    """A table per category (its items have the same periods), for items whose plans are not confirmed.

    Each is filled with the plan that was sent last, else with what it may begin with (`begun`, by item). Read again, it
    says the same.
    """
    tables = []
    for category, (annex, name) in _ANNEXES.items():
        group = [item for item in items if item.opened.category == category]
        periods = sorted({one.id for item in group for one in binding(item)})
        goals = {period_word(one).zh: _GOAL_WIDTH for one in periods}
        rows = [
            [*cells, *row]
            for item in group
            for cells, row in zip(
                chain([item_cells(item, roster)], repeat([""] * CONTINUED)),
                _rows(item, periods, begun.get(item.id, {})),
                strict=False,
            )
        ]
        if group:
            tables.append(PaperTable(annex, name, {**ITEM_COLUMNS, **_INDICATOR_COLUMNS, **goals}, rows, _SIGNED_BY))
    return tables


def read_plans(sheets: Sequence[ListSheet], items: Mapping[str, KnownItem]) -> FilledTable:
    """The plans that a table makes, of these items by number."""
    found = FilledTable()
    groups = grouped(sheets, items, found)
    found.require(groups, lambda item, row: not _periods(item).keys().isdisjoint(row.columns))
    for item, rows in groups:
        before = len(found.problems)
        nodes = _nodes(item, rows, found)
        if len(found.problems) > before:
            continue
        if nodes:
            found.add(rows[0], "事项", FilledRow(item, "plan.submitted", {"nodes": nodes}))
        else:
            found.left_empty += 1
    return found.in_order()


def _rows(item: KnownItem, periods: Sequence[str], begun: Mapping[PeriodId, Node]) -> Iterator[list[str]]:
    sent = item.waiting_plan or item.last_plan or item.nodes
    nodes = sent or begun
    bound = {one.id for one in binding(item)}
    goals = [nodes[one].text if one in nodes else "" if one in bound else _NONE for one in periods]
    yield [_GOAL, "", "", *goals]
    measured = [target for node in sent.values() for target in node.targets] or item.opened.annual_targets
    for one in dict.fromkeys((of.indicator, of.comparator, of.unit) for of in measured):
        values = [_value(nodes[period].targets if period in nodes else (), one) for period in periods]
        yield [one[0], SIGNS.get(one[1], one[1]), one[2], *values]


def _value(targets: Sequence[Target], of: tuple[str, str, str]) -> str:
    values = (plain(one.value) for one in targets if (one.indicator, one.comparator, one.unit) == of)
    return next(values, "")


def _nodes(item: KnownItem, rows: Sequence[TableRow], found: FilledTable) -> dict[str, Any]:
    """The nodes by period; problems go to `found`."""
    words, bound = _periods(item), {one.id for one in binding(item)}
    nodes: dict[str, dict[str, Any]] = {}
    for row in rows:
        indicator = row.text("指标")
        for heading in row.cells:
            period, text = words.get(heading), row.text(heading)
            if period is None or not text or text == _NONE:
                continue
            if period not in bound:
                found.problem(row, heading, _NOT_REPORTED)
                continue
            node = nodes.setdefault(period, {"text": "", "targets": []})
            if not indicator or (indicator == _GOAL and not row.text("比较")):  # an indicator may be called so, too
                node["text"] = f"{node['text']}\n{text}".strip()
            elif target := _target(row, indicator, heading, text, found):
                node["targets"].append(target)
    return dict(sorted(nodes.items()))


def _target(row: TableRow, indicator: str, heading: str, text: str, found: FilledTable) -> dict[str, str] | None:
    amount, unit, written = read_amount(text), row.text("计量单位"), row.text("比较")
    comparator = _COMPARATORS.get(written) if written else amount.comparator if amount else None
    if amount is None:
        found.problem(row, heading, _NO_NUMBER)
    elif amount.unit and unit and amount.unit != unit:
        found.problem(row, heading, _OTHER_UNIT)
    elif comparator is None:
        found.problem(row, "比较", _NO_COMPARATOR)
    else:
        of = unit or amount.unit
        return {"indicator": indicator, "comparator": comparator, "value": format(amount.value, "f"), "unit": of}
    return None


def _periods(item: KnownItem) -> dict[str, str]:
    """The item's periods by how a heading may name them."""
    known = [one.id for one in item.opened.periods]
    return {**{one: one for one in known}, **{period_word(one).zh: one for one in known}}
