"""Many plans decided on one page: a submission each that names its plan, a result each, nothing twice."""

from __future__ import annotations

import asyncio
import re
import shutil
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import async_playwright

from contracts.rulings import (
    AdjustmentApproved,
    AdjustmentFiled,
    BulletinFiled,
    ExtensionFiled,
    ExtensionRefused,
    LightChanged,
    PlanAdopted,
    PlanReceived,
    PlanReturned,
    ProgressRecorded,
    RulingData,
    VerificationRecorded,
)
from contracts.values import Evidence, Node, Target
from embedded.child_process import LOOPBACK, free_port
from sandbox.people import Account
from tests.services.districts import programme_file
from tests.services.intake.running_intake import RunningIntake, make_topics, running, settings_for, until
from tests.web.desk import desk
from web.doors import beside

pytestmark = [pytest.mark.services, pytest.mark.asyncio(loop_scope="module")]
PROGRAMME = "441602-2024"
TARGET = Target(indicator="完成投资", comparator=">=", value=Decimal(100), unit="万元")
NODES = {"2024Q1": Node(text="完成立项", targets=(TARGET,))}
PLAN = {"type": "plan.submitted", "data": {"nodes": {"2024Q1": {"text": "完成立项", "targets": []}}}}


def _fields(page: str) -> list[tuple[str, str]]:
    """The hidden fields of the page's form, and the rows that are ticked."""
    form = page.split('<form method="post" action="/intake/decisions"', 1)[1].split("</form>", maxsplit=1)[0]
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
    return hidden + re.findall(r'<input type="checkbox" name="(row)" value="([^"]*)" checked', form)


class District:
    """Intake behind a port of its own, and the items of one leader."""

    def __init__(self, intake: RunningIntake, leader: str, origin: str) -> None:
        self.intake, self.leader, self.origin = intake, leader, origin
        known = sorted(intake.dependencies.roster.items.items())
        self.items = [item for _, item in known if item.leader == leader]

    async def send(self, items: Sequence[str], *ruled: RulingData, body: object = PLAN) -> None:
        """The units send something about these items, which is ruled so."""
        for item in self.items:
            if item.id in items:
                answer = await self.intake.submit(f"u-{item.lead_unit}-1", item.id, body, uuid.uuid4().hex)
                assert answer.status_code == 202, answer.text
        await self.intake.rating.rule(*ruled)

    async def wait(self, number: int, act: str = "plan.decided") -> None:
        """Until so many wait."""
        waiting = self.intake.dependencies.roster.waiting

        def waits() -> bool:
            return sum(one.act == act for found in waiting.values() for one in found) == number

        await until(waits, f"{number} {act} do not wait")

    async def page(self, query: str = "") -> str:
        """The page, as the leader's browser gets it."""
        headers = {**await self.intake.cookie(self.leader), "Accept": "text/html"}
        answer = await self.intake.http.get(f"/decisions{query}", headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.text

    async def post(self, page: str, *more: tuple[str, str]) -> httpx.Response:
        """The page's form, sent with these fields beside its own."""
        return await self._post([*_fields(page), *more])

    async def _post(self, fields: Sequence[tuple[str, str]]) -> httpx.Response:
        headers = {**await self.intake.cookie(self.leader), "Accept": "text/html", "Origin": self.origin}
        data: dict[str, list[str]] = {}
        for name, value in fields:
            data.setdefault(name, []).append(value)
        return await self.intake.http.post("/decisions", data=data, headers=headers)

    async def decided(self) -> list[Any]:
        """Every decision on the log."""
        return [one for one in await self.intake.rating.submissions() if ".decided." in one.type]

    async def ruled_meanwhile(self, sending: asyncio.Task[httpx.Response], number: int, *ruled: RulingData) -> str:
        """Let rating rule once so many decisions are on the log; what the browser is told then."""
        while len(await self.decided()) < number and not sending.done():
            await asyncio.sleep(0.05)
        await self.intake.rating.rule(*ruled)
        answer = await sending
        assert answer.status_code == 200, answer.text
        return answer.text


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def district(
    kafka: str, postgres: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[District]:
    prefix, folder = f"t{uuid.uuid4().hex[:10]}-", tmp_path_factory.mktemp("decisions")
    make_topics(kafka, prefix)
    async with desk(folder / "issuer", postgres()) as people:
        port = free_port()
        told = {**people.settings, "origin": f"http://{LOOPBACK}:{port}"}
        async with running(settings_for(kafka, prefix, folder, **told), folder, desk=people) as made:
            await made.publish_and_rule()
            async with beside(made.app, LOOPBACK, port, lifespan="off"):
                leaders = Counter(one.leader for one in made.dependencies.roster.items.values())
                yield District(made, leaders.most_common(1)[0][0], told["origin"])


@pytest.mark.browser
@pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is missing: taps were not counted")
async def test_twenty_plans_are_confirmed_on_a_phone_without_script_in_two_taps_from_the_list(
    district: District,
) -> None:
    items = [item.id for item in district.items[:20]]
    await district.send(items, PlanReceived(nodes=NODES, late=False))
    await district.wait(len(items))
    value = (await district.intake.cookie(district.leader))["Cookie"].partition("=")[2]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-background-networking"]
        )
        context = await browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
        await context.add_cookies([{"name": "liangdeng", "value": value, "url": district.origin}])
        phone = await context.new_page()
        taps = 2  # the desk in the navigation, and "decide on plans" there
        await phone.goto(f"{district.origin}/decisions?act=plan.decided")
        assert await phone.locator(".nodes").count() == len(items), "each plan's nodes are unfolded"
        assert await phone.get_by_text("完成投资").count() == len(items)
        await phone.get_by_role("link", name="全选").click()
        taps += 1
        assert await phone.locator("input[name=row]:checked").count() == len(items)
        sending = asyncio.create_task(phone.get_by_role("button", name="确认所选").click())
        taps += 1
        while not sending.done():
            await district.intake.rating.rule(PlanAdopted(nodes=NODES))
        await sending
        heading = await phone.locator("h1").inner_text()
        assert f"已办 {len(items)} 件，共 {len(items)} 件" in heading
        assert await phone.evaluate("document.documentElement.scrollWidth") <= 390
        await browser.close()
    assert taps <= 6
    sent = await district.decided()
    assert len({one.data.of for one in sent}) == len(items), "each names its own plan"
    assert {one.data.decision for one in sent} == {"confirmed"}
    await district.wait(0)


async def test_one_that_changed_meanwhile_is_left_out_and_said_so_and_the_page_sent_twice_files_nothing_twice(
    district: District,
) -> None:
    items = [item.id for item in district.items[20:23]]
    await district.send(items, PlanReceived(nodes=NODES, late=False))
    await district.wait(3)
    opened = await district.page("?all=1")
    before = len(await district.decided())
    await district.send(items[:1], PlanReceived(nodes={}, late=False))

    def replaced() -> bool:
        (one,) = district.intake.dependencies.roster.waiting[PROGRAMME, items[0]]
        return one.of not in opened

    await until(replaced, "the roster does not know the second plan")
    sending = asyncio.create_task(district.post(opened, ("yes", "yes")))
    told = await district.ruled_meanwhile(sending, before + 2, PlanAdopted(nodes=NODES))
    assert "已办 2 件，共 3 件" in told
    left_out = re.findall(r"<code>(\w+)</code>(?:(?!</li>).)*未办：页面打开后已有变动", told, re.DOTALL)
    assert left_out == [items[0]]
    await district.wait(1)
    again = await district.post(opened, ("yes", "yes"))
    assert "已办 2 件，共 3 件" in again.text, "the same receipts once more"
    assert len(await district.decided()) == before + 2


async def test_a_plan_is_returned_with_a_reason_and_not_without(district: District) -> None:
    opened = await district.page("?all=1")
    before = len(await district.decided())
    refused = await district.post(opened)
    assert refused.status_code == 422
    assert "请写明理由" in refused.text
    assert "checked" in refused.text, "what was ticked stays ticked"
    sending = asyncio.create_task(district.post(opened, ("reason", "节点不具体")))
    told = await district.ruled_meanwhile(sending, before + 1, PlanReturned())
    assert "已受理：退回" in told
    assert any(one.data.reason == "节点不具体" for one in await district.decided())
    await district.wait(0)


async def test_adjustments_and_extensions_are_decided_on_the_same_page(district: District) -> None:
    item = district.items[0].id
    node = Node(text="改为二期", targets=())
    body = {"type": "withdrawal.requested", "data": {"reason": "汛期"}}
    asked = (
        AdjustmentFiled(adjustment="a-1", period="2024Q1", node=node, reason="雨季"),
        ExtensionFiled(extension="y-1", escalation="e-1", until_on=date(2024, 6, 1), reason="汛期"),
    )
    await district.send([item], *asked, body=body)
    await district.wait(1, "extension.decided")
    page = await district.page("?act=adjustment.decided&all=1")
    assert "改为二期" in page
    assert "雨季" in page
    before = len(await district.decided())
    sending = asyncio.create_task(district.post(page, ("yes", "yes")))
    await district.ruled_meanwhile(sending, before + 1, AdjustmentApproved(adjustment="a-1"))
    page = await district.page("?act=extension.decided&all=1")
    assert "2024年6月1日" in page
    sending = asyncio.create_task(district.post(page, ("reason", "工期充足")))
    told = await district.ruled_meanwhile(sending, before + 2, ExtensionRefused(extension="y-1"))
    assert "已办 1 件，共 1 件" in told
    decided = {one.type.split(".")[1]: one.data.decision for one in await district.decided()}
    assert decided["adjustment"] == "approved"
    assert decided["extension"] == "refused"
    await district.wait(0, "adjustment.decided")
    await district.wait(0, "extension.decided")


async def test_nobody_decides_who_has_nothing_to_decide(district: District) -> None:
    for person, status in (("u-fagai-1", 403), ("auditor", 403)):
        headers = {**await district.intake.cookie(person), "Accept": "text/html"}
        assert (await district.intake.http.get("/decisions", headers=headers)).status_code == status


def recorded(period: str, value: int) -> ProgressRecorded:
    file = Evidence(sha256="a" * 64, name="现场.pdf", size=9, media_type="application/pdf")
    return ProgressRecorded(
        report=f"report-{period}",
        period=period,
        claim="in_progress",
        measures={TARGET.indicator: Decimal(value)},
        evidence=(file,),
        narrative="完成投资过半",
        received_at=datetime(2024, 4, 8, tzinfo=UTC),
        in_time=True,
        met=False,
    )


async def test_a_report_is_reviewed_beside_target_last_values_and_evidence_and_the_next_one_follows(
    district: District,
) -> None:
    item = district.items[24].id
    nodes = {f"2024Q{quarter}": NODES["2024Q1"] for quarter in (1, 2)}
    reports = recorded("2024Q1", 37), recorded("2024Q2", 63)
    body = {"type": "withdrawal.requested", "data": {"reason": "占位"}}
    await district.send([item], PlanAdopted(nodes=nodes), *reports, body=body)
    await district.wait(2, "progress.reviewed")
    headers = {**await district.intake.cookie("o1"), "Accept": "text/html", "Origin": district.origin}
    address = f"/review?programme={PROGRAMME}&item={item}&period=2024Q2"
    page = (await district.intake.http.get(address, headers=headers)).text
    table = page.split("<table>")[1].split("</table>")[0]
    assert re.findall(r"<t[hd][^>]*>(?:<strong>)?([^<]+)", table)[-4:] == ["完成投资（万元）", "≥ 100", "63", "37"]
    assert "完成投资过半" in page
    assert f'src="/intake/evidence/{"a" * 64}/pages/1?size=large"' in page, "opened in the page"
    assert "第 2 件，共 2 件" in page
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    refused = await district.intake.http.post("/review", data={**hidden, "finding": "overturned"}, headers=headers)
    assert refused.status_code == 422
    assert "请写明理由" in refused.text
    first = (await district.intake.http.get(address.replace("Q2", "Q1"), headers=headers)).text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', first))
    sent = {**hidden, "finding": "overturned", "reason": "与台账不符"}
    sending = asyncio.create_task(district.intake.http.post("/review", data=sent, headers=headers))
    verified = VerificationRecorded(
        period="2024Q1", report="report-2024Q1", finding="overturned", by="review", person="o1"
    )
    while not sending.done():
        await district.intake.rating.rule(verified)
    answer = await sending
    assert answer.status_code == 303, answer.text
    after = (await district.intake.http.get(answer.headers["location"], headers=headers)).text
    assert "2024Q2" in after, "the next one"
    assert "上一件已提交" in after
    (review,) = [one for one in await district.intake.rating.submissions() if ".reviewed." in one.type]
    assert (review.data.of, review.data.reason) == ("report-2024Q1", "与台账不符")  # type: ignore[union-attr]
    await district.wait(1, "progress.reviewed")


async def test_what_somebody_else_reviewed_meanwhile_is_said_to_wait_no_more_and_their_finding_is_not_replaced(
    district: District,
) -> None:
    headers = {**await district.intake.cookie("o2"), "Accept": "text/html", "Origin": district.origin}
    item = district.items[24].id
    address = f"/review?programme={PROGRAMME}&item={item}&period=2024Q1"
    gone = (await district.intake.http.get(address, headers=headers)).text
    assert "已不待核查" in gone
    before = len(await district.intake.rating.submissions())
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', gone))
    sent = {**hidden, "item": item, "period": "2024Q1", "of": "report-2024Q1", "finding": "confirmed"}
    answer = await district.intake.http.post("/review", data=sent, headers=headers)
    assert answer.status_code == 422
    assert "页面打开后已有核查结论或新的报告，未提交" in answer.text
    assert "还有 1 件待核查" in answer.text
    assert len(await district.intake.rating.submissions()) == before


async def test_a_row_that_names_an_item_of_another_district_tells_nothing_of_it(district: District) -> None:
    intake = district.intake
    office = Account("o9", "office", None, "", "", ("441699",))
    headers = {"Authorization": f"Bearer {intake.mint(office)}", "Idempotency-Key": "other-district"}
    headers["Content-Type"] = "application/json"
    answer = await intake.http.post("/v1/programmes", content=programme_file("441699"), headers=headers)
    assert answer.status_code == 202, answer.text
    await intake.rating.rule()
    await until(lambda: ("441699-2024", "K01") in intake.dependencies.roster.items, "the other district is not known")
    await district.send([district.items[25].id], PlanReceived(nodes=NODES, late=False))
    await district.wait(1)
    before = len(await district.decided())
    opened = await district.page()
    csrf = dict(_fields(opened))["csrf"]
    forged = [("csrf", csrf), ("key", "k"), ("act", "plan.decided"), ("yes", "1"), ("row", "441699-2024|K01||x")]
    told = await district._post(forged)
    assert told.status_code == 200
    assert "未知事项" in told.text
    title = intake.dependencies.roster.items["441699-2024", "K01"].opened.title
    assert title not in told.text
    assert len(await district.decided()) == before


async def test_a_bulletin_shows_what_is_on_record_of_it_beside_the_approval(district: District) -> None:
    intake = district.intake
    said: dict[str, Any] = {"bulletin": "b-7", "kind": "quarterly", "period": "2024Q1", "names_units": True}
    said |= {"position": "rulings-0@3", "sha256": "a" * 64}
    body = {"type": "bulletin.composed", "data": said}
    headers = intake.headers("o1", uuid.uuid4().hex)
    sent = await intake.http.post(f"/v1/programmes/{PROGRAMME}/submissions", json=body, headers=headers)
    assert sent.status_code == 202, sent.text
    item = district.items[30]
    lit = LightChanged(period="2024Q1", from_="none", to="red", settled=True, rule="Lights 3", because=())
    await intake.rating.rule(BulletinFiled(**said))
    await district.send([item.id], lit)
    roster = intake.dependencies.roster
    await until(lambda: (PROGRAMME, "b-7") in roster.bulletins and item.lit.get("2024Q1") == "red", "it is not known")
    page = await intake.http.get("/decisions?act=bulletin.approved", headers=await intake.cookie("chief"))
    for told in ("季通报", "2024年第一季度", "点名单位", "rulings-0%403", "a" * 64, "编制的提交"):
        assert told in page.text, told
    criticised = page.text.split("有红灯、黄灯的单位", 1)[1].split("</dd>")[0]
    assert roster.unit_name(PROGRAMME, item.lead_unit) in criticised
