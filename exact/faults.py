"""What is wrong with a text from outside, field by field: the rule that it breaks, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from supervision.words import Word

Location = tuple[str | int, ...]
Lines = Mapping[Location, int]
"""Line (from 1) on which each part of a text begins."""

UNKNOWN_FIELD: Final = Word("不认识的字段", "is not a known field")
DECIMAL: Final = Word(
    "应为十进制数，如 -12.5（半角数字，不用千分位和百分号）",
    "must be a decimal number such as -12.5, without separators and percent signs",
)
_SENTENCES: Final[dict[str, Word]] = {
    "missing": Word("缺少此项", "is required"),
    "extra_forbidden": UNKNOWN_FIELD,
    "string_type": Word("应为文本", "must be text"),
    "string_too_short": Word("至少 {min_length} 个字符", "must have at least {min_length} characters"),
    "string_too_long": Word("至多 {max_length} 个字符", "must have at most {max_length} characters"),
    "string_pattern_mismatch": Word("格式应为 {pattern}", "must match {pattern}"),
    "literal_error": Word("应为 {expected} 之一", "must be one of {expected}"),
    "int_type": Word("应为整数", "must be a whole number"),
    "int_parsing": Word("应为整数", "must be a whole number"),
    "int_from_float": Word("应为整数", "must be a whole number"),
    "bool_type": Word("应为 true 或 false", "must be true or false"),
    "bool_parsing": Word("应为 true 或 false", "must be true or false"),
    "greater_than_equal": Word("不得小于 {ge}", "must be at least {ge}"),
    "less_than_equal": Word("不得大于 {le}", "must be at most {le}"),
    "decimal_parsing": DECIMAL,
    "decimal_type": DECIMAL,
    "decimal_max_digits": Word("至多 {max_digits} 位数字", "must have at most {max_digits} digits"),
    "decimal_max_places": Word("至多 {decimal_places} 位小数", "must have at most {decimal_places} decimal places"),
    "decimal_whole_digits": Word("整数部分至多 {whole_digits} 位", "must have at most {whole_digits} whole digits"),
    "finite_number": Word("应为有限数", "must be a finite number"),
    "date_from_datetime_parsing": Word("应为日期，如 2024-03-29", "must be a date such as 2024-03-29"),
    "date_parsing": Word("应为日期，如 2024-03-29", "must be a date such as 2024-03-29"),
    "date_type": Word("应为日期，如 2024-03-29", "must be a date such as 2024-03-29"),
    "before_first_day": Word("不得早于首日", "must not be before {first}"),
    "datetime_parsing": Word("应为带时区的时刻", "must be an RFC 3339 instant with an offset"),
    "datetime_from_date_parsing": Word("应为带时区的时刻", "must be an RFC 3339 instant with an offset"),
    "datetime_type": Word("应为带时区的时刻", "must be an RFC 3339 instant with an offset"),
    "timezone_aware": Word("时刻须带时区", "must carry a UTC offset"),
    "dict_type": Word("应为对象", "must be an object"),
    "model_type": Word("应为对象", "must be an object"),
    "dataclass_type": Word("应为对象", "must be an object"),
    "dataclass_exact_type": Word("应为对象", "must be an object"),
    "model_attributes_type": Word("应为对象", "must be an object"),
    "list_type": Word("应为列表", "must be a list"),
    "tuple_type": Word("应为列表", "must be a list"),
    "too_long": Word("至多 {max_length} 项", "must have at most {max_length} entries"),
    "too_short": Word("至少 {min_length} 项", "must have at least {min_length} entries"),
}
_SAME: Final = {"unexpected_keyword_argument": "extra_forbidden"}
_OTHER: Final = Word("内容不符合要求", "is not valid")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: where (path and, for a text, line), which rule, and a sentence in both languages."""

    loc: Location
    rule: str
    zh: str
    en: str
    line: int | None = None

    @property
    def pointer(self) -> str:
        """The place as a JSON Pointer (RFC 6901)."""
        return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in self.loc)

    @property
    def field(self) -> str:
        """The place as people write it, e.g. `items[3].lead_unit`."""
        return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in self.loc).lstrip(".")


def faults_of(error: ValidationError, under: Location = (), lines: Lines | None = None) -> list[Fault]:
    """All that pydantic found, below the path `under`, with the lines where they are known."""
    return [fault_of(detail, under, lines or {}) for detail in error.errors(include_url=False, include_input=False)]


def line_of(loc: Location, lines: Lines) -> int | None:
    """Line of a place, or of the nearest thing around it that has one."""
    return next((lines[loc[:end]] for end in range(len(loc), -1, -1) if loc[:end] in lines), None)


def fault_of(detail: Any, under: Location, lines: Lines) -> Fault:
    """One of the things that pydantic found, by its `type`, `loc`, `msg` and `ctx`."""
    loc = under + tuple(part for part in detail["loc"] if part != "[key]")
    rule = _SAME.get(detail["type"], detail["type"])
    word = _SENTENCES.get(rule)
    context = detail.get("ctx", {})
    if word is None:
        reason = f"{detail['msg']}".removeprefix("Value error, ")
        return Fault(loc, rule, _OTHER.zh, f"{_OTHER.en}: {reason}", line_of(loc, lines))
    zh = word.zh.format(**{**context, "expected": str(context.get("expected", "")).replace("' or '", "'、'")})
    return Fault(loc, rule, zh.replace("', '", "'、'"), word.en.format(**context), line_of(loc, lines))
