"""An office's ledger is read as offices write it, with every problem at its cell in both languages."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import Workbook

from exact import workbook
from exact.workbook import UnreadableWorkbook
from programmes.ledger.amounts import Amount, read_amount
from programmes.ledger.headings import UnknownPeriod, period_of
from programmes.ledger.numbers import item_id
from programmes.ledger.persons import is_person
from programmes.ledger.reading import read_ledger
from tests.programmes.ledgers import HEADINGS, ROW, book, one_sheet, with_cell


def _problems(content: bytes) -> list[tuple[str, str]]:
    """Cell and English sentence of each; every one is said in Chinese, too."""
    found = read_ledger(content).problems
    assert all(re.search("[一-鿿]", one.zh) and one.en for one in found)
    return [(one.cell, one.en) for one in found]


def test_a_plain_ledger_is_its_items_units_leaders_and_indicators() -> None:
    ledger = read_ledger(one_sheet(HEADINGS, ROW))
    assert ledger.as_dict() == {"items": 1, "units": 3, "leaders": 1, "indicators": 1, "problems": []}
    (item,) = ledger.items
    assert (item.id, item.category, item.task, item.source) == ("K01", "key_task", "新改建农村公路", "加快农村公路建设")
    assert (item.lead, item.cooperating) == ("区交通局", ("区财政局", "埔前镇政府"))
    (goal,) = item.indicators
    assert (goal.name, goal.comparator, goal.target, goal.unit) == ("里程", ">=", Decimal(20), "公里")


def test_columns_stand_in_any_order_below_titles_and_above_remarks() -> None:
    order = [6, 4, 1, 9, 8, 7, 0, 3, 2, 5]
    rows: list[Sequence[object]] = [
        ["2027年督查台账"],
        ["填报单位：区府办", None, "单位：公里"],
        [HEADINGS[at] for at in order],
        [],
        [ROW[at] for at in order],
        [],
        ["注：本表按季更新"],
        ["填报人：", "督查室", "联系电话："],
    ]
    ledger = read_ledger(one_sheet(*rows, merged=["A1:J1"]))
    assert ledger.problems == []
    assert ledger.items == [
        one.__class__(**{name: getattr(one, name) for name in one.__slots__} | {"cell": "G5"})
        for one in read_ledger(one_sheet(HEADINGS, ROW)).items
    ]


def test_merged_cells_hold_for_every_row_that_they_cover() -> None:
    rows: list[Sequence[object]] = [
        HEADINGS,
        [1, "甲事项", None, None, "区交通局", None, "分管区领导（交通）", "里程", 20, "公里"],
        [None, None, None, None, None, None, None, "桥梁", 3, "座"],
        [2, "乙事项", None, None, None, None, None, "车站", 5, "个"],
    ]
    merged = ["A2:A3", "B2:B3", "E2:E4", "G2:G4"]
    ledger = read_ledger(one_sheet(*rows, merged=merged))
    assert ledger.problems == []
    assert [(one.id, one.lead, [goal.name for goal in one.indicators]) for one in ledger.items] == [
        ("K01", "区交通局", ["里程", "桥梁"]),
        ("K02", "区交通局", ["车站"]),
    ]


def test_headings_of_two_rows_and_chapters_between_the_items_are_understood() -> None:
    rows: list[Sequence[object]] = [
        ["序号", "事项", "责任单位", "责任领导", "2027年节点目标", None, None, None],
        [None, None, None, None, "一季度", "上半年", "前三季度", "全年"],
        ["一、深入实施百千万工程"],
        ["重01", "甲事项", "区交通局、区财政局", "分管区领导（交通）", "开工", "过半", "主体完工", "竣工"],
        ["二、民生实事"],
        ["1", "乙事项", "区教育局", "分管区领导（教育）", None, None, None, "建成"],
    ]
    merged = ["A1:A2", "B1:B2", "C1:C2", "D1:D2", "E1:H1", "A3:H3", "A5:H5"]
    ledger = read_ledger(one_sheet(*rows, merged=merged))
    assert ledger.problems == []
    first, second = ledger.items
    assert (first.id, first.aspect, first.lead, first.cooperating) == (
        "K01", "深入实施百千万工程", "区交通局", ("区财政局",),
    )  # fmt: skip
    assert first.milestones == {"Q1": "开工", "Q2": "过半", "Q3": "主体完工", "year": "竣工"}
    assert (second.id, second.category, second.milestones) == ("L01", "livelihood", {"year": "建成"})


def test_targets_per_period_are_numbers_beside_an_indicator_and_the_year_is_its_target() -> None:
    headings = ["编号", "目标任务", "牵头单位", "分管领导", "指标", "单位", "一季度", "上半年", "三季度", "年度目标"]
    row = ["重01", "绿化", "区林业局", "分管区领导", "新增绿地", "亩", "１００", 200, "350亩", "≥500"]
    ledger = read_ledger(one_sheet(headings, row))
    assert ledger.problems == []
    (goal,) = ledger.items[0].indicators
    assert (goal.target, goal.unit, goal.comparator) == (Decimal(500), "亩", ">=")
    assert goal.milestones == {"Q1": Decimal(100), "Q2": Decimal(200), "Q3": Decimal(350)}
    assert [(one.cell, one.en) for one in ledger.notes] == [("G2", "read as 100")]


def test_several_sheets_are_one_ledger_and_tell_the_category() -> None:
    ledger = read_ledger(
        book(
            {
                "重点任务": [HEADINGS, [*ROW[:3], None, *ROW[4:]]],
                "民生实事": [HEADINGS, [*ROW[:3], None, *ROW[4:]]],
                "说明": [["无"]],
            }
        )
    )
    assert ledger.problems == []
    assert [(one.id, one.category) for one in ledger.items] == [("K01", "key_task"), ("L01", "livelihood")]


@pytest.mark.parametrize(
    ("column", "value", "cell", "says"),
    [
        ("序号", None, "A2", "must not be empty"),
        ("工作任务", "字" * 201, "B2", "at most 200 characters, here are 201"),
        ("工作任务", "=A1", "B2", "is a formula"),
        ("来源", "一\u202e二", "C2", "has a character that is not allowed: U+202E"),
        ("牵头单位", None, "E2", "must not be empty"),
        ("牵头单位", "区交通局、区财政局", "E2", "one unit leads"),
        ("协办单位", "区交通局", "F2", "leads it already"),
        ("分管领导", None, "G2", "must not be empty"),
        ("分管领导", "分管甲、分管乙", "G2", "one leader is in charge"),
        ("目标值", "=SUM(A1:A2)", "I2", "is a formula"),
        ("目标值", "若干", "I2", "must be one number"),
        ("目标值", "10-20", "I2", "must be one number"),
        ("目标值", None, "I2", "an indicator needs its target"),
        ("目标值", "20座", "I2", "has another unit"),
    ],
)
def test_what_is_wrong_is_told_at_its_cell(column: str, value: object, cell: str, says: str) -> None:
    ((where, en),) = _problems(with_cell(column, value))
    assert where == cell
    assert says in en


def test_an_id_that_stands_there_twice_is_told_with_the_first_place() -> None:
    second = ["01", "另一事项", *ROW[2:]]
    assert _problems(one_sheet(HEADINGS, ROW, second)) == [("A3", "the id K01 is that of 台账!A2, too")]
    third = [2, *ROW[1:]]
    assert _problems(one_sheet(HEADINGS, ROW, third)) == [("A3", "the item is the same as that of 台账!A2")]


def test_a_heading_about_no_period_and_one_that_is_missing_are_told() -> None:
    assert _problems(one_sheet([*HEADINGS, "五季度目标"], ROW)) == [
        ("K1", "no such period: a quarter, a month or the year")
    ]
    assert _problems(one_sheet(HEADINGS[:6], ROW[:6])) == [("", "has no column `分管领导`")]
    assert _problems(one_sheet([*HEADINGS, "序号"], ROW)) == [("K1", "this heading stands there twice")]


@pytest.mark.parametrize(
    ("heading", "period"),
    [
        ("一季度", ("Q1", None)), ("1季度目标", ("Q1", None)), ("2027年第四季度节点目标", ("Q4", 2027)),
        ("上半年", ("Q2", None)), ("前三季度目标", ("Q3", None)), ("年度目标", ("year", None)),
        ("2027年目标", ("year", 2027)), ("全年任务", ("year", None)), ("3月", ("03", None)),
        ("十二月目标", ("12", None)),
        ("备注", None), ("工作措施", None),
    ],
)  # fmt: skip
def test_headings_of_periods(heading: str, period: tuple[str, int | None] | None) -> None:
    assert period_of(heading) == period


@pytest.mark.parametrize("heading", ["五季度", "13月目标", "季度目标"])
def test_a_period_that_no_year_has(heading: str) -> None:
    with pytest.raises(UnknownPeriod):
        period_of(heading)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("≥5%", Amount(Decimal(5), ">=", "%")), ("８，０００亩以上", Amount(Decimal(8000), ">=", "亩")),
        ("控制在3%以内", Amount(Decimal(3), "<=", "%")), ("超1.8亿元", Amount(Decimal("1.8"), ">", "亿元")),
        ("20", Amount(Decimal(20), None, "")), ("不超过5", Amount(Decimal(5), "<=", "")),
        ("-3", Amount(Decimal(-3), None, "")),
        ("1-2个", None), ("若干", None), ("5%、按6%努力", None), ("1" * 16, None), ("0.1234567", None),
    ],
)  # fmt: skip
def test_amounts(text: str, amount: Amount | None) -> None:
    assert read_amount(text) == amount


def test_a_share_is_read_as_it_is_shown() -> None:
    made = Workbook()
    sheet = made.worksheets[0]
    sheet.append(HEADINGS)
    sheet.append([*ROW[:8], 0.07, "%"])
    sheet["I2"].number_format = "0.0%"
    packed = io.BytesIO()
    made.save(packed)
    (item,) = read_ledger(packed.getvalue()).items
    assert (item.indicators[0].target, item.indicators[0].unit) == (Decimal(7), "%")


def test_ids_are_made_of_the_number_alone() -> None:
    assert [item_id(one, "key_task") for one in ("1", "０１", "重01", "K01", "1.2", "重点108")] == [
        "K01", "K01", "K01", "K01", "K01.2", "K108",
    ]  # fmt: skip
    assert item_id("民3", "livelihood") == "L03"
    assert item_id("甲一", "key_task") == item_id(" 甲一 ", "key_task") != item_id("甲二", "key_task")


@pytest.mark.parametrize("name", ["张三", "欧阳小明", "王副区长", "区长李四", "王常委", "赵六同志", "李交通"])
def test_a_person_is_told_from_an_office(name: str) -> None:
    assert is_person(name)


@pytest.mark.parametrize(
    "name", ["副区长", "常务副区长", "区委常委", "交通副区长", "分管区领导（交通）", "分管领导甲", "区政府党组成员"]
)
def test_an_office_is_no_person(name: str) -> None:
    assert not is_person(name)


def _with_part(name: str, content: bytes = b"x") -> bytes:
    packed = io.BytesIO(one_sheet(HEADINGS, ROW))
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr(name, content)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"PK\x03\x04 no archive", "is no .xlsx file"),
        (_with_part("xl/vbaProject.bin"), "has macros"),
        (_with_part("xl/externalLinks/externalLink1.xml"), "has links to other files"),
        (b"0" * (workbook.MAX_BYTES + 1), "more than"),
    ],
    ids=["no archive", "macros", "links", "large"],
)
def test_a_file_that_no_ledger_is_is_refused(content: bytes, says: str) -> None:
    with pytest.raises(UnreadableWorkbook, match=re.escape(says)):
        read_ledger(content)


def test_a_bomb_and_endless_merged_cells_are_refused() -> None:
    with pytest.raises(UnreadableWorkbook, match="unpacks to more than"):
        read_ledger(_with_compressed("xl/filler.xml", b"0" * (workbook.MAX_UNPACKED + 1)))
    # Written into the file by hand: the library that writes it would fill every cell.
    ledger = read_ledger(_with_text_replaced(one_sheet(HEADINGS, ROW, merged=["A10:B11"]), "A10:B11", "A10:XFD1048576"))
    assert ledger.rows == 1


def _with_text_replaced(content: bytes, old: str, new: str) -> bytes:
    packed, replaced = io.BytesIO(), 0
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            part = before.read(name)
            replaced += part.count(old.encode())
            after.writestr(name, part.replace(old.encode(), new.encode()))
    assert replaced == 1
    return packed.getvalue()


def _with_compressed(name: str, content: bytes) -> bytes:
    packed = io.BytesIO(one_sheet(HEADINGS, ROW))
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return packed.getvalue()


def test_the_day_of_completion_is_a_day_or_stays_in_words() -> None:
    headings = [*HEADINGS, "完成时限", "备注"]
    ledger = read_ledger(one_sheet(headings, [*ROW, "2027年6月底", None], [2, "乙", *ROW[2:], "长期坚持", "见附件"]))
    assert [(one.due, one.note) for one in ledger.items] == [
        (date(2027, 6, 30), ""),
        (None, "见附件\n完成时限：长期坚持"),
    ]
    assert _problems(one_sheet(headings, [*ROW, "2027-02-30", None])) == [("K2", "there is no such day")]


@pytest.mark.parametrize(
    ("written", "units"),
    [
        ("区财政局 区教育局", ("区财政局", "区教育局")),
        ("区财政局　埔前镇政府", ("区财政局", "埔前镇政府")),
        ("区财政局/区教育局（区 人防办）", ("区财政局", "区教育局（区 人防办）")),
        ("区财政局 、\n 区教育局", ("区财政局", "区教育局")),
        ("国网 河源供电局", ("国网 河源供电局",)),
        ("中国电信 河源分公司、区财政局", ("中国电信 河源分公司", "区财政局")),
        ("区住建局（区 人防办）", ("区住建局（区 人防办）",)),
        ("广东集团 有限公司", ("广东集团 有限公司",)),
        ("市公安局 交警支队、区财政局", ("市公安局 交警支队", "区财政局")),
        ("北京大学 第三医院", ("北京大学 第三医院",)),
        ("区卫健局 区人民医院", ("区卫健局", "区人民医院")),
    ],
)
def test_units_in_one_cell_are_told_apart_as_offices_write_them(written: str, units: tuple[str, ...]) -> None:
    (item,) = read_ledger(with_cell("协办单位", written)).items
    assert item.cooperating == units


def test_units_that_only_a_space_tells_apart_are_noted() -> None:
    notes = read_ledger(with_cell("协办单位", "区财政局 区教育局、区民政局")).notes
    assert [one.zh for one in notes] == ["按空格或斜线读作 2 个单位：区财政局、区教育局"]
    assert not read_ledger(with_cell("协办单位", "区财政局、市公安局 交警支队")).notes


@pytest.mark.parametrize(
    ("written", "several"),
    [("王小明 李小红", True), ("王小明/李小红", True), ("王　强", False), ("常务 副区长", False)],
)
def test_two_persons_in_the_leader_s_cell_are_one_too_many(written: str, several: bool) -> None:
    ledger = read_ledger(with_cell("分管领导", written))
    assert [one.cell for one in ledger.problems] == (["G2"] if several else [])


def test_a_file_of_before_or_with_a_password_says_what_to_do() -> None:
    with pytest.raises(UnreadableWorkbook) as caught:
        read_ledger(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2000))
    assert "另存为 .xlsx" in caught.value.why.zh
    assert "password" in caught.value.why.en


def test_what_offices_add_around_their_items_is_passed_over() -> None:
    """Titles above, blank rows, chapters, a heading that is repeated on each page, totals, remarks at the foot."""
    ledger = read_ledger(
        one_sheet(
            ("2027年重点任务台账",),
            ("填报单位：区府办", *[None] * 8, "填报日期：2027年1月4日"),
            (),
            HEADINGS,
            ("一、重点任务",),
            ROW,
            HEADINGS,
            (2, "另一件", *ROW[2:]),
            ("合计", "2项", *[None] * 6, 40),
            (None, "合计"),
            (),
            ("注：本表每季更新",),
            ("填表人：张三", None, None, "审核人：李四"),
        )
    )
    assert not ledger.problems
    assert [one.id for one in ledger.items] == ["K01", "K02"]
