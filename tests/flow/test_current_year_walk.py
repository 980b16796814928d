"""A programme of this year, a period open: an item lives through report, review, notice, appeal and extension by hand.

Each act by the person whose act it is, through the pages alone, on the machine's own clock, with real mails: clerk,
head and leader on a phone, the clerk by the keyboard alone; once with scripts, once without. An order of steps, each
of which is a test. Screenshots are written to LIANGDENG_SHOTS where that is set.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser

from embedded.parts import NOTIFY
from embedded.stack import Stack
from programmes.ledger.writing import write_ledger
from sandbox.parts import MAIL
from tests.flow.installation import operator, until
from tests.flow.journey import CATALOGUE, UNIT, WALK, Journey, of_one_unit, pages_stack
from tests.flow.person_at_work import Errands, Person, choose_who_to_be
from tests.services.intake.evidence.files import pdf

pytestmark = WALK
TODAY: Final = date.today()  # noqa: DTZ011 - the day on which somebody walks
PROGRAMME: Final = f"441602-{TODAY.year}"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, kafka: str, postgres: Callable[[], str]) -> Iterator[Stack]:
    home = tmp_path_factory.mktemp("year")
    with pages_stack(home, "this-year", NOTIFY, MAIL, kafka=kafka, postgres=postgres) as running:
        yield running


@pytest.fixture(scope="module", params=[("K01", True), ("K02", False)], ids=["scripts", "no scripts"])
def journey(request: pytest.FixtureRequest, stack: Stack, chromium: Browser, errands: Errands) -> Iterator[Journey]:
    item, scripted = request.param
    made = Journey(stack, chromium, errands, PROGRAMME, item, scripted)
    yield made
    made.close()


def test_the_office_publishes_a_programme_of_this_year_from_its_ledger(
    stack: Stack, chromium: Browser, errands: Errands, tmp_path: Path
) -> None:
    operator(stack.home, "import", str(CATALOGUE), "--yes")
    copy = stack.home / "directory/intake.json"
    until(lambda: copy.exists() and f'"{UNIT}"' in copy.read_text(encoding="utf-8"), "intake knows the units", 60)
    ledger = tmp_path / "台账.xlsx"
    ledger.write_bytes(write_ledger(of_one_unit()))
    office = Person(chromium, errands, "office")
    choose_who_to_be(office, stack.urls["front"], "o1")
    with office.errand("ledger of 3 items, published"):
        office.press("nav >> text=草稿")
        office.press("text=新建草稿")
        office.write("#f-year", str(TODAY.year))
        office.write("#f-name", "河源市源城区")
        office.press("text=建立草稿")
        office.attach("#f-file", ledger)
        office.press("text=检查台账")
        office.press("text=确认导入")
        office.shot("draft")
        office.press("nav.steps a:text-is('方案')")
        office.shot("draft-programme")
        office.write("[name=document]", f"源府办〔{TODAY.year}〕1号")
        office.write("[name='schedule.plan_due_on']", str(TODAY + timedelta(days=7)))
        office.press("button:text-is('保存')")
        office.press("nav.steps a:text-is('全年检查')")
        office.shot("draft-year")
        office.press("nav.steps a:text-is('发布')")
        office.shot("draft-publish")
        office.tick("#f-confirmed")
        office.press("button:text-is('发布')")
    assert "全部裁定受理" in office.heading(), office.main()
    office.close()


def test_the_clerk_prepares_the_plan_which_is_signed_and_confirmed(journey: Journey) -> None:
    journey.planned()


def report(journey: Journey, narrative: str, evidence: Path) -> None:
    clerk = journey.at("clerk", "/intake/items")
    clerk.shot("desk")
    with clerk.errand("report", before="5 to 6 clicks, 3 fields"):
        journey.begun("progress.reported")
        clerk.tick("input[name=claim][value=in_progress]")
        for measure in clerk.page.locator("input[name^='measure:']").all():
            if not measure.input_value():
                clerk.write(measure, "3")
        clerk.write("[name=narrative]", narrative)
        clerk.attach("#f-evidence-public", evidence)
        journey.prepared(clerk)
    journey.signed()


def test_a_report_with_evidence_is_reviewed_with_the_evidence_open_and_overturned(
    journey: Journey, tmp_path: Path
) -> None:
    evidence = tmp_path / "现场照片和台账.pdf"
    evidence.write_bytes(pdf())
    report(journey, "已开工，进度过半", evidence)
    office = journey.awaits("office", "/desk?queue=review", f"ul.queue a:has-text('{journey.item}')")
    office.page.goto(f"{journey.origin}/")
    with office.errand("review, overturned"):
        office.press("nav >> text=工作台")
        office.shot("desk")
        office.press(f"ul.queue a:has-text('{journey.item}')")
        opened = office.page.locator("figure.opened img")
        until(
            lambda: bool(opened.first.evaluate("e => e.complete && e.naturalWidth > 300")), "the evidence, as a picture"
        )
        office.shot("review")
        office.press("summary:has-text('推翻')")
        office.write("#f-reason", "现场未见施工")
        office.press("button[value=overturned]")
    office.shot("reviewed")
    assert "上一件已提交" in office.main()


def test_what_was_overturned_comes_back_to_the_top_of_the_clerks_desk_and_is_reported_anew(
    journey: Journey, tmp_path: Path
) -> None:
    clerk = journey.awaits("clerk", "/intake/items", "section.back:has-text('现场未见施工')")
    clerk.shot("desk-overturned")
    evidence = tmp_path / "补充材料.pdf"
    evidence.write_bytes(pdf(1))
    with clerk.errand("report anew"):
        clerk.press("section.back a.button")
        clerk.shot("report-anew")
        clerk.write("[name=narrative]", "已按要求复工，附现场照片")
        clerk.attach("#f-evidence-public", evidence)
        journey.prepared(clerk)
    journey.signed()
    office = journey.awaits("office", "/desk?queue=review", f"ul.queue a:has-text('{journey.item}')")
    with office.errand("review, confirmed"):
        office.press(f"ul.queue a:has-text('{journey.item}')")
        office.shot("review")
        office.press("button[value=confirmed]")
    back = f"section.back li:has-text('{journey.item}')"
    until(lambda: not journey.at("clerk", "/intake/items").page.locator(back).count(), "nothing that came back")


def test_severe_lag_is_declared_and_the_unit_gets_a_notice_by_mail_and_in_its_inbox(journey: Journey) -> None:
    office = journey.at("office", journey.page)
    with office.errand("declare lag"):
        office.press("text=办理此事项")
        office.shot("item")
        title = office.heading()
        if not office.page.locator("a[href*='/lag.declared']").is_visible():
            office.press("summary:has-text('其他可办事项')")
        office.press("a[href*='/lag.declared']")
        office.shot("lag")
        office.write("[name=reason]", "形象进度只有三成，年底前难以完成")
        office.press("button[value=file]")
    office.shot("lag-declared")
    assert "已受理" in office.heading(), office.main()
    journey.noticed(f"整改通知书：{title}")


def test_the_clerk_signs_for_the_notice_from_where_it_is_read(journey: Journey) -> None:
    journey.acknowledged()


def test_the_unit_says_its_word_which_the_office_publishes(journey: Journey) -> None:
    clerk = journey.person("clerk")
    with clerk.errand("reply"):
        journey.of_item("clerk", "reply.given")
        clerk.write("[name=text]", "受连续降雨影响，工期推迟两周")
        clerk.press("button[value=check]")
        clerk.shot("reply-check")
        clerk.press("button[value=file]")
    assert "已受理" in clerk.heading(), clerk.main()
    clerk.shot("replied")
    office = journey.awaits("office", "/desk?queue=replies", f"ul.queue a:has-text('{journey.item}')")
    office.shot("desk-replies")
    with office.errand("publish a reply"):
        office.press(f"ul.queue a:has-text('{journey.item}')")
        office.shot("reply-published")
        office.press("button[value=file]")
    assert "已受理" in office.heading(), office.main()


def test_the_unit_appeals(journey: Journey) -> None:
    clerk = journey.person("clerk")
    with clerk.errand("appeal"):
        journey.of_item("clerk", "appeal.lodged")
        clerk.write("[name=reason]", "滞后系雨季所致，合同工期未到")
        journey.prepared(clerk)
    journey.signed()


def test_who_took_part_is_not_offered_the_appeal_and_is_refused_and_a_colleague_decides_it(journey: Journey) -> None:
    queue = f"ul.queue li:has-text('{journey.item}')"
    office = journey.awaits("office", "/desk?queue=appeals", queue)
    office.shot("desk-appeals")
    assert "须回避" in office.page.inner_text(queue)
    assert not office.page.locator(f"{queue} a[href*='appeal.decided']").count(), "it is offered to who may not decide"
    item = journey.at("office", f"/intake/items/{PROGRAMME}/{journey.item}")
    assert not item.page.locator("a[href*='/appeal.decided']").count(), "it is offered to who may not decide"
    item.page.goto(f"{journey.origin}/intake/items/{PROGRAMME}/{journey.item}/appeal.decided")
    item.shot("appeal-barred")
    assert "回避" in item.main()
    assert not item.page.locator("form.sheet").count(), "there is a form all the same"
    colleague = journey.awaits("colleague", "/desk?queue=appeals", queue)
    with colleague.errand("decide an appeal"):
        colleague.press(f"{queue} a[href*='appeal.decided']")
        colleague.shot("appeal-decided")
        assert "滞后系雨季所致" in colleague.main(), "the grounds are read before the decision"
        colleague.tick("input[name=decision][value=dismissed]")
        colleague.write("[name=reason]", "降雨已在方案中考虑")
        colleague.press("button[value=file]")
    colleague.shot("appeal-receipt")
    assert "已受理" in colleague.heading(), colleague.main()


def test_an_extension_is_asked_for_and_the_leader_decides_it_on_a_phone(journey: Journey) -> None:
    clerk = journey.awaits("clerk", "/intake/items", "section.back:has-text('降雨已在方案中考虑')")
    assert "督查整改通知书（进展严重滞后）" in clerk.main(), "what was dismissed is told in words"
    clerk.shot("desk-dismissed")
    with clerk.errand("extension"):
        journey.of_item("clerk", "extension.requested")
        assert "现期限" in clerk.main()
        clerk.write("[name=reason]", "雨季结束后集中施工")
        journey.prepared(clerk)
    journey.signed()
    leader = journey.awaits("leader", "/desk", "main >> text=审定延期整改")
    leader.shot("desk-extension")
    with leader.errand("decide an extension"):
        leader.press("main >> text=审定延期整改")
        leader.shot("extension-decisions")
        assert "现期限" in leader.main()
        leader.tick("input[name=row]")
        leader.press("text=同意所选")
    assert "已办 1 件，共 1 件" in leader.heading(), leader.main()
    clerk = journey.awaits("clerk", f"/intake/items/{PROGRAMME}/{journey.item}", "text=延期，原为")
    clerk.shot("extended")


def test_the_rectification_is_reported_and_found_done(journey: Journey) -> None:
    clerk = journey.at("clerk", "/intake/items")
    clerk.shot("desk-rectification")
    with clerk.errand("report a rectification"):
        journey.begun("rectification.reported")
        clerk.write("[name=text]", "已增加两个班组，进度赶上")
        journey.prepared(clerk)
    journey.signed()
    entry = f"ul.queue a[href*='/{journey.item}/rectification.reviewed']"
    office = journey.awaits("office", "/desk?queue=review", entry)
    office.shot("desk-review")
    with office.errand("review a rectification"):
        office.press(entry)
        office.shot("rectification-review")
        assert "已增加两个班组" in office.main(), "what was done is read before it is reviewed"
        office.tick("input[name=finding][value=done]")
        office.press("button[value=file]")
    assert "已受理" in office.heading(), office.main()
    page = journey.awaits("office", journey.page, "text=办结")
    page.shot("timeline")


def test_what_every_errand_took(errands: Errands, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\n{errands.table()}\n")
    assert len(errands.of("report")) == 2
