"""A person with a browser and no JavaScript: signs in at the sandbox, reports progress, holds a receipt."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import async_playwright

from embedded.child_process import free_port
from embedded.front import Front
from eventlog.log.kafka import KafkaLog
from eventlog.log.settings import KafkaSettings
from tests.services.intake.running_intake import LIBRARY, RECEIPT_KEY, YUANCHENG, RatingStandIn, make_topics
from tests.web.desk import ISSUER, POSITION_KEY

pytestmark = [
    pytest.mark.services,
    pytest.mark.browser,
    pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is missing: the pages were not looked at"),
]
ROOT = Path(__file__).parents[3]


PATIENCE = 300
"""Seconds, on a machine that has much else to do; what has ended is told at once."""


def _until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline, said = time.monotonic() + PATIENCE, ""
    while True:
        try:
            answer = httpx.get(f"{url}/readyz", trust_env=False, timeout=5)
            if answer.status_code == 200:
                return
            said = answer.text
        except httpx.HTTPError as error:
            said = repr(error)
        assert process.poll() is None, f"{process.args!r} has ended"
        assert time.monotonic() < deadline, f"{process.args!r} is not ready: {said}"
        time.sleep(0.1)


@pytest.fixture
def urls(kafka: str, topic_prefix: str, tmp_path: Path, postgres: Callable[[], str]) -> Iterator[dict[str, str]]:
    """Intake, query and the issuer, each a process of its own, behind the front that people know."""
    make_topics(kafka, topic_prefix)
    ports = {name: free_port() for name in ("front", "intake", "intake_ops", "query", "query_ops", "issuer")}
    at = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
    front = Front(tmp_path / "front", origin=at["front"], routes={"/": ports["query"], "/intake": ports["intake"]})
    env = {
        **os.environ,
        "KAFKA_BOOTSTRAP_SERVERS": kafka,
        "LIANGDENG_TOPIC_PREFIX": topic_prefix,
        "DATABASE_URL": postgres(),
        "LIANGDENG_JWKS": str(tmp_path / "issuer" / "jwks.json"),
        "LIANGDENG_ISSUER": ISSUER,
        "LIANGDENG_ORIGIN": at["front"],
        "LIANGDENG_OIDC_DISCOVERY": f"{at['issuer']}/.well-known/openid-configuration",
        "LIANGDENG_OIDC_CLIENT_SECRET": "no secret",
        "QUERY_POSITION_KEY": POSITION_KEY,
        "INTAKE_RECEIPT_KEY": RECEIPT_KEY,
        "INTAKE_EVIDENCE_FOLDER": str(tmp_path / "evidence"),
        "INTAKE_LIBRARY": str(LIBRARY),
        "INTAKE_MAX_WAIT": "0.2",
        "ISSUER_FOLDER": str(tmp_path / "issuer"),
        **{f"{name.upper()}_PORT": str(port) for name, port in ports.items()},
    }
    processes = [
        subprocess.Popen([sys.executable, "-m", module], cwd=ROOT, env=env, stderr=subprocess.DEVNULL)
        for module in ("sandbox.issuer", "services.intake", "services.query")
    ]
    front.launch()
    try:
        for name, process in zip(("issuer", "intake_ops", "query_ops"), processes, strict=True):
            _until_ready(at[name], process)
        yield at
    finally:
        front.stop()
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(30)


async def published(urls: dict[str, str], kafka: str, prefix: str) -> None:
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        token = (await client.post(f"{urls['issuer']}/token", json={"person": "o1"})).json()["token"]
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k", "Content-Type": "application/yaml"}
        url = f"{urls['intake']}/v1/programmes?simulated=true"
        answer = await client.post(url, content=YUANCHENG.read_bytes(), headers=headers)
        assert answer.status_code == 202, answer.text
        log = KafkaLog(KafkaSettings(bootstrap_servers=kafka, topic_prefix=prefix))
        await RatingStandIn(log).rule()
        await log.close()
        deadline = time.monotonic() + PATIENCE
        while "intake_roster_items 108.0" not in (await client.get(f"{urls['intake_ops']}/metrics")).text:
            assert time.monotonic() < deadline, "the roster does not know the 108 items"
            await asyncio.sleep(0.1)


async def fits(page: Any, width: int) -> None:
    assert await page.evaluate("document.documentElement.scrollWidth") <= width, "the page scrolls sideways"


@pytest.mark.timeout(240)
async def test_a_report_is_handed_in_on_a_wide_and_on_a_narrow_screen(
    urls: dict[str, str], kafka: str, topic_prefix: str, tmp_path: Path
) -> None:
    await published(urls, kafka, topic_prefix)
    scan = tmp_path / "扫描件.txt"
    scan.write_text("a scan")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-background-networking"]
        )
        for width in (1440, 390):
            context = await browser.new_context(viewport={"width": width, "height": 900})
            page = await context.new_page()
            await page.goto(f"{urls['front']}/intake/items")
            await page.click("text=去登录")
            await fits(page, width)
            await page.click('button[value="u-nongye-1"]')
            assert page.url == f"{urls['front']}/intake/items"
            assert "区农业农村局" in await page.inner_text("header")
            assert "模拟数据" in await page.inner_text("body")
            await fits(page, width)
            await page.click("main table a >> nth=0")
            await fits(page, width)
            item = page.url
            await page.goto(f"{item}/progress.reported")
            await page.check('input[value="completed"]')
            await page.set_input_files('input[name="files"]', str(scan))
            await fits(page, width)
            await page.click("button[value=check]")
            await page.wait_for_selector("dl.answers")
            await fits(page, width)
            await page.click("button[value=file]")
            assert "已收到，正在裁定" in await page.inner_text("h1")
            await page.click("summary")
            assert "submissions-" in await page.inner_text(".receipt")
            await fits(page, width)
            await page.goto(f"{item}?lang=en")
            assert "Periods and nodes" in await page.inner_text("main")
            await page.click("header button")
            await page.wait_for_url(f"{urls['front']}/")
            await page.goto(item)
            assert "Sign in first" in await page.inner_text("h1")
            await context.close()
        await browser.close()
