"""The people pages in a real browser, without JavaScript: nothing spills at 1440 or 390 px, and an errand is done."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import async_playwright
from pydantic import SecretStr

from directory.administration import Administration
from embedded.child_process import free_port
from eventlog.log.memory import MemoryLog
from services.query.app import build
from services.query.settings import QuerySettings
from tests.directory.accounts import AccountsInMemory
from tests.directory.people import HERE, clerk, stored, workbook
from tests.services.query.feed import Feed
from tests.services.query.house import Tokens, until
from tests.web.desk import ISSUER, POSITION_KEY
from web.doors import beside
from web.identity import Identity

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.services,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: the pages were not looked at"),
]
LONG = clerk("p-a", "阿卜杜拉·买买提", channels={"mail": f"{'a' * 50}@units.example.test", "wecom": "w" * 60})
PAGES = ("/people", "/people/new", "/people/id/p-a", "/people/import", "/people/units")


async def test_no_page_spills_and_somebody_is_added_and_imported_without_a_script(
    postgres: Callable[[], str], tmp_path: Path
) -> None:
    url, port, feed = postgres(), free_port(), Feed()
    origin = f"http://127.0.0.1:{port}"
    feed.publish(f"{HERE}-2024", items=())
    settings = QuerySettings(
        bootstrap_servers="",
        position_key=SecretStr(POSITION_KEY),
        database_url=url,
        jwks=Tokens(tmp_path).jwks,
        issuer=ISSUER,
        origin=origin,
        oidc_client_secret=SecretStr("none"),
    )
    listed = tmp_path / "list.xlsx"
    listed.write_bytes(workbook({"人员": [["姓名", "单位"], ["吴某", "区水务局"]]}))
    async with stored(url, LONG, clerk("p-b", "乙某", head=True)) as store:
        app = build(settings, lambda _: MemoryLog(feed.topics))
        async with beside(app, "127.0.0.1", port), async_playwright() as playwright:
            await until(lambda: app.state.following and app.state.following.caught_up, "the pages were not served", 120)
            await app.state.who.sessions.prepare()
            desk = app.state.people
            app.state.people = replace(desk, administration=Administration(desk.store, AccountsInMemory()))
            secret = await app.state.who.sessions.open(Identity("o-1", "office", None, (HERE,)), "s", None, "")
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            cookie = {"name": "liangdeng", "value": secret, "url": origin}
            for width in (1440, 390):
                context = await browser.new_context(viewport={"width": width, "height": 900})
                await context.add_cookies([cookie])  # type: ignore[list-item]  # as playwright's own tests write it
                page = await context.new_page()
                for path in PAGES:
                    for language in ("zh", "en"):
                        await page.goto(f"{origin}{path}?lang={language}")
                        wide = await page.evaluate("document.documentElement.scrollWidth")
                        assert wide <= width, f"{path} {language}: {wide} px at {width}"
                        assert await page.evaluate("document.scripts.length") == 0
                await context.close()
            plain = await browser.new_context(java_script_enabled=False)
            await plain.add_cookies([cookie])  # type: ignore[list-item]  # the same
            page = await plain.new_page()
            await page.goto(f"{origin}/people/new?lang=zh")
            await page.fill("#f-name", "己某")
            await page.select_option("#f-unit", "shuiwu")
            await page.fill("#f-username", "shuiwu1")
            await page.click("main form.card button")
            assert "只显示这一次" in await page.inner_text("main")
            await page.goto(f"{origin}/people/import")
            await page.set_input_files("#f-file", listed)
            await page.click("main form.card button")
            await page.click("form[action='/people/import/apply'] button")
            await page.wait_for_url("**/people?done=imported")
            await browser.close()
        assert {"己某", "吴某"} <= {one.name for one in (await store.load()).persons.values()}
