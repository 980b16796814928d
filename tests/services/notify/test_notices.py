"""Which rulings are told to whom, under which number, in which words."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from contracts.dispatches import Recipient
from contracts.rulings import (
    CalendarRevised,
    Compared,
    DeadlineShifted,
    DeputyAppointed,
    DeputyReleased,
    EscalationClosed,
    EscalationConfirmed,
    EscalationJoined,
    EscalationOverdue,
    EscalationReduced,
    EscalationWithdrawn,
    ExtensionRefused,
    ItemRevised,
    ItemTransferred,
    ItemWithdrawn,
    LightChanged,
    LightSettled,
    LimitMoved,
    PlanAdopted,
    PolicyChanged,
    ProgrammeEnlarged,
    ReplyRecorded,
    ReplyReleased,
    ReplyRetained,
    RulingData,
)
from contracts.values import Node, Target, Unit
from services.notify.notices.documents.render import NoticeDocument, render
from services.notify.notices.facts import ItemFacts, programme_from, with_joined
from services.notify.notices.notice import NoticeDue, evolve
from services.notify.notices.number import number, prefix
from tests.services.notify.running_notify import (
    DUE,
    NINE,
    PROGRAMME,
    SETTLED,
    event_of,
    item_opened,
    policy,
    programme_opened,
    raised,
    reminder,
)

SUBJECT = f"{PROGRAMME}/k-001"
PROGRAMME_FACTS = programme_from(PROGRAMME, programme_opened())


def told(*story: RulingData | tuple[datetime, RulingData]) -> list[NoticeDue]:
    """Every notice that a story of one item calls for, in order."""
    item: ItemFacts | None = None
    latest: datetime | None = None
    found = []
    for ordinal, step in enumerate((item_opened(), *story)):
        time, data = step if isinstance(step, tuple) else (SETTLED, step)
        item, due = evolve(item, event_of(SUBJECT, data, ordinal=ordinal, of=99, time=time), latest)
        latest = max(latest or time, time)
        if due is not None:
            found.append(due)
    return found


def whom(due: NoticeDue) -> list[str]:
    return [f"{one.kind} {one.role}" for one in due.recipients]


def document(*story: RulingData | tuple[datetime, RulingData], revoked: tuple[str, ...] = ()) -> NoticeDocument:
    return render(told(*story)[-1], PROGRAMME_FACTS, "源督整〔2024〕1号", revoked)


def test_a_rectification_goes_to_the_lead_unit_with_a_copy_to_the_leader_in_charge() -> None:
    (due,) = told(raised())
    assert (due.kind, whom(due), due.due_at) == ("rectification", ["to unit:nongye", "copy leader:leader-1"], DUE)


def test_an_interview_is_copied_to_the_office_and_to_the_leader_who_holds_it() -> None:
    (due,) = told(raised(level="interview", copy=("office",)))
    assert (due.kind, whom(due)) == ("interview", ["to unit:nongye", "copy office", "copy leader:leader-1"])


def test_a_chief_interview_that_is_only_proposed_is_told_to_nobody_until_it_is_confirmed() -> None:
    proposed = raised(level="chief_interview", escalation="chief_interview-1", state="proposed", due_at=None)
    assert told(proposed) == []
    confirmed = EscalationConfirmed(
        escalation="chief_interview-1",
        level="chief_interview",
        due_at=DUE,
        to="unit:nongye",
        copy=("leader:leader-1",),
    )
    (due,) = told(proposed, confirmed)
    assert (due.kind, due.due_at) == ("chief_interview", DUE)
    assert whom(due) == ["to unit:nongye", "copy leader:leader-1", "copy chief"]


def test_a_proposed_chief_interview_that_is_withdrawn_was_never_told_and_is_not_told_now() -> None:
    proposed = raised(level="chief_interview", escalation="chief_interview-1", state="proposed", due_at=None)
    withdrawn = EscalationWithdrawn(escalation="chief_interview-1", level="chief_interview", because=("s-9",))
    assert told(proposed, withdrawn) == []


def test_a_blockage_goes_to_the_government_through_the_office() -> None:
    (due,) = told(raised(level="blockage", escalation="blockage-1", cause="b-7", to="government"))
    assert whom(due) == ["to office", "copy leader:leader-1"]
    assert "人民政府：" in render(due, PROGRAMME_FACTS, "源督卡〔2024〕1号").text


def test_a_reminder_goes_to_the_lead_unit_alone_and_names_the_last_day() -> None:
    (due,) = told(reminder())
    assert whom(due) == ["to unit:nongye"]
    assert "2024年4月10日（含当日）" in render(due, PROGRAMME_FACTS, "源督催〔2024〕1号").text


REMINDED = {
    "report": reminder(),
    "rectification": reminder(about="rectification-1", kind="rectification", due_at=DUE, days=1),
}


@pytest.mark.parametrize("kind", REMINDED)
def test_a_reminder_says_that_what_lies_unsigned_does_not_count_where_the_head_signs(kind: str) -> None:
    progress, rectification = (
        PolicyChanged(policy=policy(signed=(name,))) for name in ("progress.reported", "rectification.reported")
    )
    own, other = (progress, rectification) if kind == "report" else (rectification, progress)
    signed, plain = document(own, raised(), REMINDED[kind]), document(raised(), REMINDED[kind])
    assert "已拟好、尚未签发的，不算报送" in signed.text
    assert "what is prepared and not signed does not count" in signed.html
    assert "签发" not in plain.text
    assert plain == document(other, raised(), REMINDED[kind])


def test_a_reminder_of_a_rectification_says_what_it_is_about() -> None:
    (_, due) = told(raised(), reminder(about="rectification-1", kind="rectification", due_at=DUE, days=1))
    assert "整改情况报送截止日期为2024年5月6日" in render(due, PROGRAMME_FACTS, "源督催〔2024〕1号").text


def test_a_further_cause_of_an_open_escalation_is_told_as_a_supplement_with_the_same_limit() -> None:
    joined = EscalationJoined(
        escalation="rectification-1", level="rectification", cause="lag", rule="ladder", because=("s-2",)
    )
    first, second = told(raised(), joined)
    assert (second.kind, second.due_at, second.reasons, second.joined) == ("rectification", DUE, ("lag",), True)
    assert first.id != second.id
    text = render(second, PROGRAMME_FACTS, "源督整〔2024〕2号").text
    assert "进展严重滞后" in text
    assert "整改期限不变" in text


def test_a_withdrawn_escalation_is_itself_told_to_everyone_who_was_told_of_it() -> None:
    story = (
        raised(),
        ItemTransferred(lead_unit="shuiwu", cooperating=(), leader="leader-2"),
        EscalationWithdrawn(escalation="rectification-1", level="rectification", cause="2024Q1", because=("s-2",)),
    )
    first, second = told(*story)
    assert (second.kind, second.revokes, second.partly) == ("withdrawn", (first.id,), False)
    assert whom(second)[:2] == ["to unit:nongye", "copy leader:leader-1"]
    assert "源督整〔2024〕1号" in document(*story, revoked=("源督整〔2024〕1号",)).text


def test_a_cause_that_is_taken_away_is_told_and_the_rest_stands() -> None:
    joined = EscalationJoined(
        escalation="rectification-1", level="rectification", cause="lag", rule="ladder", because=("s-2",)
    )
    reduced = EscalationReduced(escalation="rectification-1", level="rectification", cause="2024Q1", because=("s-3",))
    notices = told(raised(), joined, reduced)
    assert [one.kind for one in notices] == ["rectification", "rectification", "withdrawn"]
    assert notices[2].partly
    assert notices[2].revokes == (notices[0].id, notices[1].id)
    assert "其余内容继续有效" in render(notices[2], PROGRAMME_FACTS, "源督撤〔2024〕1号", ("甲", "乙")).text


@pytest.mark.parametrize(
    "data",
    [
        EscalationClosed(escalation="rectification-1", level="rectification"),
        EscalationOverdue(escalation="rectification-1", level="rectification"),
    ],
)
def test_what_only_concerns_the_record_is_told_to_nobody(data: RulingData) -> None:
    assert len(told(raised(), data)) == 1


def test_the_same_event_always_makes_the_same_notice() -> None:
    assert told(raised()) == told(raised())
    assert document(raised()) == document(raised())


def test_notices_follow_business_time_which_never_falls_on_a_partition() -> None:
    later, earlier = told((SETTLED, raised()), (NINE, reminder()))
    assert later.order < earlier.order
    assert earlier.order.time == SETTLED
    assert earlier.issued_at == NINE


def test_numbers_carry_the_place_the_kind_the_programmes_year_and_a_count() -> None:
    assert number(PROGRAMME_FACTS, "rectification", 1, {}) == "源督整〔2024〕1号"
    assert number(PROGRAMME_FACTS, "reminder", 118, {}) == "源督催〔2024〕118号"


@pytest.mark.parametrize(
    ("paper", "place"),
    [("源府办〔2024〕3号", "源"), ("温瓯政办〔2024〕5号", "温瓯"), ("粤府〔2024〕1号", "粤"), ("2024-7", PROGRAMME)],
)
def test_the_place_comes_from_the_programmes_own_document(paper: str, place: str) -> None:
    assert prefix(replace(PROGRAMME_FACTS, document=paper), {}) == place


def test_the_place_can_be_chosen() -> None:
    assert prefix(PROGRAMME_FACTS, {PROGRAMME: "甲"}) == "甲"


def test_a_document_says_that_it_is_simulated_and_not_official_only_where_it_is() -> None:
    simulated = document(raised())
    for form in (simulated.html, simulated.text):
        assert "模拟数据" in form
        assert "推导稿，非官方清单" in form
        assert "未盖章" in form
    real = render(
        replace(told(raised())[0], item=replace(told(raised())[0].item, simulated=False, derived=False)),
        PROGRAMME_FACTS,
        "源督整〔2024〕1号",
    )
    for form in (real.html, real.text):
        assert "模拟" not in form
        assert "推导稿" not in form


def test_a_document_shows_the_node_beside_what_was_measured_and_the_light_in_words_and_shape() -> None:
    target = Target(indicator="改造面积", comparator=">=", value=Decimal(2000), unit="亩")
    compared = Compared(
        indicator="改造面积", comparator=">=", target=Decimal(2000), measured=Decimal(1350), reached=False
    )
    light = LightChanged(
        period="2024Q1", from_="none", to="yellow", settled=True, rule="2", because=("s",), compared=(compared,)
    )
    adopted = PlanAdopted(nodes={"2024Q1": Node(text="完成改造2000亩", targets=(target,))})
    shown = document(adopted, light, raised()).html
    for expected in ("完成改造2000亩", "目标 ≥ 2000亩，实际 1350亩（未达标）", "▲ 黄灯", "2024年5月6日"):
        assert expected in shown


def test_text_from_people_cannot_become_markup() -> None:
    item, _ = evolve(None, event_of(SUBJECT, item_opened(title="<script>alert(1)</script>"), ordinal=0), None)
    _, due = evolve(item, event_of(SUBJECT, raised()), SETTLED)
    assert due is not None
    assert "<script" not in render(due, PROGRAMME_FACTS, "1号").html


def test_a_document_never_grows_beyond_what_a_record_may_hold() -> None:
    name = "&" * 190
    compared = tuple(
        Compared(indicator=f"{name}{n}", comparator=">=", target=Decimal(1), measured=Decimal(0), reached=False)
        for n in range(30)
    )
    story: list[RulingData] = [raised(level="chief_interview", escalation="c-1", state="proposed", due_at=None)]
    for quarter in range(1, 5):
        period = f"2024Q{quarter}"
        story.append(PlanAdopted(nodes={period: Node(text="<" * 4000)}))
        story.append(
            LightChanged(
                period=period, from_="none", to="red", settled=True, rule="3", because=("s",), compared=compared
            )
        )
        if quarter > 1:
            story.append(
                EscalationJoined(escalation="c-1", level="chief_interview", cause=period, rule="ladder", because=("s",))
            )
    story.append(
        EscalationConfirmed(
            escalation="c-1", level="chief_interview", due_at=DUE, to="unit:nongye", copy=("leader:leader-1",)
        )
    )
    made = document(*story)
    assert len(made.html) <= 60_000
    assert len(made.text) <= 20_000
    assert "2024年第四季度" in made.text


def test_the_digest_is_of_the_html() -> None:
    made = document(raised())
    assert made.sha256 == hashlib.sha256(made.html.encode()).hexdigest()


def test_dates_are_those_of_the_programmes_time_zone() -> None:
    opened = item_opened(policy=policy(utc_offset="-03:00"))
    item, _ = evolve(None, event_of(SUBJECT, opened, ordinal=0), None)
    _, due = evolve(item, event_of(SUBJECT, raised()), SETTLED)
    assert due is not None
    assert "2024年4月10日" in render(due, PROGRAMME_FACTS, "1号").text.partition("主送")[0][-40:]


def test_an_event_about_an_item_that_was_never_opened_is_told_to_nobody() -> None:
    assert evolve(None, event_of(SUBJECT, raised()), None) == (None, None)


def test_a_recipient_of_two_kinds_gets_one_copy() -> None:
    (due,) = told(raised(level="interview", copy=("office", "leader:leader-1")))
    assert due.recipients.count(Recipient(role="leader:leader-1", kind="copy")) == 1


def test_what_replays_cannot_reach_what_sends() -> None:
    modules = (
        "delivery.outcome",
        "delivery.state",
        "dispatch.ledger",
        "notices.documents.render",
        "notices.facts",
        "notices.gatherer",
        "notices.notice",
        "notices.number",
    )
    code = (
        f"import sys, {', '.join('services.notify.' + module for module in modules)}; "
        "bad = [m for m in sys.modules if m.startswith(('services.notify.delivery.channels',"
        " 'services.notify.delivery.sender', 'aiosmtplib', 'smtplib', 'httpx'))]; sys.exit(repr(bad) if bad else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_sixth_month_is_called_by_its_name() -> None:
    (due,) = told((SETTLED + timedelta(days=80), reminder(about="2024-06")))
    assert "2024年6月落实情况" in render(due, PROGRAMME_FACTS, "1号").text


def test_a_notice_explains_the_light_with_the_sentence_that_pages_and_audits_show() -> None:
    made = document(
        PlanAdopted(nodes={"2024Q1": Node(text="完成改造2000亩")}),
        LightSettled(period="2024Q1", light="yellow"),
        LightChanged(period="2024Q1", from_="none", to="yellow", settled=True, rule="Lights 2", because=("s-1",)),
        raised(),
    )
    for form in (made.html, made.text):
        assert "，2024年第一季度黄灯：截至4月10日24时未报送。根据" in form
        assert "2024 Q1 yellow: not reported by the end of 10 Apr. The lead unit" in form


def test_a_notice_tells_its_escalation_with_the_sentence_that_pages_and_audits_show() -> None:
    lapsed = EscalationOverdue(escalation="rectification-1", level="rectification")
    interview = raised(
        level="interview",
        escalation="interview-2",
        cause="rectification_overdue",
        source="rectification-1",
        due_at=DUE + timedelta(days=14),
        copy=("office",),
    )
    made = document(raised(), lapsed, interview)
    why = "整改逾期（截至5月6日24时未报整改）"
    for form in (made.html, made.text):
        assert f"约谈：{why}；期限5月20日24时；办理中" in form
        assert f"，{why}。根据" in form
        assert "As it stands: interview: rectification overdue (nothing reported by the end of 6 May); due" in form


def test_a_blockage_is_named_by_its_number_even_if_that_looks_like_a_period() -> None:
    made = document(raised(level="blockage", escalation="blockage-1", cause="2024Q1", to="government"))
    assert "难以自行解决的“卡壳”问题（编号2024Q1）" in made.text
    assert "卡壳事项：编号2024Q1；期限5月6日24时；办理中" in made.text


MOVED = DeadlineShifted(period="2024Q1", before=SETTLED, due_at=DUE, ground="统计数据晚到")


def test_a_moved_deadline_is_told_to_the_unit_with_a_copy_to_the_leader() -> None:
    (due,) = told(MOVED)
    assert (due.kind, whom(due)) == ("deadline", ["to unit:nongye", "copy leader:leader-1"])
    text = document(MOVED).text
    assert "由2024年4月10日延至2024年5月6日前（含当日）" in text
    assert "统计数据晚到" in text


def test_an_extension_is_answered_whether_granted_or_refused() -> None:
    until = DUE + timedelta(days=7)
    granted = LimitMoved(escalation="rectification-1", level="rectification", before=DUE, due_at=until, extension="e1")
    due = told(raised(), granted)[-1]
    assert (due.kind, due.decision, due.due_at) == ("extension", "approved", until)
    assert whom(due) == ["to unit:nongye", "copy leader:leader-1"]
    assert "延期整改已获同意，整改期限由2024年5月6日延至2024年5月13日前（含当日）" in document(raised(), granted).text
    refused = told(raised(), ExtensionRefused(extension="e1"))[-1]
    assert (refused.kind, refused.decision, whom(refused)[0]) == ("extension", "refused", "to unit:nongye")
    assert "未获同意，整改期限不变" in document(raised(), ExtensionRefused(extension="e1")).text


def test_a_withdrawal_takes_back_what_ordered_something_and_not_the_answers() -> None:
    granted = LimitMoved(escalation="rectification-1", level="rectification", before=DUE, due_at=DUE, extension="e1")
    gone = EscalationWithdrawn(escalation="rectification-1", level="rectification", because=())
    first, _, last = told(raised(), granted, gone)
    assert last.revokes == (first.id,)


def test_a_limit_that_the_calendar_lengthens_and_dates_that_are_no_longer_provisional_are_told() -> None:
    later = replace(item_opened().periods[0], due_at=DUE)
    grown = CalendarRevised(calendar=item_opened().calendar, periods=(later,))
    (due,) = told(grown)
    assert (due.kind, whom(due)) == ("deadline", ["to unit:nongye"])
    assert "2024年第一季度：2024年5月6日（含当日）" in document(grown).text
    assert told(CalendarRevised(calendar=item_opened().calendar)) == [], "who keeps all dates is not concerned"
    moved = LimitMoved(escalation="rectification-1", level="rectification", before=SETTLED, due_at=DUE)
    assert told(raised(), moved)[-1].kind == "deadline"
    assert "办理期限因日历增补，由2024年4月10日延至2024年5月6日前" in document(raised(), moved).text


def test_a_unit_hears_what_became_of_its_reply_after_a_handover_too() -> None:
    given = ReplyRecorded(reply="s-9", light="2024Q1", text="说明", unit="nongye")
    handed = ItemTransferred(lead_unit="shuiwu", cooperating=(), leader="leader-1")
    published = told(given, handed, ReplyReleased(reply="s-9"))[-1]
    assert (published.kind, published.decision, whom(published)) == ("reply", "published", ["to unit:nongye"])
    assert "已予公布" in document(given, ReplyReleased(reply="s-9")).text
    withheld = document(given, ReplyRetained(reply="s-9", reason="含个人信息"))
    assert "不予公布" in withheld.text
    assert "理由：含个人信息。" in withheld.text


def test_whoever_stands_in_gets_a_copy_on_the_days_named_and_on_no_other() -> None:
    named = DeputyAppointed(
        principal="leader:leader-1", deputy="leader:leader-2", from_on=date(2024, 4, 11), until_on=date(2024, 4, 12)
    )
    both = ["to unit:nongye", "copy leader:leader-1", "copy leader:leader-2"]
    assert whom(told(named, raised())[-1]) == both, "2024-04-11 00:00 in the programme's time zone is the first day"
    assert whom(told(named, (SETTLED + timedelta(days=2), raised()))[-1]) == both[:2]
    assert whom(told(named, (SETTLED - timedelta(seconds=1), raised()))[-1]) == both[:2]
    ended = DeputyReleased(principal="leader:leader-1", deputy="leader:leader-2")
    assert whom(told(named, ended, raised())[-1]) == both[:2]


def test_a_letter_never_orders_a_day_that_has_passed() -> None:
    joined = EscalationJoined(
        escalation="rectification-1", level="rectification", cause="lag", rule="Escalation ladder", because=()
    )
    late = document(raised(), (DUE + timedelta(days=1), joined))
    assert "请立即（应于2024年5月6日前，已过）完成整改" in late.text
    assert "at once (due on 2024-05-06 already)" in late.text
    assert "立即" not in document(raised(), (DUE - timedelta(days=1), joined)).text


def test_a_notice_says_that_limits_run_on_under_appeal_and_that_a_withdrawal_is_final() -> None:
    text = document(raised()).text
    assert "申诉期间本通知继续执行，期限照走" in text
    assert "退出年度考核的，不再恢复" in text
    gone = EscalationWithdrawn(escalation="rectification-1", level="rectification", because=())
    assert "不再恢复" in document(raised(), ItemWithdrawn(), gone, revoked=("源督整〔2024〕1号",)).text
    assert "不再恢复" not in document(raised(), gone, revoked=("源督整〔2024〕1号",)).text


def test_corrected_words_and_units_that_joined_stand_in_notices() -> None:
    revised = ItemRevised(title="高标准农田提升改造9000亩", reason="笔误")
    assert "高标准农田提升改造9000亩" in document(revised, raised()).text
    joined = with_joined(PROGRAMME_FACTS, ProgrammeEnlarged(units=(Unit(id="new", name="区数据局"),)))
    handed = ItemTransferred(lead_unit="new", cooperating=(), leader="leader-1")
    assert "区数据局：" in render(told(handed, raised())[-1], joined, "源督整〔2024〕1号").text


@pytest.mark.parametrize(
    "story",
    [
        (MOVED,),
        (raised(), LimitMoved(escalation="rectification-1", level="rectification", before=SETTLED, due_at=DUE)),
        (raised(), ExtensionRefused(extension="e1")),
        (
            ReplyRecorded(reply="s-9", level="rectification", cause="lag", text="说明", unit="nongye"),
            ReplyRetained(reply="s-9", reason="含个人信息"),
        ),
    ],
)
def test_the_chinese_part_of_a_document_holds_no_english_word(story: tuple[RulingData, ...]) -> None:
    chinese = document(*story).text.split("\n--\n")[0]
    chinese = chinese.replace("[simulated data · derived, not official]", "").replace("k-001", "")
    assert re.findall(r"[A-Za-z]{2,}", chinese) == []
