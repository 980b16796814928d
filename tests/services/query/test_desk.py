"""The desk: red and yellow lights with their reasons, what waits for whose decision, what gets due."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from contracts.rulings import (
    AppealOpened,
    BulletinFiled,
    DeputyAppointed,
    PlanReceived,
    PlanReturned,
    VerificationRecorded,
    WithdrawalFiled,
)
from contracts.submissions import (
    Appealed,
    AppealLodged,
    BulletinComposed,
    DeputyNamed,
    PlanDecided,
    PlanSubmitted,
    ProgressReviewed,
    WithdrawalRequested,
)
from contracts.values import Actor, Node
from eventlog.clock import set_driven
from tests.services.query.feed import Feed, unit
from tests.services.query.house import House, house

pytestmark = [pytest.mark.services, pytest.mark.asyncio(loop_scope="module")]
P = "p-2024"
JULY = datetime(2024, 7, 4, 1, tzinfo=UTC)
NODES = {"2024Q1": Node(text="完成复耕", targets=())}


def plan(feed: Feed, item: str) -> None:
    sent = feed.submit(f"{P}/{item}", PlanSubmitted(nodes=NODES), unit("nongye"))
    feed.rule(sent, PlanReceived(nodes=NODES, late=False))


def a_district() -> Feed:
    """A red item, a yellow one, a green one, plans that wait, a withdrawal, a bulletin; a report due in July."""
    feed = Feed()
    feed.publish(P, items=("K01", "K02", "K03"))
    feed.deadline(P, "K01", "2024Q1", "none", "yellow")
    feed.deadline(P, "K02", "2024Q1", "none", "red")
    feed.green(feed.report(P, "K03"))
    feed.green(feed.report(P, "K03", "2024Q2"), "2024Q2")
    plan(feed, "K01")
    plan(feed, "K03")
    returned = feed.submit(f"{P}/K03", PlanDecided(decision="returned", reason="节点不具体"))
    feed.rule(returned, PlanReturned())
    feed.rule(
        feed.submit(f"{P}/K02", WithdrawalRequested(reason="项目取消"), unit("nongye")),
        WithdrawalFiled(reason="项目取消"),
    )
    bulletin: dict[str, Any] = {"bulletin": "b-1", "kind": "quarterly", "period": "2024Q1", "position": "rulings-0@1"}
    bulletin |= {"sha256": "0" * 64, "names_units": True}
    feed.rule(feed.submit(P, BulletinComposed(**bulletin)), BulletinFiled(**bulletin))
    return feed


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def district(postgres: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    folder = tmp_path_factory.mktemp("desk")
    set_driven(folder / "clock", JULY)
    async with house(postgres(), a_district(), folder, clock=str(folder / "clock")) as built:
        yield built


def text_of(page: str) -> str:
    """The words of a page's content."""
    main = page.split("<main", 1)[1].split("</main>", maxsplit=1)[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


async def test_a_leader_finds_red_before_yellow_with_the_sentence_why_and_nothing_green(district: House) -> None:
    page = await district.page("/desk", "leader:leader-1")
    lights = text_of("<main" + page.split('id="lights"')[1].split('id="decide"')[0] + "</main>")
    assert lights.index("红灯 K02") < lights.index("黄灯 K01")
    assert "K03" not in lights
    (why,) = re.findall(r'K02.*?class="why">(.*?)</p>', page, re.DOTALL)
    assert len(why) > 8, "the sentence that says why"


async def test_a_leader_finds_what_waits_and_what_gets_due_and_the_number_is_in_the_navigation(
    district: House,
) -> None:
    page = await district.page("/desk", "leader:leader-1")
    assert re.search(r'/decisions\?act=plan\.decided">审定工作方案 <b>1</b>', page), "one was returned, one waits"
    doors = re.findall(r'class="(button[^"]*)" href="[^"]*/decisions\?act=plan\.decided">(.*?)</a>', page)
    assert doors == [("button", "审定工作方案 <b>1</b>"), ("button quiet", "审定工作方案：逐件办理，共 1 件")]
    assert "退出" not in text_of(page), "a withdrawal is the chief leader's to decide"
    due = text_of(page).split("尚未报送")[1]
    assert "K01" in due
    assert "K02" in due
    assert "K03" not in due, "it was reported"
    assert re.search(r'工作台 <b class="number">2<', await district.page("/", "leader:leader-1")), "and an interview"
    assert "number" not in (await district.page("/", "leader:leader-2")).split("<main")[0]


async def test_the_chief_finds_what_only_the_chief_decides_with_its_age(district: House) -> None:
    listed = text_of(await district.page("/desk", "chief")).split("待我审定")[1]
    assert "K02" in listed
    assert "b-1" in listed
    assert f"已等{(JULY - datetime(2024, 3, 19, 1, tzinfo=UTC)).days}天" in listed
    assert "K01" not in listed


async def test_the_inbox_leads_to_what_waits_and_a_page_of_an_error_calls_a_unit_by_its_name(district: House) -> None:
    assert re.search(r'href="/desk">待我审定 <b>\d', await district.page("/inbox", "leader:leader-1"))
    assert "待我审定" not in await district.page("/inbox", "unit:nongye")
    missing = await district.page("/programmes/nothing", "unit:nongye", 404)
    assert "区农业农村局" in missing.split("<main")[0]


async def test_the_inbox_has_an_entry_for_everything_that_waits(district: House) -> None:
    leader = text_of(await district.page("/inbox", "leader:leader-1"))
    chief = text_of(await district.page("/inbox", "chief"))
    assert "审定工作方案 K01" in leader
    assert "记录约谈 约谈 K02" in leader
    assert "K02" in chief
    assert "b-1" in chief
    assert 'interview.held?level=interview"' in await district.page("/inbox", "leader:leader-1")


async def test_the_office_sees_the_bulletins_that_wait_for_the_chief_leader(district: House) -> None:
    shown = await queue(district, "bulletins")
    assert number(shown, "通报") == 1
    assert "通报待批 b-1" in shown
    assert "待主要领导批准" in shown


async def test_nobody_has_a_desk_who_decides_nothing(district: House) -> None:
    await district.page("/desk", "unit:nongye", 403)
    await district.page("/desk", "auditor", 403)
    assert "工作台" not in await district.page("/", "unit:nongye")


async def test_as_of_an_earlier_day_what_waited_then_is_shown(district: House) -> None:
    early = text_of(await district.page("/desk?as_of=2024-03-18", "leader:leader-1"))
    assert "没有待您审定的事" in early


async def test_a_deputy_has_the_queue_on_the_days_of_the_naming_and_on_no_others(district: House) -> None:
    first, last = date(2024, 7, 5), date(2024, 7, 8)
    named: dict[str, Any] = {
        "principal": "leader:leader-1",
        "deputy": "leader:leader-4",
        "from_on": first,
        "until_on": last,
    }
    for item in ("K01", "K02"):
        feed = district.feed
        feed.rule(feed.submit(f"{P}/{item}", DeputyNamed(**named, reason="")), DeputyAppointed(**named, reason=""))
    await district.settled()
    clock = district.app.state.settings.clock

    async def waits(day: int) -> bool:
        set_driven(clock, JULY + timedelta(days=day))
        return "plan.decided" in await district.page("/desk", "leader:leader-4")

    assert [await waits(day) for day in (0, 1, 4, 5)] == [False, True, True, False]


async def queue(district: House, name: str, more: str = "") -> str:
    """The words of one of the office's queues."""
    return text_of(await district.page(f"/desk?queue={name}{more}", "office"))


def number(page: str, name: str) -> int:
    """The number beside the name of a queue."""
    (found,) = re.findall(rf" {name} (\d+) ", page.split("筛选", maxsplit=1)[0])
    return int(found)


async def test_the_office_has_queues_with_their_numbers_in_place_of_one_list(district: House) -> None:
    review = await queue(district, "review")
    assert number(review, "待核查") == 2, "two reports that nobody reviewed"
    assert review.count("K03") == 2
    assert number(review, "待办") == 1, "an interview to be recorded"
    assert "K02" in await queue(district, "decide")
    assert number(review, "七天内到期") == 2
    week = await queue(district, "week")
    assert "区农业农村局 2" in week, "by unit"
    assert "K03" not in week, "it was reported"
    assert number(review, "缺联系方式") == 2
    assert "区农业农村局" in await queue(district, "addresses")


async def test_the_office_narrows_a_queue_by_unit_leader_category_and_text(district: House) -> None:
    assert number(await queue(district, "review", "&unit=nongye&leader=leader-1&category=key_task"), "待核查") == 2
    for nothing in ("&unit=jiaoyu", "&leader=leader-2", "&category=livelihood", "&light=red", "&q=没有的"):
        assert number(await queue(district, "review", nothing), "待核查") == 0, nothing
    assert number(await queue(district, "week", "&q=K01"), "七天内到期") == 1
    assert number(await queue(district, "week", "&light=red"), "七天内到期") == 1


async def test_an_appeal_shows_its_clock_and_who_may_not_decide_it(district: House) -> None:
    feed, against = district.feed, Appealed(light="2024Q1")
    reviewer = Actor(role="office", id="o-7")
    found = VerificationRecorded(period="2024Q1", report="r", finding="overturned", by="review", person="o-7")
    feed.rule(feed.submit(f"{P}/K01", ProgressReviewed(period="2024Q1", finding="overturned"), reviewer), found)
    lodged = feed.submit(f"{P}/K01", AppealLodged(appeal="a-1", against=against, reason="雨季"), unit("nongye"))
    feed.rule(lodged, AppealOpened(appeal="a-1", against=against, due_at=JULY + timedelta(days=5)))
    await district.settled()
    shown = await queue(district, "appeals")
    assert "期限 2024年7月9日" in shown
    assert "须回避：o-7" in shown


async def test_a_long_queue_is_looked_at_a_page_at_a_time(monkeypatch: pytest.MonkeyPatch, district: House) -> None:
    monkeypatch.setattr("services.query.answers.office_desk.PER_PAGE", 1)
    first, second, behind = [await queue(district, "review", f"&page={page}") for page in ("1", "2", "9")]
    assert [number(one, "待核查") for one in (first, second, behind)] == [2, 2, 2], "all that wait are counted"
    assert [one.count("K03") for one in (first, second, behind)] == [1, 1, 1]
    assert first != second
    assert behind == second, "what lay on a page behind the last was dealt with"
    page = await district.page("/desk?queue=review&page=2", "office")
    assert 'href="/desk?queue=review&amp;page=1"' in page
    assert 'queue=decide"' in page, "another queue begins with its first page"
