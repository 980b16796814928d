"""Announcements: when the alarm may make them, and what they tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from contracts.rulings import (
    AppealOverdue,
    EscalationRaised,
    LightChanged,
    LightSettled,
    MonthSettled,
    PlanMissed,
    ReminderDue,
    SubmissionAccepted,
    SubmissionRejected,
    SubmissionRepeated,
)
from contracts.submissions import (
    AppealDecided,
    Appealed,
    AppealLodged,
    DeadlinePassed,
    LagDeclared,
    PlanDecided,
    PlanSubmitted,
    PolicyAdopted,
    ProgressReported,
    ProgressReviewed,
)
from contracts.values import Evidence, Node
from services.rating.rules.deadlines.pending import pending_deadlines
from services.rating.rules.draft import Event
from tests.rules.timelines import ACTORS, ALARM, OFFICE, PUBLISHED_AT, YUANCHENG, Timeline, assigned

LEAD, LEADER = ACTORS[0], ACTORS[4]
FILE = Evidence(sha256="0" * 64, name="a.pdf", size=1, media_type="application/pdf")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def told(events: list[Event]) -> list[Any]:
    return [event.data for event in events]


def reasons(events: list[Event]) -> tuple[str, ...]:
    verdict = events[0].data
    assert isinstance(verdict, SubmissionRejected)
    return verdict.reasons


def test_an_early_alarm_is_not_due_one_already_passed_is_repeated_and_neither_uses_up_its_key() -> None:
    run = Timeline(assigned("key_task", plan_due_at=PUBLISHED_AT))
    alarm = DeadlinePassed(kind="report", ref="2024Q1", due_at=at("2024-04-11T00:00:00"))
    run.now = at("2024-04-11T00:09:59")
    run.announce_until(at("2024-04-10T00:00:00"))
    before = run.state
    assert reasons(run.submit(ALARM, "same", run.now, alarm)) == ("not_due",)
    assert run.state == before
    run.now = at("2024-04-11T00:10:00")
    events = run.submit(ALARM, "same", run.now, alarm)
    assert [event.time for event in events] == [at("2024-04-11T00:00:00")] * len(events)
    assert told(run.submit(ALARM, "same", run.now, alarm)) == [SubmissionRepeated()]
    unknown = DeadlinePassed(kind="limit", ref="interview-9", due_at=at("2024-04-11T00:00:00"))
    assert told(run.submit(ALARM, "other", run.now, unknown)) == [SubmissionRepeated()]
    later = DeadlinePassed(kind="report", ref="2024Q1", due_at=at("2024-04-12T00:00:00"))
    assert reasons(run.submit(ALARM, "later", run.now, later)) == ("not_due",)


def test_the_alarm_of_a_simulated_programme_is_checked_against_its_own_time() -> None:
    run = Timeline(assigned("key_task", simulated=True, plan_due_at=PUBLISHED_AT))
    alarm = DeadlinePassed(kind="reminder", ref="2024Q1", due_at=at("2024-04-02T09:00:00"))
    assert reasons(run.submit(ALARM, "a", at("2024-04-02T08:59:59"), alarm)) == ("not_due",)
    assert isinstance(run.submit(ALARM, "b", at("2024-04-02T09:00:00"), alarm)[1].data, ReminderDue)


def test_a_missing_plan_is_listed_once_its_deadline_is_announced() -> None:
    run = Timeline(assigned("key_task"))
    run.announce_until(at("2024-03-30T00:09:59"))
    assert not any(isinstance(event.data, PlanMissed) for events in run.rulings for event in events)
    run.announce_until(at("2024-03-30T00:10:00"))
    assert [type(data) for data in told(run.rulings[-1])] == [SubmissionAccepted, PlanMissed]


def test_a_plan_that_came_and_was_returned_is_not_missing() -> None:
    run = Timeline(assigned("key_task"))
    run.submit(LEAD, "a", run.now, PlanSubmitted(nodes={"2024Q1": Node(text="t")}))
    run.submit(LEADER, "b", run.now, PlanDecided(decision="returned"))
    assert all(deadline.kind != "plan" for deadline in pending_deadlines(run.state))


def test_an_appeal_not_decided_in_time_is_marked_overdue() -> None:
    run = Timeline(assigned("key_task"))
    run.announce_until(at("2024-04-12T00:00:00"))
    run.now = at("2024-04-12T10:00:00")
    run.submit(LEAD, "a", run.now, AppealLodged(appeal="a1", against=Appealed(light="2024Q1")))
    run.announce_until(at("2024-05-13T00:09:59"))
    appeals = [one for one in pending_deadlines(run.state) if one.kind == "appeal"]
    assert [one.due_at for one in appeals] == [at("2024-05-13T00:00:00")]
    run.announce_until(at("2024-05-13T00:10:00"))
    assert AppealOverdue(appeal="a1") in [event.data for events in run.rulings for event in events]


def test_a_withdrawn_or_unknown_item_has_no_deadlines() -> None:
    assert pending_deadlines(None) == []
    assert pending_deadlines(Timeline(None).state) == []


@pytest.mark.parametrize(
    ("claim", "evidence", "nodes", "rule"),
    [
        ("in_progress", (), {"2024Q1": Node(text="t")}, "Lights 2"),
        ("completed", (FILE,), {}, "Lights 9"),
    ],
)
def test_a_light_names_the_paragraph_that_was_applied(
    claim: Any, evidence: tuple[Evidence, ...], nodes: dict[str, Node], rule: str
) -> None:
    run = Timeline(assigned("key_task"))
    run.submit(LEAD, "plan", run.now, PlanSubmitted(nodes={**nodes, "2024Q2": Node(text="t")}))
    run.submit(LEADER, "plan", run.now, PlanDecided(decision="confirmed"))
    report = run.submit(LEAD, "a", run.now, ProgressReported(period="2024Q1", claim=claim, evidence=evidence))
    assert not any(isinstance(event.data, LightChanged) for event in report)
    run.announce_until(at("2024-04-11T00:10:00"))
    changed = [e.data for e in run.rulings[-1] if isinstance(e.data, LightChanged)]
    assert [(one.rule, one.to, one.settled) for one in changed] == [(rule, "yellow", True)]
    assert changed[0].because == (run.submissions[-1][0].id, run.submissions[3][0].id)


def test_a_deadline_tells_the_settled_light_even_if_it_did_not_move() -> None:
    run = Timeline(assigned("key_task"))
    run.submit(LEAD, "plan", run.now, PlanSubmitted(nodes={"2024Q1": Node(text="t")}))
    run.submit(LEADER, "plan", run.now, PlanDecided(decision="confirmed"))
    run.submit(LEAD, "a", run.now, ProgressReported(period="2024Q1", claim="completed", evidence=(FILE,)))
    run.announce_until(at("2024-04-11T00:10:00"))
    assert told(run.rulings[-1]) == [SubmissionAccepted(alarm=True), LightSettled(period="2024Q1", light="green")]


def test_a_months_status_is_told_when_it_changes_and_when_it_settles() -> None:
    run = Timeline(assigned("livelihood", published_at=at("2024-04-08T09:00:00")), now=at("2024-04-08T09:00:00"))
    run.submit(LEAD, "plan", run.now, PlanSubmitted(nodes={"2024-04": Node(text="t")}))
    run.submit(LEADER, "plan", run.now, PlanDecided(decision="confirmed"))
    run.submit(LEAD, "a", run.now, ProgressReported(period="2024-04", claim="completed", evidence=(FILE,)))
    run.submit(OFFICE, "b", run.now, ProgressReviewed(period="2024-04", finding="overturned"))
    run.announce_until(at("2024-05-09T00:10:00"))
    months = [e.data for events in run.rulings for e in events if isinstance(e.data, MonthSettled)]
    assert [(one.status, one.settled) for one in months] == [("met", False), ("unmet", False), ("unmet", True)]


def test_a_policy_adopted_between_two_reminders_sends_none_for_hours_that_had_passed() -> None:
    run = Timeline(assigned("key_task"))
    run.announce_until(at("2024-04-03T00:00:00"))
    run.now = at("2024-04-08T10:00:00")
    run.submit(OFFICE, "a", run.now, PolicyAdopted(policy=replace(YUANCHENG, version=2, reminder_days=(4, 3, 1))))
    hours = [one.due_at for one in pending_deadlines(run.state) if one.kind == "reminder" and one.ref == "2024Q1"]
    assert hours == [at("2024-04-09T09:00:00")]


def test_consequences_of_an_announcement_are_dated_by_the_deadline_however_late_it_is_made() -> None:
    run = Timeline(assigned("key_task", plan_due_at=PUBLISHED_AT))
    run.now = at("2024-04-25T10:00:00")
    late = run.now - at("2024-04-11T00:00:00")
    assert late > timedelta(days=14)
    alarm = DeadlinePassed(kind="report", ref="2024Q1", due_at=at("2024-04-11T00:00:00"))
    raised = [e.data for e in run.submit(ALARM, "a", run.now, alarm) if isinstance(e.data, EscalationRaised)]
    assert [(one.raised_at, one.due_at) for one in raised] == [(at("2024-04-11T00:00:00"), at("2024-05-07T00:00:00"))]


def test_a_decided_appeal_waits_no_longer_and_another_still_does() -> None:
    run = Timeline(assigned("key_task"))
    run.announce_until(at("2024-04-12T00:00:00"))
    run.submit(OFFICE, "lag", run.now, LagDeclared())
    against = {
        "a1": Appealed(light="2024Q1"),
        "a2": Appealed(level="rectification", cause="2024Q1"),
        "a3": Appealed(level="rectification", cause="lag"),
    }
    for name, what in against.items():
        run.submit(LEAD, name, run.now, AppealLodged(appeal=name, against=what))
    run.submit(OFFICE, "d2", run.now, AppealDecided(appeal="a2", decision="dismissed"))
    assert [appeal.id for appeal in run.item.appeals] == ["a1", "a3"]
    assert [one.ref for one in pending_deadlines(run.state) if one.kind == "appeal"] == ["a1", "a3"]
    assert not run.item.quarters[0].upheld


def test_a_plan_in_the_ten_minutes_after_the_deadline_is_listed_as_missing_unless_one_came_before() -> None:
    late, twice = Timeline(assigned("key_task")), Timeline(assigned("key_task"))
    plan = PlanSubmitted(nodes={"2024Q1": Node(text="t")})
    twice.submit(LEAD, "a", twice.now, plan)
    for run in (late, twice):
        run.now = at("2024-03-30T00:00:00")
        assert told(run.submit(LEAD, "b", run.now, plan))[0] == SubmissionAccepted(remarks=("late",))
    assert next(one.kind for one in pending_deadlines(late.state)) == "plan"
    assert all(one.kind != "plan" for one in pending_deadlines(twice.state))
