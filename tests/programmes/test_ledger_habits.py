"""What offices write in the cells of their ledgers: roles of units, titles of leaders, numbers as they are shown."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import Workbook

from exact.workbook import MAX_BYTES, UnreadableWorkbook, read_workbook, write_workbook
from programmes.ledger.draft import draft_of, remarks
from programmes.ledger.persons import is_person
from programmes.ledger.reading import read_ledger
from programmes.programme_text import programme_text
from tests.programmes.ledgers import HEADINGS, ROW, frame, one_sheet, with_cell


@pytest.mark.parametrize(
    "name",
    [
        "副区长 张三",
        "副区长（张三）",
        "张三（副区长）",
        "区委常委、副区长张三",
        "区委常委、常务副区长 张三",
        "分管区领导 张三",
        "分管领导：张三",
        "分管副区长张三",
        "副区长、公安分局局长张三",
        "张三\n副区长",
        "副区长 张三（分管农业、水利）",
    ],
)
def test_the_name_of_a_person_beside_the_office_stays_in_the_ledger(name: str) -> None:
    assert is_person(name)
    ledger = read_ledger(with_cell("分管领导", name))
    assert ledger.problems == []
    assert "张三" not in programme_text(draft_of(ledger, frame()))


@pytest.mark.parametrize(
    "name",
    [
        "区委常委、副区长", "分管区领导（经济、改革）", "分管区领导（文化、民生）", "分管区领导（安全、政府自身建设）",
        "分管区领导（高新区、万绿湖）", "副区长（农业农村、水利）", "分管农业副区长", "区政府党组成员、副区长",
        "分管区领导（文旅、康养）", "分管区领导（温泉）", "三级调研员",
    ],
)  # fmt: skip
def test_an_office_with_several_titles_is_one_leader(name: str) -> None:
    assert not is_person(name)
    ledger = read_ledger(with_cell("分管领导", name))
    assert (ledger.problems, ledger.leaders) == ([], (name,))


def test_two_offices_are_two_leaders() -> None:
    ledger = read_ledger(with_cell("分管领导", "分管农业副区长、分管工业副区长"))
    assert [one.cell for one in ledger.problems] == ["G2"]


@pytest.mark.parametrize(
    ("lead", "cooperating", "units"),
    [
        ("区交通局（牵头）、区财政局", None, ("区交通局", "区财政局")),
        ("区财政局、区交通局（牵头单位）", "区教育局", ("区交通局", "区财政局", "区教育局")),
        ("牵头单位：区交通局；配合单位：区财政局、区教育局", None, ("区交通局", "区财政局", "区教育局")),
        ("区交通局", "1.区财政局\n2.区教育局", ("区交通局", "区财政局", "区教育局")),
        ("区交通局", "1、区财政局（配合）；2、区教育局（协办）", ("区交通局", "区财政局", "区教育局")),
    ],
)
def test_a_cell_says_who_leads_and_who_cooperates(lead: str, cooperating: str | None, units: tuple[str, ...]) -> None:
    ledger = read_ledger(one_sheet(HEADINGS, [*ROW[:4], lead, cooperating, *ROW[6:]]))
    assert ledger.problems == []
    (item,) = ledger.items
    assert (item.lead, *item.cooperating) == units


def test_a_name_is_the_same_with_other_spaces_and_brackets() -> None:
    rows = [
        [1, "甲", *ROW[2:4], "区住建局（区人防办）", "区财政局", "分管区领导（交通）", *[None] * 3],
        [2, "乙", *ROW[2:4], "区住建局(区人防办)", "区 财政局", "分管区领导(交通)", *[None] * 3],
        [3, "丙", *ROW[2:4], "区财政局\u200b", "区住建局 （区人防办）", "分管区领导 （交通）", *[None] * 3],
    ]
    ledger = read_ledger(one_sheet(HEADINGS, *rows))
    assert ledger.problems == []
    assert ledger.units == ("区住建局（区人防办）", "区财政局")
    assert ledger.leaders == ("分管区领导（交通）",)
    before = draft_of(read_ledger(one_sheet(HEADINGS, rows[0])), frame())
    after = draft_of(read_ledger(one_sheet(HEADINGS, rows[1])), frame(), before)
    assert (after.units, after.leaders) == (before.units, before.leaders)
    assert after.items[0].lead_unit == before.items[0].lead_unit
    again = one_sheet(HEADINGS, [*ROW[:4], "区财政局", "区 财政局", *ROW[6:]])
    assert [one.en for one in read_ledger(again).problems] == ["leads it already"]


def test_a_number_that_became_a_day_is_a_problem() -> None:
    """1-1 typed into a cell that is no text: its id would be that of a day."""
    (problem,) = read_ledger(with_cell("序号", date(2027, 1, 1))).problems
    assert (problem.cell, problem.en) == ("A2", "became a day: make the cell text and write the number again")


def test_an_invisible_character_makes_no_other_id() -> None:
    assert read_ledger(with_cell("序号", "1\u200b")).items[0].id == "K01"


@pytest.mark.parametrize(
    ("value", "shown_as", "text"),
    [
        (8000, '0"亩"', "8000亩"), (0.05, '"≥"0%', "≥5%"), (1, '"重"00', "重1"), (60.5, "#,##0.00", "60.5"),
        (3, 'General"宗"', "3宗"), (3, "0\\宗", "3宗"), (50000, '0.0,"万"', "50000"), (12, "[$¥-804]#,##0", "12"),
        (7, "0_ ", "7"), (2, '[红色]0"个";-0"个"', "2个"), (0.5, "0.00%", "50%"), (5, '0"%"', "5%"), (5, "0\\%", "5%"),
    ],
)  # fmt: skip
def test_a_number_says_what_its_format_shows_around_it(value: float, shown_as: str, text: str) -> None:
    made = Workbook()
    made.worksheets[0]["A1"] = value
    made.worksheets[0]["A1"].number_format = shown_as
    packed = io.BytesIO()
    made.save(packed)
    assert read_workbook(packed.getvalue())[0].rows[0][0].text == text


def test_a_line_break_that_was_encoded_is_one_again() -> None:
    content = write_workbook([("表", ["甲", "乙", "丙"], [["一\n二", "_x000D_ 原样", "_x000d_x"]])])
    assert [one.text for one in read_workbook(content)[0].rows[1]] == ["一\n二", "_x000D_ 原样", "_x000d_x"]
    made = Workbook()
    made.worksheets[0].append(["甲事项_x000D_\n第二行"])
    packed = io.BytesIO()
    made.save(packed)
    assert read_workbook(packed.getvalue())[0].rows[0][0].text == "甲事项\r\n第二行"


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2027年6月底前完成", date(2027, 6, 30)),
        ("2027年12月31日前完成", date(2027, 12, 31)),
        ("2027年底前", date(2027, 12, 31)),
        ("2027年6月30日以前", date(2027, 6, 30)),
    ],
)
def test_days_of_completion_as_offices_write_them(written: str, day: date) -> None:
    ledger = read_ledger(one_sheet([*HEADINGS, "完成时限"], [*ROW, written]))
    assert ledger.items[0].due == day


def test_a_day_in_words_is_told_as_such() -> None:
    ledger = read_ledger(one_sheet([*HEADINGS, "完成时限"], [*ROW, "6月底前"]))
    assert (ledger.items[0].due, ledger.items[0].note) == (None, "完成时限：6月底前")
    assert [(one.cell, one.en) for one in ledger.notes] == [("K2", "is no day with a year: kept in words, in the note")]


def test_another_year_in_the_title_or_a_day_is_remarked() -> None:
    ledger = read_ledger(
        one_sheet(["2026年督查台账"], [*HEADINGS, "完成时限"], [*ROW, "2023-06-30"], [2, "乙", *ROW[2:], "2027-06-30"])
    )
    assert ledger.problems == []
    assert [(one.cell, one.en) for one in remarks(ledger, 2027)] == [
        ("", "the title names 2026, the programme is about 2027"),
        ("A3", "is to be completed on 2023-06-30, before the programme's year"),
    ]
    assert [one.cell for one in remarks(ledger, 2026)] == ["A3"]


def test_targets_that_are_not_there_or_in_words_are_told_with_what_to_do() -> None:
    (problem,) = read_ledger(with_cell("工作任务", "字" * 201)).problems
    assert problem.zh == "至多 200 个字，现有 201 个；请概括，原文放入“来源”列"
    assert read_ledger(with_cell("目标值", Decimal(20))).problems == []


def _strict() -> bytes:
    """As a program writes it that was asked for "Strict Open XML"."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(one_sheet(HEADINGS, ROW))) as plain,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as strict,
    ):
        for name in plain.namelist():
            part = plain.read(name)
            part = part.replace(b"http://schemas.openxmlformats.org/", b"http://purl.oclc.org/ooxml/")
            strict.writestr(name, part)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "zh"),
    [
        (b"", "不是 .xlsx 文件，或者已损坏：请用表格软件打开，另存为 .xlsx 再试"),
        ("序号,工作任务\n".encode("gbk"), "不是 .xlsx 文件，或者已损坏：请用表格软件打开，另存为 .xlsx 再试"),
        (one_sheet(HEADINGS, ROW)[:3000], "不是 .xlsx 文件，或者已损坏：请用表格软件打开，另存为 .xlsx 再试"),
        (_strict(), "是“Strict Open XML”格式：请另存为普通的 .xlsx"),
        (b"0" * (MAX_BYTES + 1), "超过 10 MB"),
    ],
    ids=["empty", "csv", "truncated", "strict", "large"],
)
def test_a_file_that_cannot_be_read_says_what_to_do(content: bytes, zh: str) -> None:
    with pytest.raises(UnreadableWorkbook) as caught:
        read_ledger(content)
    assert caught.value.why.zh == zh


@pytest.mark.parametrize("name", ["区交通局 张三", "区交通局（张三）", "区交通局：张三", "区财政局、区交通局 张三"])
@pytest.mark.parametrize(("column", "cell"), [("牵头单位", "E2"), ("协办单位", "F2")])
def test_the_name_of_a_person_beside_a_unit_is_a_problem(column: str, cell: str, name: str) -> None:
    problems = read_ledger(with_cell(column, name)).problems
    assert (cell, "names a unit and a person: units alone stand here") in {(one.cell, one.en) for one in problems}


@pytest.mark.parametrize("written", ["民生实事（10项）", "二、民生实事", "省十件民生实事", "民生"])
def test_a_category_of_livelihood_is_known_with_its_number_and_count(written: str) -> None:
    assert read_ledger(with_cell("类别", written)).items[0].category == "livelihood"


@pytest.mark.parametrize("written", ["重点任务（98项）", "督查重点任务", "民生保障", "经济"])
def test_any_other_category_is_one_of_key_tasks(written: str) -> None:
    assert read_ledger(with_cell("类别", written)).items[0].category == "key_task"


def test_several_indicators_in_one_cell_are_told_apart_by_lines() -> None:
    headings = ("序号", "工作任务", "牵头单位", "分管领导", "指标", "一季度")
    rows = [
        [1, "甲", "区交通局", "分管甲", "1.新增绿地500亩\n2、公路不少于20公里；", "开工"],
        [2, "乙", "区交通局", "分管甲", "1.完成规划\n2.公路20公里", "开工"],
    ]
    first, second = read_ledger(one_sheet(headings, *rows)).items
    assert [(one.name, one.target, one.unit) for one in first.indicators] == [
        ("新增绿地", Decimal(500), "亩"),
        ("公路", Decimal(20), "公里"),
    ]
    assert first.milestones == {"Q1": "开工"}
    assert (second.indicators, second.milestones) == ((), {"year": "1.完成规划\n2.公路20公里", "Q1": "开工"})


def test_a_target_in_words_without_an_indicator_is_the_year_s_goal() -> None:
    ledger = read_ledger(one_sheet(HEADINGS, [*ROW[:7], None, "建成通车", None]))
    assert ledger.problems == []
    assert (ledger.items[0].indicators, ledger.items[0].milestones) == ((), {"year": "建成通车"})
