"""A clerk with a phone's screen and no pointer prepares a report; the head signs it with two taps and no script."""

from __future__ import annotations

import shutil
from typing import Any

import pytest
from playwright.async_api import ViewportSize, async_playwright

from eventlog.log.kafka import KafkaLog
from eventlog.log.settings import KafkaSettings
from tests.services.intake.running_intake import RatingStandIn
from tests.services.intake.test_browser import fits, published, urls

__all__ = ["urls"]
pytestmark = [
    pytest.mark.services,
    pytest.mark.browser,
    pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is missing: the pages were not looked at"),
]
PHONE: ViewportSize = {"width": 390, "height": 844}
MOST_TABS = 120


async def _sign_in(page: Any, front: str, person: str) -> None:
    await page.goto(f"{front}/intake/items")
    await page.click("text=去登录")
    await page.click(f'button[value="{person}"]')
    await page.wait_for_url(f"{front}/intake/items")


async def _tab_to(page: Any, selector: str) -> None:
    """Move by the keyboard until this has the focus."""
    for _ in range(MOST_TABS):
        await page.keyboard.press("Tab")
        if await page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached by the keyboard")


@pytest.mark.timeout(240)
async def test_a_report_is_prepared_by_the_keyboard_and_signed_on_a_phone(
    urls: dict[str, str], kafka: str, topic_prefix: str
) -> None:
    await published(urls, kafka, topic_prefix)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-background-networking"]
        )
        clerk = await (await browser.new_context(viewport=PHONE)).new_page()
        await _sign_in(clerk, urls["front"], "u-nongye-2")
        await fits(clerk, 390)
        await _tab_to(clerk, 'a.button[href*="/progress.reported"]')
        await clerk.keyboard.press("Enter")
        await clerk.wait_for_selector("textarea[name=narrative]")
        form = clerk.url
        await fits(clerk, 390)
        await _tab_to(clerk, "input[name=claim]")
        await clerk.keyboard.press("ArrowDown")
        await _tab_to(clerk, "textarea[name=narrative]")
        await clerk.keyboard.type("地块已经落实")
        await clerk.locator("#draft-state", has_text="草稿已保存").wait_for()
        await clerk.goto(form)
        assert await clerk.input_value("textarea[name=narrative]") == "地块已经落实", "what was typed is still there"
        await clerk.context.clear_cookies()
        await clerk.fill("textarea[name=narrative]", "地块已经落实，图纸已审")
        await clerk.click("button[value=check]")
        await clerk.locator("#draft-state", has_text="登录已失效").wait_for()
        assert await clerk.input_value("textarea[name=narrative]") == "地块已经落实，图纸已审", "nothing was sent"
        await _sign_in(await clerk.context.new_page(), urls["front"], "u-nongye-2")
        await clerk.click("button[value=check]")
        await clerk.locator("#problem", has_text="请再提交一次").wait_for()
        assert await clerk.input_value("textarea[name=narrative]") == "地块已经落实，图纸已审"
        await clerk.fill("textarea[name=narrative]", "地块已经落实")
        await _tab_to(clerk, "button[value=check]")
        await clerk.keyboard.press("Enter")
        await clerk.wait_for_selector("dl.answers")
        assert "地块已经落实" in await clerk.inner_text("dl.answers")
        await fits(clerk, 390)
        await _tab_to(clerk, "button[value=prepare]")
        await clerk.keyboard.press("Enter")
        await clerk.wait_for_selector(".verdict")
        assert "尚未报送" in await clerk.inner_text("h1")

        head = await (await browser.new_context(viewport=PHONE, java_script_enabled=False)).new_page()
        await _sign_in(head, urls["front"], "u-nongye-1")
        await head.goto(f"{urls['front']}/intake/signing")
        await fits(head, 390)
        await head.check("input[name=chosen]")
        await head.click("button[value=sign]")
        assert "签发结果" in await head.inner_text("h1")
        await browser.close()
    log = KafkaLog(KafkaSettings(bootstrap_servers=kafka, topic_prefix=topic_prefix))
    (report,) = [one for one in await RatingStandIn(log).submissions() if one.type.endswith("progress.reported.v1")]
    await log.close()
    assert (report.actor.id, report.actor.head, report.actor.prepared_by) == ("u-nongye-1", True, "u-nongye-2")
