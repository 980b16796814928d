"""What is written as a ledger can be read again without loss, and the same file twice changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.submissions import Predecessor
from programmes import FOLDER
from programmes.ledger.cells import is_blank
from programmes.ledger.comparison import compared
from programmes.ledger.draft import draft_of, misplaced, next_year, schedule_of, year_of
from programmes.ledger.model import OfficeLedger
from programmes.ledger.reading import read_ledger
from programmes.ledger.writing import template, write_ledger
from programmes.programme import Indicator, ItemEntry, ProgrammeFile
from programmes.programme_file import load_programme, read_programme
from programmes.programme_text import programme_text
from tests.programmes.ledgers import HEADINGS, ROW, frame, one_sheet

SHIPPED = load_programme(FOLDER / "yuancheng-2024.yaml")
PERIODS = ("2024Q1", "2024Q2", "2024Q3", "2024Q4", "2024-05", "2024-12", "2024")


_CHARACTERS = st.sampled_from("重点任务注季度一、（），。；：“”aXe019=+-@'\"<>&%≥é🌸 　/")
_ODD = st.sampled_from(
    (
        "_x000D_",
        "a_x005F_b",
        "合计",
        "注：甲",
        "序号",
        "一季度",
        "a\tb",
        "甲\u00a0乙",
        "甲\u200b乙",
        "二、民生实事",
        "无",
        "〔甲〕",
        "#1",
    )
)
TEXTS = _ODD | st.text(_CHARACTERS, max_size=12).map(lambda text: text.strip(" 　"))
LINES = st.text(_CHARACTERS | st.just("\n"), max_size=20).map(lambda text: text.strip(" 　\n"))
LINES = LINES.filter(lambda text: bool(text) and not is_blank(text))
"""A stroke alone stands for nothing in a ledger."""
NAMES = TEXTS.filter(lambda text: bool(text) and not is_blank(text))
NUMBERS = st.decimals(-(10**14), 10**14, places=4)
IDS = st.from_regex(r"[A-Z][0-9]{1,3}", fullmatch=True) | st.from_regex(
    r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", fullmatch=True
)


@st.composite
def indicators(draw: st.DrawFn) -> Indicator:
    periods = draw(st.dictionaries(st.sampled_from(PERIODS), NUMBERS, max_size=3))
    return Indicator(
        name=draw(NAMES),
        comparator=draw(st.sampled_from((">=", "<=", ">", "<", "="))),
        target=draw(NUMBERS),
        unit=draw(st.sampled_from(("", "公里", "%", "万吨", "m²"))),
        note=draw(TEXTS),
        milestones=periods,
    )


@st.composite
def programmes(draw: st.DrawFn) -> ProgrammeFile:
    units = SHIPPED.units[:20]
    ids = draw(st.lists(IDS, min_size=1, max_size=4, unique=True))
    items = []
    for position, id_ in enumerate(ids):
        lead, *others = draw(st.lists(st.sampled_from(units), min_size=1, max_size=4, unique=True))
        goals = tuple(draw(st.lists(indicators(), max_size=3)))
        items.append(
            ItemEntry(
                id=id_,
                category=draw(st.sampled_from(("key_task", "livelihood"))),
                aspect=draw(st.sampled_from(SHIPPED.aspects)).number,
                task=f"{position}{draw(NAMES)}",
                lead_unit=lead.id,
                cooperating_units=tuple(one.id for one in others),
                leader=draw(st.sampled_from(SHIPPED.leaders)).id,
                classification=draw(st.sampled_from(("public", "internal"))),
                indicators=goals,
                due=draw(st.none() | st.dates(date(2024, 1, 1), date(2025, 12, 31))),
                source=draw(TEXTS),
                quantified=bool(goals),
                note=draw(TEXTS),
                predecessor=draw(st.none() | st.just(Predecessor(programme="441602-2023", item="K1"))),
                milestones=draw(st.dictionaries(st.sampled_from(PERIODS), LINES, max_size=3)),
            )
        )
    return SHIPPED.model_copy(update={"items": tuple(items)})


def _read(programme: ProgrammeFile) -> tuple[OfficeLedger, ProgrammeFile]:
    ledger = read_ledger(write_ledger(programme))
    assert ledger.problems == []
    within = replace(frame(), policy=programme.policy, calendar=programme.calendar, name=programme.jurisdiction.name)
    return ledger, draft_of(ledger, within, programme)


@settings(max_examples=30)
@given(programmes())
def test_a_programme_written_as_a_ledger_and_read_again_is_the_same(programme: ProgrammeFile) -> None:
    _, again = _read(programme)
    assert again == programme


@pytest.mark.parametrize(
    "name",
    [
        "区委办、区府办", "区财政局/区国资办", "区发改局 区粮食局", "区交通局（牵头）", "配合单位：区府办",
        "1.区财政局", "2", "无", "/", "〔区府办〕", "区府办;区委办", "各镇（街道）、", "区交通局",
        "张三、李四", "分管农业副区长、分管工业副区长", "分管领导：甲",
    ],
)  # fmt: skip
def test_a_unit_and_a_leader_with_a_name_that_looks_like_several_come_back_as_they_are(name: str) -> None:
    unit, office = (
        SHIPPED.units[0].model_copy(update={"name": name}),
        SHIPPED.leaders[0].model_copy(update={"label": name}),
    )
    other = SHIPPED.units[1].id
    led = SHIPPED.items[0].model_copy(update={"lead_unit": unit.id, "cooperating_units": (other,), "leader": office.id})
    helped = SHIPPED.items[1].model_copy(update={"lead_unit": other, "cooperating_units": (unit.id,)})
    changes = {
        "units": (unit, *SHIPPED.units[1:]),
        "leaders": (office, *SHIPPED.leaders[1:]),
        "items": (led, helped.model_copy(update={"leader": office.id})),
    }
    programme = SHIPPED.model_copy(update=changes)
    assert _read(programme)[1] == programme


_UNITS = (
    "区交通局", "区 交通局", "区交通局、区财政局", "区财政局（牵头）；区教育局", "配合单位：区府办", "〔甲、乙〕",
        "1.区水务局", "无", "、", "2",
    "区发改局 区粮食局",
)  # fmt: skip
_GOALS = (
    None,
    "开工",
    "过半\n主体完工",
    5,
    "5",
    "≥5%",
    "20公里",
    "约3",
    "/",
    "60亿元、增长6%",
    "一季度",
    "合计",
    "_x000D_",
    "=A1",
)
_WRITTEN = {
    "序号": (1, 2, 3, 4, 5, 6, 7, "8", 9.0, "10", "重11", "（12）", "⑬", "一", "（二）", "1-1", "K7", "#1", "民2",
        None, "合　计", "注：甲"),
    "工作任务": (*(f"事项{one}" for one in "甲乙丙丁戊己庚辛壬癸"), "乙\n第二行", "合计", "联系企业",
        "二、民生实事", "九、民生保障", None),
    "牵头单位": (*_UNITS[:4], "区教育局", "区水务局", "区府办督查室", None),
    "分管领导": ("区委常委、副区长", "副区长 张三", "张三", "分管区领导（交通）", "分管区领导(交通)",
        "分管甲、分管乙", "〔甲、乙〕", None),
    "配合单位": (None, *_UNITS),
    "责任单位": (None, *_UNITS),
    "来源": (None, "政府工作报告", "_x0041_", "a\n  b"),
    "类别": (None, "重点任务", "民生实事", "经济", "重点任务（12项）"),
    "方面": (None, "经济", "社 会", "社会"),
    "指标": (None, None, "里程", "新增绿地500亩", "能耗不超过5万吨", "无", "建成通车", "序号"),
    "目标值": (None, *_GOALS),
    "单位": (None, "公里", "%", "亿元"),
    "比较": (None, "≥", "<="),
    "完成时限": (None, "2027-06-30", "2027年6月底前", "6月底前", "2027-02-30"),
    "上年事项": (None, "441602-2023/K1", "/"),
    "备注": (None, "见附件", "/"),
    "公开属性": (None, "公开", "内部"),
    "完成情况": (None, "已开工"),
    **dict.fromkeys(("一季度", "二季度目标", "1-9月", "3月底前", "年度目标"), _GOALS),
}  # fmt: skip
_NEEDED = ("序号", "工作任务", "牵头单位", "分管领导")


@st.composite
def written(draw: st.DrawFn) -> bytes:
    """A ledger of cells as offices write them: columns in any order, cells merged, most of it right."""
    headings = draw(
        st.permutations((*_NEEDED, *draw(st.lists(st.sampled_from(sorted(_WRITTEN)), max_size=7, unique=True))))
    )
    headings = list(dict.fromkeys(headings))
    rows = draw(st.lists(st.tuples(*(st.sampled_from(_WRITTEN[one]) for one in headings)), min_size=1, max_size=5))
    merged = draw(
        st.lists(st.sampled_from(("A2:B2", "A3:A5", "B2:E2", "C3:C4", "D2:D9", "F2:F6", "F3:H3")), max_size=1)
    )
    return one_sheet(headings, *rows, merged=merged)


@settings(max_examples=100)
@given(written())
def test_what_offices_write_is_a_problem_at_a_cell_or_a_draft_that_comes_back_as_it_is(content: bytes) -> None:
    ledger = read_ledger(content)
    if ledger.problems:
        return
    draft = draft_of(ledger, frame(2027))
    text = programme_text(draft)
    assert "张三" not in text
    assert draft_of(read_ledger(content), frame(2027), draft) == draft
    assert draft_of(read_ledger(write_ledger(draft)), frame(2027), draft) == draft


def test_the_shipped_108_items_survive_the_way_there_and_back() -> None:
    ledger, again = _read(SHIPPED)
    assert (ledger.rows, len(ledger.units), len(ledger.leaders)) == (108, 36, 6)
    found = compared(SHIPPED, again)
    assert (found.new, found.changed, found.gone, len(found.unchanged)) == ((), {}, (), 108)
    assert again.model_copy(update={"items": ()}) == SHIPPED.model_copy(update={"items": ()})


def test_a_changed_cell_is_one_changed_item_and_nothing_else() -> None:
    items = list(SHIPPED.items)
    items[3] = items[3].model_copy(update={"lead_unit": "caizheng"})
    _, again = _read(SHIPPED.model_copy(update={"items": (*items[:5], *items[6:])}))
    found = compared(SHIPPED, again)
    assert (found.new, found.changed, found.gone) == ((), {"K04": ("lead_unit",)}, ("K06",))


def test_a_ledger_of_its_own_makes_a_draft_that_the_publisher_takes_twice_the_same() -> None:
    content = one_sheet(
        HEADINGS, ROW, ["民1", "办好幼儿园", None, None, "区教育局", "区财政局", "王小明", None, None, None]
    )
    made = [draft_of(read_ledger(content), frame()) for _ in range(2)]
    assert made[0] == made[1]
    draft = made[0]
    assert read_programme(programme_text(draft, ["草稿"]).encode(), FOLDER) == draft
    assert [(one.id, one.category, one.lead_unit) for one in draft.items] == [
        ("K01", "key_task", draft.units[0].id),
        ("L01", "livelihood", draft.units[3].id),
    ]
    assert [one.kind for one in draft.units] == ["department", "department", "township", "department"]


def test_a_persons_name_stays_in_the_ledger_and_follows_the_items_that_it_led() -> None:
    content = one_sheet(HEADINGS, [*ROW[:6], "张三", *ROW[7:]], [2, "乙", *ROW[2:6], "李四", *ROW[7:]])
    before = draft_of(read_ledger(content), frame())
    assert "张三" not in programme_text(before)
    assert [one.leader for one in before.items] == ["leader-1", "leader-2"]
    turned = one_sheet(HEADINGS, [2, "乙", *ROW[2:6], "李四", *ROW[7:]], [*ROW[:6], "张三", *ROW[7:]])
    again = draft_of(read_ledger(turned), frame(), before)
    assert {one.id: one.leader for one in again.items} == {"K01": "leader-1", "K02": "leader-2"}


def test_headings_of_another_year_are_told_at_their_cells() -> None:
    ledger = read_ledger(one_sheet([*HEADINGS, "2026年一季度目标"], [*ROW, "开工"]))
    problems = misplaced(ledger, draft_of(ledger, frame()), 2024)
    assert [(one.sheet, one.cell, one.en) for one in problems] == [
        ("台账", "K1", "is about 2026, the programme about 2024")
    ]


def test_the_template_is_a_ledger_without_items() -> None:
    assert [(one.cell, one.en) for one in read_ledger(template()).problems] == [("", "there is no item")]


@pytest.mark.parametrize("issued_on", [date(2025, 1, 8)])
def test_next_year_has_every_item_with_its_predecessor_a_year_later(issued_on: date) -> None:
    after = next_year(SHIPPED, SHIPPED.calendar, issued_on)
    assert (after.programme, year_of(after), after.title[:5], after.derived) == ("441602-2025", 2025, "2025年", False)
    assert [one.predecessor for one in after.items] == [
        Predecessor(programme="441602-2024", item=one.id) for one in SHIPPED.items
    ]
    assert after.schedule.key_task.report_due_on == schedule_of(2025).key_task.report_due_on
    written = read_programme(programme_text(after).encode(), FOLDER)
    assert written == after


def test_a_draft_dumps_nothing_that_a_plain_programme_lacks() -> None:
    dumped: dict[str, Any] = SHIPPED.model_dump(mode="json", exclude_defaults=True)
    assert "milestones" not in dumped["items"][0]
    assert SHIPPED.items[0].indicators[0].target == Decimal(5)
