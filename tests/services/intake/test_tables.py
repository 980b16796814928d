"""Tables of goals and of what was reached: what is written can be read, and what is filled in is filed row by row."""

from __future__ import annotations

import io
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from decimal import Decimal

import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from contracts.rulings import PlanAdopted, PlanReceived
from contracts.submissions import PlanSubmitted, ProgressReported
from contracts.values import Node, Target
from exact.workbook import ListSheet, read_workbook, write_workbook
from services.intake.pages.desk import binding
from services.intake.pages.paper.plan_table import read_plans, write_plans
from services.intake.pages.paper.report_table import read_reports, write_reports
from services.intake.submitting.body import posted_data
from tests.services.intake.evidence.files import picture
from tests.services.intake.running_intake import RunningIntake, make_topics, running, settings_for
from tests.services.intake.test_forms import Page
from tests.services.intake.test_overview import NOW, item
from tests.web.desk import desk

QUARTERS = tuple(f"2024Q{number}" for number in range(1, 5))
LEADERS = {"K01": "分管区领导"}
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


def _written(content: bytes, cells: Mapping[str, str]) -> bytes:
    """The same file after somebody wrote into cells of its first sheet."""
    book, packed = load_workbook(io.BytesIO(content)), io.BytesIO()
    for place, text in cells.items():
        book.worksheets[0][place] = text
    book.save(packed)
    return packed.getvalue()


def _filled(content: bytes, cells: Mapping[str, str]) -> list[ListSheet]:
    """The same as it is read."""
    return read_workbook(_written(content, cells), merged=True)


@given(_nodes())
@settings(deadline=None, max_examples=30)
def test_a_plan_that_is_written_as_a_table_is_read_as_the_same_plan(nodes: dict[str, Node]) -> None:
    known = item(PlanReceived(nodes=nodes, late=False))
    table = read_plans(read_workbook(write_plans([known], LEADERS), merged=True), {"K01": known})
    assert table.problems == []
    (row,) = table.rows
    assert (row.item, row.name) == (known, "plan.submitted")
    assert posted_data(row.name, row.data) == PlanSubmitted(nodes=nodes)


@given(st.dictionaries(st.sampled_from(["甲", "乙"]), NUMBERS), WORDS, st.sampled_from(["推进中", "受阻", "已完成"]))
@settings(deadline=None, max_examples=30)
def test_what_is_filled_in_about_a_period_is_read_as_its_report(
    measures: dict[str, Decimal], narrative: str, claim: str
) -> None:
    targets = (_target("甲", ">=", "亩", Decimal(5)), _target("乙", "<=", "", Decimal(7)))
    known = item(PlanAdopted(nodes={one: Node(text="目标", targets=targets) for one in QUARTERS}))
    figures = {f"G{2 + ['甲', '乙'].index(name)}": format(value, "f") for name, value in measures.items()}
    content = _written(write_reports([known], NOW), {"H2": claim, "I2": narrative, **figures})
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
        read_plans(read_workbook(write_plans([known], LEADERS), merged=True), {"K01": known}),
        read_reports(read_workbook(write_reports([known], NOW), merged=True), {"K01": known}, NOW),
    ):
        assert (table.rows, table.problems) == ([], [])
        assert table.left_empty


@pytest.mark.parametrize(
    ("cells", "where", "said"),
    [
        ({"A2": "K99"}, "A2", "没有这一编号"),
        ({"G2": "=1+1"}, "G2", "是公式"),
        ({"G3": "很多"}, "G3", "应为一个数"),
        ({"G3": "5", "E3": "大约"}, "E3", "应为 ≥"),
        ({"G3": "5 公里"}, "G3", "计量单位"),
        ({"A1": "甲"}, "", "找不到表头"),
        ({"G2": "目标\u202e"}, "B2", "不允许"),
    ],
)
def test_what_is_wrong_is_told_at_its_cell(cells: dict[str, str], where: str, said: str) -> None:
    known = item()
    table = read_plans(_filled(write_plans([known], LEADERS), cells), {"K01": known})
    assert table.rows == []
    assert [one.cell for one in table.problems] == [where], table.problems
    assert said in table.problems[0].zh
    assert table.problems[0].en


def test_a_report_needs_a_claim_and_a_period_that_is_open() -> None:
    known = item()
    empty = write_reports([known], NOW)
    told = read_reports(_filled(empty, {"I2": "进展"}), {"K01": known}, NOW)
    assert [(one.cell, one.zh) for one in told.problems] == [("H2", "应为 已完成、推进中、受阻")]
    told = read_reports(_filled(empty, {"H2": "推进中", "C2": "2024年第四季度"}), {"K01": known}, NOW)
    assert [one.cell for one in told.problems] == ["C2"]


def test_a_period_that_binds_nobody_takes_no_goal() -> None:
    known = item()
    known.opened = replace(known.opened, void=("2024Q1",))
    assert "2024Q1" not in {one.id for one in binding(known)}
    content = write_plans([known, item()], LEADERS)
    table = read_plans(_filled(content, {"G2": "目标"}), {"K01": known})
    assert [one.zh for one in table.problems] == ["该事项在这一周期不报送"]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def intake(
    kafka: str, postgres: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RunningIntake]:
    prefix, folder = f"t{uuid.uuid4().hex[:10]}-", tmp_path_factory.mktemp("tables")
    make_topics(kafka, prefix)
    async with (
        desk(folder / "issuer", postgres()) as people,
        running(settings_for(kafka, prefix, folder, max_wait=0.05, **people.settings), folder, desk=people) as made,
    ):
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
    assert load_workbook(io.BytesIO(empty)).worksheets[0]["A2"].value == led[0].id

    filled = _written(empty, {"G2": "一季度目标", "H2": "二季度目标"})
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
