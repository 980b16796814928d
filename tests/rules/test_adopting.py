"""A policy is changed by an event: for periods that have not settled, and for what is raised from then on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from contracts.policy import Policy
from contracts.rulings import LightChanged, PolicyChanged, SubmissionAccepted, SubmissionRejected
from contracts.submissions import PlanDecided, PlanSubmitted, PolicyAdopted, ProgressReported, ProgressReviewed
from contracts.values import Actor, Node
from services.rating.rules.deadlines.pending import pending_deadlines
from services.rating.rules.draft import Event
from tests.rules.test_rulings import programme as published
from tests.rules.timelines import ACTORS, FILE, OFFICE, OUHAI, YUANCHENG, Timeline, assigned

LEAD, LEADER = ACTORS[0], ACTORS[4]
QUARTERS = ("2024Q1", "2024Q2", "2024Q3", "2024Q4")


def day(text: str) -> datetime:
    """An instant of Shanghai."""
    return datetime.fromisoformat(f"{text}+08:00")


def under_way(policy: Policy = YUANCHENG) -> Timeline:
    """An item with a confirmed plan for the whole year."""
    run = Timeline(assigned("key_task", policy=policy))
    say(run, "2024-03-25 10:00", LEAD, PlanSubmitted(nodes={quarter: Node(text="建成") for quarter in QUARTERS}))
    say(run, "2024-03-26 10:00", LEADER, PlanDecided(decision="confirmed"))
    return run


def say(run: Timeline, text: str, actor: Actor, data: object) -> list[Event]:
    """Somebody acts at an instant, the alarm before."""
    at = day(text)
    run.announce_until(at)
    run.now = max(run.now, at)
    return run.submit(actor, f"{type(data).__name__}-{text}", at, data)  # type: ignore[arg-type]


def report(period: str, *, evidence: bool = True) -> ProgressReported:
    """A report that meets its node."""
    return ProgressReported(period=period, claim="completed", evidence=(FILE,) if evidence else ())


def lights(run: Timeline) -> list[tuple[str | None, str]]:
    """As rated and as they stand."""
    return [(quarter.rated, quarter.light) for quarter in run.item.quarters]


def test_a_settled_light_keeps_its_policy_and_the_next_one_has_the_new_one() -> None:
    run = under_way()
    adopting = say(run, "2024-04-15 10:00", OFFICE, PolicyAdopted(policy=OUHAI))
    assert [type(event.data) for event in adopting] == [SubmissionAccepted, PolicyChanged]
    run.announce_until(day("2024-07-12 00:00"))
    assert lights(run)[:2] == [("yellow", "yellow"), ("red", "red")]
    assert [quarter.policy for quarter in run.item.quarters[:3]] == [YUANCHENG, OUHAI, None]


def test_what_is_made_up_after_the_change_moves_only_a_light_that_settled_under_the_policy_that_says_so() -> None:
    run = under_way()
    say(run, "2024-04-15 10:00", OFFICE, PolicyAdopted(policy=OUHAI))
    say(run, "2024-04-16 10:00", LEAD, report("2024Q1"))
    say(run, "2024-07-12 10:00", LEAD, report("2024Q2"))
    assert lights(run)[:2] == [("yellow", "yellow"), ("red", "yellow")]


def test_a_settled_light_that_is_derived_again_is_derived_by_its_own_policy() -> None:
    run = under_way()
    say(run, "2024-04-09 10:00", LEAD, report("2024Q1"))
    say(run, "2024-04-15 10:00", OFFICE, PolicyAdopted(policy=OUHAI))
    say(run, "2024-04-16 10:00", OFFICE, ProgressReviewed(period="2024Q1", finding="overturned"))
    assert lights(run)[0] == ("green", "yellow")


def test_a_limit_that_runs_stays_and_one_that_starts_later_is_the_new_policys() -> None:
    run = under_way()
    run.announce_until(day("2024-04-11 01:00"))
    (before,) = run.item.escalations
    say(run, "2024-04-15 10:00", OFFICE, PolicyAdopted(policy=replace(YUANCHENG, version=2, interview_days=3)))
    run.announce_until(day("2024-07-12 00:00"))
    assert run.item.escalations[0].due_at == before.due_at
    interviews = [one for one in run.item.escalations if one.level == "interview"]
    # the rectification ran to the end of 6 May: from the 7th three working days, 8, 9, 10; July's red joins it
    assert [one.due_at for one in interviews] == [day("2024-05-11 00:00")]


def test_an_early_green_that_the_new_policy_does_not_see_is_taken_back_and_says_why() -> None:
    lenient = replace(YUANCHENG, id="lenient", evidence_required=False)
    run = under_way(lenient)
    say(run, "2024-04-05 10:00", LEAD, report("2024Q1", evidence=False))
    assert lights(run)[0] == (None, "green")
    told = say(run, "2024-04-08 10:00", OFFICE, PolicyAdopted(policy=YUANCHENG))
    (change,) = (event.data for event in told if isinstance(event.data, LightChanged))
    assert (change.from_, change.to, change.rule) == ("green", "none", "Policy")
    refused = say(run, "2024-04-08 11:00", LEAD, report("2024Q1", evidence=False))[0].data
    assert refused == SubmissionRejected(reasons=("completed_without_evidence",))


def test_a_reminder_of_the_new_policy_whose_hour_is_over_is_not_sent() -> None:
    run = under_way()
    run.announce_until(day("2024-04-08 10:00"))
    say(run, "2024-04-08 10:00", OFFICE, PolicyAdopted(policy=replace(YUANCHENG, version=2, reminder_days=(4, 1))))
    reminders = [one.due_at for one in pending_deadlines(run.state) if one.kind == "reminder" and one.ref == "2024Q1"]
    assert reminders == [day("2024-04-09 09:00")]


def test_only_the_office_adopts_and_the_same_again_is_a_repeat() -> None:
    run = under_way()
    refused = say(run, "2024-04-08 10:00", LEAD, PolicyAdopted(policy=OUHAI))[0].data
    assert refused == SubmissionRejected(reasons=("wrong_role",))
    say(run, "2024-04-08 11:00", OFFICE, PolicyAdopted(policy=OUHAI))
    run.now += timedelta(minutes=1)
    again = run.submit(OFFICE, "PolicyAdopted-2024-04-08 11:00", run.now, PolicyAdopted(policy=OUHAI))
    assert [type(event.data).__name__ for event in again] == ["SubmissionRepeated"]


@pytest.mark.parametrize("concerns", ["an item", "a programme"])
def test_a_published_version_of_a_policy_never_changes_and_an_earlier_one_may_hold_again(concerns: str) -> None:
    run = under_way() if concerns == "an item" else published()
    second = replace(YUANCHENG, version=2, grace_seconds=60)

    def adopt(hour: int, policy: Policy) -> object:
        return say(run, f"2024-04-08 {hour}:00", OFFICE, PolicyAdopted(policy=policy))[0].data

    edited = SubmissionRejected(reasons=("already_published",))
    assert adopt(10, replace(YUANCHENG, grace_seconds=60)) == edited
    assert adopt(11, second) == SubmissionAccepted()
    assert adopt(12, replace(YUANCHENG, grace_seconds=60)) == edited
    assert adopt(13, OUHAI) == SubmissionAccepted()
    assert adopt(14, replace(second, grace_seconds=61)) == edited, "also one that held for an hour"
    assert adopt(15, YUANCHENG) == SubmissionAccepted()
