"""Close calls: paragraphs, counts and ids that a story's lights alone would not give away."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from contracts.rulings import (
    MonthSettled,
    NodeAdjusted,
    PlanMissed,
    ReminderDue,
    SubmissionAccepted,
    SubmissionRejected,
    SubmissionRepeated,
)
from contracts.submissions import (
    AdjustmentDecided,
    AdjustmentRequested,
    AppealDecided,
    Appealed,
    AppealLodged,
    BulletinComposed,
    DeadlinePassed,
    PlanDecided,
    PlanSubmitted,
    PolicyAdopted,
    ProgressReported,
    ProgressReviewed,
    WithdrawalDecided,
    WithdrawalRequested,
)
from contracts.values import Actor, Node, Target
from tests.rules.test_lights import LEAD, LEADER, SETTLED, at, changes, lights, report, year
from tests.rules.timelines import ALARM, CHIEF, OFFICE, OUHAI, PUBLISHED_AT, YUANCHENG, Timeline, assigned

OTHER = Actor(role="office", id="o3")


def refused(reason: str) -> SubmissionRejected:
    return SubmissionRejected(reasons=(reason,))  # type: ignore[arg-type]


def test_misses_are_counted_one_by_one_when_lights_are_derived_again() -> None:
    run = year(replace(YUANCHENG, yellows_to_red=3), ("2024Q1",))
    run.announce_until(at(SETTLED["2024Q2"]))
    run.submit(OFFICE, "review", run.now, ProgressReviewed(period="2024Q1", finding="overturned"))
    assert lights(run)[:2] == ["yellow", "yellow"]


def test_lights_derived_again_by_a_review_name_that_paragraph_whatever_policy_holds_now() -> None:
    run = year(YUANCHENG, ("2024Q1",))
    run.announce_until(at(SETTLED["2024Q2"]))
    run.submit(OFFICE, "policy", run.now, PolicyAdopted(policy=OUHAI))
    run.submit(OFFICE, "review", run.now, ProgressReviewed(period="2024Q1", finding="overturned"))
    assert [(one.period, one.to, one.rule) for one in changes(run)[-2:]] == [
        ("2024Q1", "yellow", "Lights 4"),
        ("2024Q2", "red", "Lights 4"),
    ]


def test_a_light_that_an_appeal_moved_says_so() -> None:
    run = year(YUANCHENG)
    run.announce_until(at(SETTLED["2024Q1"]))
    run.submit(LEAD, "a", run.now, AppealLodged(appeal="a1", against=Appealed(light="2024Q1")))
    run.submit(OFFICE, "b", run.now, AppealDecided(appeal="a1", decision="upheld"))
    assert [(one.to, one.rule) for one in changes(run)] == [("yellow", "Lights 2"), ("green", "Lights 4")]


def test_who_decided_an_appeal_against_a_notice_may_not_decide_one_about_its_light() -> None:
    run = year(YUANCHENG)
    run.announce_until(at(SETTLED["2024Q1"]))
    notice = Appealed(level="rectification", cause="2024Q1")
    run.submit(LEAD, "a", run.now, AppealLodged(appeal="a1", against=notice))
    run.submit(OTHER, "b", run.now, AppealDecided(appeal="a1", decision="dismissed"))
    run.submit(LEAD, "c", run.now, AppealLodged(appeal="a2", against=Appealed(light="2024Q1")))
    decision = AppealDecided(appeal="a2", decision="upheld")
    assert run.submit(OTHER, "d", run.now, decision)[0].data == refused("decider_involved")
    assert run.submit(OFFICE, "e", run.now, decision)[0].data == SubmissionAccepted()


def test_what_the_alarm_says_of_nothing_known_is_early_until_it_could_have_been_announced() -> None:
    run = Timeline(assigned("key_task", plan_due_at=PUBLISHED_AT))
    run.announce_until(at("2024-04-03T10:00:00"))
    run.now = at("2024-04-03T10:00:00")

    def verdict(kind: str, minutes_ago: int) -> object:
        data = DeadlinePassed(kind=kind, ref="gone", due_at=run.now - timedelta(minutes=minutes_ago))  # type: ignore[arg-type]
        return run.submit(ALARM, f"{kind}-{minutes_ago}", run.now, data)[0].data

    assert verdict("limit", 10) == SubmissionRepeated()
    assert verdict("reminder", 0) == SubmissionRepeated(), "a reminder has no grace"
    early = SubmissionRejected(reasons=("not_due",), alarm=True)
    assert verdict("limit", 9) == early
    assert verdict("reminder", -1) == early


def test_a_bulletin_sent_to_an_item_is_misplaced() -> None:
    run = Timeline(assigned("key_task"))
    composed = BulletinComposed(
        bulletin="q1", kind="quarterly", period="2024Q1", position="", sha256="0" * 64, names_units=False
    )
    assert run.submit(OFFICE, "a", run.now, composed)[0].data == refused("unknown_programme")


def test_a_plans_deadline_that_ends_with_the_publication_binds_nobody() -> None:
    run = Timeline(assigned("key_task", plan_due_at=PUBLISHED_AT))
    told = run.submit(LEAD, "plan", run.now, PlanSubmitted(nodes={"2024Q1": Node(text="t")}))
    assert told[0].data == SubmissionAccepted()
    run.announce_until(at(SETTLED["2024Q1"]))
    assert not any(isinstance(event.data, PlanMissed) for events in run.rulings for event in events)


def test_of_several_requests_only_the_decided_one_is_gone() -> None:
    run = year(YUANCHENG)
    for name, period in (("a1", "2024Q2"), ("a2", "2024Q3"), ("a3", "2024Q4")):
        asked = AdjustmentRequested(adjustment=name, period=period, node=Node(text=name), reason="r")
        run.submit(LEAD, name, run.now, asked)
    run.submit(LEADER, "r1", run.now, AdjustmentDecided(adjustment="a1", decision="refused"))
    for name in ("a2", "a3"):
        told = run.submit(LEADER, name, run.now, AdjustmentDecided(adjustment=name, decision="approved"))
        assert any(isinstance(event.data, NodeAdjusted) for event in told), name


def test_an_indicator_of_a_node_without_effect_stays_in_the_plan_after_an_adjustment() -> None:
    def node(indicator: str) -> Node:
        return Node(text="t", targets=(Target(indicator=indicator, comparator=">=", value=1),))  # type: ignore[arg-type]

    run = Timeline(assigned("key_task"))
    run.submit(LEAD, "plan", run.now, PlanSubmitted(nodes={"2024Q1": node("a"), "2024Q2": node("b")}))
    run.announce_until(at(SETTLED["2024Q1"]))
    run.submit(LEADER, "plan", run.now, PlanDecided(decision="confirmed"))
    asked = AdjustmentRequested(adjustment="a1", period="2024Q2", node=node("c"), reason="r")
    run.submit(LEAD, "ask", run.now, asked)
    run.submit(LEADER, "ask", run.now, AdjustmentDecided(adjustment="a1", decision="approved"))

    def measured(indicator: str) -> object:
        claim = ProgressReported(period="2024Q2", claim="in_progress", measures={indicator: 1})  # type: ignore[dict-item]
        return run.submit(LEAD, f"measure {indicator}", run.now, claim)[0].data

    assert measured("a") == SubmissionAccepted()
    assert measured("b") == refused("indicator_not_in_plan"), "its only node was adjusted away"
    assert measured("c") == SubmissionAccepted()


def test_a_month_that_changes_after_it_settled_says_that_it_is_settled() -> None:
    run = year(YUANCHENG, ("2024-03", "2024-04"), category="livelihood")
    run.announce_until(at("2024-05-09T00:10:00"))
    told = run.submit(OFFICE, "review", run.now, ProgressReviewed(period="2024-04", finding="overturned"))
    months = [event.data for event in told if isinstance(event.data, MonthSettled)]
    assert months == [MonthSettled(month="2024-04", status="unmet", settled=True)]


def test_a_month_reported_twice_alike_is_told_once() -> None:
    run = year(YUANCHENG, ("2024-03",), category="livelihood")
    run.now = at("2024-05-06T10:00:00")
    run.announce_until(run.now)
    told = [data for _ in range(2) for data in report(run, "2024-04") if isinstance(data, MonthSettled)]
    assert [(one.month, one.status) for one in told] == [("2024-04", "met")]


def test_reminders_tell_how_many_working_days_are_left() -> None:
    run = year(YUANCHENG)
    run.announce_until(at("2024-05-06T12:00:00"))
    told = [event.data for events in run.rulings for event in events if isinstance(event.data, ReminderDue)]
    assert [(one.kind, one.days) for one in told if one.about in ("2024Q1", "rectification-1")] == [
        ("report", 5),
        ("report", 1),
        ("rectification", 5),
        ("rectification", 1),
    ]


def test_without_evidence_required_a_late_claim_alone_meets_the_node_too() -> None:
    run = year(replace(YUANCHENG, evidence_required=False))
    run.announce_until(at(SETTLED["2024Q1"]))
    run.submit(LEAD, "late", run.now, ProgressReported(period="2024Q1", claim="completed"))
    (rectification,) = (one for one in run.item.escalations if one.level == "rectification")
    assert rectification.reporting.progressed == "in_time"


def test_a_refused_withdrawal_leaves_the_item_in_the_assessment_and_no_request_behind() -> None:
    run = year(YUANCHENG)
    run.submit(LEAD, "out", run.now, WithdrawalRequested(reason="r"))
    run.submit(CHIEF, "out", run.now, WithdrawalDecided(decision="refused"))
    assert (run.item.hands.withdrawal, run.item.hands.withdrawn) == (None, False)
    assert run.submit(CHIEF, "again", run.now, WithdrawalDecided(decision="refused"))[0].data == refused(
        "nothing_to_decide"
    )


def counted(value: int, unit: str = "") -> Node:
    return Node(text="t", targets=(Target(indicator="a", comparator=">=", value=Decimal(value), unit=unit),))


def test_a_report_that_claims_no_completion_meets_no_node_however_that_is_changed() -> None:
    run = year(YUANCHENG, node=counted(2))
    run.submit(LEAD, "r", run.now, ProgressReported(period="2024Q1", claim="in_progress", measures={"a": Decimal(5)}))
    ask_and_approve(run, "a1", "2024Q1", counted(1))
    assert lights(run)[0] == "none"


def ask_and_approve(run: Timeline, name: str, period: str, node: Node) -> NodeAdjusted:
    run.submit(LEAD, name, run.now, AdjustmentRequested(adjustment=name, period=period, node=node, reason="r"))
    told = run.submit(LEADER, name, run.now, AdjustmentDecided(adjustment=name, decision="approved"))
    return next(event.data for event in told if isinstance(event.data, NodeAdjusted))


def test_a_lower_target_makes_what_was_reported_enough_and_both_nodes_are_on_record_to_the_last_digit() -> None:
    run = year(YUANCHENG, node=counted(2, "亩"))
    report(run, "2024Q1", measures={"a": Decimal("1.50")})
    assert lights(run)[0] == "none"
    adjusted = ask_and_approve(run, "a1", "2024Q1", counted(1, "亩"))
    assert lights(run)[0] == "green"
    assert (adjusted.before, adjusted.after) == (counted(2, "亩"), counted(1, "亩"))


def test_a_request_that_waits_for_its_decision_does_not_take_effect_with_the_plan() -> None:
    run = Timeline(assigned("key_task"))
    run.submit(LEAD, "plan", run.now, PlanSubmitted(nodes={"2024Q1": counted(2)}))
    asked = AdjustmentRequested(adjustment="a1", period="2024Q1", node=counted(1), reason="r")
    run.submit(LEAD, "ask", run.now, asked)
    told = run.submit(LEADER, "plan", run.now, PlanDecided(decision="confirmed"))
    assert not any(isinstance(event.data, NodeAdjusted) for event in told)
    report(run, "2024Q1", measures={"a": Decimal(1)})
    assert lights(run)[0] == "none"


def test_a_rectification_reported_in_time_stays_so_when_a_further_report_comes_after_its_limit() -> None:
    run = year(YUANCHENG)
    run.announce_until(at(SETTLED["2024Q1"]))
    report(run, "2024Q1")
    run.announce_until(at("2024-05-20T00:00:00"))
    run.now = at("2024-05-20T10:00:00")
    report(run, "2024Q1")
    run.announce_until(at("2024-06-20T00:00:00"))
    (rectification,) = (one for one in run.item.escalations if one.level == "rectification")
    assert (rectification.reporting.progressed, rectification.overdue) == ("in_time", False)


def test_what_a_late_report_is_worth_is_asked_again_when_the_policy_changes_before_the_settlement() -> None:
    run = year(replace(YUANCHENG, evidence_required=False))
    run.announce_until(at("2024-04-11T00:05:00"))
    run.now = at("2024-04-11T00:05:00")
    run.submit(LEAD, "late", run.now, ProgressReported(period="2024Q1", claim="completed"))
    run.submit(OFFICE, "policy", run.now, PolicyAdopted(policy=replace(YUANCHENG, version=2)))
    run.announce_until(at(SETTLED["2024Q1"]))
    (rectification,) = (one for one in run.item.escalations if one.level == "rectification")
    assert rectification.reporting.progressed is None, "without evidence it does not meet the node any more"
