"""Nothing that an office's ledger says is lost without a word, or read as something else."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from exact.workbook import MAX_COLUMNS, MAX_ROWS, UnreadableWorkbook
from programmes.ledger.model import LedgerItem, OfficeLedger
from programmes.ledger.reading import read_ledger
from supervision.words import Word
from tests.programmes.ledgers import HEADINGS, ROW, book, one_sheet, with_cell

PLAIN = ("序号", "工作任务", "牵头单位", "配合单位", "分管领导")
QUARTERS = ("一季度", "二季度", "三季度", "四季度")
FIRST = (1, "甲事项", "区交通局", "区财政局", "分管区领导（交通）")
SECOND = (2, "乙事项", "区教育局", "区财政局", "分管区领导（教育）")


def right(*rows: Sequence[object], merged: Sequence[str] = ()) -> OfficeLedger:
    """A ledger without a problem."""
    ledger = read_ledger(one_sheet(*rows, merged=merged))
    assert ledger.problems == []
    return ledger


def items(*rows: Sequence[object], merged: Sequence[str] = ()) -> list[LedgerItem]:
    return right(*rows, merged=merged).items


@pytest.mark.parametrize(
    ("chapter", "category"),
    [
        ("九、更好保障和改善民生，兜住兜准兜牢民生底线", "key_task"),
        ("（三）民生保障", "key_task"),
        ("落实就业实事求是机制", "key_task"),
        ("二、民生实事", "livelihood"),
        ("十件民生实事（10项）", "livelihood"),
        ("（二）为民办实事项目", "livelihood"),
    ],
)
def test_a_chapter_about_people_s_livelihood_is_not_yet_one_of_livelihood_items(chapter: str, category: str) -> None:
    """The scheme's own ninth chapter: its key tasks are reported by the quarter."""
    (item,) = items(PLAIN, [chapter], FIRST)
    assert item.category == category


def test_goals_of_periods_beside_an_indicator_without_a_target_stay() -> None:
    first, second = items(
        [*PLAIN, "指标", *QUARTERS],
        [*FIRST, "新增绿地500亩", 100, 200, "过半", 500],
        [*SECOND, "建成通车", "开工", "过半", "封顶", "竣工"],
    )
    (goal,) = first.indicators
    assert (goal.name, goal.target, goal.unit) == ("新增绿地", Decimal(500), "亩")
    assert goal.milestones == {"Q1": Decimal(100), "Q2": Decimal(200), "Q4": Decimal(500)}
    assert first.milestones == {"Q3": "过半"}
    assert second.milestones == {"year": "建成通车", "Q1": "开工", "Q2": "过半", "Q3": "封顶", "Q4": "竣工"}


@pytest.mark.parametrize(
    ("written", "name", "comparator"),
    [
        ("能耗不超过5万吨", "能耗", "<="),
        ("完成率不低于95%", "完成率", ">="),
        ("价格涨幅控制在3%以内", "价格涨幅", "<="),
        ("投诉率低于2%", "投诉率", "<"),
        ("产值超1.8亿元", "产值", ">"),
        ("新增绿地500亩", "新增绿地", ">="),
    ],
)
def test_an_indicator_with_its_number_says_in_which_direction(written: str, name: str, comparator: str) -> None:
    (item,) = items([*PLAIN, "指标"], [*FIRST, written])
    (goal,) = item.indicators
    assert (goal.name, goal.comparator) == (name, comparator)


def test_a_goal_merged_across_quarters_is_that_of_each() -> None:
    (item,) = items([*PLAIN, *QUARTERS], [*FIRST, "持续推进"], merged=["F2:I2"])
    assert item.milestones == dict.fromkeys(("Q1", "Q2", "Q3", "Q4"), "持续推进")


def test_a_goal_of_a_period_is_a_number_when_it_is_compared_as_the_target_is() -> None:
    (item,) = items([*PLAIN, "指标", "目标值", *QUARTERS[:2]], [*FIRST, "涨幅", "≤3%", "≤2%", "3%以内"])
    assert item.indicators[0].milestones == {"Q1": Decimal(2), "Q2": Decimal(3)}
    assert item.milestones == {}


def test_a_task_that_begins_like_a_remark_is_an_item() -> None:
    tasks = ["联系服务企业机制", "说明书编制", "审核制度改革", "日期管理", "注册制改革", "备注册企业服务"]
    headings = ["工作任务", "牵头单位", "分管领导", "序号"]
    found = items(
        headings,
        *[[task, "区教育局", "分管领导（教育）", number] for number, task in enumerate(tasks, 1)],
        ["合计6项"],
    )
    assert [one.task for one in found] == tasks


def test_a_sheet_that_is_not_read_is_told() -> None:
    ledger = read_ledger(
        book(
            {
                "填写说明": [["请按要求填写"]],
                "重点任务": [PLAIN, FIRST],
                "民生实事": [["顺序", "内容", "实施部门", "区领导名单"], [1, "乙", "区教育局", "分管区领导（教育）"]],
                "空": [],
            },
            hidden=["旧表"],
        )
    )
    assert [(one.sheet, one.cell, one.zh) for one in ledger.notes] == [
        ("填写说明", "", "这个工作表没有台账的表头，未读取"),
        ("民生实事", "", "这个工作表没有台账的表头，未读取"),
        ("旧表", "", "这个工作表是隐藏的，未读取"),
    ]


def test_what_lies_too_far_out_is_refused_aloud() -> None:
    wide = one_sheet([*PLAIN, *[None] * MAX_COLUMNS, "一季度"], [*FIRST, *[None] * MAX_COLUMNS, "开工"])
    with pytest.raises(UnreadableWorkbook, match=f"more than {MAX_COLUMNS} columns"):
        read_ledger(wide)
    with pytest.raises(UnreadableWorkbook, match=f"more than {MAX_ROWS} rows"):
        read_ledger(one_sheet(PLAIN, FIRST, *[[]] * MAX_ROWS, SECOND))


def test_headings_of_two_rows_that_are_repeated_on_a_new_page_are_no_goals() -> None:
    upper, lower = [*PLAIN, "季度目标"], [*[None] * 5, *QUARTERS]
    found = items(upper, lower, [*FIRST, *"abcd"], upper, lower, [*SECOND, *"efgh"])
    assert [one.milestones["Q1"] for one in found] == ["a", "e"]


def test_a_second_table_of_a_sheet_has_columns_and_a_category_of_its_own() -> None:
    found = items(
        ["附件2 重点任务清单"], PLAIN, FIRST, [],
        ["附件3 民生实事清单"], ["序号", "分管领导", "实事项目", "牵头单位"],
        [1, "分管区领导（教育）", "建幼儿园", "区教育局"],
    )  # fmt: skip
    assert [(one.id, one.category, one.task, one.lead) for one in found] == [
        ("K01", "key_task", "甲事项", "区交通局"),
        ("L01", "livelihood", "建幼儿园", "区教育局"),
    ]


class Counting(str):
    """A sheet's name that counts how often it is compared."""

    __slots__ = ()
    compared = 0

    def __eq__(self, other: object) -> bool:
        Counting.compared += 1
        return str(self) == other

    __hash__ = str.__hash__


def test_a_problem_more_is_not_compared_with_all_that_are_told_already() -> None:
    """19,000 rows without a unit and a leader took minutes."""
    ledger, sheet = OfficeLedger(), Counting("台账")
    for row in range(1000):
        ledger.problem(sheet, f"A{row}", Word("不能为空", "must not be empty"))
        ledger.problem(sheet, f"A{row}", Word("不能为空", "must not be empty"))
    assert len(ledger.problems) == 1000
    assert Counting.compared < 10_000


def test_more_chapters_than_a_programme_has_are_a_problem() -> None:
    rows = [[one, f"事项{one}", "区交通局", None, "分管区领导", f"方面{one}"] for one in range(1, 131)]
    ledger = read_ledger(one_sheet([*PLAIN, "方面"], *rows))
    assert [one.en for one in ledger.problems] == ["at most 99 aspects, here are 130"]


def test_the_plain_ledger_of_the_other_tests_is_still_right() -> None:
    assert right(HEADINGS, ROW).rows == 1


@pytest.mark.parametrize("column", ["牵头单位", "分管领导"])
@pytest.mark.parametrize("written", ["、", "/", "；\n"])
def test_a_cell_that_names_nobody_is_a_problem(column: str, written: str) -> None:
    (problem,) = read_ledger(with_cell(column, written)).problems
    assert problem.en == "must not be empty"


def test_a_lead_unit_that_is_but_a_number_is_a_problem() -> None:
    assert [one.en for one in read_ledger(with_cell("牵头单位", "2")).problems] == ["must not be empty"]


def test_an_item_with_words_of_headings_is_no_second_table() -> None:
    headings = [*PLAIN, "类别", "指标", "目标值"]
    (item,) = items(headings, [1, "甲事项", "区交通局", None, "分管区领导（交通）", "重点任务", "序号", 3])
    assert item.indicators[0].name == "序号"
