"""The office makes next year's programme by hand: an Excel ledger of 108 items becomes one that is published.

On the machine's own clock, with holidays partly unknown, in Chromium, with real rulings. Screenshots are written to
LIANGDENG_SHOTS where that is set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page

from embedded.child_process import LOOPBACK, free_port
from embedded.front import front
from embedded.parts import INTAKE, KAFKA, QUERY, RATING
from embedded.stack import Stack
from programmes import FOLDER
from programmes.ledger.writing import write_ledger
from programmes.programme_file import load_programme
from sandbox.parts import ISSUER
from tests.flow.installation import shot

pytestmark = [pytest.mark.walk, pytest.mark.services, pytest.mark.browser, pytest.mark.timeout(900)]
YEAR: Final = date.today().year + 1  # noqa: DTZ011 - the year that an office prepares now
PROGRAMME: Final = f"441602-{YEAR}"
SIZES: Final = ((1440, "zh"), (390, "zh"), (390, "en"), (1440, "en"))


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, kafka: str, postgres: Callable[[], str]) -> Iterator[Stack]:
    with Stack(
        tmp_path_factory.mktemp("workbench"),
        parts=(front(), QUERY, INTAKE, RATING, ISSUER),
        servers=(KAFKA,),
        kafka=kafka,
        database_url=postgres(),
        origin=f"http://{LOOPBACK}:{free_port()}",
        env={"LIANGDENG_TOPIC_PREFIX": "workbench-", "RATING_GROUP": "workbench"},
    ) as running:
        yield running


@pytest.fixture(scope="module")
def office(stack: Stack, chromium: Browser) -> Iterator[Page]:
    """Somebody of the office, signed in, without JavaScript."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{stack.urls['front']}/intake/drafts")
    page.click("text=去登录")
    page.click('button[value="o1"]')
    yield page
    context.close()


def seen(page: Page, name: str, *, submitted: bool = False) -> None:
    """Every size and language of a page: nothing of it is cut.

    `submitted`: it answers a form, so that it is only looked at as it is.
    """
    bare = page.url.partition("#")[0].partition("?")[0]
    for width, lang in SIZES[:2] if submitted else SIZES:
        if not submitted:
            page.goto(f"{bare}?lang={lang}")
        page.set_viewport_size({"width": width, "height": 900})
        shot(page, f"{name}-{lang}")
    page.set_viewport_size({"width": 1440, "height": 900})
    if not submitted:
        page.goto(f"{bare}?lang=zh")


def step(page: Page, name: str) -> None:
    """To a page of the draft."""
    page.click(f"nav.steps a:text-is('{name}')")


def test_a_ledger_becomes_a_draft(office: Page, tmp_path: Path) -> None:
    ledger = tmp_path / "台账.xlsx"
    ledger.write_bytes(write_ledger(load_programme(FOLDER / "yuancheng-2024.yaml")))
    seen(office, "drafts-none")
    office.click("text=新建草稿")
    seen(office, "draft-new")
    assert office.input_value("#f-year") == str(YEAR)
    office.fill("#f-name", "河源市源城区")
    office.click("text=建立草稿")
    step(office, "概况")
    seen(office, "draft-empty")
    office.click("text=导入台账 >> nth=-1")
    office.set_input_files("#f-file", str(ledger))
    office.click("text=检查台账")
    assert "108" in office.inner_text(".counts")
    seen(office, "draft-import", submitted=True)
    office.click("text=确认导入")
    assert "108" in office.inner_text(".facts")
    seen(office, "draft")


def test_the_year_is_looked_at_and_what_is_not_known_is_said(office: Page) -> None:
    step(office, "节假日")
    seen(office, "draft-calendar")
    step(office, "全年检查")
    seen(office, "draft-year")
    assert "之后的节假日尚未公布" in office.inner_text("main")
    assert office.locator(".month").count() >= 12
    assert "请填写文号" in office.inner_text(".problem")


def test_parts_are_edited_and_versions_compared(office: Page) -> None:
    for name, path in (("单位", "units"), ("分管领导", "leaders"), ("事项", "items")):
        step(office, name)
        seen(office, f"draft-{path}")
        office.click("main table a >> nth=0")
        seen(office, f"draft-{path}-one")
    office.fill("[name=task]", "改过的工作任务")
    office.click("button:text-is('保存')")
    step(office, "方案")
    seen(office, "draft-programme")
    office.fill("[name=document]", f"源府办〔{YEAR}〕1号")
    office.click("button:text-is('保存')")
    step(office, "版本比较")
    office.select_option("#f-from", "1")
    office.click("button:text-is('比较')")
    assert "改过的工作任务" in office.inner_text("main")
    seen(office, "draft-compare", submitted=True)


def test_it_is_published_once_the_summary_is_confirmed_and_every_item_is_accepted(stack: Stack, office: Page) -> None:
    step(office, "发布")
    seen(office, "draft-publish")
    office.check("#f-confirmed")
    office.click("button:text-is('发布')")
    assert "全部裁定受理" in office.inner_text("h1")
    seen(office, "draft-published")
    office.click("text=看亮灯图")
    assert office.url == f"{stack.urls['front']}/programmes/{PROGRAMME}"
    office.goto(f"{office.url}/items/K01")
    assert "改过的工作任务" in office.inner_text("main")


def test_what_comes_later_is_shown_with_what_it_moves(stack: Stack, office: Page) -> None:
    about = f"{stack.urls['front']}/intake/programmes/{PROGRAMME}"
    office.goto(about)
    seen(office, "programme")
    for name in ("calendar", "units-and-leaders", "policy", "deputies", "item", "words", "hands"):
        office.goto(f"{about}/{name}")
        seen(office, f"change-{name}")
    office.goto(f"{about}/calendar")
    office.fill("#f-last_on", f"{YEAR}-06-30")
    march = [date(YEAR, 3, number) for number in range(1, 6)]
    office.fill("#f-holidays", "\n".join(str(day) for day in march if day.isoweekday() < 6))
    office.click("text=看会改变什么")
    assert f"{YEAR}年2月" in office.inner_text("main table")
    seen(office, "change-calendar-preview", submitted=True)
    office.click("text=确认提交")
    assert "共记录 108 份提交" in office.inner_text("main")
    seen(office, "change-done", submitted=True)
    office.goto(f"{about}/words?item=K02")
    seen(office, "change-words-one", submitted=True)
    office.fill("#f-title", "改正的标题")
    office.fill("#f-reason", "笔误")
    office.click("text=看会改变什么")
    assert "不改变任何期限和灯" in office.inner_text("main")
    seen(office, "change-words-preview", submitted=True)
    office.click("text=确认提交")
    assert "已提交" in office.inner_text("h1")
