"""A published programme is changed in the browser: what would move is shown first, and sent once it is confirmed."""

from __future__ import annotations

import html
import re
import uuid
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio

from contracts.rulings import CalendarRevised, DeputyAppointed, PolicyChanged, ProgrammeEnlarged
from contracts.submissions import (
    CalendarExtended,
    DeputyEnded,
    DeputyNamed,
    ItemAssigned,
    ItemCorrected,
    ItemReassigned,
    PolicyAdopted,
    ProgrammeExtended,
)
from programmes import FOLDER
from programmes.ledger.draft import next_year
from programmes.programme_file import load_programme
from programmes.programme_text import programme_text
from services.intake.programme_drafts import holidays
from supervision.calendar_growth import grown
from tests.services.intake.running_intake import RunningIntake, make_topics, running, settings_for, until
from tests.web.desk import desk

pytestmark = [pytest.mark.services, pytest.mark.asyncio(loop_scope="module")]
YEAR = datetime.now(UTC).year + 1
KNOWN_TO = date(YEAR - 1, 12, 31)
PROGRAMME = f"441602-{YEAR}"


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def intake(
    kafka: str, postgres: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RunningIntake]:
    """Next year's programme, published while its holidays are not announced."""
    prefix, folder = f"t{uuid.uuid4().hex[:10]}-", tmp_path_factory.mktemp("changes")
    make_topics(kafka, prefix)
    programme = load_programme(FOLDER / "yuancheng-2024.yaml")
    while programme.schedule.plan_due_on.year < YEAR:
        known = holidays.known_part(KNOWN_TO, KNOWN_TO)
        programme = next_year(programme, known, date(YEAR, 1, 5))
    few = (*programme.items[:2], *(one for one in programme.items if one.category == "livelihood"))
    text = programme_text(programme.model_copy(update={"document": "源府办1号", "items": few}))
    async with (
        desk(folder / "issuer", postgres()) as people,
        running(settings_for(kafka, prefix, folder, **people.settings), folder, desk=people) as made,
    ):
        headers = made.headers("o1", "publication", **{"Content-Type": "application/yaml"})
        answer = await made.http.post("/v1/programmes", content=text.encode(), headers=headers)
        assert answer.status_code == 202, answer.text
        await made.rating.rule()
        await until(lambda: len(made.dependencies.roster.items) == len(few), "the roster does not know the items")
        yield made


class Desk:
    """Somebody at the pages of the programme."""

    def __init__(self, intake: RunningIntake, person: str = "o1") -> None:
        self.intake = intake
        self.person = person

    async def get(self, page: str) -> httpx.Response:
        return await self.intake.http.get(
            f"/programmes/{PROGRAMME}{page}", headers=await self.intake.cookie(self.person)
        )

    async def post(self, page: str, fields: dict[str, Any]) -> httpx.Response:
        """The page's form, filled in, and the button that shows what would move."""
        item = fields.get("item")
        opened = (await self.get(f"{page}?item={item}" if item else page)).text
        hidden = dict(re.findall(r'<input type="hidden" name="(csrf|key)" value="([^"]*)"', opened))
        return await self._send(page, hidden | fields)

    async def confirm(self, page: str, preview: httpx.Response) -> httpx.Response:
        """The button below what would move, with what the page carries."""
        carried = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', preview.text)
        fields: dict[str, Any] = {}
        for name, value in carried:
            fields.setdefault(name, []).append(html.unescape(value))
        return await self._send(page, fields | {"act": "confirm"})

    async def _send(self, page: str, fields: dict[str, Any]) -> httpx.Response:
        path = f"/programmes/{PROGRAMME}{page}"
        return await self.intake.http.post(path, data=fields, headers=await self.intake.cookie(self.person))

    async def sent(self, kind: type) -> list[object]:
        return [one.data for one in await self.intake.rating.submissions() if isinstance(one.data, kind)]


@pytest.fixture
def office(intake: RunningIntake) -> Desk:
    return Desk(intake)


async def test_days_that_were_announced_show_the_deadlines_that_they_move_before_they_are_sent(
    intake: RunningIntake, office: Desk
) -> None:
    nothing = (await office.get("/calendar")).text
    assert f"现止于 {KNOWN_TO}" in nothing
    first = date(YEAR, 3, 1)
    off = [first + timedelta(days=number) for number in range(4) if (first + timedelta(days=number)).weekday() < 5]
    fields = {"last_on": f"{YEAR}-06-30", "holidays": "\n".join(map(str, off)), "working_weekends": ""}
    preview = await office.post("/calendar", fields)
    assert preview.status_code == 200, preview.text
    assert not await office.sent(CalendarExtended), "nothing is sent before it is confirmed"
    moved = re.findall(
        r'data-label="周期">(.*?)</td><td data-label="原截止日">(.*?)</td>.*?<strong>(.*?)</strong>', preview.text
    )
    assert {period for period, *_ in moved} == {f"{YEAR}年2月"}
    assert all(before < after for _, before, after in moved)
    assert (await office.confirm("/calendar", preview)).status_code == 202
    sent = await office.sent(CalendarExtended)
    assert len(sent) == len(intake.dependencies.roster.items)
    item = next(one for one in intake.dependencies.roster.items_in(PROGRAMME) if one.opened.category == "livelihood")
    after = grown(item.opened.calendar, sent[0].days)  # type: ignore[attr-defined]
    await intake.rating.rule(CalendarRevised(calendar=after))
    await until(lambda: item.opened.calendar == after, "the roster does not know the calendar")
    assert f"现止于 {YEAR}-06-30" in (await office.get("/calendar")).text


async def test_a_day_that_is_over_or_of_the_wrong_kind_is_told_at_its_field(office: Desk) -> None:
    fields = {"last_on": f"{YEAR}-12-31", "holidays": "2024-01-01 someday", "working_weekends": f"{YEAR}-09-01"}
    fields["working_weekends"] = next(
        str(day) for day in (date(YEAR, 9, 1) + timedelta(days=n) for n in range(7)) if day.weekday() == 2
    )
    answer = await office.post("/calendar", fields)
    assert answer.status_code == 422
    for said in ("someday", "今天以后", "应为周末"):
        assert said in answer.text, said


async def test_units_and_leaders_join_and_are_known_from_then_on(intake: RunningIntake, office: Desk) -> None:
    refused = await office.post("/units-and-leaders", {"units": "区财政局", "leaders": "张三"})
    assert refused.status_code == 422
    assert "已在方案中" in refused.text
    assert "写职务，不写姓名" in refused.text
    preview = await office.post("/units-and-leaders", {"units": "区低空经济办", "leaders": "分管区领导（低空）"})
    assert "增加 1 个单位、1 位领导" in preview.text
    assert (await office.confirm("/units-and-leaders", preview)).status_code == 202
    sent = await office.sent(ProgrammeExtended)
    assert len(sent) == len(intake.dependencies.roster.items) + 1, "to the programme, too"
    data: ProgrammeExtended = sent[0]  # type: ignore[assignment]
    await intake.rating.rule(ProgrammeEnlarged(units=data.units, leaders=data.leaders))
    roster = intake.dependencies.roster
    await until(lambda: roster.unit_name(PROGRAMME, data.units[0].id) == "区低空经济办", "the unit is not known")
    assert "区低空经济办" in (await office.get("/item")).text


async def test_a_policy_shows_which_of_its_values_differ(intake: RunningIntake, office: Desk) -> None:
    preview = await office.post("/policy", {"policy": "template@1"})
    assert "template@1" in preview.text
    assert "须由单位主要负责人报送的" in preview.text
    assert "missed_light" not in preview.text, "in words, not in names of fields"
    assert (await office.confirm("/policy", preview)).status_code == 202
    sent = await office.sent(PolicyAdopted)
    assert len(sent) == len(intake.dependencies.roster.items) + 1
    await intake.rating.rule(PolicyChanged(policy=sent[0].policy))  # type: ignore[attr-defined]
    roster = intake.dependencies.roster
    await until(lambda: roster.programmes[PROGRAMME].opened.policy.id == "template", "the policy is not known")


async def test_a_deputy_is_named_and_the_naming_ended(intake: RunningIntake, office: Desk) -> None:
    today = datetime.now(UTC).date()
    fields = {
        "principal": "leader:leader-1", "deputy": "leader:leader-2", "from_on": str(today),
        "until_on": str(today + timedelta(days=9)), "reason": "出差",
    }  # fmt: skip
    wrong = await office.post("/deputies", fields | {"deputy": "leader:leader-1"})
    assert wrong.status_code == 422
    preview = await office.post("/deputies", fields)
    assert "首尾都算" in preview.text
    assert (await office.confirm("/deputies", preview)).status_code == 202
    named: list[DeputyNamed] = await office.sent(DeputyNamed)  # type: ignore[assignment]
    led = [one for one in intake.dependencies.roster.items_in(PROGRAMME) if one.leader == "leader-1"]
    assert len(named) == len(led) > 0
    values = {name: getattr(named[0], name) for name in ("principal", "deputy", "from_on", "until_on", "reason")}
    await intake.rating.rule(DeputyAppointed(**values))
    await until(lambda: all(one.namings for one in led), "the naming is not known")
    other = Desk(intake, "leader-2")
    theirs = (await other.get("/deputies")).text
    assert "leader:leader-1|" not in theirs, "another leader's naming is not theirs to end"
    assert 'value="leader:leader-2"' in theirs
    assert "/intake/drafts" not in theirs, "what leads nowhere is not offered"
    preview = await office.post("/deputies", {"ended": "leader:leader-1|leader:leader-2"})
    assert (await office.confirm("/deputies", preview)).status_code == 202
    assert len(await office.sent(DeputyEnded)) == len(led)


async def test_an_item_joins_with_the_days_of_its_category(intake: RunningIntake, office: Desk) -> None:
    like = next(one for one in intake.dependencies.roster.items_in(PROGRAMME) if one.opened.category == "livelihood")
    fields = {
        "id": "L99", "title": "新增的民生实事", "category": "livelihood", "lead_unit": "caizheng", "leader": "leader-1",
        "classification": "public", "source": "", "annual_targets.0.indicator": "里程",
        "annual_targets.0.comparator": ">=", "annual_targets.0.value": "20", "annual_targets.0.unit": "公里",
    }  # fmt: skip
    taken = await office.post("/item", fields | {"id": like.id})
    assert taken.status_code == 422
    assert "该编号已有事项" in taken.text
    preview = await office.post("/item", fields)
    assert f"新事项有 {len(like.opened.periods)} 个报送周期" in preview.text, preview.text
    assert (await office.confirm("/item", preview)).status_code == 202
    assert (await office.confirm("/item", preview)).status_code == 202, "sent twice it is the same"
    all_of_them: list[ItemAssigned] = await office.sent(ItemAssigned)  # type: ignore[assignment]
    sent = [one for one in all_of_them if one.title == "新增的民生实事"]
    assert {one.published_at for one in sent} == {sent[0].published_at}
    joined = sent[0]
    assert joined.periods == like.opened.periods
    assert [(one.indicator, str(one.value)) for one in joined.annual_targets] == [("里程", "20")]
    await intake.rating.rule()
    await until(lambda: (PROGRAMME, "L99") in intake.dependencies.roster.items, "the item is not known")


async def test_words_are_corrected_and_only_what_differs_is_sent(office: Desk) -> None:
    form = await office.get("/words?item=K01")
    targets = dict(re.findall(r'name="(annual_targets[^"]*)" type="text" value="([^"]+)"', form.text))
    chosen = re.findall(r'name="(annual_targets[^"]*comparator)".*?<option value="([^"]*)" selected>', form.text)
    title = html.unescape(re.findall(r'name="title" type="text" value="([^"]*)"', form.text)[0])
    source = html.unescape(re.findall(r'name="source"[^>]*>([^<]*)</textarea>', form.text)[0])
    said = {name: html.unescape(value) for name, value in (targets | dict(chosen)).items()}
    chooser = form.text.partition('id="f-cooperating"')[2].partition("</select>")[0]
    units = re.findall(r'<option value="([^"]*)" selected>', chooser)
    fields: dict[str, Any] = {"item": "K01", "source": source, "classification": "public", "cooperating": units, **said}
    same = await office.post("/words", fields | {"title": title, "reason": "笔误"})
    assert same.status_code == 422
    assert "没有改动" in same.text
    preview = await office.post("/words", fields | {"title": "改正的标题", "reason": "笔误"})
    assert f"{title} → 改正的标题" in html.unescape(preview.text)
    assert "不改变任何期限和灯" in preview.text
    assert (await office.confirm("/words", preview)).status_code == 202
    (sent,) = await office.sent(ItemCorrected)
    assert sent == ItemCorrected(title="改正的标题", reason="笔误")


async def test_an_item_is_handed_over_with_what_passes_on(office: Desk) -> None:
    fields = {"item": "K02", "lead_unit": "caizheng", "leader": "leader-2", "reason": "机构改革"}
    preview = await office.post("/hands", fields)
    assert "区财政局" in preview.text
    assert "随事项走" in preview.text
    assert (await office.confirm("/hands", preview)).status_code == 202
    (sent,) = await office.sent(ItemReassigned)
    assert sent == ItemReassigned(lead_unit="caizheng", leader="leader-2", reason="机构改革")
    assert 'name="lead_unit"' not in (await office.get("/hands?item=K97")).text, "there is no such item"


@pytest.mark.parametrize("page", ["/words", "/hands", "", "/calendar", "/units-and-leaders", "/policy", "/item"])
async def test_changes_are_the_office_s(intake: RunningIntake, page: str) -> None:
    assert (await Desk(intake, "chief").get(page)).status_code == 403
    assert (await Desk(intake).get(page)).status_code == 200
    assert PROGRAMME in (await intake.http.get("/drafts", headers=await intake.cookie("o1"))).text
