"""Which column a heading of a ledger names, in any order, and the period whose target stands in a column."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final, Literal

Column = Literal[
    "number", "task", "source", "category", "aspect", "lead", "cooperating", "leader", "classification",
    "indicator", "comparator", "target", "measure", "indicator_note", "due", "predecessor", "note",
]  # fmt: skip

HEADINGS: Final[Mapping[Column, tuple[str, ...]]] = {
    "number": ("序号", "编号", "事项编号", "任务编号", "项目编号", "no.", "no", "number"),
    "category": ("类别", "事项类别", "任务类别", "类型", "任务类型", "category"),
    "aspect": ("方面", "章节", "板块", "领域", "所属方面", "任务分类", "aspect"),
    "task": (
        "工作任务", "事项", "目标任务", "任务", "任务名称", "事项名称", "工作内容", "督查事项", "督办事项", "重点任务",
        "重点工作", "主要任务", "任务内容", "项目名称", "实事项目", "民生实事", "具体任务", "具体事项", "task", "title",
    ),
    "source": ("来源", "任务来源", "事项来源", "出处", "依据", "立项依据", "工作报告原文", "原文", "source"),
    "lead": (
        "牵头单位", "责任单位", "牵头责任单位", "牵头承办单位", "承办单位", "主办单位", "主体责任单位", "牵头部门",
        "责任部门", "主责单位", "lead unit", "lead",
    ),
    "cooperating": (
        "协办单位", "配合单位", "协同单位", "参与单位", "配合部门", "协办部门", "责任配合单位", "cooperating units",
    ),
    "leader": (
        "分管领导", "责任领导", "分管区领导", "分管县领导", "分管市领导", "牵头领导", "包联领导", "挂钩领导",
        "分管责任领导", "区分管领导", "县分管领导", "leader",
    ),
    "classification": ("公开属性", "公开方式", "是否公开", "classification"),
    "indicator": ("指标", "指标名称", "量化指标", "考核指标", "主要指标", "indicator"),
    "comparator": ("比较", "comparator"),
    "target": ("目标值", "指标值", "全年目标值", "年度目标值", "目标数", "target"),
    "measure": ("单位", "计量单位", "指标单位", "unit"),
    "indicator_note": ("指标说明", "指标备注"),
    "due": ("完成时限", "完成时间", "时限", "办结时限", "due"),
    "predecessor": ("上年事项", "predecessor"),
    "note": ("备注", "说明", "其他", "note", "remarks"),
}  # fmt: skip
"""The heading that is written, and others that are understood."""
NEEDED: Final[tuple[Column, ...]] = ("number", "task", "lead", "leader")
YEAR: Final = "year"
QUARTERS: Final = ("Q1", "Q2", "Q3", "Q4")
MONTHS: Final = tuple(f"{month:02}" for month in range(1, 13))
PERIODS: Final = (*QUARTERS, *MONTHS, YEAR)
"""The periods of a year as a ledger has them: quarters, months, and the whole year."""

_COLUMNS: Final = {name: column for column, names in HEADINGS.items() for name in names}
_DIGITS: Final = {"一": "1", "二": "2", "三": "3", "四": "4", "五": "5", "六": "6", "七": "7", "八": "8", "九": "9"}
_ENDING: Final = r"(末|底)?(前)?(应)?(完成)?(工作|阶段性?|节点|进度|计划|目标|任务|指标|数|值|安排|要求)*"
_PERIOD: Final = re.compile(
    rf"(?:(20[0-9][0-9])年?)?(?:截至|到)?(.*?(?:季度|季|月份|月|半年|全年|年度|年|q[0-9])){_ENDING}"
)
_ABOUT_A_PERIOD: Final = re.compile(r"季度|半年|[0-9一二三四五六七八九十]月|q[0-9]")


class UnknownPeriod(ValueError):
    """A heading that speaks of a period that no year has."""


def plain(text: str) -> str:
    """A heading without what people put around it: case, spaces, stars, a remark in brackets."""
    narrow = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"[\s*:_]|\(.*?\)|\[.*?\]", "", narrow)


def column_of(text: str) -> Column | None:
    """The column that a heading names; None for none of ours."""
    return _COLUMNS.get(plain(text)) or _COLUMNS.get(unicodedata.normalize("NFKC", text).lower().strip())


def period_of(text: str) -> tuple[str, int | None] | None:
    """The period whose target a heading announces, and the year that it names; None where it is about none.

    上半年 is the second quarter, 前三季度 the third, 下半年 the fourth: what is to be reached by its end. Raises
    UnknownPeriod.
    """
    heading = plain(text)
    match = _PERIOD.fullmatch(heading)
    span = _span(match[2]) if match else None
    if match and span:
        return span, int(match[1]) if match[1] else None
    if _ABOUT_A_PERIOD.search(heading) and len(heading) <= 20:
        raise UnknownPeriod(text)
    return None


def _span(word: str) -> str | None:
    fixed = {"上半年": "Q2", "下半年": "Q4", "全年": YEAR, "年度": YEAR, "年": YEAR}
    if word in fixed:
        return fixed[word]
    if match := re.fullmatch(r"(?:第|前|1-|一至)?([1-4一二三四])季度?|q([1-4])", word):
        number = match[1] or match[2]
        return f"Q{_DIGITS.get(number, number)}"
    if match := re.fullmatch(r"(?:1-|一至)?([0-9]{1,2}|[一二三四五六七八九]|十[一二]?)月份?", word):
        number = match[1]
        if number[0] == "十":
            number = str(10 + int(_DIGITS.get(number[1:], "0")))
        month = int(_DIGITS.get(number, number))
        return f"{month:02}" if 1 <= month <= 12 else None
    return None
