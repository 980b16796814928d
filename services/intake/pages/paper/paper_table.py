"""A table of the scheme as it lies on paper: which annex it is, its columns, its rows, and what stands above them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from exact.workbook import WrittenSheet, write_workbook
from services.intake.who.item import KnownItem
from services.intake.who.roster import Roster
from supervision.words import NOTE

ITEM_COLUMNS: Final[Mapping[str, int]] = {
    "编号": 5, "事项": 17, "牵头承办单位": 10, "配合单位": 10, "分管区领导": 10,
}  # fmt: skip
"""What every table of the scheme says of an item (方案一、二), and how wide that is beside other columns."""
_SHEET_NAME: Final = 31
"""Characters; an .xlsx has no longer names."""
CONTINUED: Final = len(ITEM_COLUMNS)
"""Cells that a further row about the same item leaves empty."""


class PaperTable(NamedTuple):
    """One table; `columns` are its headings with how wide each is beside the others, `signed_by` who signs below."""

    annex: str
    name: str
    columns: Mapping[str, int]
    rows: Sequence[Sequence[str]]
    signed_by: Sequence[str]


class PaperHead(NamedTuple):
    """Whose tables they are: the programme's title, the unit that fills them in, and what its data is marked as."""

    programme: str
    unit: str
    marks: Sequence[str]


def head_of(roster: Roster, programme: str, unit: str) -> PaperHead:
    """What stands above the tables of a unit in a programme that the roster knows."""
    opened = roster.programmes[programme].opened
    holds = {"simulated": opened.simulated, "derived": opened.derived}
    return PaperHead(opened.title, roster.unit_name(programme, unit), [NOTE[one].zh for one in holds if holds[one]])


def item_cells(item: KnownItem, roster: Roster) -> list[str]:
    """The cells of `ITEM_COLUMNS`."""
    cooperating = "、".join(roster.unit_name(item.programme, one) for one in item.cooperating)
    lead, leader = roster.unit_name(item.programme, item.lead_unit), roster.leader_label(item.programme, item.leader)
    return [item.id, item.opened.title, lead, cooperating, leader]


def write_sheets(tables: Sequence[PaperTable], head: PaperHead) -> bytes:
    """The tables as an .xlsx, a sheet each; what is read when it comes back stands below the headings."""
    about = f"{head.programme}　填报单位：{head.unit}"
    above = [about, *([" · ".join(head.marks)] if head.marks else [])]
    sheets = []
    for one in tables:
        title = f"{one.annex} {one.name}"
        sheets.append(WrittenSheet(title[:_SHEET_NAME], [*one.columns], one.rows, [title, *above]))
    return write_workbook(sheets)
