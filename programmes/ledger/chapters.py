"""Rows that are no items: headings of chapters, totals, and what is signed or remarked at the foot of a sheet."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from contracts.values import Category
from exact.workbook import ListCell
from programmes.ledger.cells import NAME, category, text
from programmes.ledger.grid import LedgerSheet
from programmes.ledger.headings import Column

_TOTAL: Final = re.compile(r"([合总小共]计|总数)([:：(（0-9].*)?", re.DOTALL)
_SIGNED: Final = (
    r"(填报|填表|制表|审核|审签|审批|复核|经办|统计|校对|联系|负责)人?(电话|签字|签名|签章|单位|日期|时间)?|单位负责人|主要负责人|"
    r"(主管|分管)领导(签字|签名)?|盖章|日期|联系?电话"
)
_SIGNATURE: Final = re.compile(rf"[(（]?({_SIGNED})([(（].*?[)）])?[:：].*|({_SIGNED})", re.DOTALL)
_REMARK: Final = re.compile(r"[(（]?(注|备注|说明|附注)[0-9]{0,2}([:：、.].*)?", re.DOTALL)
_NUMERAL: Final = re.compile(r"[(（]?第?[一二三四五六七八九十百]{1,4}(部分|章|篇)?[)）、,，.．]*")
_COUNTED: Final = re.compile(r"\s*[(（][0-9]+[项件条个][)）]\s*$")
_AROUND: Final = re.compile(r"(台账|清单|事项|一览表|表)$|[一二三四五六七八九十]+[、.．]|[(（].*?[)）]")
_LIVELIHOOD: Final = ("民生实事", "民生项目", "实事项目", "十件实事", "办实事")
_KEY_TASKS: Final = ("重点任务", "重点工作", "督查重点", "重点督查", "重点跟踪")


def is_remark(written: str) -> bool:
    """Whether a row that begins like this is a total, a signature or a remark: with a colon, or nothing behind it."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", written))
    return any(one.fullmatch(plain) for one in (_TOTAL, _SIGNATURE, _REMARK))


def section_name(written: str) -> str:
    """A chapter's heading without number and count: 一、经济指标（12项） is 经济指标. Raises UnfitCell."""
    bare = re.sub(r"^\s*[（(]?[一二三四五六七八九十]+[)）、.．]+\s*", "", written)
    return text(_COUNTED.sub("", bare), NAME) or text(written, NAME)


def category_in(written: str) -> Category | None:
    """The category of the items below a title or a chapter; a chapter about 民生 alone may well be of key tasks."""
    livelihood, key = (any(one in written for one in words) for words in (_LIVELIHOOD, _KEY_TASKS))
    if livelihood != key:
        return "livelihood" if livelihood else "key_task"
    return None if livelihood else category(_AROUND.sub("", written))


def chapter_in_words(own: Mapping[Column, ListCell], cells: Mapping[int, ListCell]) -> ListCell | None:
    """The name of a chapter whose number has a cell of its own: 一 | 深入实施百千万工程."""
    count, task = own.get("number"), own.get("task")
    if count is None or task is None or {cell.place for cell in cells.values()} != {count.place, task.place}:
        return None
    return task if _NUMERAL.fullmatch(re.sub(r"\s", "", count.text)) and not task.computed else None


def counts_in_words(sheet: LedgerSheet) -> bool:
    """Whether items are numbered 一, 二: rows with such a number say who leads."""
    number = next((at for at, column in sheet.columns.items() if column == "number"), 0)
    task, lead = (next((at for at, column in sheet.columns.items() if column == one), 0) for one in ("task", "lead"))
    return any(
        (count := cells.get(number))
        and _NUMERAL.fullmatch(re.sub(r"\s", "", count.text))
        and (unit := cells.get(lead))
        and unit.place not in {count.place, *([cells[task].place] if task in cells else [])}
        for _, cells in sheet.rows
    )
