"""The office's workbench: a ledger becomes a draft, the draft a year that can be looked at, and then a programme."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator, Callable
from decimal import Decimal

import pytest
import pytest_asyncio

from programmes import FOLDER
from programmes.ledger.writing import write_ledger
from programmes.programme import ProgrammeFile
from programmes.programme_file import load_programme, read_programme
from sandbox.people import Account
from services.intake.programme_drafts.draft import with_ids
from tests.programmes.ledgers import HEADINGS, ROW, book, one_sheet, with_cell
from tests.services.intake.office import HERE, Office, counts, fields_of, hidden, text
from tests.services.intake.running_intake import RunningIntake, until, with_desk

pytestmark = [pytest.mark.services, pytest.mark.asyncio(loop_scope="module")]
POLICIES = {word for file in (FOLDER / "policies").glob("*.yaml") for word in re.findall("[a-z]+", file.stem)}
SHIPPED = load_programme(FOLDER / "yuancheng-2024.yaml")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def intake(
    kafka: str, postgres: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RunningIntake]:
    async with with_desk(kafka, postgres(), tmp_path_factory.mktemp("drafts")) as made:
        yield made


@pytest.fixture
def office(intake: RunningIntake) -> Office:
    return Office(intake)


async def test_a_ledger_becomes_a_published_programme(intake: RunningIntake, office: Office) -> None:
    programme = await office.draft(2027)
    ledger = write_ledger(with_goals())
    preview = await office.send(f"/drafts/{programme}/import", {"act": "preview"}, ledger)
    assert counts(preview)["新增"] == "108", text(preview)
    assert "108" not in (await office.get(f"/drafts/{programme}")).text, "nothing changes before it is confirmed"
    assert (await office.imported(programme, ledger)).status_code == 303
    again = await office.imported(programme, ledger)
    assert "与草稿一致" in again.text, text(again)
    assert counts(again)["不变"] == "108"

    year = text(await office.get(f"/drafts/{programme}/year"))
    assert "尚未公布" in year
    assert "请填写文号" in year
    summary = text(await office.get(f"/drafts/{programme}/publish"))
    assert "人员目录中还没有的单位和领导" in summary
    file = await office.get(f"/drafts/{programme}/programme.yaml")
    assert len(read_programme(file.content, FOLDER).items) == 108, "it can be published, and imported, as a file"
    told = (await office.get(f"/drafts/{programme}/publish")).text
    assert "请填写文号" in told
    assert 'name="confirmed"' not in told, "a button that cannot work is not offered"
    form = (await office.get(f"/drafts/{programme}/programme")).text
    fields = fields_of(form) | {"document": "源府办〔2027〕1号"}
    assert (await office.send(f"/drafts/{programme}/programme", fields)).status_code == 303
    assert (await office.send(f"/drafts/{programme}/publish")).status_code == 422, "it was not confirmed"
    assert not await intake.rating.submissions(), "nothing is on the log yet"
    published = await office.send(f"/drafts/{programme}/publish", {"confirmed": "yes"})
    assert published.status_code == 303, text(published)
    assert len(await intake.rating.submissions()) == 109
    first = {one.id for one in await intake.rating.submissions()}
    again = await office.send(f"/drafts/{programme}/publish", {"confirmed": "yes"})
    assert again.status_code == 303, "what broke off is sent again by the same button"
    assert {one.id for one in await intake.rating.submissions()} == first, "and is the same publication"
    await intake.rating.rule()
    await until(lambda: len(intake.dependencies.roster.items) == 108, "the roster does not know the items")
    assert "全部裁定受理" in (await office.get(f"/drafts/{programme}/published")).text
    item = intake.dependencies.roster.items[programme, "K01"]
    clerk = intake.mint(Account("clerk-1", "unit", item.lead_unit, "", "", (HERE,)))
    headers = {"Authorization": f"Bearer {clerk}", "Accept": "text/html"}
    plan = await intake.http.get(f"/items/{programme}/K01/plan.submitted", headers=headers)
    values = dict(re.findall(r'name="node:([^"]*):0:value"[^>]*value="([^"]+)"', plan.text))
    expected = {"2027Q1": "3", "2027Q4": f"{SHIPPED.items[0].indicators[0].target:f}"}
    assert values == {period: number for period, number in expected.items() if period not in item.opened.void}, (
        "its first plan"
    )
    assert (await office.get(f"/drafts/{programme}/import")).status_code == 409, "it is changed no more"


def with_goals() -> ProgrammeFile:
    """The shipped programme with what a ledger expects of its first item by the first quarter and the year."""
    first, *others = SHIPPED.items
    counted, *more = first.indicators
    goals = counted.model_copy(update={"milestones": {"2024Q1": Decimal(3), "2024": counted.target}})
    items = (first.model_copy(update={"indicators": (goals, *more)}), *others)
    return SHIPPED.model_copy(update={"items": items})


async def test_every_problem_of_a_ledger_is_told_at_its_cell_and_the_draft_stays_as_it_was(office: Office) -> None:
    programme = await office.draft(2031)
    answer = await office.imported(programme, with_cell("目标值", "若干"))
    assert "<code>I2</code>" in answer.text
    assert counts(answer)["有误"] == "1"
    english = await office.get(f"/drafts/{programme}/import?lang=en")
    assert "Ledger (.xlsx)" in english.text
    assert "还没有事项" in (await office.get(f"/drafts/{programme}?lang=zh")).text


async def test_what_is_exported_is_what_can_be_imported(office: Office) -> None:
    programme = await office.draft(2032)
    taken = await office.imported(programme, write_ledger(SHIPPED))
    assert taken.status_code == 303, text(taken)
    exported = await office.get(f"/drafts/{programme}/ledger.xlsx")
    assert exported.headers["content-type"].endswith("spreadsheetml.sheet")
    assert "与草稿一致" in (await office.imported(programme, exported.content)).text


async def test_a_preview_of_a_draft_that_changed_meanwhile_is_not_taken(office: Office) -> None:
    programme = await office.draft(2033)
    path = f"/drafts/{programme}/import"
    preview = await office.send(path, {"act": "preview"}, one_sheet(HEADINGS, ROW))
    ledger = re.findall(r'name="ledger" value="([0-9a-f]{64})"', preview.text)[0]
    form = fields_of((await office.get(f"/drafts/{programme}/programme")).text)
    assert (await office.send(f"/drafts/{programme}/programme", form | {"title": "另一个标题"})).status_code == 303
    answer = await office.send(path, {"act": "confirm", "ledger": ledger})
    assert answer.status_code == 409, text(answer)


@pytest.mark.parametrize("person", ["u-fagai-1", "chief", "leader-1"])
async def test_drafts_are_the_office_s(intake: RunningIntake, person: str) -> None:
    other = Office(intake, person)
    for path in ("/drafts", "/drafts/new", f"/drafts/{HERE}-2027", f"/drafts/{HERE}-2027/ledger.xlsx"):
        assert (await other.get(path)).status_code == 403, path
    assert "/drafts" not in (await other.get("/items")).text


async def test_of_two_who_change_the_same_version_the_second_is_told(intake: RunningIntake) -> None:
    first, second = Office(intake), Office(intake, "o2")
    programme = await first.draft(2034)
    path = f"/drafts/{programme}/units/new"
    pages = [(await one.get(path)).text for one in (first, second)]
    answers = [
        await intake.http.post(path, data=hidden(page) | {"name": name}, headers=await intake.cookie(one.person))
        for one, page, name in zip((first, second), pages, ("区财政局", "区教育局"), strict=True)
    ]
    assert [answer.status_code for answer in answers] == [303, 409]
    assert 'value="区教育局"' in answers[1].text, "what was typed is not lost"


async def test_parts_are_edited_in_forms_and_every_fault_is_at_its_field(office: Office) -> None:
    programme = await office.draft(2035)
    assert (await office.imported(programme, one_sheet(HEADINGS, ROW))).status_code == 303
    items = await office.get(f"/drafts/{programme}/items")
    item = re.findall(rf'/drafts/{programme}/items/(\w+)"', items.text)
    path = f"/drafts/{programme}/items/{next(one for one in item if one != 'new')}"
    fields = fields_of((await office.get(path)).text)
    wrong = await office.send(path, fields | {"task": "", "indicators.0.target": "二十", "predecessor": "去年"})
    assert wrong.status_code == 422
    for field in ("task", "indicators.0.target", "predecessor"):
        assert f'href="#f-{field}"' in wrong.text, field
    changed = fields | {"task": "改过的任务", "milestones.2035Q1": "开工", "indicators.0.milestones.2035Q2": "8"}
    assert (await office.send(path, changed)).status_code == 303
    compared = html.unescape((await office.get(f"/drafts/{programme}/compare")).text)
    assert "<del>新改建农村公路</del> → <ins>改过的任务</ins>" in compared
    assert "2035年第一季度 开工" in compared
    assert "2035年第二季度 8" in compared
    units = (await office.get(f"/drafts/{programme}/units")).text
    used = next(one for one in re.findall(rf"/drafts/{programme}/units/([\w-]+)", units) if one != "new")
    assert "不能删除" in (await office.send(f"/drafts/{programme}/units/{used}", {"act": "remove"})).text
    leader = await office.send(f"/drafts/{programme}/leaders/new", {"label": "张三"})
    assert "写职务，不写姓名" in leader.text
    calendar = {"first_on": "2035-01-01", "last_on": "2035-12-31", "holidays": "2035-01-06", "working_weekends": ""}
    assert "应为期限内的工作日" in (await office.send(f"/drafts/{programme}/calendar", calendar)).text
    calendar["holidays"] = "2035-01-01、2035-01-02"
    assert (await office.send(f"/drafts/{programme}/calendar", calendar)).status_code == 303


async def test_a_draft_says_that_its_list_is_derived_and_not_official(office: Office) -> None:
    programme = await office.draft(2028)
    path = f"/drafts/{programme}/programme"
    answer = await office.send(path, fields_of((await office.get(path)).text) | {"derived": "yes"})
    assert answer.status_code == 303, answer.text
    assert 'name="derived" value="yes" checked' in (await office.get(path)).text
    assert "derived: true" in (await office.get(f"/drafts/{programme}/programme.yaml")).text
    compared = html.unescape((await office.get(f"/drafts/{programme}/compare")).text)
    assert "<strong>推导稿</strong> <del>否</del> → <ins>是</ins>" in compared


async def test_what_is_to_be_filled_in_is_an_empty_field_and_the_way_back_says_the_title(
    intake: RunningIntake, office: Office
) -> None:
    programme, drafts = await office.draft(2029), intake.dependencies.drafts
    before = await drafts.find(programme) or pytest.fail("no draft")
    path = f"/drafts/{programme}/programme"
    for language in ("en", "zh"):
        page = (await office.get(f"{path}?lang={language}")).text
        assert fields_of(page)["document"] == ""
        (crumbs,) = re.findall(r'class="crumbs">(.*?)</p>', page)
        assert html.unescape(re.sub("<[^>]+>", "", crumbs)).endswith(f"› {before.content.title}")
    assert (await office.send(path, fields_of(page))).status_code == 303
    after = await drafts.find(programme) or pytest.fail("no draft")
    assert after.content.document == before.content.document, "still to be filled in"
    assert "请填写文号" in text(await office.get(f"/drafts/{programme}/publish"))


async def _named_in_the_directory_under_other_ids(intake: RunningIntake, office: Office) -> None:
    """A draft whose unit and leader the directory has by name: they are offered the directory's ids, and take them."""
    programme, drafts = await office.draft(2042), intake.dependencies.drafts
    assert (await office.imported(programme, one_sheet(HEADINGS, ROW))).status_code == 303
    kept = await drafts.find(programme) or pytest.fail("no draft")
    units = {one.id: f"old-{one.id}" for one in kept.content.units}
    leaders = {one.id: f"old-{one.id}" for one in kept.content.leaders}
    await drafts.save(with_ids(kept.content, units, leaders), kept.version, "o1", "units")
    cookie, page = await intake.cookie("o1"), (await office.get(f"/drafts/{programme}/publish")).text
    told = re.sub("<[^>]+>", "", page)
    assert "人员目录中有同名的，编号不同：" in told
    assert "个加入人员目录" not in told, "it would not join: its name is there"
    form = {"csrf": re.findall(r'name="csrf" value="([^"]*)"', page.partition("编号不同")[2])[0], "act": "take"}
    stale = await intake.http.post(f"/drafts/{programme}/directory", data=form | {"version": "1"}, headers=cookie)
    assert stale.status_code == 409, "somebody else changed it meanwhile"
    form["version"] = re.findall(r'name="version" value="([^"]*)"', page.partition("编号不同")[2])[0]
    taken = await intake.http.post(f"/drafts/{programme}/directory", data=form, headers=cookie)
    assert taken.status_code == 303, taken.text
    assert (await drafts.find(programme) or pytest.fail("no draft")).content == kept.content, "in every place"
    assert "编号不同" not in (await office.get(f"/drafts/{programme}/publish")).text


async def _whose_id_in_the_directory_the_office_itself_has(intake: RunningIntake, office: Office) -> None:
    programme, drafts = await office.draft(2044), intake.dependencies.drafts
    assert (await office.imported(programme, one_sheet(HEADINGS, ROW))).status_code == 303
    kept = await drafts.find(programme) or pytest.fail("no draft")
    one = kept.content.units[0]
    renamed = with_ids(kept.content, {one.id: "mine"}, {})
    itself = one.model_copy(update={"name": "区府办督查室", "kind": "office"})
    content = renamed.model_copy(update={"units": (*renamed.units, itself)})
    await drafts.save(content, kept.version, "o1", "units")
    told = (await office.get(f"/drafts/{programme}/publish")).text.partition("编号不同")[2].partition("</section>")[0]
    assert "草稿中另一项已用这个编号" in told
    assert "<form" not in told, "two units of the draft would have one id"


async def test_units_of_a_draft_join_the_directory_and_those_of_the_directory_are_offered(
    intake: RunningIntake, office: Office
) -> None:
    programme = await office.draft(2039)
    assert (await office.imported(programme, one_sheet(HEADINGS, ROW))).status_code == 303
    assert "人员目录中还没有的单位和领导：" in text(await office.get(f"/drafts/{programme}/publish"))
    page = (await office.get(f"/drafts/{programme}/publish")).text
    form = hidden(page[page.index("/directory") :].partition("</form>")[0])
    cookie = await intake.cookie("o1")
    added = await intake.http.post(f"/drafts/{programme}/directory", data=form, headers=cookie)
    assert added.status_code == 303, added.text
    assert "人员目录中还没有的单位和领导：" not in text(await office.get(f"/drafts/{programme}/publish"))
    assert intake.dependencies.directory is not None
    units = {one.name: id_ for (_, id_), one in intake.dependencies.directory.register.units.items()}
    content = (await intake.dependencies.drafts.find(programme) or pytest.fail("no draft")).content
    assert {one.id for one in content.units} <= set(units.values()), "under the ids of the draft"

    await _named_in_the_directory_under_other_ids(intake, office)
    await _whose_id_in_the_directory_the_office_itself_has(intake, office)

    other = await office.draft(2040)
    path = f"/drafts/{other}/units/new"
    assert '<option value="区交通局">' in (await office.get(path)).text
    near = await office.send(path, {"name": "区交通局办"})
    assert near.status_code == 422
    assert "与“区交通局”相近" in text(near)
    assert (await office.send(path, {"name": "区交通局"})).status_code == 303
    made = (await intake.dependencies.drafts.find(other) or pytest.fail("no draft")).content
    assert [one.id for one in made.units] == [units["区交通局"]]
    assert (await office.send(path, {"name": "区交通局办", "same": "yes"})).status_code == 303


async def test_comparing_two_versions_is_on_record_for_what_is_internal_in_either(
    intake: RunningIntake, office: Office
) -> None:
    programme = await office.draft(2041)
    first, second = SHIPPED.items[0], SHIPPED.items[1].model_copy(update={"classification": "internal"})
    for items in ((first, second), (first,)):
        ledger = write_ledger(SHIPPED.model_copy(update={"items": items}))
        assert (await office.imported(programme, ledger)).status_code == 303
    answer = await office.get(f"/drafts/{programme}/compare", **{"X-Request-Id": "compares"})
    assert second.task in html.unescape(answer.text)
    reads = await intake.dependencies.who.privileged_reads.listed([HERE])
    assert [one.item for one in reads if one.request_id == "compares"] == [second.id]


async def test_last_years_draft_is_continued_and_a_draft_can_be_removed(office: Office) -> None:
    await office.draft(2036)
    assert (await office.imported(f"{HERE}-2036", one_sheet(HEADINGS, ROW))).status_code == 303
    programme = await office.draft(2037, made_from="next")
    exported = await office.get(f"/drafts/{programme}/items")
    assert "上年" in exported.text
    repeated = await office.send("/drafts/new", {"year": "2037", "jurisdiction": HERE, "made_from": "next"})
    assert repeated.status_code == 409
    missing = await office.send("/drafts/new", {"year": "2050", "jurisdiction": HERE, "made_from": "next"})
    assert "没有上一年的方案" in missing.text
    assert (await office.send(f"/drafts/{programme}/remove")).status_code == 303
    assert (await office.get(f"/drafts/{programme}")).status_code == 404


async def test_a_page_in_chinese_holds_no_english_word(office: Office) -> None:
    """But for ids, the names of policies and kinds of file, and the way to the page in English."""
    programme = await office.draft(2038)
    assert (await office.imported(programme, one_sheet(HEADINGS, ROW))).status_code == 303
    allowed = {"English", "xlsx", "yaml", "o1", "K01", "L01", *POLICIES}
    pages = ["", "/import", "/programme", "/units", "/units/new", "/leaders", "/leaders/new", "/items", "/items/K01"]
    pages += ["/items/new", "/calendar", "/year", "/compare", "/publish", "/remove"]
    for path in ("/drafts", "/drafts/new", *(f"/drafts/{programme}{page}" for page in pages)):
        answer = await office.get(path)
        assert answer.status_code == 200, path
        words = set(re.findall(r"[A-Za-z][A-Za-z0-9]+", text(answer)))
        assert words <= allowed, (path, words - allowed)


async def test_a_ledger_as_an_office_has_it_changes_nothing_the_second_time_nor_when_it_comes_back(
    office: Office,
) -> None:
    programme = await office.draft(2047)
    quarters, about = ["一季度", "二季度", "三季度", "四季度"], ["分管区领导（交通）", None, None, None]
    sheets: dict[str, list[list[object]]] = {
        "填写说明": [["请按要求填写"]],
        "重点任务": [
            ["2030年重点工作台账"],
            ["序号", "工作\n任务", "责任单位（牵头单位）", "分管区领导", "季度目标", None, None, None],
            [None, None, None, None, *quarters],
            ["一", "更好保障和改善民生"],
            [1, "甲事项", "区交通局（牵头）、区 财政局", *about, None, None],
            [2, "乙事项", "区财政局", "副区长 张三", "持续推进", None, None, None],
            ["合　计", "2项"],
        ],
    }
    ledger = book(sheets, [("重点任务", "E2:H2"), ("重点任务", "E6:H6")])
    path = f"/drafts/{programme}/import"
    preview = text(await office.send(path, {"act": "preview"}, ledger))
    assert "标题写的是 2030 年，方案是 2047 年的" in preview
    assert "这个工作表没有台账的表头，未读取" in preview
    assert (await office.imported(programme, ledger)).status_code == 303
    again = await office.send(path, {"act": "preview"}, ledger)
    assert 'data-ledger="unchanged"' in again.text
    exported = await office.get(f"/drafts/{programme}/ledger.xlsx")
    assert 'data-ledger="unchanged"' in (await office.send(path, {"act": "preview"}, exported.content)).text
    file = (await office.get(f"/drafts/{programme}/programme.yaml")).text
    assert "张三" not in file
    assert file.count("持续推进") == 4
