"""Lights beyond the scheme's own policy: other counts, other colours, what they name and compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from contracts.policy import Policy
from contracts.rulings import Compared, EscalationRaised, LightChanged, ProgressRecorded, VerificationRecorded
from contracts.submissions import (
    DeadlinePassed,
    InspectionPlanned,
    InspectionRecorded,
    PlanDecided,
    PlanSubmitted,
    PolicyAdopted,
    ProgressReported,
    ProgressReviewed,
    WithdrawalDecided,
    WithdrawalRequested,
)
from contracts.values import Node, Target
from tests.rules.timelines import ACTORS, ALARM, CHIEF, FILE, OFFICE, OUHAI, PUBLISHED_AT, YUANCHENG, Timeline, assigned

LEAD, LEADER = ACTORS[0], ACTORS[4]
NODE = Node(text="t")
COUNTED = Node(
    text="t",
    targets=(
        Target(indicator="a", comparator=">=", value=Decimal("2.5")),
        Target(indicator="b", comparator="<", value=Decimal(1)),
    ),
)
QUARTERS = ("2024Q1", "2024Q2", "2024Q3", "2024Q4")
SETTLED = {
    "2024Q1": "2024-04-11T00:10:00",
    "2024Q2": "2024-07-11T00:10:00",
    "2024Q3": "2024-10-11T00:10:00",
    "2024Q4": "2025-01-11T00:10:00",
}


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def year(
    policy: Policy, met: Sequence[str] = (), category: str = "key_task", node: Node = NODE, **changes: Any
) -> Timeline:
    """An item with a confirmed plan, the node of the periods in `met` reported as met a day before their deadline."""
    run = Timeline(assigned(category, policy=policy, **changes))
    nodes = {period.id: node for period in run.item.frame.periods}
    run.submit(LEAD, "plan", run.now, PlanSubmitted(nodes=nodes))
    run.submit(LEADER, "plan", run.now, PlanDecided(decision="confirmed"))
    for period in run.item.frame.periods:
        if period.id in met:
            run.announce_until(period.due_at.replace(day=max(period.due_at.day - 1, 1)))
            report(run, period.id)
    return run


def report(run: Timeline, period: str, **values: Any) -> list[Any]:
    """A completed report at the run's present instant."""
    data = ProgressReported(period=period, claim="completed", evidence=(FILE,), **values)
    return [event.data for event in run.submit(LEAD, f"report-{len(run.submissions)}", run.now, data)]


def lights(run: Timeline) -> list[str]:
    return [quarter.light for quarter in run.item.quarters]


def changes(run: Timeline) -> list[LightChanged]:
    return [event.data for events in run.rulings for event in events if isinstance(event.data, LightChanged)]


@pytest.mark.parametrize(
    ("policy", "met", "expected"),
    [
        (YUANCHENG, (), "yellow red red red"),
        (YUANCHENG, ("2024Q2",), "yellow green yellow red"),
        (YUANCHENG, ("2024Q1", "2024Q3"), "green yellow green yellow"),
        (replace(YUANCHENG, yellows_to_red=3), (), "yellow yellow red red"),
        (replace(YUANCHENG, yellows_to_red=3), ("2024Q2",), "yellow green yellow yellow"),
        (replace(YUANCHENG, yellows_to_red=4), ("2024Q1",), "green yellow yellow yellow"),
        (OUHAI, ("2024Q2",), "red green red red"),
    ],
)
def test_so_many_misses_in_a_row_are_red_as_the_policy_says(policy: Policy, met: Sequence[str], expected: str) -> None:
    run = year(policy, met)
    run.announce_until(at("2025-01-20T00:00:00"))
    assert lights(run) == expected.split()


def test_a_livelihood_quarter_is_made_up_when_every_month_has_come_and_the_last_node_is_met() -> None:
    run = year(OUHAI, category="livelihood", published_at=at("2024-04-08T00:00:00"))
    run.announce_until(at("2024-07-04T00:10:00"))
    run.now = at("2024-07-05T10:00:00")
    assert lights(run)[1] == "red"
    for period, light in (("2024-06", "red"), ("2024-04", "red"), ("2024-05", "yellow")):
        report(run, period)
        assert lights(run)[1] == light
    assert changes(run)[-1].rule == "Policy"


def test_a_late_report_that_falls_short_makes_nothing_up() -> None:
    run = year(OUHAI, category="livelihood", published_at=at("2024-04-08T00:00:00"), node=COUNTED)
    run.announce_until(at("2024-07-04T00:10:00"))
    run.now = at("2024-07-05T10:00:00")
    good, bad = {"a": Decimal(3), "b": Decimal(0)}, {"a": Decimal(1), "b": Decimal(0)}
    for period, measures in (("2024-04", bad), ("2024-05", bad), ("2024-06", bad)):
        report(run, period, measures=measures)
        assert lights(run)[1] == "red"
    report(run, "2024-06", measures=good)
    assert lights(run)[1] == "yellow"


def test_a_made_up_light_that_is_overturned_is_missed_again() -> None:
    run = year(OUHAI)
    run.announce_until(at("2024-04-12T00:00:00"))
    run.now = at("2024-04-12T10:00:00")
    report(run, "2024Q1")
    run.submit(OFFICE, "review", run.now, ProgressReviewed(period="2024Q1", finding="overturned"))
    assert [(one.from_, one.to) for one in changes(run)] == [("none", "red"), ("red", "yellow"), ("yellow", "red")]


def test_a_settled_light_compares_what_was_reported_with_what_was_planned() -> None:
    run = year(YUANCHENG, node=COUNTED)
    run.now = at("2024-04-01T10:00:00")
    told = report(run, "2024Q1", measures={"a": Decimal("2.4")})
    expected = (
        Compared(indicator="a", comparator=">=", target=Decimal("2.5"), measured=Decimal("2.4"), reached=False),
        Compared(indicator="b", comparator="<", target=Decimal(1), measured=None, reached=False),
    )
    recorded = next(data for data in told if isinstance(data, ProgressRecorded))
    assert recorded.compared == expected
    assert not recorded.met
    run.announce_until(at(SETTLED["2024Q1"]))
    assert changes(run)[-1].compared == expected


def test_an_early_green_compares_the_values_that_were_just_reported() -> None:
    run = year(YUANCHENG, node=COUNTED)
    run.now = at("2024-04-01T10:00:00")
    told = report(run, "2024Q1", measures={"a": Decimal(3), "b": Decimal(0)})
    recorded = next(data for data in told if isinstance(data, ProgressRecorded))
    assert recorded.met
    assert changes(run)[-1].compared == recorded.compared
    assert all(one.reached for one in recorded.compared)


def test_the_quarter_of_a_livelihood_item_compares_its_last_months_values() -> None:
    run = year(YUANCHENG, category="livelihood", published_at=at("2024-04-08T00:00:00"), node=COUNTED)
    good, bad = {"a": Decimal(3), "b": Decimal(0)}, {"a": Decimal(1)}
    run.now = at("2024-05-07T10:00:00")
    report(run, "2024-04", measures=bad)
    run.now = at("2024-06-03T10:00:00")
    report(run, "2024-06", measures=good)
    report(run, "2024-05", measures=bad)
    assert [(one.to, [c.measured for c in one.compared]) for one in changes(run)] == [
        ("green", [Decimal(3), Decimal(0)])
    ]
    assert changes(run)[0].rule == "Lights 6"


def test_what_has_settled_is_judged_for_good_and_its_figures_are_forgotten() -> None:
    run = year(YUANCHENG, node=COUNTED)
    run.now = at("2024-04-01T10:00:00")
    report(run, "2024Q1", measures={"a": Decimal(3), "b": Decimal(0)})
    run.announce_until(at(SETTLED["2024Q1"]))
    kept = run.item.periods[0].in_time
    assert kept is not None
    assert (kept.met, kept.content) == (True, None)
    run.submit(OFFICE, "a", run.now, ProgressReviewed(period="2024Q1", finding="overturned"))
    run.submit(OFFICE, "b", run.now, ProgressReviewed(period="2024Q1", finding="confirmed"))
    assert [(one.to, one.compared) for one in changes(run)[1:]] == [("yellow", ()), ("green", ())]
    assert [one.rule for one in changes(run)] == ["Lights 1", "Lights 4", "Lights 4"]


def test_lights_name_their_paragraphs() -> None:
    run = year(YUANCHENG, ("2024Q3",))
    run.submit(OFFICE, "review", run.now, ProgressReviewed(period="2024Q3", finding="confirmed"))
    run.submit(LEAD, "again", run.now, ProgressReported(period="2024Q3", claim="in_progress"))
    report(run, "2024Q3")
    run.submit(LEAD, "out", run.now, WithdrawalRequested())
    run.submit(CHIEF, "out", run.now, WithdrawalDecided(decision="approved"))
    assert [(one.to, one.rule) for one in changes(run)] == [
        ("yellow", "Lights 2"),
        ("red", "Lights 3"),
        ("green", "Lights 1"),
        ("none", "Lights 1"),
        ("green", "Lights 1"),
        ("none", "Lights 8"),
    ]
    other = year(OUHAI)
    other.announce_until(at(SETTLED["2024Q1"]))
    assert changes(other)[-1].rule == "Policy"
    monthly = year(YUANCHENG, category="livelihood")
    monthly.announce_until(at("2024-04-04T00:10:00"))
    assert changes(monthly)[-1].rule == "Lights 6"


def test_a_deadline_announced_after_a_later_one_re_derives_the_later_light() -> None:
    run = year(YUANCHENG)
    run.now = at("2024-07-12T00:00:00")
    for quarter, due_at in (("2024Q2", "2024-07-11T00:00:00"), ("2024Q1", "2024-04-11T00:00:00")):
        data = DeadlinePassed(kind="report", ref=quarter, due_at=at(due_at))
        run.submit(ALARM, quarter, run.now, data)
    assert [(one.period, one.from_, one.to) for one in changes(run)] == [
        ("2024Q2", "none", "yellow"),
        ("2024Q1", "none", "yellow"),
        ("2024Q2", "yellow", "red"),
    ]


def test_a_policy_that_asks_for_no_evidence_accepts_and_meets_without_it() -> None:
    run = year(replace(YUANCHENG, evidence_required=False))
    run.now = at("2024-04-01T10:00:00")
    run.submit(LEAD, "a", run.now, ProgressReported(period="2024Q1", claim="completed"))
    assert lights(run)[0] == "green"
    run.submit(OFFICE, "p", run.now, PolicyAdopted(policy=replace(YUANCHENG, version=2)))
    assert lights(run)[0] == "none"
    assert changes(run)[-1].rule == "Policy"


def test_a_finding_names_who_found_it_how_and_under_which_plan() -> None:
    run = year(YUANCHENG, ("2024Q1",))
    day = run.now.date()
    run.submit(OFFICE, "p", run.now, InspectionPlanned(plan="p1", from_on=day, to_on=day, approved=True))
    told = run.submit(
        OFFICE, "i", run.now, InspectionRecorded(plan="p1", visited_on=day, period="2024Q1", finding="overturned")
    )
    found = told[1].data
    assert isinstance(found, VerificationRecorded)
    assert (found.by, found.person, found.plan, found.finding) == ("inspection", "o1", "p1", "overturned")
    assert found.report == run.item.periods[0].in_time.id if run.item.periods[0].in_time else False


def test_an_escalation_names_its_rule_and_what_it_follows_from() -> None:
    run = year(YUANCHENG)
    run.announce_until(at("2024-05-22T00:00:00"))
    raised = [event.data for events in run.rulings for event in events if isinstance(event.data, EscalationRaised)]
    assert [(one.level, one.rule, one.source) for one in raised] == [
        ("rectification", "Escalation ladder: rectification", None),
        ("interview", "Escalation ladder: interview", "rectification-1"),
        ("chief_interview", "Escalation ladder: chief interview", "interview-2"),
    ]
    announced = {submission.id for submission, _ in run.submissions if submission.actor.role == "alarm"}
    assert all(set(one.because) <= announced for one in raised)
    assert run.assigned is not None
    assert run.assigned.published_at == PUBLISHED_AT
