"""A promise that nobody keeps: yellow, a notice that passes unanswered, red, and the talks up to the main leader.

On a driven clock, which is moved on when nothing is left to do that day; everything that people do is done in pages, by
clerk, head, leader and main leader on a phone, the clerk by the keyboard alone; once with scripts, once without.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import pytest
from playwright.sync_api import Browser

from embedded.parts import NOTIFY
from eventlog.clock import set_driven
from programmes import FOLDER
from programmes.policy_file import read_policy
from sandbox.parts import MAIL
from sandbox.year.client import PUBLISHER, ServicesClient
from sandbox.year.days import SHANGHAI
from sandbox.year.driver import Driver
from tests.flow.installation import operator
from tests.flow.journey import CATALOGUE, WALK, Journey, of_one_unit, pages_stack
from tests.flow.person_at_work import Errands, Person

pytestmark = WALK
PUBLISHED_AT: Final = datetime(2024, 3, 19, 9, 30, tzinfo=SHANGHAI)
PROGRAMME: Final = of_one_unit(simulated=True).model_copy(
    update={"policy": read_policy(FOLDER / "policies" / "template.yaml")}
)
AFTER_YELLOW, AFTER_RED = "上一周期（2024年第一季度）为黄灯", "上一周期（2024年第二季度）为红灯"
"""Why the second quarter is red, and the third."""
_BARS: Final = "all => all.map(e => getComputedStyle(e).borderLeftWidth)"


@dataclass
class DrivenJourney(Journey):
    """A journey whose days are moved on by hand."""

    def on(self, month: int, day: int) -> None:
        """Ten o'clock on a day of 2024: all that fell due before is ruled, shown and sent."""
        in_thread(self._until(datetime(2024, month, day, 10, tzinfo=SHANGHAI)))

    async def _until(self, at: datetime) -> None:
        assert self.stack.clock is not None
        async with ServicesClient(self.stack.urls) as client:
            await Driver(client, self.stack.clock).advance_to(at)
            await client.wait_until_notified()

    async def publish(self) -> None:
        """The office's system publishes the programme."""
        body = PROGRAMME.model_dump_json(by_alias=True, exclude_none=True).encode()
        async with ServicesClient(self.stack.urls) as client:
            await client.publish(PUBLISHER, body, "publish")
        await self._until(PUBLISHED_AT)

    @property
    def title(self) -> str:
        """What was promised."""
        return next(one.task for one in PROGRAMME.items if one.id == self.item)

    def lit(self, name: str, light: str, why: str) -> Person:
        """Somebody whose desk shows the item's light, and why."""
        person = self.at(name, "/")
        with person.errand(f"{light} and why", before="impossible" if light == "red" else ""):
            person.press("nav >> text=工作台")
        entries = person.page.locator(f"ul.queue li.{light}")
        assert set(entries.evaluate_all(_BARS)) == {"5px"}, "each light has its bar, the last one, too"
        assert entries.filter(has_text=self.item).filter(has_text=why).count() == 1, person.main()
        person.shot(f"desk-{light}")
        return person

    def talked(self, name: str, level: str, because: str, minutes: str) -> None:
        """Somebody reads why an interview is to be held, and records its minutes."""
        entry = f"ul.queue a[href*='/{self.item}/interview.held?level={level}']"
        person = self.awaits(name, "/desk", entry)
        person.shot(f"desk-{level}")
        with person.errand(f"minutes of {level.replace('_', ' ')}"):
            person.press(entry)
            person.shot(f"{level}-form")
            assert because in person.page.inner_text("section.paper"), person.main()
            assert person.page.is_checked(f"input[name=level][value={level}]"), "it is chosen already"
            person.write("[name=minutes]", minutes)
            person.press("button[value=file]")
        person.shot(f"{level}-held")
        assert "已受理" in person.heading(), person.main()
        page = self.awaits(name, self.page, f"ol.timeline .said:has-text('{minutes}')")
        page.shot(f"timeline-{level}")


def in_thread(doing: Coroutine[Any, Any, None]) -> None:
    """Run it beside the browser, whose loop has the main thread."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, doing).result()


@pytest.fixture(scope="module", params=[("K01", True), ("K02", False)], ids=["scripts", "no scripts"])
def journey(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    kafka: str,
    postgres: Callable[[], str],
    chromium: Browser,
    errands: Errands,
) -> Iterator[DrivenJourney]:
    item, scripted = request.param
    home = tmp_path_factory.mktemp(item)
    clock = home / "clock"
    set_driven(clock, PUBLISHED_AT)
    with pages_stack(home, f"red-{item}", NOTIFY, MAIL, kafka=kafka, postgres=postgres, clock=clock) as stack:
        operator(stack.home, "import", str(CATALOGUE), "--yes")
        made = DrivenJourney(stack, chromium, errands, PROGRAMME.programme, item, scripted)
        in_thread(made.publish())
        yield made
        made.close()


def test_the_plan_is_prepared_signed_and_confirmed(journey: DrivenJourney) -> None:
    journey.on(3, 20)
    journey.planned()


def test_a_quarter_without_a_report_is_yellow_and_its_notice_names_the_day_until_which(journey: DrivenJourney) -> None:
    journey.on(4, 11)
    journey.lit("leader", "yellow", "截至4月10日24时未报送")
    journey.noticed(f"整改通知书：{journey.title}")
    assert "期限 2024年5月6日" in journey.person("clerk").main()
    journey.acknowledged()


def test_the_limit_passes_and_what_was_not_done_is_told_to_all_who_must_know(journey: DrivenJourney) -> None:
    journey.on(5, 7)
    clerk = journey.at("clerk", f"/intake/items/{journey.programme}/{journey.item}")
    assert "整改逾期" in clerk.main()
    clerk.shot("item-limit-passed")
    office = journey.at("office", "/desk?queue=limits")
    assert journey.item in office.page.inner_text("ul.queue"), office.main()
    office.shot("desk-limits")


def test_the_leader_talks_to_the_head_and_records_the_minutes_on_a_phone(journey: DrivenJourney) -> None:
    journey.on(5, 14)
    journey.talked("leader", "interview", "整改逾期", "单位负责人说明整改未完成的原因，承诺月底前完成")


def test_the_second_quarter_without_a_report_is_red_and_says_why(journey: DrivenJourney) -> None:
    journey.on(7, 11)
    leader = journey.lit("leader", "red", f"未报送；{AFTER_YELLOW}")
    with leader.errand("red light, from desk to item"):
        leader.press(f"ul.queue li.red a:has-text('{journey.item}')")
    assert AFTER_YELLOW in leader.page.inner_text("[id='2024Q2'] .why")
    leader.shot("item-red")
    clerk = journey.at("clerk", "/intake/items")
    assert "红灯" in clerk.main()
    clerk.shot("desk-red")
    journey.noticed(f"约谈通知书：{journey.title}")


def test_the_leader_talks_about_the_red_light(journey: DrivenJourney) -> None:
    journey.on(7, 16)
    journey.talked("leader", "interview", AFTER_YELLOW, "就连续两个季度未报送进行约谈，限期补报")


def test_a_red_that_follows_a_red_goes_up_to_the_main_leader_once_the_office_confirms_it(
    journey: DrivenJourney,
) -> None:
    journey.on(10, 11)
    entry = f"ul.queue a[href*='/{journey.item}/interview.confirmed']"
    office = journey.awaits("office", "/desk?queue=decide", entry)
    office.shot("desk-decide")
    with office.errand("confirm a chief interview"):
        office.press(entry)
        office.shot("interview.confirmed")
        assert AFTER_RED in office.page.inner_text("section.paper"), office.main()
        office.write("[name=reason]", "连续三个季度未达成")
        office.press("button[value=file]")
    assert "已受理" in office.heading(), office.main()
    journey.noticed(f"主要领导约谈通知书：{journey.title}")
    journey.on(10, 17)
    journey.talked("chief", "chief_interview", AFTER_RED, "责成单位主要负责人专班推进，每周报告")


def test_the_leaders_page_tells_the_whole_way(journey: DrivenJourney) -> None:
    leader = journey.lit("leader", "red", AFTER_RED)
    passed = leader.page.locator("ul.queue li:has-text('期限 2024年5月20日')")
    assert passed.locator(".chip.bad").count() == passed.count() == 2, "interviews about the other items, never held"
    leader.press(f"ul.queue li.red a:has-text('{journey.item}')")
    told = leader.page.inner_text("main")
    for said in ("整改逾期", "主要领导约谈", "责成单位主要负责人专班推进"):
        assert said in told, told
    leader.shot("item-whole-way")


def test_what_every_errand_took(errands: Errands, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\n{errands.table()}\n")
    assert {one.clicks for one in errands.of("red and why")} == {1}
