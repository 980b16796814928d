"""A published programme is changed in the browser: what would move is shown first, and sent once it is confirmed."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import pytest_asyncio

from contracts.rulings import CalendarRevised, DeputyAppointed, ItemTransferred, PolicyChanged, ProgrammeEnlarged
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
from tests.services.intake.running_intake import RunningIntake, until, with_desk
from tests.services.intake.test_forms import Page

pytestmark = [pytest.mark.services, pytest.mark.asyncio(loop_scope="module")]
YEAR = datetime.now(UTC).year + 1
KNOWN_TO = date(YEAR - 1, 12, 31)
PROGRAMME = f"441602-{YEAR}"


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def intake(
    kafka: str, postgres: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RunningIntake]:
    """Next year's programme, published while its holidays are not announced."""
    programme = load_programme(FOLDER / "yuancheng-2024.yaml")
    while programme.schedule.plan_due_on.year < YEAR:
        known = holidays.known_part(KNOWN_TO, KNOWN_TO)
        programme = next_year(programme, known, date(YEAR, 1, 5))
    few = (*programme.items[:2], *(one for one in programme.items if one.category == "livelihood"))
    text = programme_text(programme.model_copy(update={"document": "源府办1号", "items": few}))
    async with with_desk(kafka, postgres(), tmp_path_factory.mktemp("changes")) as made:
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

    async def confirm(self, page: str, preview: httpx.Response | SimpleNamespace) -> httpx.Response:
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
        r'data-label="周期">(.*?)</td>.*?datetime="([^"]+)".*?<strong><time datetime="([^"]+)"', preview.text
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
    colleague = Desk(intake, "o2")
    at_once = await colleague.post("/units-and-leaders", {"units": "区低空经济办\n区财政局办", "leaders": ""})
    assert "“区财政局办”与“区财政局”相近" in html.unescape(at_once.text)
    at_once = await colleague.post("/units-and-leaders", {"units": "区低空经济办", "leaders": ""})
    assert (await office.confirm("/units-and-leaders", preview)).status_code == 202
    sent = await office.sent(ProgrammeExtended)
    assert len(sent) == len(intake.dependencies.roster.items) + 1, "to the programme, too"
    assert (await colleague.confirm("/units-and-leaders", at_once)).status_code == 202
    data: ProgrammeExtended = sent[0]  # type: ignore[assignment]
    await intake.rating.rule(ProgrammeEnlarged(units=data.units, leaders=data.leaders))
    roster = intake.dependencies.roster
    await until(lambda: roster.unit_name(PROGRAMME, data.units[0].id) == "区低空经济办", "the unit is not known")
    assert (await office.get("/item")).text.count(">区低空经济办<") == 2, "once among those that lead, once beside"


async def test_a_policy_shows_which_of_its_values_differ(intake: RunningIntake, office: Desk) -> None:
    preview = await office.post("/policy", {"policy": "template@1"})
    assert "改用通用模板（第1版）" in preview.text
    assert "须由单位主要负责人报送的" in preview.text
    assert "missed_light" not in preview.text, "in words, not in names of fields"
    assert "现在亮着的灯有 0 盏改变" in preview.text
    strict = await office.post("/policy", {"policy": "ouhai-like@1"})
    assert "到期若无新的报告，" in strict.text
    assert "盏由黄灯变为红灯" in strict.text
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
    opened = (await office.get("/item")).text
    for name in ("lead_unit", "leader"):
        assert f'name="{name}"><option value="" selected>—</option>' in opened, "nobody is chosen beforehand"
    unchosen = await office.post("/item", fields | {"lead_unit": "", "leader": ""})
    assert unchosen.text.count("▲ 请选择") == 2
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


def _rows(page: str) -> dict[str, str]:
    """The submissions that a preview carries, by item."""
    return dict(re.findall(r'name="row:([^"]*)" value="([^"]*)"', page))


async def test_an_item_is_handed_over_with_what_passes_on(office: Desk) -> None:
    fields = {"item": "K02", "lead_unit": "caizheng", "leader": "leader-2", "reason": "机构改革"}
    preview = await office.post("/hands", fields)
    assert "区财政局" in preview.text
    assert "随事项走" in preview.text
    back = await office._send("/hands", dict(Page(preview.text).fields) | {"act": "edit"})
    assert "机构改革</textarea>" in back.text, "what was typed is there again"
    assert '<option value="leader-2" selected>' in back.text
    assert (await office.confirm("/hands", preview)).status_code == 202
    (sent,) = await office.sent(ItemReassigned)
    assert sent == ItemReassigned(lead_unit="caizheng", leader="leader-2", reason="机构改革")
    assert 'name="lead_unit"' not in (await office.get("/hands?item=K97")).text, "there is no such item"


async def test_all_items_of_a_unit_are_handed_over_at_once_and_one_that_changed_meanwhile_is_left_out(
    intake: RunningIntake, office: Desk
) -> None:
    roster = intake.dependencies.roster
    unit = roster.items[PROGRAMME, "L01"].lead_unit
    theirs = {one.id for one in roster.items_in(PROGRAMME) if unit in (one.lead_unit, *one.cooperating)}
    led = {one.id for one in roster.items_in(PROGRAMME) if one.lead_unit == unit}
    assert "L01" in led
    fields = {"giver": f"unit:{unit}", "taker": "unit:caizheng", "reason": "机构改革", "cooperating": "yes"}
    wrong = await office.post("/all-hands", fields | {"taker": "leader:leader-1", "reason": ""})
    assert wrong.status_code == 422
    assert "单位移交给单位" in wrong.text
    assert "请说明理由" in wrong.text
    preview = await office.post("/all-hands", fields)
    assert set(_rows(preview.text)) == theirs
    assert "机构改革" not in "".join(_rows(preview.text).values()), "a long reason fits, however many items pass on"
    back = await office._send("/all-hands", dict(Page(preview.text).fields) | {"act": "edit"})
    assert 'value="caizheng" selected' in back.text.replace("unit:", "")
    assert "机构改革</textarea>" in back.text, "what was typed is there again"
    before = {one.id for one in await intake.rating.submissions()}
    handed = ItemTransferred(lead_unit="caizheng", cooperating=("nongye",), leader="leader-1")

    async def ruled(answer: asyncio.Task[httpx.Response]) -> httpx.Response:
        while not answer.done():
            await intake.rating.rule(handed)
            await asyncio.sleep(0.05)
        return await answer

    done = await ruled(asyncio.create_task(office.confirm("/all-hands", preview)))
    assert f"共 {len(theirs)} 件" in done.text, done.text
    await intake.rating.rule(handed)
    await until(lambda: roster.items[PROGRAMME, "L01"].lead_unit == "caizheng", "the roster does not know of it")
    sent = [one for one in await intake.rating.submissions() if one.id not in before]
    assert {one.subject.partition("/")[2] for one in sent} == theirs, "one submission an item"
    passed = {one.subject.partition("/")[2]: one.data for one in sent}
    assert all(isinstance(passed[id_], ItemReassigned) == (id_ in led) for id_ in theirs)
    assert getattr(passed["L01"], "lead_unit", "") == "caizheng"
    for id_ in theirs:  # what it is about has changed, and the same is sent
        assert html.unescape(_rows(preview.text)[id_]), id_
    again = await ruled(asyncio.create_task(office.confirm("/all-hands", preview)))
    assert f"共 {len(theirs)} 件" in again.text, again.text
    assert again.text.count('data-outcome="decided"') == len(theirs), "each has its first ruling again"
    assert len([one for one in await intake.rating.submissions() if one.id not in before]) == len(theirs), "not twice"
    forged = dict(Page(preview.text).fields) | {"act": "confirm", "row:L01": '{"type":"item.withdrawn","data":{}}'}
    assert (await office._send("/all-hands", forged)).status_code == 403
    other = await office.post("/all-hands", fields | {"giver": "unit:caizheng", "taker": f"unit:{unit}"})
    assert "L01" in _rows(other.text)
    stale = re.sub('<input type="hidden" name="row:L01" value="[^"]*">', "", other.text)
    left = await ruled(asyncio.create_task(office.confirm("/all-hands", SimpleNamespace(text=stale))))
    assert "L01" in left.text.split("没有移交", 1)[1], left.text
    unruled = (await office.confirm("/all-hands", other)).text
    waiting = unruled.count('data-outcome="waiting"')
    assert waiting
    assert f"，{waiting} 件待裁定</h1>" in unruled, "neither handed over nor refused"


@pytest.mark.parametrize(
    "page", ["/words", "/hands", "/all-hands", "", "/calendar", "/units-and-leaders", "/policy", "/item"]
)
async def test_changes_are_the_office_s(intake: RunningIntake, page: str) -> None:
    assert (await Desk(intake, "chief").get(page)).status_code == 403
    assert (await Desk(intake).get(page)).status_code == 200
    assert PROGRAMME in (await intake.http.get("/drafts", headers=await intake.cookie("o1"))).text
