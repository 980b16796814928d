"""Which column a heading of a ledger names, in any order, and the period whose target stands in a column."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, Literal

Column = Literal[
    "number", "task", "source", "category", "aspect", "lead", "cooperating", "leader", "classification",
    "indicator", "comparator", "target", "measure", "indicator_note", "due", "predecessor", "note",
]  # fmt: skip

HEADINGS: Final[Mapping[Column, tuple[str, ...]]] = {
    "number": ("序号", "编号", "事项编号", "任务编号", "项目编号", "顺序号", "no.", "no", "number"),
    "category": (
        "类别", "事项类别", "任务类别", "项目类别", "类型", "任务类型", "事项类型", "分类", "事项分类", "category",
    ),
    "aspect": ("方面", "章节", "板块", "领域", "所属方面", "任务分类", "aspect"),
    "task": (
        "工作任务", "事项", "目标任务", "任务", "任务名称", "事项名称", "工作内容", "督查事项", "督办事项",
        "重点任务", "重点工作", "主要任务", "任务内容", "项目名称", "实事项目", "民生实事", "具体任务", "具体事项",
        "事项内容", "工作事项", "任务事项", "重点事项", "重点项目", "重点工作任务", "重点任务事项", "主要工作",
        "督查内容", "督办内容", "督查任务", "督办任务", "承诺事项", "task", "title",
    ),
    "source": (
        "来源", "任务来源", "事项来源", "工作来源", "出处", "任务出处", "事项出处", "依据", "立项依据", "来源依据",
        "工作报告原文", "报告原文", "原文", "source",
    ),
    "lead": (
        "牵头单位", "责任单位", "牵头责任单位", "牵头承办单位", "承办单位", "主办单位", "主体责任单位", "牵头部门",
        "责任部门", "主责单位", "主要责任单位", "牵头责任部门", "牵头落实单位", "落实单位", "实施单位", "主管单位",
        "主管部门", "责任主体", "lead unit", "lead",
    ),
    "cooperating": (
        "协办单位", "配合单位", "协同单位", "参与单位", "参加单位", "协助单位", "配合部门", "协办部门", "协同部门",
        "参与部门", "责任配合单位", "配合责任单位", "cooperating units",
    ),
    "leader": (
        "分管领导", "责任领导", "分管区领导", "分管县领导", "分管市领导", "牵头领导", "包联领导", "挂钩领导",
        "挂点领导", "联系领导", "领衔领导", "督导领导", "主管领导", "分管责任领导", "区分管领导", "县分管领导",
        "区领导", "县领导", "责任区领导", "责任县领导", "牵头区领导", "牵头县领导", "主管区领导", "主管县领导",
        "分管区级领导", "区级领导", "县级领导", "分管副区长", "分管副县长", "分管副市长", "leader",
    ),
    "classification": ("公开属性", "公开方式", "是否公开", "classification"),
    "indicator": ("指标", "指标名称", "量化指标", "考核指标", "主要指标", "indicator"),
    "comparator": ("比较", "comparator"),
    "target": ("目标值", "指标值", "全年目标值", "年度目标值", "目标数", "target"),
    "measure": ("单位", "计量单位", "指标单位", "unit"),
    "indicator_note": ("指标说明", "指标备注"),
    "due": (
        "完成时限", "完成时间", "完成期限", "时限", "办结时限", "办理时限", "时间节点", "完成节点", "时间要求", "due",
    ),
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
_ROMAN: Final = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
_MONTH: Final = r"[0-9]{1,2}|[一二三四五六七八九]|十[一二]?"
_SPANS: Final = {
    (1, 3): "Q1", (4, 6): "Q2", (7, 9): "Q3", (10, 12): "Q4", (1, 6): "Q2", (1, 9): "Q3", (1, 12): YEAR,
}  # fmt: skip
"""Months from and to that are a quarter, or reach to its end."""
MOST: Final = 60
"""A cell that is longer is no heading."""
_ENDING: Final = (
    r"(末|底)?(前)?(应|拟|计划|预计|须|需)?(完成|达到|实现)?"
    r"(工作|阶段性?|节点|进度|计划|目标|任务|指标|预期|主要|具体|形象|推进|实施|数|值|安排|要求|内容)*"
)
_PERIOD: Final = re.compile(
    rf"(?:(20[0-9][0-9])年?)?(?:截至|截止|到)?(.*?(?:季度|季|月份|月|半年|全年|年度|年|q[0-9])){_ENDING}"
)
_ABOUT_A_PERIOD: Final = re.compile(r"季度|半年|[0-9一二三四五六七八九十]月|q[0-9]")
_RESULT: Final = re.compile(
    r"(完成|进展|落实|推进|执行|办理|实施|工作)情况|进展|实际|已完成|累计|完成(数|值|率|量)|自评|评分|得分|亮灯|存在问题|下一步"
)
"""What was reached is no goal; a ledger of the year before has such columns."""
_GOALS: Final = ("目标", "工作目标", "预期目标", "主要目标", "目标要求", "年度主要目标", "年度预期目标", "年度工作目标")
_TO: Final = r"[-—–―~]|至|到"
_INVISIBLE: Final = re.compile("[\u200b\u2060\ufeff\u00ad]")


class UnknownPeriod(ValueError):
    """A heading that speaks of a period that no year has."""


def plain(text: str) -> str:
    """A heading without what people put around it: case, spaces, stars, a remark in brackets."""
    narrow = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).lower()
    return re.sub(r"[\s*:_]|\(.*?\)|\[.*?\]|【.*?】|〔.*?〕", "", narrow)


@lru_cache(maxsize=2000)
def column_of(text: str) -> Column | None:
    """The column that a heading names; None for none of ours. 牵头单位/责任单位 is one column."""
    if len(text) > MOST:
        return None
    heading = plain(text)
    if found := _COLUMNS.get(heading) or _COLUMNS.get(unicodedata.normalize("NFKC", text).lower().strip()):
        return found
    several = {_COLUMNS.get(one) for one in re.split(r"[/、]", heading)}
    return several.pop() if len(several) == 1 else None


def period_of(text: str) -> tuple[str, int | None] | None:
    """The period whose target a heading announces, and the year that it names; None where it is about none.

    上半年 is the second quarter, 前三季度 the third, 下半年 the fourth: what is to be reached by its end. Raises
    UnknownPeriod.
    """
    heading = plain(text)
    if _RESULT.search(heading):
        return None
    if heading in _GOALS:
        return YEAR, None
    match = _PERIOD.fullmatch(heading)
    span = _span(match[2]) if match else None
    if match and span:
        return span, int(match[1]) if match[1] else None
    if _ABOUT_A_PERIOD.search(heading) and len(heading) <= 20:
        raise UnknownPeriod(text)
    return None


def _span(word: str) -> str | None:
    fixed = {"上半年": "Q2", "下半年": "Q4", "全年": YEAR, "全年度": YEAR, "本年度": YEAR, "年度": YEAR, "年": YEAR}
    if word in fixed:
        return fixed[word]
    if match := re.fullmatch(rf"(?:第|前|[1一](?:{_TO}))?([1-4一二三四]|i{{1,3}}|iv)季度?|q([1-4])", word):
        number = match[1] or match[2]
        return f"Q{_ROMAN.get(number) or _DIGITS.get(number, number)}"
    if match := re.fullmatch(rf"(?:({_MONTH})月?份?(?:{_TO}))?({_MONTH})月份?", word):
        first, last = _month(match[1]) if match[1] else 0, _month(match[2])
        if not (first <= last and 1 <= last <= 12):
            return None
        return _SPANS.get((first, last), f"{last:02}")
    return None


def _month(number: str) -> int:
    if number[0] == "十":
        return 10 + int(_DIGITS.get(number[1:], "0"))
    return int(_DIGITS.get(number, number))
