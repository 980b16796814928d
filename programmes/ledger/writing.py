"""A programme as a ledger that can be read again, and the template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from exact.workbook import write_workbook
from programmes.ledger.headings import HEADINGS, MONTHS, QUARTERS, YEAR, Column
from programmes.ledger.numbers import number_of
from programmes.ledger.parties import leader_as_written, unit_as_written
from programmes.programme import ItemEntry, ProgrammeFile

_COLUMNS: Final[tuple[Column, ...]] = (
    "number", "category", "aspect", "task", "source", "lead", "cooperating", "leader", "classification", "due",
    "indicator", "comparator", "target", "measure", "indicator_note",
)  # fmt: skip
_LAST: Final[tuple[Column, ...]] = ("predecessor", "note")
_PERIODS: Final = {
    **dict(zip(QUARTERS, ("一季度目标", "二季度目标", "三季度目标", "四季度目标"), strict=True)),
    **{month: f"{int(month)}月目标" for month in MONTHS},
    YEAR: "年度目标",
}
_CATEGORIES: Final = {"key_task": "重点任务", "livelihood": "民生实事"}
_CLASSIFICATIONS: Final = {"public": "公开", "internal": "内部"}
SHEET: Final = "台账"
_EXPLAINED: Final = (
    ("列可按任意顺序，可合并单元格", "Columns may stand in any order, cells may be merged"),
    (
        "序号如 1、2、重01、民01；改动序号即为另一事项",
        "Numbers such as 1, 2, 重01, 民01; another number is another item",
    ),
    ("必填：序号、工作任务、牵头单位、分管领导", "Needed: number, task, lead unit, leader"),
    ("类别：重点任务 或 民生实事", "Category: 重点任务 (key task) or 民生实事 (livelihood)"),
    ("配合单位之间用顿号", "Cooperating units are separated by 、"),
    ("分管领导写职务，不写姓名", "The leader is named by office, not by name"),
    (
        "指标一行一个；同一事项的其他指标接在下一行，序号留空",
        "An indicator per row; more of the same item below it, without number",
    ),
    (
        "有指标时，目标值须为一个数，如 ≥5%、8000亩",
        "Beside an indicator the target is one number, such as ≥5% or 8000亩",
    ),
    ("文字目标写在各周期列，指标留空", "Goals in words stand in a period's column, without an indicator"),
    ("不得含公式、宏和外部链接", "Formulas, macros and links to other files are refused"),
)


def write_ledger(programme: ProgrammeFile) -> bytes:
    """A programme's items as an .xlsx; read again beside the same programme, it changes nothing.

    Texts of the item stand in its first row, each indicator in a row of its own where there are such texts or several.
    """
    used = [
        one for one in _PERIODS if one in QUARTERS or one == YEAR or any(_uses(item, one) for item in programme.items)
    ]
    headings = [
        *(HEADINGS[one][0] for one in _COLUMNS),
        *(_PERIODS[one] for one in used),
        *(HEADINGS[one][0] for one in _LAST),
    ]
    rows = [
        [
            *(row.get(one, "") for one in _COLUMNS),
            *(row.get(one, "") for one in used),
            *(row.get(one, "") for one in _LAST),
        ]
        for item in programme.items
        for row in _rows(item, programme)
    ]
    return write_workbook([(SHEET, headings, rows)])


def template() -> bytes:
    """The empty ledger, and what may stand in it."""
    headings = [*(HEADINGS[one][0] for one in _COLUMNS), *(_PERIODS[one] for one in (*QUARTERS, YEAR))]
    headings += [HEADINGS[one][0] for one in _LAST]
    explained = [["", *row] for row in _EXPLAINED]
    return write_workbook([(SHEET, headings, []), ("填写说明", ["", "中文", "English"], explained)])


def _rows(item: ItemEntry, programme: ProgrammeFile) -> Iterator[dict[str, str]]:
    names = {one.id: unit_as_written(one.name) for one in programme.units}
    labels = {one.id: leader_as_written(one.label) for one in programme.leaders}
    aspects = {one.number: one.name for one in programme.aspects}
    before = item.predecessor
    first: dict[str, str] = {
        "number": number_of(item.id, item.category),
        "category": _CATEGORIES[item.category],
        "aspect": aspects[item.aspect],
        "task": item.task,
        "source": item.source,
        "lead": names[item.lead_unit],
        "cooperating": "、".join(names[one] for one in item.cooperating_units),
        "leader": labels[programme.leader_of(item) or ""],
        "classification": _CLASSIFICATIONS[item.classification],
        "due": item.due.isoformat() if item.due else "",
        "predecessor": f"{before.programme}/{before.item}" if before else "",
        "note": item.note,
    }
    goals = [
        {
            "indicator": one.name,
            "comparator": one.comparator,
            "target": format(one.target, "f"),
            "measure": one.unit,
            "indicator_note": one.note,
            **{_of_a_year(period): format(number, "f") for period, number in one.milestones.items()},
        }
        for one in item.indicators
    ]
    if item.milestones or not goals:
        yield first | {_of_a_year(period): text for period, text in item.milestones.items()}
    else:
        yield first | goals.pop(0)
    yield from goals


def _uses(item: ItemEntry, period: str) -> bool:
    parts: list[Mapping[str, object]] = [item.milestones, *(one.milestones for one in item.indicators)]
    return any(_of_a_year(one) == period for part in parts for one in part)


def _of_a_year(period: str) -> str:
    return period[4:].lstrip("-") or YEAR
