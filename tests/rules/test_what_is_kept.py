"""What a state keeps: its frame, its causes, its reports and who signed for what."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, timedelta

from contracts.rulings import (
    EscalationWithdrawn,
    NodeAdjusted,
    SubmissionRejected,
)
from contracts.submissions import (
    AdjustmentDecided,
    AdjustmentRequested,
    AppealDecided,
    Appealed,
    AppealLodged,
    DeadlinePassed,
    LagDeclared,
    NoticeAcknowledged,
    PlanDecided,
    PlanSubmitted,
    PolicyAdopted,
    ProgressReported,
    ProgressReviewed,
    RectificationReported,
    WithdrawalDecided,
    WithdrawalRequested,
)
from contracts.values import Actor, Node
from services.rating.rules.state.evolve import mark_of_digest
from services.rating.rules.state.frame import frame_of
from services.rating.rules.state.goal import Plan
from services.rating.rules.state.state import Item, Period, Report
from tests.rules.timelines import ACTORS, CHIEF, OFFICE, YUANCHENG, Timeline, assigned

LEAD, LEADER, ALARM = ACTORS[0], ACTORS[4], Actor(role="alarm", id="alarm")


def test_a_copy_with_other_periods_or_quarters_keeps_every_other_field() -> None:
    item = Item(*(f"field {number}" for number in range(len(Item._fields))))  # type: ignore[arg-type]
    assert item.with_periods(()) == item._replace(periods=())
    assert item.with_quarters(()) == item._replace(quarters=())
    assert item.with_escalations(()) == item._replace(escalations=())
    assert type(item.with_periods(())) is Item
    assert item.with_settled(Plan(), (), ()) == item._replace(plan=Plan(), periods=(), quarters=())
    plan = Plan(*(f"field {number}" for number in range(len(Plan._fields))))  # type: ignore[arg-type]
    assert plan.with_nodes({}) == plan._replace(nodes={})
    period = Period(*(f"field {number}" for number in range(len(Period._fields))))  # type: ignore[arg-type]
    report, now = Report("r", "completed", None, True, None), Timeline(None).now
    assert period.with_in_time(report) == period._replace(in_time=report)
    assert period.with_reminded_until(now) == period._replace(reminded_until=now)


def test_a_frame_tells_its_instants_in_the_policys_offset() -> None:
    frame_of.cache_clear()
    item = assigned("key_task")
    far = tuple(
        replace(period, opens_at=period.opens_at.astimezone(UTC), due_at=period.due_at.astimezone(UTC))
        for period in item.periods
    )
    frame = Timeline(replace(item, periods=far)).item.frame
    assert [(one.opens_at.isoformat(), one.due_at.isoformat()) for one in frame.periods] == [
        (one.opens_at.isoformat(), one.due_at.isoformat()) for one in item.periods
    ]
    assert frame.published_at.isoformat() == item.published_at.isoformat()
    assert frame.plan_due_at.isoformat() == item.plan_due_at.isoformat()


def test_the_last_cause_that_is_taken_away_is_named_in_the_withdrawal_of_its_escalation() -> None:
    run = Timeline(assigned("key_task"))
    run.announce_until(run.now + timedelta(days=30))
    run.submit(LEAD, "a", run.now, AppealLodged(appeal="a1", against=Appealed(light="2024Q1")))
    events = run.submit(OFFICE, "b", run.now, AppealDecided(appeal="a1", decision="upheld"))
    withdrawn = [event.data for event in events if isinstance(event.data, EscalationWithdrawn)]
    assert [(one.level, one.cause) for one in withdrawn] == [("rectification", "2024Q1")]


def test_an_adjustment_that_takes_effect_with_the_plan_keeps_the_plans_own_node_on_record() -> None:
    run = Timeline(assigned("key_task"))
    asked = AdjustmentRequested(adjustment="a1", period="2024Q1", node=Node(text="new"), reason="雨季")
    run.submit(LEAD, "a", run.now, asked)
    run.submit(LEADER, "b", run.now, AdjustmentDecided(adjustment="a1", decision="approved"))
    run.submit(LEAD, "plan", run.now, PlanSubmitted(nodes={"2024Q1": Node(text="old")}))
    events = run.submit(LEADER, "plan", run.now, PlanDecided(decision="confirmed"))
    adjusted = [event.data for event in events if isinstance(event.data, NodeAdjusted)]
    assert [(one.before, one.after, one.reason) for one in adjusted] == [(Node(text="old"), Node(text="new"), "雨季")]


def test_a_report_in_time_that_reaches_the_log_after_a_late_one_leaves_that_on_record() -> None:
    run = Timeline(assigned("key_task"))
    over = run.item.frame.periods[0].due_at
    report = ProgressReported(period="2024Q1", claim="in_progress")
    run.announce_until(over)
    run.now = over + timedelta(minutes=2)
    run.submit(LEAD, "late", run.now, report)
    run.submit(LEAD, "early", over - timedelta(minutes=1), report)
    here = run.item.periods[0]
    assert here.late is not None
    assert here.in_time is not None
    run.submit(OFFICE, "review", run.now, ProgressReviewed(period="2024Q1", finding="confirmed"))
    run.announce_until(over + timedelta(minutes=10))
    run.submit(LEAD, "done", run.now, RectificationReported())
    settled = run.item.periods[0].in_time
    assert settled is not None
    assert (settled.finding, settled.met, settled.content) == ("confirmed", False, None)
    assert [one.reporting.acted for one in run.item.escalations] == ["in_time"]


def test_a_policy_is_adopted_for_an_item_of_the_same_category_simulated_or_not() -> None:
    for category in ("key_task", "livelihood"):
        for simulated in (False, True):
            run = Timeline(assigned(category, simulated=simulated))
            run.submit(OFFICE, "a", run.now, PolicyAdopted(policy=replace(YUANCHENG, version=2)))
            assert (run.item.frame.category, run.item.frame.simulated) == (category, simulated)


def test_signing_for_one_cause_of_a_notice_signs_for_no_other() -> None:
    run = Timeline(assigned("key_task"))
    run.submit(OFFICE, "lag", run.now, LagDeclared())
    run.announce_until(run.item.frame.periods[0].due_at + timedelta(minutes=10))
    run.submit(LEAD, "a", run.now, NoticeAcknowledged(level="rectification", cause="2024Q1"))
    signed = {cause.name: cause.signed_at for one in run.item.escalations for cause in one.causes}
    assert signed["lag"] is None
    assert signed["2024Q1"] is not None


def test_the_alarm_is_told_that_an_item_is_withdrawn_or_unknown_and_that_it_asked() -> None:
    run = Timeline(assigned("key_task"))
    due_at = run.item.frame.periods[0].due_at
    announce_until = DeadlinePassed(kind="report", ref="2024Q1", due_at=due_at)
    unknown = Timeline(None).submit(ALARM, "a", due_at, announce_until)
    assert unknown[0].data == SubmissionRejected(reasons=("unknown_item",), alarm=True)
    run.submit(LEAD, "a", run.now, WithdrawalRequested(reason="r"))
    run.submit(CHIEF, "b", run.now, WithdrawalDecided(decision="approved"))
    (refused,) = run.submit(ALARM, "b", due_at, announce_until)
    assert (refused.time, refused.data) == (due_at, SubmissionRejected(reasons=("item_withdrawn",), alarm=True))


def test_a_chief_interview_that_is_only_proposed_has_no_limit() -> None:
    run = Timeline(assigned("key_task"))
    run.announce_until(run.now + timedelta(days=75))
    assert [one.due_at for one in run.item.escalations if one.phase == "proposed"] == [None]


def test_a_bodys_mark_is_short_and_no_two_bodies_have_the_same() -> None:
    digests = [hashlib.sha256(bytes([n])).hexdigest() for n in range(64)]
    others = ["", "ab", "not hexadecimal", "not hexadecimal either", "\ud800", f"{'0 ' * 8}", "０" * 16]
    marks = [mark_of_digest(digest) for digest in [*digests, *others]]
    assert {len(mark) for mark in marks} == {8}
    assert len(set(marks)) == len(marks)
    assert mark_of_digest(digests[0]) == mark_of_digest(digests[0][:16] + digests[1][16:])
