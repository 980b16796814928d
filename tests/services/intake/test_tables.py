"""Tables of goals and of what was reached: what is written can be read, and what is filled in is filed row by row."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from decimal import Decimal

import orjson
import pytest
import pytest_asyncio
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from contracts.rulings import PlanAdopted, PlanReceived
from contracts.submissions import PlanSubmitted, ProgressReported
from contracts.values import Node, Target
from exact.workbook import ListSheet, read_workbook, write_workbook
from services.intake.pages.desk import binding
from services.intake.pages.paper.paper_table import PaperHead, write_sheets
from services.intake.pages.paper.plan_table import plan_tables, read_plans
from services.intake.pages.paper.report_table import read_reports, report_tables
from services.intake.submitting.body import posted_data
from services.intake.who.item import KnownItem
from services.intake.who.roster import Roster
from tests.services.intake.evidence.files import picture
from tests.services.intake.running_intake import RunningIntake, with_desk
from tests.services.intake.test_forms import Page
from tests.services.intake.test_overview import NOW, item

QUARTERS = tuple(f"2024Q{number}" for number in range(1, 5))
HEAD = PaperHead("2024年督查方案", "区发展改革局", ["模拟数据"])
QUOTA = 200_000
FIRST = "2024年第一季度"
WORDS = st.text(st.characters(categories=("Lo", "Nd", "Po")), min_size=1, max_size=40)
NUMBERS = st.decimals(min_value=0, max_value=10**9, places=2)
COMPARATORS = st.sampled_from([">=", "<=", ">", "<", "="])


def _target(indicator: str, comparator: str, unit: str, value: Decimal) -> Target:
    return Target(indicator=indicator, comparator=comparator, value=value, unit=unit)  # type: ignore[arg-type]


@st.composite
def _nodes(draw: st.DrawFn) -> dict[str, Node]:
    """A plan whose periods have the same indicators, as a table's rows have."""
    indicators = draw(
        st.lists(st.tuples(WORDS, COMPARATORS, st.sampled_from(["", "%", "亩"])), max_size=3, unique=True)
    )
    chosen = draw(st.lists(st.sampled_from(QUARTERS), min_size=1, unique=True))
    return {
        period: Node(text=draw(WORDS), targets=tuple(_target(*one, draw(NUMBERS)) for one in indicators))
        for period in sorted(chosen)
    }


def _plans(*items: KnownItem) -> bytes:
    return write_sheets(plan_tables(items, Roster(), {}), HEAD)


def _reports(*items: KnownItem) -> bytes:
    return write_sheets(report_tables(items, Roster(), NOW), HEAD)


def _place(content: bytes, heading: str, line: int) -> str:
    """Where the cell of a heading is, so many lines below it, on the first sheet."""
    (found,) = [
        cell
        for row in load_workbook(io.BytesIO(content)).worksheets[0].iter_rows()
        for cell in row
        if cell.value == heading
    ]
    return f"{found.column_letter}{found.row + line}"


def _written(content: bytes, cells: Mapping[tuple[str, int], str]) -> bytes:
    """The same file after somebody wrote into cells of its first sheet, by heading and line below it."""
    book, packed = load_workbook(io.BytesIO(content)), io.BytesIO()
    for (heading, line), text in cells.items():
        book.worksheets[0][_place(content, heading, line)] = text
    book.save(packed)
    return packed.getvalue()


def _filled(content: bytes, cells: Mapping[tuple[str, int], str]) -> list[ListSheet]:
    """The same as it is read."""
    return read_workbook(_written(content, cells), merged=True)


@given(_nodes())
@example({"2024Q1": Node(text="开工", targets=(_target("节点目标", ">=", "", Decimal(1)),))})
@settings(max_examples=30)
def test_a_plan_that_is_written_as_a_table_is_read_as_the_same_plan(nodes: dict[str, Node]) -> None:
    known = item(PlanReceived(nodes=nodes, late=False))
    table = read_plans(read_workbook(_plans(known), merged=True), {"K01": known})
    assert table.problems == []
    (row,) = table.rows
    assert (row.item, row.name) == (known, "plan.submitted")
    assert posted_data(row.name, row.data) == PlanSubmitted(nodes=nodes)


@given(st.dictionaries(st.sampled_from(["甲", "乙"]), NUMBERS), WORDS, st.sampled_from(["推进中", "受阻", "已完成"]))
@settings(max_examples=30)
def test_what_is_filled_in_about_a_period_is_read_as_its_report(
    measures: dict[str, Decimal], narrative: str, claim: str
) -> None:
    targets = (_target("甲", ">=", "亩", Decimal(5)), _target("乙", "<=", "", Decimal(7)))
    known = item(PlanAdopted(nodes={one: Node(text="目标", targets=targets) for one in QUARTERS}))
    figures = {("完成值", 1 + ["甲", "乙"].index(name)): format(value, "f") for name, value in measures.items()}
    content = _written(_reports(known), {("进展", 1): claim, ("进展说明", 1): narrative, **figures})
    table = read_reports(read_workbook(content, merged=True), {"K01": known}, NOW)
    assert table.problems == []
    (row,) = table.rows
    claims = {"推进中": "in_progress", "受阻": "blocked", "已完成": "completed"}
    told = posted_data(row.name, row.data)
    assert told == ProgressReported(period="2024Q1", claim=claims[claim], measures=measures, narrative=narrative)  # type: ignore[arg-type]
    assert table.left_empty == 1, "the second quarter is open, too, and nothing was written about it"


def test_a_table_that_comes_back_as_it_was_files_nothing() -> None:
    known = item()
    for table in (
        read_plans(read_workbook(_plans(known), merged=True), {"K01": known}),
        read_reports(read_workbook(_reports(known), merged=True), {"K01": known}, NOW),
    ):
        assert (table.rows, table.problems) == ([], [])
        assert table.left_empty


def test_a_table_that_is_handed_in_at_the_place_of_the_other_one_is_told() -> None:
    known = item()
    plans, reports = (read_workbook(table(known), merged=True) for table in (_plans, _reports))
    for told in (read_plans(reports, {"K01": known}), read_reports(plans, {"K01": known}, NOW)):
        assert [one.zh for one in told.problems] == ["这是另一种表，请在它自己的一栏上传"]


@pytest.mark.parametrize(
    ("cells", "where", "said"),
    [
        ({("编号", 1): "K99"}, ("编号", 1), "没有这一编号"),
        ({(FIRST, 1): "=1+1"}, (FIRST, 1), "是公式"),
        ({(FIRST, 2): "很多"}, (FIRST, 2), "应为一个数"),
        ({(FIRST, 2): "5", ("比较", 2): "大约"}, ("比较", 2), "应为 ≥"),
        ({(FIRST, 2): "5 公里"}, (FIRST, 2), "计量单位"),
        ({("编号", 0): "甲"}, None, "找不到表头"),
        ({(FIRST, 1): "目标\u202e"}, ("事项", 1), "不允许"),
    ],
)
def test_what_is_wrong_is_told_at_its_cell(
    cells: dict[tuple[str, int], str], where: tuple[str, int] | None, said: str
) -> None:
    known = item()
    table = read_plans(_filled(_plans(known), cells), {"K01": known})
    assert table.rows == []
    place = "" if where is None else _place(_plans(known), *where)
    assert [one.cell for one in table.problems] == [place], table.problems
    assert said in table.problems[0].zh
    assert table.problems[0].en


def test_a_report_needs_a_claim_and_a_period_that_is_open() -> None:
    known = item()
    empty = _reports(known)
    told = read_reports(_filled(empty, {("进展说明", 1): "进展"}), {"K01": known}, NOW)
    assert [(one.cell, one.zh) for one in told.problems] == [(_place(empty, "进展", 1), "应为 已完成、推进中、受阻")]
    told = read_reports(_filled(empty, {("进展", 1): "推进中", ("周期", 1): "2024年第四季度"}), {"K01": known}, NOW)
    assert [one.cell for one in told.problems] == [_place(empty, "周期", 1)]


def test_a_value_without_an_indicator_and_a_text_that_is_too_long_are_told_in_words_row_by_row() -> None:
    known = item()
    empty = _reports(known)
    long = {("进展", 1): "推进中", ("进展说明", 1): "字" * 4001}
    told = read_reports(_filled(empty, long), {"K01": known}, NOW)
    assert [(one.cell, one.zh) for one in told.problems] == [(_place(empty, "进展说明", 1), "至多 4000 个字符")]
    told = read_reports(_filled(empty, {("进展", 1): "推进中", ("完成值", 1): "5"}), {"K01": known}, NOW)
    assert [(one.cell, "没有指标" in one.zh) for one in told.problems] == [(_place(empty, "完成值", 1), True)]
    both = {("完成值", 2): "=1+1", ("进展", 1): "快了"}
    told = read_reports(_filled(empty, both), {"K01": known}, NOW)
    lines = [int(one.cell[1:]) for one in told.problems]
    assert lines == sorted(lines), "row by row"


@pytest.mark.parametrize(
    ("indicator", "value", "where", "said"),
    [
        ("甲", "5万亩", "完成值", "请换算后填写"),
        ("甲", "5%", "完成值", "请换算后填写"),
        ("甲 ", "5亩", None, ""),
        ("甲（累计）", "5", "指标", "没有这个指标"),
    ],
)
def test_a_figure_is_in_the_unit_of_its_target_and_about_an_indicator_of_the_plan(
    indicator: str, value: str, where: str | None, said: str
) -> None:
    known = item(
        PlanAdopted(
            nodes={one: Node(text="目标", targets=(_target("甲", ">=", "亩", Decimal(5)),)) for one in QUARTERS}
        )
    )
    empty = _reports(known)
    cells = {("进展", 1): "推进中", ("指标", 1): indicator, ("完成值", 1): value}
    told = read_reports(_filled(empty, cells), {"K01": known}, NOW)
    assert [one.cell for one in told.problems] == ([_place(empty, where, 1)] if where else [])
    assert all(said in one.zh for one in told.problems)
    assert [row.data["measures"] for row in told.rows] == ([] if where else [{"甲": "5"}])


def test_an_indicator_that_is_filled_in_twice_and_a_row_that_no_submission_holds_are_told() -> None:
    known = item()
    headings = ["编号", "事项", "周期", "指标", "完成值", "进展", "进展说明"]
    about = ["K01", "事项", FIRST]
    twice = [[*about, "甲", "5", "推进中", ""], ["", "", "", "甲", "6", "", ""]]
    long = [[*about, "", "", "推进中", "长" * 30_000]]
    for rows, place, said in ((twice, "D3", "前面已填"), (long, "B2", "过长")):
        told = read_reports(read_workbook(write_workbook([("表", headings, rows)]), merged=True), {"K01": known}, NOW)
        assert [(one.cell, said in one.zh) for one in told.problems] == [(place, True)], told.problems
        assert told.rows == []


def test_a_period_that_binds_nobody_takes_no_goal() -> None:
    known = item()
    known.opened = replace(known.opened, void=("2024Q1",))
    assert "2024Q1" not in {one.id for one in binding(known)}
    content = _plans(known, item())
    table = read_plans(_filled(content, {(FIRST, 1): "目标"}), {"K01": known})
    assert [one.zh for one in table.problems] == ["该事项在这一周期不报送"]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def intake(
    kafka: str, postgres: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RunningIntake]:
    async with with_desk(
        kafka, postgres(), tmp_path_factory.mktemp("tables"), max_wait=0.05, quota_evidence_bytes=QUOTA
    ) as made:
        await made.publish_and_rule()
        yield made


@pytest.mark.services
@pytest.mark.asyncio(loop_scope="module")
async def test_a_table_is_looked_at_then_filed_once_with_its_files(intake: RunningIntake) -> None:
    headers = {"Accept": "text/html", **await intake.cookie("u-fagai-1")}
    here = "/tables/441602-2024"
    opened = await intake.http.get("/tables", headers=headers)
    assert opened.headers["location"].endswith(here)
    form = Page((await intake.http.get(here, headers=headers)).text)
    empty = (await intake.http.get(f"{here}/plans.xlsx", headers=headers)).content
    known = sorted(intake.dependencies.roster.items.values(), key=lambda one: one.id)
    led = [one for one in known if one.lead_unit == "fagai"]
    assert load_workbook(io.BytesIO(empty)).worksheets[0][_place(empty, "编号", 1)].value == led[0].id

    filled = _written(empty, {(FIRST, 1): "一季度目标", ("2024年第二季度", 1): "二季度目标"})
    sent = {"csrf": dict(form.fields)["csrf"], "table": "plans", "act": "check"}
    before = len(await intake.rating.submissions())
    looked = await intake.http.post(here, data=sent, files={"table-file": ("表.xlsx", filled)}, headers=headers)
    assert looked.status_code == 200
    assert "核对后报送 1 条" in looked.text
    assert "一季度目标" in looked.text
    assert len(await intake.rating.submissions()) == before, "nothing is filed before it was looked at"

    fields = {name: value for name, value in Page(looked.text).fields if name in ("csrf", "key") or name[:4] == "row:"}
    proof = {"files:0": ("佐证.png", picture())}
    for _ in range(2):
        told = await intake.http.post(here, data={**fields, "act": "file"}, files=proof, headers=headers)
        assert "已报送 1 条，未报送 0 条" in told.text
    filed = [(one, one.data) for one in await intake.rating.submissions() if isinstance(one.data, PlanSubmitted)]
    assert len({one.id for one, _ in filed}) == 1, "sent twice, it is the same submission"
    assert filed[0][0].subject == f"441602-2024/{led[0].id}"
    assert filed[0][1].nodes == {"2024Q1": Node(text="一季度目标"), "2024Q2": Node(text="二季度目标")}
    assert [one.name for one in filed[0][1].evidence] == ["佐证.png"]


@pytest.mark.services
@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no workbook", "不能读取"),
        (b"0" * 1_100_000, "1048576"),
        (write_workbook([("一", ["编号", "事项"], [["甲"] * 60] * 1100)]), "60000"),
    ],
    ids=["no workbook", "too long", "too many cells"],
)
async def test_a_file_that_is_no_table_is_refused_and_said_why(
    intake: RunningIntake, content: bytes, said: str
) -> None:
    here, headers = "/tables/441602-2024", {"Accept": "text/html", **await intake.cookie("u-fagai-1")}
    form = dict(Page((await intake.http.get(here, headers=headers)).text).fields)
    sent = {"csrf": form["csrf"], "table": "plans", "act": "check"}
    told = await intake.http.post(here, data=sent, files={"table-file": ("表.xlsx", content)}, headers=headers)
    assert told.status_code in (413, 422)
    assert said in told.text


@pytest.mark.services
@pytest.mark.asyncio(loop_scope="module")
async def test_rows_stay_when_their_files_are_more_than_may_come_today_or_are_not_taken(intake: RunningIntake) -> None:
    here, headers = "/tables/441602-2024", {"Accept": "text/html", **await intake.cookie("u-fagai-1")}
    led = sorted(one.id for one in intake.dependencies.roster.items.values() if one.lead_unit == "fagai")
    form = dict(Page((await intake.http.get(here, headers=headers)).text).fields)
    rows = {
        f"row:{number}": orjson.dumps(
            {"item": led[number], "type": "plan.submitted", "data": {"nodes": {"2024Q3": {"text": f"目标{number}"}}}}
        ).decode()
        for number in (1, 2)
    }
    sent = {"csrf": form["csrf"], "key": "one-table", "act": "file", **rows}
    before = len(await intake.rating.submissions())
    large = {"files:1": ("录像.pdf", b"%PDF-1.7" + b"0" * QUOTA)}
    refused = await intake.http.post(here, data=sent, files=large, headers=headers)
    assert refused.status_code == 429
    again = dict(Page(refused.text).fields)
    assert {name: again[name] for name in ("key", *rows)} == {"key": "one-table", **rows}, "nothing is to be done again"
    assert "今天还可上传佐证" in refused.text
    assert len(await intake.rating.submissions()) == before
    assert "没有保存，请改正后重新选择：录像.pdf" in refused.text

    wrong = [("files:2", ("现场.png", picture())), ("files:2", ("附件.pdf", picture()))]
    told = await intake.http.post(here, data=sent, files=wrong, headers=headers)
    assert "已报送 1 条，未报送 1 条" in told.text
    assert "没有保存，请改正后重新选择：附件.pdf" in told.text
    left = dict(Page(told.text).fields)
    assert [name for name in left if name.startswith("row:")] == ["row:2"]
    assert left["key"] == "one-table"
    assert "已保存，不必再选：" in told.text
    told = await intake.http.post(here, data={**left, "act": "file"}, headers=headers)
    assert "已报送 1 条，未报送 0 条" in told.text
    filed = [one.data for one in await intake.rating.submissions() if isinstance(one.data, PlanSubmitted)]
    names = {data.nodes["2024Q3"].text: [one.name for one in data.evidence] for data in filed if "2024Q3" in data.nodes}
    assert names == {"目标1": [], "目标2": ["现场.png"]}, "what was kept at the first try is cited"
    assert len(await intake.rating.submissions()) == before + 2


@pytest.mark.services
@pytest.mark.asyncio(loop_scope="module")
async def test_the_annexes_are_downloaded_in_both_forms_and_nothing_else(intake: RunningIntake) -> None:
    here, headers = "/tables/441602-2024", {"Accept": "text/html", **await intake.cookie("u-fagai-1")}
    page = (await intake.http.get(here, headers=headers)).text
    for name in ("plans.xlsx", "plans.docx", "reports.xlsx", "reports.docx"):
        assert f'href="/intake{here}/{name}"' in page
        answer = await intake.http.get(f"{here}/{name}", headers=headers)
        assert answer.status_code == 200, name
        assert ("spreadsheetml" in answer.headers["content-type"]) == name.endswith("xlsx")
        assert answer.content[:2] == b"PK"
    for name in ("plans.pdf", "plans", "x.docx"):
        assert (await intake.http.get(f"{here}/{name}", headers=headers)).status_code == 404


@pytest.mark.services
@pytest.mark.asyncio(loop_scope="module")
async def test_tables_of_others_and_rows_of_nobody_are_refused(intake: RunningIntake) -> None:
    here = "/tables/441602-2024"
    mine = {"Accept": "text/html", **await intake.cookie("u-fagai-1")}
    assert (await intake.http.get("/tables/441602-2031", headers=mine)).status_code == 404
    office = {"Accept": "text/html", **await intake.cookie("o1")}
    assert (await intake.http.get(here, headers=office)).status_code == 403
    theirs = next(one for one in intake.dependencies.roster.items.values() if one.lead_unit != "fagai")
    form = dict(Page((await intake.http.get(here, headers=mine)).text).fields)
    forged = f'{{"item":"{theirs.id}","type":"plan.submitted","data":{{"nodes":{{}}}}}}'
    before = len(await intake.rating.submissions())
    for row in (forged, '{"item":"K01"}', "no JSON"):
        sent = {"csrf": form["csrf"], "key": "k", "act": "file", "row:0": row}
        assert (await intake.http.post(here, data=sent, headers=mine)).status_code >= 400
    assert len(await intake.rating.submissions()) == before
