"""Ledgers in the shapes that offices have, made cell by cell."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date

from openpyxl import Workbook

from programmes import FOLDER
from programmes.ledger.draft import DraftFrame
from programmes.policy_file import read_calendar, read_policy

HEADINGS = ("序号", "工作任务", "来源", "类别", "牵头单位", "协办单位", "分管领导", "指标", "目标值", "单位")
ROW = (
    1,
    "新改建农村公路",
    "加快农村公路建设",
    "重点任务",
    "区交通局",
    "区财政局、埔前镇政府",
    "分管区领导（交通）",
    "里程",
    20,
    "公里",
)


def book(
    sheets: Mapping[str, Sequence[Sequence[object]]],
    merged: Sequence[tuple[str, str]] = (),
    hidden: Sequence[str] = (),
) -> bytes:
    """An .xlsx of rows from A1 on; `merged` names a sheet and a range each, `hidden` names of sheets not to be seen."""
    made = Workbook()
    made.remove(made.worksheets[0])
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for where, cells in merged:
            if where == name:
                sheet.merge_cells(cells)
    for name in hidden:
        sheet = made.create_sheet(name)
        sheet.append(HEADINGS)
        sheet.sheet_state = "hidden"
    packed = io.BytesIO()
    made.save(packed)
    return packed.getvalue()


def one_sheet(*rows: Sequence[object], merged: Sequence[str] = ()) -> bytes:
    """The same with one sheet, 台账."""
    return book({"台账": rows}, [("台账", cells) for cells in merged])


def with_cell(column: str, value: object) -> bytes:
    """A ledger of one row in which one cell says something else."""
    row = list(ROW)
    row[HEADINGS.index(column)] = value
    return one_sheet(HEADINGS, row)


def frame(year: int = 2024) -> DraftFrame:
    """A district's year under the template policy and the shipped calendar."""
    return DraftFrame(
        year=year,
        jurisdiction="441602",
        policy=read_policy(FOLDER / "policies" / "template.yaml"),
        calendar=read_calendar(FOLDER / "calendar-2024.yaml"),
        issued_on=date(year, 1, 2),
        name="河源市源城区",
    )
