"""What a cell of a ledger may hold: texts of a length, days, categories, names of units."""

from __future__ import annotations

import calendar
import re
import unicodedata
from datetime import date
from typing import Final

from contracts.values import Category, Classification
from exact.characters import TEXT_INVALID, forbidden_in
from programmes.ledger.headings import Column
from supervision.words import Word

NAME: Final = 200
TEXT: Final = 4000
EMPTY: Final = Word("不能为空", "must not be empty")
_KEY_TASK: Final = (
    "重点任务",
    "重点工作",
    "重点",
    "督查重点",
    "重点督查任务",
    "量化指标",
    "重点跟踪任务",
    "keytask",
    "key_task",
)
_LIVELIHOOD: Final = ("民生实事", "十件民生实事", "民生", "实事", "民生项目", "livelihood")
_PUBLIC: Final = ("公开", "主动公开", "是", "public", "yes")
_INTERNAL: Final = ("内部", "不公开", "不予公开", "否", "internal", "no")
_DAY: Final = re.compile(
    r"([0-9]{4})[-年./]([0-9]{1,2})[-月./]([0-9]{1,2})日?(?:[T ]00:00:00)?(?:前|之前|以前)?(?:完成)?"
)
_MONTH: Final = re.compile(r"([0-9]{4})[-年./]([0-9]{1,2})月?(?:底|末)?(?:前|之前|以前)?(?:完成)?")
_YEAR_END: Final = re.compile(r"([0-9]{4})年?(?:底|末)(?:前|之前|以前)?(?:完成)?")
_NAMES: Final = re.compile(r"[、,，;；\n]+")
_GAPS: Final = re.compile(r"[\s/／]")
_UNIT: Final = re.compile(
    r".+(局|办|镇|乡|府|街道|会|室|中心|公司|委|院|所|队|处|社|校|站|厅|部|团|联|银行|支行|集团|大学|园区)([（(].*[)）])?"
)
_TAIL: Final = re.compile(
    r"[^省市县区镇乡州国].*(公司|支队|大队|中队|分队|分局|分公司|支行|分行|医院|分院|学院|学校|小学|中学|派出所)|(公司|支队|大队|分局)"
)
"""The rest of a name rather than a unit by itself: 有限公司, 交警支队, 第三医院; not 区人民医院."""
_OPENING, _CLOSING = "（(〔[【", "）)〕]】"


MAY_BE_BLANK: Final[frozenset[Column]] = frozenset(
    ("task", "lead", "leader", "cooperating", "indicator", "comparator", "target", "measure", "due", "predecessor")
)
"""Columns in which a stroke or 无 stands for nothing."""
_BLANK: Final = re.compile(r"[/\\—–-]{1,4}|暂?无|n/a", re.IGNORECASE)


def is_blank(written: str) -> bool:
    """Whether what stands there says that nothing does."""
    return _BLANK.fullmatch(unicodedata.normalize("NFKC", written)) is not None


class UnfitCell(ValueError):
    """What a cell must not say; `why` says so in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.why = Word(zh, en)


def text(written: str, longest: int, *, lines: bool = False) -> str:
    """A text without line breaks (kept with `lines`) of at most `longest` characters. Raises UnfitCell."""
    found = unicodedata.normalize("NFC", written).replace("\r\n", "\n").replace("\r", "\n")
    found = (found if lines else re.sub(r"[ \t]*\n[ \t]*", "", found)).strip(" \t\n　")
    if strange := forbidden_in(found):
        raise UnfitCell(f"{TEXT_INVALID.zh}：{strange}", f"{TEXT_INVALID.en}: {strange}")
    if len(found) > longest:
        raise UnfitCell(
            f"至多 {longest} 个字，现有 {len(found)} 个", f"at most {longest} characters, here are {len(found)}"
        )
    return found


def names(written: str) -> tuple[str, ...]:
    """Names of units in one cell, separated by 、 , ; or a line break, but not within brackets. Raises UnfitCell.

    A space or a stroke separates them, too, where what stands on both sides is called as units are: 区财政局 区教育局
    are two, 国网 河源供电局 and 市公安局 交警支队 are one.
    """
    found = [piece for part in _apart(written, _NAMES) for piece in _pieces(part)]
    return tuple(dict.fromkeys(name for part in found if (name := text(part, NAME))))


def split_at_gaps(written: str) -> list[tuple[str, ...]]:
    """The names that `names` tells apart by nothing but a space or a stroke, as they stand side by side."""
    found = [tuple(_pieces(part)) for part in _apart(written, _NAMES)]
    return [pieces for pieces in found if len(pieces) > 1]


def _pieces(part: str) -> list[str]:
    pieces = [piece for piece in _apart(part, _GAPS) if piece]
    apart = all(map(_UNIT.fullmatch, pieces)) and not any(map(_TAIL.fullmatch, pieces[1:]))
    return pieces if apart else [part]


def _apart(written: str, separators: re.Pattern[str]) -> list[str]:
    """The parts between separators that stand in no brackets."""
    parts: list[str] = [""]
    depth = 0
    for one in written:
        depth = max(depth + (one in _OPENING) - (one in _CLOSING), 0)
        if depth == 0 and separators.fullmatch(one):
            parts.append("")
        else:
            parts[-1] += one
    return parts


def category(written: str) -> Category | None:
    """The category that a word names; None for another word, such as a field of work."""
    word = re.sub(r"\s", "", unicodedata.normalize("NFKC", written)).lower()
    return "key_task" if word in _KEY_TASK else "livelihood" if word in _LIVELIHOOD else None


def classification(written: str) -> Classification:
    """Public or internal. Raises UnfitCell."""
    word = re.sub(r"\s", "", unicodedata.normalize("NFKC", written)).lower()
    if word in _PUBLIC:
        return "public"
    if word in _INTERNAL:
        return "internal"
    raise UnfitCell("应为 公开 或 内部", "must be public or internal")


def day(written: str) -> date | None:
    """A day, or the last one of a month; None for other words such as 全年. Raises UnfitCell for a day that is none."""
    plain = unicodedata.normalize("NFKC", written).strip()
    try:
        if match := _DAY.fullmatch(plain):
            return date(int(match[1]), int(match[2]), int(match[3]))
        if match := _MONTH.fullmatch(plain):
            year, month = int(match[1]), int(match[2])
            return date(year, month, calendar.monthrange(year, month)[1])
        if match := _YEAR_END.fullmatch(plain):
            return date(int(match[1]), 12, 31)
    except (ValueError, IndexError):
        raise UnfitCell("没有这一天", "there is no such day") from None
    return None
