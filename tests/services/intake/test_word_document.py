"""The scheme's tables as a .docx: every annex with its columns, in Chinese, as an office prints it."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from contracts.rulings import PlanAdopted, ProgrammeOpened
from contracts.submissions import ProgrammePublished
from contracts.values import Node
from programmes import FOLDER
from programmes.programme import expand
from programmes.programme_file import load_programme
from services.intake.pages.paper.paper_table import ITEM_COLUMNS, PaperHead, PaperTable, write_sheets
from services.intake.pages.paper.plan_table import plan_tables
from services.intake.pages.paper.report_table import report_tables
from services.intake.pages.paper.word_document import write_document
from services.intake.who.item import KnownItem
from services.intake.who.roster import KnownProgramme, Roster
from tests.services.intake.test_overview import NOW, PUBLISHED, item

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
HEAD = PaperHead("2024年督查方案", "区发展改革局", ["模拟数据", "推导稿，非官方清单"])
TEXTS = st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"), max_size=30)


def _part(content: bytes, name: str) -> Element:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return fromstring(packed.read(f"word/{name}.xml"))


def _said(element: Element) -> str:
    """What is read in it; a line's end as one."""
    return "".join(
        "\n" if one.tag == f"{W}br" else one.text or "" for one in element.iter() if one.tag in (f"{W}t", f"{W}br")
    )


def _cells(table: Element) -> list[list[str]]:
    return [[_said(cell) for cell in row.iter(f"{W}tc")] for row in table.iter(f"{W}tr")]


def _livelihood() -> KnownItem:
    return item(category="livelihood")


def _roster() -> Roster:
    """One that knows the names of units and leaders."""
    published = next(
        data
        for _, data in expand(load_programme(FOLDER / "yuancheng-2024.yaml", simulated=True), PUBLISHED)
        if isinstance(data, ProgrammePublished)
    )
    fields = {name: getattr(published, name) for name in ProgrammePublished.__dataclass_fields__}
    made = Roster()
    made.programmes["441602-2024"] = KnownProgramme(ProgrammeOpened(**fields), "", 0, 0)
    return made


@pytest.mark.parametrize(
    ("made", "annexes"),
    [
        (lambda: plan_tables([item(), _livelihood()], Roster(), {}), ["附件4", "附件5"]),
        (lambda: report_tables([item(), _livelihood()], Roster(), NOW), ["附件6", "附件5"]),
    ],
    ids=["plans", "reports"],
)
def test_each_annex_is_a_section_on_its_side_with_headings_on_every_page_and_no_row_torn(
    made: Any, annexes: list[str]
) -> None:
    tables = made()
    assert [one.annex for one in tables] == annexes
    document = _part(write_document(tables, HEAD), "document")
    drawn = list(document.iter(f"{W}tbl"))
    for table, one in zip(drawn, tables, strict=True):
        assert _cells(table) == [list(one.columns), *map(list, one.rows)]
        assert [*one.columns][: len(ITEM_COLUMNS)] == ["编号", "事项", "牵头承办单位", "配合单位", "分管区领导"]
        rows = list(table.iter(f"{W}tr"))
        assert [row.find(f"{W}trPr/{W}tblHeader") is not None for row in rows] == [True, *[False] * (len(rows) - 1)]
        assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows)
    sizes = [(size.get(f"{W}w"), size.get(f"{W}orient")) for size in document.iter(f"{W}pgSz")]
    months = [len(one.columns) > 13 for one in tables]
    assert sizes == [("23811" if wide else "16838", "landscape") for wide in months]


def test_what_is_simulated_says_so_on_every_page_and_nothing_is_english() -> None:
    content = write_document(plan_tables([item(), _livelihood()], _roster(), {}), HEAD)
    assert _said(_part(content, "header")) == "模拟数据 · 推导稿，非官方清单"
    assert all(one.find(f"{W}headerReference") is not None for one in _part(content, "document").iter(f"{W}sectPr"))
    bare = write_document(plan_tables([item()], Roster(), {}), HEAD._replace(marks=[]))
    assert _said(_part(bare, "header")) == ""
    told = "".join(_said(_part(content, part)) for part in ("document", "header", "footer"))
    assert "区发展改革局" in told
    assert "工业商务和信息化局" in told
    assert re.findall("[A-Za-z]{2,}", told) == []
    fonts = [one.get(f"{W}eastAsia") for one in _part(content, "styles").iter(f"{W}rFonts")]
    assert fonts
    assert all(fonts), "a style without a Chinese font shows whatever the machine has"


def test_an_items_rows_stay_on_one_page_under_one_name() -> None:
    known = item()
    (table,) = _part(write_document(plan_tables([known], Roster(), {}), HEAD), "document").iter(f"{W}tbl")
    _, first, second, *_, last = table.iter(f"{W}tr")
    assert [one.get(f"{W}val") for one in first.iter(f"{W}vMerge")] == ["restart"] * len(ITEM_COLUMNS)
    assert [one.get(f"{W}val") for one in second.iter(f"{W}vMerge")] == [None] * len(ITEM_COLUMNS)
    assert list(first.iter(f"{W}keepNext"))
    assert not list(last.iter(f"{W}keepNext"))


@given(st.lists(st.lists(TEXTS, min_size=7, max_size=7), min_size=1, max_size=5))
@settings(max_examples=30)
def test_whatever_a_cell_says_is_read_in_the_document(rows: list[list[str]]) -> None:
    table = PaperTable("附件4", "表", {**ITEM_COLUMNS, "一": 1, "二": 2}, rows, ["填报单位"])
    content = write_document([table], HEAD)
    (drawn,) = _part(content, "document").iter(f"{W}tbl")
    assert _cells(drawn)[1:] == rows
    assert content == write_document([table], HEAD)


def test_a_workbook_says_what_it_is_and_that_it_is_simulated_above_its_headings() -> None:
    known = item(PlanAdopted(nodes={"2024Q1": Node(text="目标")}))
    sheet = load_workbook(io.BytesIO(write_sheets(report_tables([known], Roster(), NOW), HEAD))).worksheets[0]
    assert [sheet[f"A{line}"].value for line in range(1, 5)] == [
        "附件6 督查重点任务落实情况反馈表",
        "2024年督查方案　填报单位：区发展改革局",
        "模拟数据 · 推导稿，非官方清单",
        "编号",
    ]
    assert (sheet.freeze_panes, sheet.print_title_rows) == ("A5", "$4:$4")
