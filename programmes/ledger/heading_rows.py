"""One to three rows of headings as one: 季度目标 above 一季度, 二季度; 一季度 above 目标, 完成情况."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from exact.workbook import ListCell
from programmes.ledger.headings import MOST, NEEDED, YEAR, UnknownPeriod, column_of, period_of, plain

Row = dict[int, ListCell]
MOST_ROWS: Final = 3
_YEAR: Final = re.compile(r"(20[0-9][0-9])年")


@dataclass(frozen=True, slots=True)
class HeadingRows:
    """`count` rows as one: what each column is called, at the place of its lowest cell; years that upper rows name."""

    cells: Mapping[int, ListCell]
    count: int
    years: Mapping[str, int]


def heading_rows(rows: Sequence[Row], *, partly: bool, again: bool) -> HeadingRows | None:
    """The headings that begin in the first of these rows; None where it is none, nor (`partly`) some of them.

    Below other headings (`again`) half of its cells must be headings: an item has 重点任务 and 分管区领导（交通）, too.
    """
    if again and 2 * sum(bool(column_of(cell.text)) or is_period(cell.text) for cell in rows[0].values()) < len(
        rows[0]
    ):
        return None
    known = {column_of(cell.text) for cell in rows[0].values()}
    named = len(known & set(NEEDED))
    if not {"task", "lead"} <= known and named < (2 if partly else 3):
        return None
    levels = [rows[0]]
    for below in rows[1:MOST_ROWS]:
        if not _continues(levels[-1], below):
            break
        levels.append(below)
    chains: dict[int, list[ListCell]] = {}
    for level in levels:
        for at, cell in level.items():
            chain = chains.setdefault(at, [])
            if cell not in chain:
                chain.append(cell)
    years = {
        chain[-1].place: int(year[1])
        for chain in chains.values()
        for cell in chain[:-1]
        if (year := _YEAR.search(cell.text))
    }
    cells = {at: ListCell(chain[-1].place, _called(chain)) for at, chain in sorted(chains.items())}
    return HeadingRows(cells, len(levels), {place: year for place, year in years.items() if _goal(cells, place)})


def _goal(cells: Mapping[int, ListCell], place: str) -> bool:
    return any(cell.place == place and column_of(cell.text) is None and is_period(cell.text) for cell in cells.values())


def _continues(above: Row, below: Row) -> bool:
    """Whether a row says more about the headings above it: none of its cells is that of an item."""

    def spread(at: int) -> bool:
        upper = above.get(at)
        return upper is not None and any((other := above.get(at + by)) and other.place == upper.place for by in (-1, 1))

    fresh = {at: cell for at, cell in below.items() if above.get(at) != cell}
    return bool(fresh) and all(
        len(cell.text) <= MOST and (column_of(cell.text) or is_period(cell.text) or (spread(at) and not _bare(cell)))
        for at, cell in fresh.items()
    )


def _bare(cell: ListCell) -> bool:
    return re.fullmatch(r"[0-9.%]+", plain(cell.text)) is not None


def _called(chain: Sequence[ListCell]) -> str:
    """What a column is called: the lowest cell, with what stands above it where that says of which period it is."""
    lowest = chain[-1].text
    if len(chain) == 1:
        return lowest
    if column_of(lowest) == "measure" and any(column_of(cell.text) in ("lead", "cooperating") for cell in chain[:-1]):
        return next(cell.text for cell in chain[:-1] if column_of(cell.text) in ("lead", "cooperating"))
    if is_period(lowest) and _period(lowest) != YEAR:
        return lowest
    upper = next((cell.text for cell in reversed(chain[:-1]) if _period(cell.text) not in (None, YEAR)), "")
    both = f"{plain(upper)}{plain(lowest)}"
    return lowest if not upper else both if _period(both) or not is_period(both) else f"{lowest}（{upper}）"


def _period(text: str) -> str | None:
    try:
        found = period_of(text)
    except UnknownPeriod:
        return None
    return found[0] if found else None


def is_period(text: str) -> bool:
    """Whether a heading is about a period, also one that no year has."""
    try:
        return period_of(text) is not None
    except UnknownPeriod:
        return True
