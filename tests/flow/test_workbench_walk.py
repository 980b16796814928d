"""Next year's programme by hand: an Excel ledger of 108 items is published, its plans are prepared, signed, confirmed.

On the machine's own clock, with holidays partly unknown, in Chromium, with real rulings. Screenshots are written to
LIANGDENG_SHOTS where that is set.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page

from embedded.stack import Stack
from programmes.ledger.writing import write_ledger
from programmes.programme_file import load_programme
from tests.flow.installation import operator, shot, until
from tests.flow.journey import CATALOGUE, WALK, pages_stack
from tests.flow.person_at_work import PHONE, Errands, Person, choose_who_to_be

pytestmark = WALK
YEAR: Final = date.today().year + 1  # noqa: DTZ011 - the year that an office prepares now
PROGRAMME: Final = f"441602-{YEAR}"
MOST_TAPS: Final = 6
SIZES: Final = ((1440, "zh"), (390, "zh"), (390, "en"), (1440, "en"))


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, kafka: str, postgres: Callable[[], str]) -> Iterator[Stack]:
    with pages_stack(tmp_path_factory.mktemp("workbench"), "workbench", kafka=kafka, postgres=postgres) as running:
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


def test_the_operator_brings_the_units_and_leaders(stack: Stack) -> None:
    told, _ = operator(stack.home, "import", str(CATALOGUE), "--yes")
    assert told["imported"] is True


def test_a_ledger_becomes_a_draft(office: Page, tmp_path: Path) -> None:
    ledger = tmp_path / "台账.xlsx"
    ledger.write_bytes(write_ledger(load_programme(CATALOGUE)))
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
    office.click("main details > summary")  # all 108 are new since then: those beyond fifty lie folded
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


class Department(NamedTuple):
    """A leader and units whose plans this leader confirms; whether their browsers run scripts."""

    leader: str
    units: Sequence[str]
    scripted: bool


DEPARTMENTS: Final = (
    Department("leader-3", ("nongye", "ziran"), scripted=True),
    Department("leader-2", ("gongyeyuan", "gongshangxin", "zhaoshang"), scripted=False),
)
BY_FORM: Final = 2
"""Plans that a clerk types into the form; the others go by the table."""
scripts = pytest.mark.parametrize("department", DEPARTMENTS, ids=["scripts", "no scripts"])


def filled_in(table: Path) -> Path:
    """The table of goals with a sentence for every period that has none yet, as somebody fills it in with Excel."""
    book = load_workbook(table)
    for sheet in book.worksheets:
        headings: list[str] = []
        for row in sheet.iter_rows():
            values = [str(cell.value or "") for cell in row]
            if "指标" in values:
                headings = values
            elif headings and values[headings.index("指标")] == "节点目标":
                for cell, heading in zip(row, headings, strict=True):
                    if heading.startswith(str(YEAR)) and not cell.value:
                        cell.value = f"{heading}：完成当期任务"
    book.save(table)
    return table


@scripts
def test_a_clerk_prepares_plans_by_the_keyboard_some_as_a_form_the_others_as_a_table(
    stack: Stack, chromium: Browser, errands: Errands, tmp_path: Path, department: Department
) -> None:
    for unit in department.units:
        clerk = Person(chromium, errands, "clerk", width=PHONE, scripted=department.scripted, keyboard=True)
        choose_who_to_be(clerk, stack.urls["front"], f"u-{unit}-2")
        clerk.shot("desk")
        for _ in range(BY_FORM if unit == department.units[0] else 0):
            with clerk.errand("plan, as a form", before="8 to 22 fields"):
                clerk.press("a[href*='/plan.submitted']")
                clerk.shot("plan")
                for area in clerk.page.locator("textarea[name^='node:']").all():
                    if not area.input_value():
                        clerk.write(area, "完成当期任务")
                clerk.press("button[value=check]")
                clerk.shot("plan-check")
                clerk.press("button[value=prepare]")
            assert "尚未报送" in clerk.heading()
            clerk.shot("plan-prepared")
            clerk.press("text=返回我的事项")
        with clerk.errand("plans, as a table"):
            clerk.press("text=用表格填报")
            clerk.shot("tables")
            table = clerk.download("a[href*='plans.xlsx']", tmp_path / f"{unit}.xlsx")
            clerk.attach("#f-plans", filled_in(table))
            clerk.press("button[value=check]")
            clerk.shot("table-check")
            clerk.press("button[value=file]")
        assert "已交负责人签发" in clerk.main()
        assert "各事项的方案都已拟好或确认" in clerk.main(), "what is prepared is not asked for again"
        clerk.shot("table-filed")
        clerk.close()


@scripts
def test_the_head_signs_them_on_a_phone(
    stack: Stack, chromium: Browser, errands: Errands, department: Department
) -> None:
    for unit in department.units:
        head = Person(chromium, errands, "head", width=PHONE, scripted=department.scripted)
        choose_who_to_be(head, stack.urls["front"], f"u-{unit}-1")
        head.shot("desk")
        items = head.page.locator("section[aria-labelledby=unsigned] li code").all_inner_texts()
        assert len(set(items)) == len(items), "each is prepared once"
        with head.errand(f"sign {len(items)} plans"):
            head.press("nav >> text=待签")
            head.shot("signing")
            head.press("text=全选")
            head.press("button[value=sign]")
        head.shot("signed")
        assert "签发结果" in head.heading()
        assert not head.page.locator("li.errand.bad").count(), head.main()
        head.close()


@scripts
def test_the_leader_confirms_at_least_twenty_on_a_phone_in_at_most_six_taps(
    stack: Stack, chromium: Browser, errands: Errands, department: Department
) -> None:
    leader = Person(chromium, errands, "leader", width=PHONE, scripted=department.scripted)
    choose_who_to_be(leader, stack.urls["front"], department.leader)
    waiting = leader.page.locator("a.button:has-text('审定工作方案') b")

    def twenty() -> bool:
        leader.page.goto(f"{stack.urls['front']}/")
        leader.page.goto(f"{stack.urls['front']}/desk")
        return waiting.count() > 0 and int(waiting.first.inner_text()) >= 20

    until(twenty, "twenty plans on the leader's desk")
    number = int(waiting.first.inner_text())
    leader.page.goto(f"{stack.urls['front']}/")
    with leader.errand(f"confirm {number} plans", before=f"{4 * number} clicks") as taps:
        leader.press("nav >> text=工作台")
        leader.shot("desk")
        leader.press("main >> text=审定工作方案")
        leader.shot("decisions")
        leader.press("text=全选")
        leader.press("text=确认所选")
    leader.shot("decided")
    assert f"已办 {number} 件，共 {number} 件" in leader.heading()
    assert taps.clicks <= MOST_TAPS
    leader.press("text=回工作台")
    assert "没有待您审定的事" in leader.main()
    leader.shot("desk-after")
    leader.close()


def test_what_every_errand_took(errands: Errands, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\n{errands.table()}\n")
    assert {one.name for one in errands.done} > {"plan, as a form", "plans, as a table"}
