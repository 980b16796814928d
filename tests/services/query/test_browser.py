"""The pages in a real browser: nothing spills at 1440 or 390 px, nothing needs JavaScript, every mark has its word."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, Page, async_playwright

from contracts.topics import partition_of
from contracts.values import Unit
from embedded.child_process import free_port
from eventlog.log.memory import MemoryLog
from programmes import FOLDER
from programmes.programme_file import load_programme
from services.query.app import build
from services.query.settings import QuerySettings
from tests.services.query.feed import Feed
from tests.services.query.house import until
from tests.web.desk import new_browser, sandbox_issuer, settings_at, sign_in
from web.doors import beside

CHROMIUM = shutil.which("chromium")
pytestmark = [pytest.mark.services, pytest.mark.browser]
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: the pages were not looked at")
P = "p-2024"
WIDTHS = (1440, 390)


def a_district() -> Feed:
    """Twelve units with up to twelve items each, lights of all colours, notices, one submission without a ruling."""
    feed = Feed()
    units = [Unit(id=f"u{n}", name=f"区第{n}承办单位管理局") for n in range(11)]
    feed.publish(P, items=(), units=[*units, Unit(id="nongye", name="区农业农村局")])
    for n in range(36):
        item = f"K{n:02}"
        feed.open(P, item, lead_unit=units[n % 11].id if n > 11 else "nongye", item_title="高标准农田提升改造" * 3)
        if n % 3:
            feed.green(feed.report(P, item))
            feed.deadline(P, item, "2024Q1", "green", "green")
        else:
            feed.notice(P, item, feed.deadline(P, item, "2024Q1", "none", "yellow")[-1])
            feed.notice(P, item, feed.deadline(P, item, "2024Q2", "none", "red")[-1])
    feed.report(P, "K00", "2024Q3")
    return feed


@asynccontextmanager
async def served(url: str, folder: Path, feed: Feed) -> AsyncIterator[str]:
    """The application behind a real port, which is people's one address."""
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    async with sandbox_issuer(folder) as issuer:
        settings = QuerySettings(
            bootstrap_servers="",
            database_url=url,
            claims={"jurisdiction": "nowhere"},
            **settings_at(origin, issuer, folder),
        )
        app = build(settings, lambda _: MemoryLog(feed.topics))
        async with beside(app, "127.0.0.1", port):
            await until(lambda: app.state.following.caught_up, "the pages were not served", 120)
            yield origin


class Visit:
    """A browser that opens pages as somebody."""

    def __init__(self, address: str, browser: Browser) -> None:
        self._address, self._browser = address, browser
        self._signed_in: dict[str, str] = {}

    async def to(self, path: str, width: int, person: str) -> Page:
        """A page of this width."""
        context = await self._browser.new_context(viewport={"width": width, "height": 900})
        if person not in self._signed_in:
            async with new_browser() as browser:
                await sign_in(browser, self._address, person)
                self._signed_in[person] = browser.cookies["liangdeng"]
        await context.add_cookies([{"name": "liangdeng", "value": self._signed_in[person], "url": self._address}])
        page = await context.new_page()
        answer = await page.goto(self._address + path)
        assert answer is not None
        assert answer.status == 200, path
        return page


@asynccontextmanager
async def visiting(url: str, folder: Path) -> AsyncIterator[Visit]:
    """A browser on the district's pages."""
    async with served(url, folder, a_district()) as address, async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield Visit(address, browser)
        await browser.close()


@needs_browser
async def test_no_page_spills_over_in_either_language_at_either_width_and_each_carries_its_own_scripts_alone(
    postgres: Callable[[], str], tmp_path: Path
) -> None:
    bare = ["/", f"/programmes/{P}/units/nongye", f"/programmes/{P}/items/K00", f"/programmes/{P}/escalations"]
    own: dict[str, list[str]] = {path: [] for path in (*bare, "/inbox", f"/notices/{P}-n1")}
    own[f"/programmes/{P}"] = ["/static/arrows.js"]
    own[f"/programmes/{P}?view=wall"] = ["/static/renewal.js", "/static/arrows.js"]
    async with visiting(postgres(), tmp_path) as visit:
        for path, own_scripts in own.items():
            for width in WIDTHS:
                for lang in ("zh", "en"):
                    glue = "&" if "?" in path else "?"
                    page = await visit.to(f"{path}{glue}lang={lang}", width, "u-nongye-1")
                    wide = await page.evaluate("document.documentElement.scrollWidth")
                    assert wide <= width, f"{path} {lang}: {wide} px at {width}"
                    scripts = await page.evaluate("[...document.scripts].map(script => script.getAttribute('src'))")
                    assert scripts == own_scripts, path
                    assert await page.evaluate("document.documentElement.lang") == ("zh-CN" if lang == "zh" else "en")
                    label = "模拟数据" if lang == "zh" else "simulated data"
                    assert label in await page.inner_text("body")
                    await page.context.close()


async def test_a_stream_tells_the_position_whenever_it_has_moved(postgres: Callable[[], str], tmp_path: Path) -> None:
    feed = a_district()
    async with (
        asyncio.timeout(120),
        served(postgres(), tmp_path, feed) as address,
        new_browser() as browser,
        httpx.AsyncClient(base_url=address) as client,
    ):
        await sign_in(browser, address, "o1")
        cookie = {"Cookie": f"liangdeng={browser.cookies['liangdeng']}"}
        async with client.stream("GET", "/v1/changes", headers=cookie) as stream:
            lines = stream.aiter_lines()
            first = [await anext(lines) for _ in range(3)]
            feed.green(feed.report(P, "K01", "2024Q4"), "2024Q4")
            part = partition_of(f"{P}/K01")
            wanted = f"rulings-{part}@{feed.topics.end('rulings', part) - 1}"
            assert first[0] == "event: position"
            assert wanted not in first[1]
            async for line in lines:
                if wanted in line:
                    break


@needs_browser
async def test_every_light_of_the_heat_map_says_its_colour_in_words(
    postgres: Callable[[], str], tmp_path: Path
) -> None:
    async with visiting(postgres(), tmp_path) as visit:
        for width in WIDTHS:
            page = await visit.to(f"/programmes/{P}", width, "o1")
            tree = await page.locator("table.heat").aria_snapshot()
            title = "高标准农田提升改造" * 3
            late = "截至7月10日24时未报送，也没有已确认的节点目标；上一周期（2024年第一季度）为黄灯"
            assert f'link "K00 {title} · 2024年第二季度红灯：{late}"' in tree
            assert f'link "K01 {title} · 2024年第一季度绿灯：按期报送，节点目标达成"' in tree
            assert tree.count("row") > 11
            labels = await page.eval_on_selector_all(".dots a", "all => all.map(a => a.getAttribute('aria-label'))")
            assert len(labels) == 36 * 4
            assert all(re.search("季度(绿灯|黄灯|红灯|待报)：.", label) for label in labels)
            for dot in (page.locator(".dots a").first, page.locator(".dots a").last):
                await dot.hover()
                shown = await dot.evaluate("dot => getComputedStyle(dot, '::after').content")
                assert shown.strip('"') == await dot.get_attribute("aria-label")
                assert await page.evaluate("document.documentElement.scrollWidth") <= width
            worst = await page.locator("td.cell.red .sum").first.inner_text()
            assert "红" in worst
            await page.context.close()


def a_whole_year() -> Feed:
    """The district's 39 units and 108 items, each with a light."""
    programme = load_programme(FOLDER / "yuancheng-2024.yaml", simulated=True)
    feed = Feed()
    feed.publish(P, items=(), units=[Unit(id=one.id, name=one.name) for one in programme.units])
    for number, item in enumerate(programme.items):
        feed.open(P, item.id, lead_unit=item.lead_unit, item_title=item.task)
        if number % 2:
            feed.deadline(P, item.id, "2024Q1", "none", "yellow" if number % 4 == 1 else "red")
    feed.notice(P, "K02", feed.deadline(P, "K02", "2024Q2", "none", "red")[-1])
    return feed


@needs_browser
async def test_a_row_of_the_heat_map_is_one_tab_stop_the_wall_does_not_scroll_and_a_printed_notice_is_whole(
    postgres: Callable[[], str], tmp_path: Path
) -> None:
    async with served(postgres(), tmp_path, a_whole_year()) as address, async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
        )
        visit = Visit(address, browser)
        page = await visit.to(f"/programmes/{P}", 1440, "o1")
        rows = await page.locator(".heat tbody tr").count()
        assert rows > 25
        assert await page.locator(".heat tbody a:not([tabindex='-1'])").count() == rows
        row = page.locator(".heat tbody tr", has=page.locator(".dots a")).first
        await row.locator("a").first.focus()
        await page.keyboard.press("ArrowRight")
        assert await row.locator(".dots a").first.evaluate("dot => dot === document.activeElement")
        assert await page.locator(".heat tbody a:not([tabindex='-1'])").count() == rows, "still one stop"
        await page.keyboard.press("ArrowDown")
        inside = "document.activeElement.closest('tr').rowIndex"
        assert await page.evaluate(inside) == await row.evaluate("row => row.rowIndex") + 1
        for width, height in ((1920, 1080), (1920, 900), (1366, 768), (1280, 720)):
            await page.set_viewport_size({"width": width, "height": height})
            await page.goto(f"{address}/programmes/{P}?view=wall")
            high = await page.evaluate("document.documentElement.scrollHeight")
            assert high <= height, f"{high} px at {width} × {height}"
        await page.set_viewport_size({"width": 390, "height": 844})
        for person, path in (("leader-1", "/desk?as_of=2024-07-04"), ("o1", "/desk?as_of=2024-07-04&queue=week")):
            phone = await visit.to(path, 390, person)
            assert await phone.evaluate("document.documentElement.scrollWidth") <= 390, path
            assert await phone.locator(".queue li").count() > 10, path
            await phone.context.close()
        await page.goto(f"{address}/notices/{P}-n1")
        await page.emulate_media(media="print")
        assert not await page.locator("iframe").is_visible()
        assert "督查整改通知书" in await page.locator(".printed").inner_text()
        await browser.close()
