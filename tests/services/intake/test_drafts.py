"""The office's workbench: a ledger becomes a draft, the draft a year that can be looked at, and then a programme."""

from __future__ import annotations

import html
import re
import uuid
from collections.abc import AsyncIterator, Callable
from decimal import Decimal

import httpx
import pytest
import pytest_asyncio

from programmes import FOLDER
from programmes.ledger.writing import write_ledger
from programmes.programme import ProgrammeFile
from programmes.programme_file import load_programme, read_programme
from sandbox.people import Account
from tests.programmes.ledgers import HEADINGS, ROW, one_sheet, with_cell
from tests.services.intake.running_intake import RunningIntake, make_topics, running, settings_for, until
from tests.web.desk import desk

pytestmark = [pytest.mark.services, pytest.mark.asyncio(loop_scope="module")]
HERE = "441602"
POLICIES = {word for file in (FOLDER / "policies").glob("*.yaml") for word in re.findall("[a-z]+", file.stem)}
SHIPPED = load_programme(FOLDER / "yuancheng-2024.yaml")


class Office:
    """Somebody of the office with a browser."""

    def __init__(self, intake: RunningIntake, person: str = "o1") -> None:
        self.intake = intake
        self.person = person

    async def get(self, path: str, **more: str) -> httpx.Response:
        return await self.intake.http.get(path, headers={**await self.intake.cookie(self.person), **more})

    async def send(
        self, path: str, fields: dict[str, str] | None = None, ledger: bytes | None = None
    ) -> httpx.Response:
        """Open the page, fill in its form, and press the button."""
        page = (await self.get(path)).text
        given = hidden(page) | (fields or {})
        files = {"file": ("台账.xlsx", ledger)} if ledger is not None else None
        return await self.intake.http.post(path, data=given, files=files, headers=await self.intake.cookie(self.person))

    async def draft(self, year: int, **fields: str) -> str:
        """A new draft of a year; its id."""
        given = {"year": str(year), "jurisdiction": HERE, "name": "河源市源城区", "policy": "template", **fields}
        made = await self.send("/drafts/new", given)
        assert made.status_code == 303, text(made)
        return f"{HERE}-{year}"

    async def imported(self, programme: str, ledger: bytes) -> httpx.Response:
        """The preview of a ledger, confirmed where it may be; the last answer."""
        path = f"/drafts/{programme}/import"
        preview = await self.send(path, {"act": "preview"}, ledger)
        found = re.search(r'name="ledger" value="([0-9a-f]{64})"', preview.text)
        if not found:
            return preview
        return await self.send(path, {"act": "confirm", "ledger": found[1]})


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(csrf|version)" value="([^"]*)"', page))


def text(answer: httpx.Response) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", answer.text))


def counts(answer: httpx.Response) -> dict[str, str]:
    return dict(re.findall(r"<dt>([^<]+)</dt><dd>(\d+)</dd>", answer.text))


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def intake(
    kafka: str, postgres: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RunningIntake]:
    prefix, folder = f"t{uuid.uuid4().hex[:10]}-", tmp_path_factory.mktemp("drafts")
    make_topics(kafka, prefix)
    async with (
        desk(folder / "issuer", postgres()) as people,
        running(settings_for(kafka, prefix, folder, **people.settings), folder, desk=people) as made,
    ):
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
    refused = await office.send(f"/drafts/{programme}/publish", {"confirmed": "yes"})
    assert refused.status_code == 422
    assert "请填写文号" in text(refused)
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


def fields_of(form: str) -> dict[str, str]:
    """What a form says as it is opened."""
    found = dict(re.findall(r'<input id="f-[^"]*" name="([^"]*)" type="[^"]*" value="([^"]*)"', form))
    areas = dict(re.findall(r'<textarea id="f-[^"]*" name="([^"]*)"[^>]*>([^<]*)</textarea>', form))
    chosen = dict(re.findall(r'<select id="f-[^"]*" name="([^"]*)".*?<option value="([^"]*)" selected>', form))
    return {name: html.unescape(value) for name, value in (found | areas | chosen).items()}


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
