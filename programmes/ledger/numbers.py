"""The number of an item as offices write it (1, 2, 重01), and the id that comes of it."""

from __future__ import annotations

import re
import unicodedata
from hashlib import sha256
from typing import Final

from contracts.values import Category

MAX_NUMBER: Final = 65
_LETTER: Final[dict[Category, str]] = {"key_task": "K", "livelihood": "L"}
_WORDS: Final[tuple[tuple[str, Category], ...]] = (
    ("重点", "key_task"), ("重", "key_task"), ("民生实事", "livelihood"), ("民生", "livelihood"),
    ("实事", "livelihood"), ("民", "livelihood"), ("实", "livelihood"),
)  # fmt: skip
_IDENTIFIER: Final = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,63}")
_AS_IT_IS: Final = re.compile(r"#([A-Za-z0-9][A-Za-z0-9._-]{0,63})")
_COUNTED: Final = re.compile(r"([0-9]{1,9})((?:[.-][0-9]{1,4}){0,3})")
BECAME_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T00:00:00")
"""What a program makes of 1-1 in a cell that is no text."""


def category_of(number: str) -> Category | None:
    """The category that a number's word tells: 重01 a key task, 民3 a livelihood item."""
    text = _plain(number)
    return next((category for word, category in _WORDS if text.startswith(word)), None)


def item_id(number: str, category: Category) -> str:
    """The id of an item from its number: K01 for 1 and 重01, L03 for 民3, an id as it is, else one made of its text.

    It depends on number and category alone, so the same ledger gives the same ids, whatever the order of its rows.
    """
    if match := _AS_IT_IS.fullmatch(number):
        return match[1]
    text = _plain(number)
    if _IDENTIFIER.fullmatch(text):
        return text
    counted = text
    for word, _ in _WORDS:
        if text.startswith(word):
            counted = text.removeprefix(word).lstrip("-—.第")
            break
    if match := _COUNTED.fullmatch(counted):
        return f"{_LETTER[category]}{int(match[1]):02}{match[2]}"
    return f"{_LETTER[category]}-{sha256(text.encode()).hexdigest()[:10]}"


def number_of(id_: str, category: Category) -> str:
    """The number that is written for an id, so that it is read as this id: K01 itself, #1 for 1."""
    return id_ if item_id(id_, category) == id_ else f"#{id_}"


def _plain(number: str) -> str:
    text = re.sub(r"[\s\u200b\u2060\ufeff\u00ad]", "", unicodedata.normalize("NFKC", number))
    return text.strip("().、,。") or text
