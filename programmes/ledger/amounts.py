"""A target as offices write it: a number, how it is compared, its unit."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from contracts.values import Comparator

MAX_UNIT: Final = 40
_BEFORE: Final[tuple[tuple[str, Comparator], ...]] = (
    (">=", ">="), ("≥", ">="), ("<=", "<="), ("≤", "<="), (">", ">"), ("<", "<"), ("=", "="),
    ("不低于", ">="), ("不少于", ">="), ("不小于", ">="), ("达到", ">="), ("达", ">="), ("完成", ">="), ("增长", ">="),
    ("新增", ">="), ("力争", ">="), ("约", ">="), ("超过", ">"), ("超", ">"), ("大于", ">"), ("高于", ">"),
    ("不超过", "<="), ("不高于", "<="), ("不大于", "<="), ("控制在", "<="), ("低于", "<"), ("小于", "<"),
    ("等于", "="),
)  # fmt: skip
_COMPARED: Final = (
    "不低于", "不少于", "不小于", "不超过", "不高于", "不大于", "控制在", "力争", "达到", "超过", "大于", "高于",
    "低于", "小于", "等于", "超", "达", "约",
)  # fmt: skip
"""Those that are no part of an indicator's name, as 增长 and 新增 are; the longer first."""
_AFTER: Final[tuple[tuple[str, Comparator], ...]] = (
    ("及以上", ">="), ("以上", ">="), ("左右", ">="), ("及以下", "<="), ("以下", "<="), ("以内", "<="),
)  # fmt: skip
_NUMBER: Final = re.compile(r"([+-]?)([0-9]{1,15})(\.[0-9]{1,6})?(.*)", re.DOTALL)
_UNIT: Final = re.compile(r"[^0-9\s,，、;；。.~～=<>≤≥+-][^0-9,，、;；。\n]*[23]?")
_NAMED: Final = re.compile(r"([^0-9０-９≥≤<>=]+)(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Amount:
    """`value` as an exact decimal; `comparator` None where the text does not say; `unit` may be empty."""

    value: Decimal
    comparator: Comparator | None
    unit: str


def read_amount(text: str) -> Amount | None:
    """What a text such as `≥5%`, `8,000亩以上` or `控制在３％以内` says; None if it is no single number.

    At most 15 digits before the point and 6 after it, a unit of at most 40 characters.
    """
    rest = re.sub(r"(?<=[0-9])[,，](?=[0-9]{3}(?![0-9]))", "", unicodedata.normalize("NFKC", text)).strip()
    comparator: Comparator | None = None
    for word, meaning in _BEFORE:
        if rest.startswith(word):
            comparator, rest = meaning, rest.removeprefix(word).strip()
            break
    match = _NUMBER.fullmatch(rest)
    if match is None:
        return None
    unit = match[4].strip()
    for word, meaning in _AFTER:
        if unit.endswith(word):
            comparator, unit = comparator or meaning, unit.removesuffix(word).strip()
            break
    if unit and (not _UNIT.fullmatch(unit) or len(unit) > MAX_UNIT):
        return None
    return Amount(Decimal(f"{match[1]}{match[2]}{match[3] or ''}"), comparator, unit)


def read_named_amount(text: str) -> tuple[str, Amount] | None:
    """What a text such as `新增绿地500亩` or `能耗不超过5万吨` says; None if it is no name and one number."""
    match = _NAMED.fullmatch(text)
    amount = read_amount(match[2]) if match else None
    if match is None or amount is None:
        return None
    name = match[1].strip()
    word = next((one for one in _COMPARED if name.endswith(one) and name != one), "")
    comparator = amount.comparator or dict(_BEFORE).get(word)
    return name.removesuffix(word).strip(), Amount(amount.value, comparator, amount.unit)
