"""Each of a unit's forms in a browser without JavaScript on a phone: first wrong, then right, then its receipt."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import async_playwright

from contracts.rulings import DeadlineShifted, EscalationRaised, LightChanged, PlanAdopted, PolicyChanged
from contracts.values import Node, Target
from embedded.child_process import LOOPBACK, free_port
from tests.services.intake.running_intake import RunningIntake, make_topics, running, settings_for, until
from tests.services.intake.test_browser import fits
from tests.web.desk import desk
from web.doors import beside

pytestmark = [
    pytest.mark.services,
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is missing: the forms were not tried"),
]
INDICATOR = "地区生产总值增长"
NODES = {
    f"2024Q{one}": Node(
        text="增长5%", targets=(Target(indicator=INDICATOR, comparator=">=", value=Decimal(5), unit="%"),)
    )
    for one in range(1, 5)
}
PLANNED, UNPLANNED = "K01", "K03"
YELLOW = LightChanged(period="2024Q1", from_="none", to="yellow", settled=True, rule="Lights 2", because=())
FORMS: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "progress.reported": ({f"measure:{INDICATOR}": "很多"}, {f"measure:{INDICATOR}": "5.5", "claim": "in_progress"}),
    "rectification.reported": ({}, {"text": "已整改"}),
    "appeal.lodged": ({}, {"reason": "统计口径不同"}),
    "adjustment.requested": ({}, {"node:one:text": "增长5%", "reason": "上级调整"}),
    "withdrawal.requested": ({}, {"reason": "机构改革"}),
    "blockage.raised": ({}, {"text": "征地受阻"}),
    "extension.requested": ({"until_on": ""}, {"reason": "汛期停工"}),
    "reply.given": ({}, {"text": "已采取措施"}),
    "notice.acknowledged": ({}, {}),
    "plan.submitted": ({"node:2024Q2:0:value": "很多", "every_node": "按季推进"}, {"node:2024Q2:0:value": "3"}),
}
"""By act: what is wrong at first, what is right."""


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def origin(
    kafka: str, postgres: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[RunningIntake, str]]:
    """Intake at an address of its own: one item with a plan, a yellow light and a notice, one without a plan."""
    prefix, folder = f"t{uuid.uuid4().hex[:10]}-", tmp_path_factory.mktemp("phone")
    make_topics(kafka, prefix)
    async with desk(folder / "issuer", postgres()) as people:
        port = free_port()
        told = {**people.settings, "origin": f"http://{LOOPBACK}:{port}", "max_wait": 0.05}
        async with running(settings_for(kafka, prefix, folder, **told), folder, desk=people) as made:
            await made.publish_and_rule()
            items = made.dependencies.roster.items
            known, other = items["441602-2024", PLANNED], items["441602-2024", UNPLANNED]
            seed = {"type": "progress.reported", "data": {"period": "2024Q1", "claim": "in_progress"}}
            complete = replace(other.assignment.policy, complete_plans=True)
            assert (await made.submit("u-fagai-1", UNPLANNED, seed, "seed")).status_code == 202
            await made.rating.rule(PolicyChanged(policy=complete))
            now = datetime.now(UTC)
            notice = EscalationRaised(
                escalation="e-1",
                level="rectification",
                state="open",
                cause="2024Q1",
                raised_at=now,
                due_at=now + timedelta(days=9),
                to="unit:fagai",
                copy=(),
                rule="",
                because=(),
            )
            assert (await made.submit("u-fagai-1", PLANNED, seed, "seed")).status_code == 202
            moved = DeadlineShifted(
                period="2024Q4", before=known.opened.periods[3].due_at, due_at=now + timedelta(days=30), ground="统计"
            )
            await made.rating.rule(PlanAdopted(nodes=NODES), YELLOW, notice, moved)
            await until(lambda: bool(known.escalations) and other.assignment.policy.complete_plans, "no rulings")
            async with beside(made.app, LOOPBACK, port, lifespan="off"):
                yield made, told["origin"]


async def _fill(page: Any, fields: dict[str, str]) -> None:
    for name, value in fields.items():
        field = page.locator(f'[name="{name}"]')
        if name == "claim":
            await page.check(f'input[name=claim][value="{value}"]')
        else:
            await field.fill(value)


@pytest.mark.parametrize("name", FORMS)
async def test_a_form_tells_what_is_wrong_and_is_filed_on_a_phone_without_script(
    origin: tuple[RunningIntake, str], name: str
) -> None:
    intake, address = origin
    wrong, right = FORMS[name]
    value = (await intake.cookie("u-fagai-1"))["Cookie"].partition("=")[2]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-background-networking"]
        )
        context = await browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
        await context.add_cookies([{"name": "liangdeng", "value": value, "url": address}])
        page = await context.new_page()
        page.set_default_timeout(60_000)
        item = UNPLANNED if name == "plan.submitted" else PLANNED
        await page.goto(f"{address}/items/441602-2024/{item}/{name}")
        await fits(page, 390)
        checked = await page.locator("button[value=check]").count() > 0
        if name != "notice.acknowledged":
            await _fill(page, wrong)
            await page.click("button[value=check]")
            await fits(page, 390)
            await page.wait_for_selector(".problem:focus", timeout=60_000)
            link = page.locator(".problem a").first
            target = (await link.get_attribute("href") or "").removeprefix("#")
            await link.click()
            await page.wait_for_selector(f':is(input, select, textarea)[id="{target}"]:focus', timeout=60_000)
        await _fill(page, right)
        if checked:
            await page.click("button[value=check]")
            assert "核对后提交" in await page.inner_text("h1"), await page.inner_text("main")
            await fits(page, 390)
        await page.click("button[value=file]")
        assert "已收到，正在裁定" in await page.inner_text("h1"), await page.inner_text("main")
        await fits(page, 390)
        await browser.close()
