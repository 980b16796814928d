"""Passwords that are long enough and still among the first to be tried: places, offices, keyboards, dates, digits."""

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Final

SHORTEST: Final = 12
"""What is shorter is refused for its length."""
LONGEST: Final = 24
_LISTED: Final[dict[str, str]] = tomllib.loads(
    Path(__file__).with_name("refused_words.toml").read_text(encoding="utf-8")
)
PLACES, OFFICES, WORDS, DIGITS = (_LISTED[name].split() for name in ("places", "offices", "words", "digits"))
YEARS: Final = tuple(str(year) for year in range(1949, 2041))
ENDINGS: Final = ("", "!", "@", "#", "!@#", "!!", ".", "abc", "a")
JOINTS: Final = ("", "@", "#", "_", "-", ".", "!")
ROWS: Final = (
    "1234567890-=",
    "qwertyuiop[]",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "!@#$%^&*()_+",
    "abcdefghijklmnopqrstuvwxyz",
)
COLUMNS: Final = ("1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm", "8ik,", "9ol.", "0p;/")


def refused_passwords(more: Iterable[str] = ()) -> Iterator[str]:
    """All of them in lower case, as Keycloak compares them, some twice; `more` are words of an installation's own.

    OWASP ASVS 5.0: 6.1.2, 6.2.4, 6.2.11.
    """
    own = [word.lower() for word in more]
    found = (_joined([*own, *PLACES, *OFFICES, *WORDS]), _places([*own, *PLACES]), _repeated(), _walked(), _dates())
    for one in found:
        yield from (text for text in one if SHORTEST <= len(text) <= LONGEST)


def _joined(words: Sequence[str]) -> Iterator[str]:
    numbers = (*DIGITS, *YEARS)
    for word, joint, number in product(words, JOINTS, numbers):
        yield f"{word}{joint}{number}"
        if joint in ("", "@"):
            yield f"{number}{joint}{word}"
    for word, number, ending in product(words, numbers, ENDINGS[1:]):
        yield f"{word}{number}{ending}"
    for word, times in product(words, range(1, 7)):
        yield word * times


def _places(places: Sequence[str]) -> Iterator[str]:
    """A place and what is there: yuanchengquzhengfu, heyuanducha2026, liangdengyuancheng."""
    for place, office, joint in product(places, OFFICES, ("", "@", "_")):
        for number in ("", "1", "123", "1234", "123456", "888", "666", *YEARS[-30:]):
            yield f"{place}{office}{joint}{number}"
        yield f"{office}{joint}{place}"


def _repeated() -> Iterator[str]:
    """One character or a short run again and again; digits up and down."""
    for length in range(SHORTEST, 21):
        for character in "0123456789abcdefghijklmnopqrstuvwxyz":
            yield character * length
        for start in range(10):
            yield "".join(str((start + step) % 10) for step in range(length))
            yield "".join(str((start - step) % 10) for step in range(length))
    for run, times in product((*DIGITS, *YEARS, *ROWS, *COLUMNS), range(1, 13)):
        yield run * times
    for first, second in product((*DIGITS, *YEARS), repeat=2):
        yield first + second


def _walked() -> Iterator[str]:
    """Along a keyboard's rows, forth and back, and down its columns."""
    rows = [*ROWS, *(row[::-1] for row in ROWS)]
    for first, second in product(rows, repeat=2):
        yield from (f"{first[:taken]}{second[:taken]}" for taken in range(3, 13))
    for row, start in product(rows, range(8)):
        yield from (row[start:end] for end in range(start + SHORTEST, len(row) + 1))
    for start in range(len(COLUMNS)):
        for end in range(start + 1, len(COLUMNS) + 1):
            run = "".join(COLUMNS[start:end])
            yield from (run, run[::-1], f"{run}123", f"{run}123456", f"{run}!@#$")


def _dates() -> Iterator[str]:
    """The first days of the Republic, of months and of years, written twice or after a word."""
    for year, day in product(YEARS, ("0101", "1001", "0501", "0701", "0801", "1111", "1212", "1231")):
        date = year + day
        yield from (
            date * 2,
            f"{date}{year}",
            f"{date}1234",
            f"{date}abcd",
            f"abcd{date}",
            f"aaaa{date}",
            f"{date}!@#$",
        )
