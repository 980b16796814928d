"""A leader with a phone and no script: from the desk to twenty plans confirmed, counting taps."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from playwright.async_api import async_playwright

from contracts.rulings import PlanAdopted, PlanReceived
from contracts.submissions import ItemAssigned
from contracts.values import Node
from eventlog.log.kafka import KafkaLog
from eventlog.log.settings import KafkaSettings
from programmes.programme import expand
from programmes.programme_file import load_programme
from tests.services.intake.running_intake import YUANCHENG, RatingStandIn
from tests.services.intake.test_browser import urls

__all__ = ["urls"]
pytestmark = [
    pytest.mark.services,
    pytest.mark.browser,
    pytest.mark.walk,
    pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is missing: taps were not counted"),
]
PUBLISHED = datetime(2024, 3, 19, 1, tzinfo=UTC)
NODES = {"2024Q1": Node(text="完成立项", targets=())}
PLAN = {"type": "plan.submitted", "data": {"nodes": {"2024Q1": {"text": "完成立项", "targets": []}}}}


class People:
    """Programs that act as people over HTTP."""

    def __init__(self, client: httpx.AsyncClient, at: dict[str, str]) -> None:
        self._client, self._at = client, at

    async def post(self, person: str, path: str, key: str, **sent: Any) -> None:
        """Post something as a person, which is taken."""
        token = (await self._client.post(f"{self._at['issuer']}/token", json={"person": person})).json()["token"]
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key, **sent.pop("headers", {})}
        answer = await self._client.post(f"{self._at['intake']}{path}", headers=headers, **sent)
        assert answer.status_code == 202, answer.text

    async def publish(self) -> None:
        """The office publishes the programme."""
        headers = {"Content-Type": "application/yaml"}
        await self.post("o1", "/v1/programmes?simulated=true", "k", content=YUANCHENG.read_bytes(), headers=headers)

    async def known(self) -> None:
        """Until intake knows the items."""
        deadline = time.monotonic() + 60
        while "intake_roster_items 108.0" not in (await self._client.get(f"{self._at['intake_ops']}/metrics")).text:
            assert time.monotonic() < deadline, "the roster does not know the 108 items"
            await asyncio.sleep(0.1)

    async def send_plans(self, items: Sequence[tuple[str, ItemAssigned]]) -> None:
        """The lead units send their plans."""
        for subject, data in items:
            programme, _, item = subject.partition("/")
            path = f"/v1/programmes/{programme}/items/{item}/submissions"
            await self.post(f"u-{data.lead_unit}-1", path, f"plan-{item}", json=PLAN)


def of_the_busiest_leader() -> tuple[str, list[tuple[str, ItemAssigned]]]:
    """The leader with most items, and those."""
    whole = expand(load_programme(YUANCHENG), PUBLISHED)
    items = [(subject, data) for subject, data in whole if isinstance(data, ItemAssigned)]
    leader = Counter(data.leader for _, data in items).most_common(1)[0][0]
    return leader, [one for one in items if one[1].leader == leader]


@pytest.mark.timeout(240)
async def test_twenty_plans_are_confirmed_from_the_desk_in_at_most_six_taps(
    urls: dict[str, str],
    kafka: str,
    topic_prefix: str,
) -> None:
    rating = RatingStandIn(KafkaLog(KafkaSettings(bootstrap_servers=kafka, topic_prefix=topic_prefix)))
    leader, items = of_the_busiest_leader()
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        people = People(client, urls)
        await people.publish()
        await rating.rule()
        await people.known()
        await people.send_plans(items[:20])
        await rating.rule(PlanReceived(nodes=NODES, late=False))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-background-networking"]
        )
        context = await browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
        phone, taps = await context.new_page(), 0
        await phone.goto(f"{urls['front']}/intake/items")
        await phone.click("text=去登录")
        await phone.click(f'button[value="{leader}"]')
        desk, deadline = phone.get_by_role("link", name="工作台 20 件待办"), time.monotonic() + 60
        while await desk.count() == 0:
            assert time.monotonic() < deadline, "the navigation does not count twenty"
            await phone.goto(f"{urls['front']}/inbox")
        for link in (desk, phone.get_by_role("link", name="审定工作方案 20"), phone.get_by_role("link", name="全选")):
            await link.first.click()
            taps += 1
            assert await phone.evaluate("document.documentElement.scrollWidth") <= 390
        sending = asyncio.create_task(phone.get_by_role("button", name="确认所选").click())
        taps += 1
        while not sending.done():
            await rating.rule(PlanAdopted(nodes=NODES))
        await sending
        assert "已办 20 件，共 20 件" in await phone.inner_text("h1")
        await phone.get_by_role("link", name="回工作台").click()
        assert "没有待您审定的事" in await phone.inner_text("main"), "what was decided is no longer there"
        await browser.close()
    assert taps <= 6
    await rating.log.close()
