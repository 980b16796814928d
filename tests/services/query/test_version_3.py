"""What version 3 of the rules adds, as it is read: moved deadlines, corrections, replies, cancellations, errata."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from contracts.rulings import (
    AppealClosed,
    BulletinFiled,
    BulletinPublished,
    CalendarRevised,
    CancellationFiled,
    DeadlineShifted,
    DeputyAppointed,
    EscalationRelieved,
    ExtensionFiled,
    ItemRevised,
    ItemWithdrawn,
    LimitMoved,
    ProgrammeEnlarged,
    ReplyRecorded,
    ReplyReleased,
    ReplyRetained,
    VerificationRecorded,
)
from contracts.submissions import (
    AppealDecided,
    Appealed,
    BulletinApproved,
    BulletinComposed,
    CalendarExtended,
    DeadlineMoved,
    DeputyNamed,
    ExtensionDecided,
    ItemCancelled,
    ItemCorrected,
    PlanDecided,
    ProgrammeExtended,
    ProgressReviewed,
    ReplyGiven,
    ReplyPublished,
    ReplyWithheld,
)
from contracts.values import Actor, Calendar, Unit
from tests.services.query.feed import CALENDAR, DUE, OFFICE, QUARTERS, Feed, light, unit
from tests.services.query.house import House, house

pytestmark = pytest.mark.services
P = "p-2024"
V1 = f"/v1/programmes/{P}"
K01, PAGE = f"{P}/K01", f"/programmes/{P}/items/K01"
PAGES = (PAGE, f"/programmes/{P}", f"/programmes/{P}/units/nongye")
LATER = DUE + timedelta(days=20)
WORD = "全区撂荒地权属复杂，正逐户核实。"


@dataclass
class Told:
    """A story that goes on, and the application that reads it."""

    house: House

    @property
    def feed(self) -> Feed:
        return self.house.feed

    async def rule(self, data: Any, *events: Any, by: Actor = OFFICE, at: Any = LATER, subject: str = K01) -> str:
        """A submission and its ruling; its id, once both are read."""
        made = self.feed.submit(subject, data, by, at)
        self.feed.rule(made, *(one(made.id) if callable(one) else one for one in events))
        await self.house.settled()
        return made.id

    async def pages(self, who: str = "") -> str:
        return "\n".join([await self.house.page(path, who) for path in PAGES])


@pytest.fixture
async def told(postgres: Callable[[], str], tmp_path: Path) -> AsyncIterator[Told]:
    feed = Feed()
    feed.publish(P, items=("K01", "K02"), item_title="撂荒耕地复耕", derived=False)
    feed.deadline(P, "K01", "2024Q1", "none", "yellow")
    async with house(postgres(), feed, tmp_path) as built:
        yield Told(built)


def reply(id_: str) -> ReplyRecorded:
    return ReplyRecorded(reply=id_, light="2024Q1", text=WORD, unit="nongye")


async def test_a_moved_deadline_is_shown_wherever_the_period_is_to_the_public_too_and_counted(told: Told) -> None:
    due_at = QUARTERS[1].due_at + timedelta(days=7)
    moved = DeadlineShifted(period="2024Q2", before=QUARTERS[1].due_at, due_at=due_at, ground="统计数据晚到")
    await told.rule(DeadlineMoved(period="2024Q2", due_on=date(2024, 7, 17), ground="统计数据晚到"), moved)
    for who in ("", "office"):
        item, heat, unit_page = [await told.house.page(path, who) for path in PAGES]
        assert "2024年7月17日" in item
        assert "延期，原为2024年7月10日" in item
        assert "2024年第二季度报送期限由2024年7月10日延至2024年7月17日" in item
        assert "延期报送至2024年7月17日" in heat
        assert "延期报送1次" in heat
        assert "延期，原为2024年7月10日" in unit_page
        assert "延期报送1次" in unit_page
        assert ("统计数据晚到" in item) is (who == "office"), "the office's ground was published by nobody"
    assert "moved, was 10 Jul 2024" in await told.house.page(f"{PAGE}?lang=en")
    (period,) = [p for p in (await told.house.get(f"{V1}/items/K01"))["item"]["periods"] if p["id"] == "2024Q2"]
    assert (period["due_at"][:10], period["moved_from"][:10]) == ("2024-07-18", "2024-07-11")
    events = str(await told.house.get(f"{V1}/items/K01/timeline"))
    assert "deadline.shifted" in events
    assert "统计数据晚到" not in events


async def test_corrected_words_and_units_that_join_reach_every_page_and_an_earlier_day_keeps_the_old_words(
    told: Told,
) -> None:
    words: dict[str, Any] = {"title": "撂荒耕地复耕复种", "source": "工作报告第五部分", "cooperating": ("shuili",)}
    joined = (Unit(id="shuili", name="区水务局"),)
    await told.rule(ProgrammeExtended(units=joined), ProgrammeEnlarged(units=joined), subject=P)
    await told.rule(ItemCorrected(**words, reason="漏写配合单位"), ItemRevised(**words, reason="漏写配合单位"))
    item, heat, unit_page = [await told.house.page(path) for path in PAGES]
    for page in (item, heat, unit_page):
        assert "撂荒耕地复耕复种" in page
    assert "工作报告第五部分" in item
    assert "配合 区水务局" in item
    assert "更正：标题、出处、配合单位" in item
    assert "漏写配合单位" not in item, "the office's reason was published by nobody"
    assert "漏写配合单位" in await told.house.page(PAGE, "office")
    assert "撂荒耕地复耕复种" in await told.house.page(f"/programmes/{P}/units/shuili")
    assert "复种" not in await told.house.page(f"{PAGE}?as_of=2024-04-12")
    await told.house.page(PAGE, "unit:shuili")
    timeline = await told.house.get(f"{V1}/items/K01/timeline", "unit:shuili")
    assert any("person" in entry["by"] for entry in timeline["timeline"]), "a unit that joins sees it in full"


async def test_what_became_internal_is_internal_whatever_day_is_asked_for(told: Told) -> None:
    await told.house.get(f"{V1}/items/K01")
    change: dict[str, Any] = {"classification": "internal", "reason": "涉密"}
    await told.rule(ItemCorrected(**change), ItemRevised(**change))
    for query in ("", "?as_of=2024-04-12"):
        await told.house.get(f"{V1}/items/K01{query}", status=404)
        await told.house.page(f"{PAGE}{query}", status=404)
        assert [one["id"] for one in (await told.house.get(f"{V1}/items{query}"))["items"]] == ["K02"]


async def test_a_reply_stands_beside_the_light_and_the_public_reads_it_only_while_it_is_published(told: Told) -> None:
    given = await told.rule(ReplyGiven(light="2024Q1", text=WORD), reply, by=unit("nongye"))
    for who, seen in (("office", True), ("unit:nongye", True), ("", False), ("unit:jiaoyu", False)):
        for path in PAGES:
            assert (WORD in await told.house.page(path, who)) is seen, (who, path)
    assert WORD not in str(await told.house.get(f"{V1}/items/K01/timeline"))
    assert (await told.house.get(f"{V1}/items/K01"))["replies"] == []
    assert WORD in await told.house.page(f"/programmes/{P}/escalations", "office")
    assert WORD in await told.house.page(f"/programmes/{P}/units/nongye/evaluation", "office")

    await told.rule(ReplyPublished(of=given), ReplyReleased(reply=given))
    for path in PAGES:
        assert WORD in await told.house.page(path), path
    assert [one["text"] for one in (await told.house.get(f"{V1}/items/K01"))["replies"]] == [WORD]
    shown = (await told.house.get(f"{V1}/lights"))["lights"]
    assert [one["reply"] for one in shown if one["item"] == "K01" and one["period"] == "2024Q1"] == [WORD]

    await told.rule(ReplyWithheld(of=given, reason="含个人信息"), ReplyRetained(reply=given, reason="含个人信息"))
    position = (await told.house.get(f"{V1}/lights"))["position"]
    for query in ("", "?as_of=2024-05-01", f"?as_of={position}"):
        assert WORD not in await told.house.page(f"{PAGE}{query}"), query
        answers = [await told.house.get(f"{V1}/items/K01{part}{query}") for part in ("", "/timeline")]
        assert WORD not in str(answers), query
        assert "含个人信息" not in str(answers)
    assert "不公布" in await told.house.page(PAGE, "office")


async def test_a_later_reply_needs_a_publication_of_its_own(told: Told) -> None:
    first = await told.rule(ReplyGiven(light="2024Q1", text=WORD), reply, by=unit("nongye"))
    await told.rule(ReplyPublished(of=first), ReplyReleased(reply=first))
    second = "再次说明。"
    await told.rule(
        ReplyGiven(light="2024Q1", text=second),
        lambda id_: replace(reply(id_), text=second),
        by=unit("nongye"),
    )
    page = await told.house.page(PAGE)
    assert second not in page
    assert '<p class="reply">' not in page, "the reply that stands is not published"
    assert second in await told.house.page(PAGE, "office")


async def test_an_extension_is_shown_with_the_limit_and_counted_for_its_unit(told: Told) -> None:
    before = DUE + timedelta(days=21)
    asked = ExtensionFiled(extension="e1", escalation="rectification-1", until_on=date(2024, 5, 15), reason="雨季")
    await told.rule(PlanDecided(decision="confirmed"), asked, by=unit("nongye"))
    granted = LimitMoved(
        escalation="rectification-1",
        level="rectification",
        before=before,
        due_at=before + timedelta(days=14),
        extension="e1",
    )
    await told.rule(ExtensionDecided(extension="e1", decision="approved"), granted)
    item = await told.house.page(PAGE, "office")
    assert "申请把整改期限延至2024年5月15日，待审定" in item
    assert "同意延期整改：期限由2024年5月1日延至2024年5月15日" in item
    assert "延期，原为2024年5月1日" in item
    assert "延期，原为2024年5月1日" in await told.house.page(f"/programmes/{P}/escalations", "office")
    assert "延期整改1次" in await told.house.page(f"/programmes/{P}/units/nongye", "office")
    public = await told.pages()
    assert "延期整改1次" in public, "how often is everybody's to know"
    assert "延期整改" not in public.replace("延期整改1次", ""), "which escalation, and until when, is not"
    (one,) = (await told.house.get(f"{V1}/escalations", "office"))["escalations"]
    assert (one["due_before"][:10], one["extended"]) == ("2024-05-02", 1)


async def test_a_deadline_beyond_the_calendar_is_marked_until_the_calendar_reaches_it(
    postgres: Callable[[], str], tmp_path: Path
) -> None:
    feed = Feed()
    feed.publish(P, items=(), derived=False)
    short = replace(CALENDAR, last_on=date(2024, 12, 31))
    feed.open(P, "M01", category="livelihood", calendar=short, month_working_day=3)
    feed.open(P, "K03", calendar=short, month_working_day=3)
    async with house(postgres(), feed, tmp_path) as built:
        path = f"/programmes/{P}/items/M01"
        assert (await built.page(path)).count("暂定") == 1
        assert "暂定" in await built.page(f"/programmes/{P}")
        assert "暂定" in await built.page(f"/programmes/{P}/units/nongye")
        periods = (await built.get(f"{V1}/items/M01"))["item"]["periods"]
        assert [one["id"] for one in periods if one.get("provisional")] == ["2024Q4"]
        assert "暂定" not in await built.page(f"/programmes/{P}/items/K03"), "published report dates are none"
        assert "provisional" in await built.page(f"{path}?lang=en")
        await built.page(f"{path}?lang=zh")
        later = replace(QUARTERS[3], due_at=QUARTERS[3].due_at + timedelta(days=3))
        submission = feed.submit(f"{P}/M01", CalendarExtended(days={date(2025, 1, 1): "holiday"}))
        grown = Calendar(first_on=date(2024, 1, 1), last_on=date(2025, 3, 31))
        feed.rule(submission, CalendarRevised(calendar=grown, periods=(later,)))
        await built.settled()
        page = await built.page(path)
        assert "暂定" not in page
        assert "日历已增补至2025年3月31日；期限改为：2024年第四季度 2025年1月11日" in page


async def test_a_cancelled_item_is_shown_as_cancelled(told: Told) -> None:
    await told.rule(ItemCancelled(reason="重复立项"), CancellationFiled(reason="重复立项"))
    assert "取消事项，待主要领导批准" in await told.house.page(PAGE, "office")
    await told.rule(ItemCancelled(reason="重复立项"), ItemWithdrawn(cancelled=True, reason="重复立项"))
    assert "已取消（误发）" in await told.house.page(PAGE)
    assert "已取消（误发）" in await told.house.page(PAGES[2])
    assert "重复立项" not in await told.pages()
    assert (await told.house.get(f"{V1}/items/K01"))["item"]["cancelled"] is True


async def test_who_stands_in_is_named_beside_the_act_and_kept_from_the_public(told: Told) -> None:
    naming: dict[str, Any] = {"principal": "leader:leader-1", "deputy": "leader:leader-2"}
    span: dict[str, Any] = {"from_on": date(2024, 5, 1), "until_on": date(2024, 5, 10)}
    await told.rule(DeputyNamed(**naming, **span), DeputyAppointed(**naming, **span))
    deputy = Actor(role="leader", id="leader-2", on_behalf_of="leader:leader-1")
    held = EscalationRelieved(escalation="rectification-1", level="rectification", held_on=date(2024, 4, 20))
    await told.rule(PlanDecided(decision="confirmed"), held, by=deputy)
    page = await told.house.page(PAGE, "office")
    assert "2024年5月1日至2024年5月10日（含），分管领导一由leader-2代理" in page
    assert "代 分管领导一" in page
    assert "逾期标记收回" in page
    assert "leader-2" not in await told.pages()
    timeline = (await told.house.get(f"{V1}/items/K01/timeline", "auditor"))["timeline"]
    assert timeline[-1]["by"]["on_behalf_of"] == "leader:leader-1"


async def test_a_light_that_a_bulletin_told_and_a_finding_changed_is_on_the_list_of_errata(told: Told) -> None:
    position = ",".join(f"rulings-{part}@99" for part in range(12))
    text: dict[str, Any] = {
        "kind": "quarterly",
        "period": "2024Q1",
        "position": position,
        "sha256": "0" * 64,
        "names_units": True,
    }
    filed = BulletinFiled(bulletin="b1", **text)
    await told.rule(BulletinComposed(bulletin="b1", **text), filed, subject=P)
    await told.rule(BulletinApproved(bulletin="b1"), BulletinPublished(bulletin="b1"), subject=P)
    assert (await told.house.get(f"{V1}/errata"))["errata"] == []


async def test_errata_are_told_by_the_next_bulletin(told: Told) -> None:
    position = (await told.house.get(f"{V1}/lights", "auditor"))["position"]
    text: dict[str, Any] = {"kind": "quarterly", "sha256": "0" * 64, "names_units": False}
    first = text | {"period": "2024Q1", "position": position}
    await told.rule(
        BulletinComposed(bulletin="b1", **first),
        BulletinFiled(bulletin="b1", **first),
        BulletinPublished(bulletin="b1"),
        subject=P,
    )
    against = Appealed(light="2024Q1")
    made = told.feed.submit(K01, AppealDecided(appeal="a1", decision="upheld"), OFFICE, LATER + timedelta(days=1))
    told.feed.rule(
        made,
        AppealClosed(appeal="a1", against=against, decision="upheld", person="o-7"),
        light("2024Q1", "yellow", "green", made, "Lights 4", settled=True),
    )
    dismissed = told.feed.submit(f"{P}/K02", ProgressReviewed(period="2024Q1", finding="overturned"))
    told.feed.rule(
        dismissed,
        VerificationRecorded(period="2024Q1", report="r", finding="overturned", by="review", person="o-7"),
        light("2024Q1", "none", "yellow", dismissed, "Lights 4", settled=True),
    )
    await told.house.settled()
    (one,) = (await told.house.get(f"{V1}/errata"))["errata"]
    assert (one["bulletin"], one["item"], one["from"], one["to"]) == ("b1", "K01", "yellow", "green")
    assert (one["told_by"], one["closing"]) == (None, False)
    page = await told.house.page(f"/programmes/{P}")
    assert "待列入下一期" in page
    assert "黄灯 → 绿灯" in page
    second = text | {"period": "2024Q2", "position": ""}
    await told.rule(
        BulletinComposed(bulletin="b2", **second),
        BulletinFiled(bulletin="b2", **second),
        BulletinPublished(bulletin="b2"),
        subject=P,
        at=LATER + timedelta(days=9),
    )
    assert "列入通报 b2" in await told.house.page(f"/programmes/{P}")
