"""What the office is shown before it adopts a policy or extends a calendar is what the rules then do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.policy import Policy
from contracts.rulings import CalendarRevised, LimitMoved
from contracts.submissions import (
    CalendarExtended,
    ExtensionDecided,
    ExtensionRequested,
    LagDeclared,
    PlanDecided,
    PlanSubmitted,
    PolicyAdopted,
    ProgressReported,
    RectificationReported,
)
from contracts.values import Node
from services.intake.pages.programme_changes.foreseen import of_calendar, of_policy
from services.intake.who.item import KnownItem
from supervision.light_forecast import ForeseenLight, foreseen
from supervision.workdays import last_day
from tests.rules.readers import read
from tests.rules.strategies import timelines
from tests.rules.test_adopting import LEAD, LEADER, day, report, say, under_way
from tests.rules.test_properties import many
from tests.rules.timelines import OFFICE, OUHAI, TEMPLATE, YUANCHENG, Timeline, assigned

END = datetime.fromisoformat("2026-01-01T00:00:00+08:00")
WITHOUT_EVIDENCE = replace(YUANCHENG, id="no-evidence", evidence_required=False, yellows_to_red=3)
OTHERS = (OUHAI, TEMPLATE, WITHOUT_EVIDENCE)


def as_intake_knows(run: Timeline) -> KnownItem:
    *_, readers = read(run.written)
    return readers.intake


def stands(run: Timeline) -> list[tuple[str, str]]:
    """The lights of the periods that have not settled."""
    pairs = zip(run.item.frame.quarters, run.item.quarters, strict=True)
    return [(frame.id, here.light) for frame, here in pairs if not here.settled and not frame.void]


@many
@given(timelines(), st.sampled_from(OTHERS))
def test_another_policy_gives_the_lights_that_were_foreseen(run: Timeline, policy: Policy) -> None:
    """Now, and when each period has passed without another report."""
    if run.state is None or run.state.item is None or run.item.hands.withdrawn:
        return
    run.announce_until(run.now)
    known = as_intake_knows(run)
    before = foreseen(known.lights, known.assignment.policy)
    assert [(one.period, one.now) for one in before] == stands(run), "as it is, if nothing is changed"
    predicted = foreseen(known.lights, policy)
    run.submit(OFFICE, "adopts", run.now, PolicyAdopted(policy=policy))
    if run.item.frame.policy != policy:
        return  # this version was published with other values
    assert [(one.period, one.now) for one in predicted] == stands(run)
    run.announce_until(END)
    lights = {frame.id: here.light for frame, here in zip(run.item.frame.quarters, run.item.quarters, strict=True)}
    assert {one.period: one.settles for one in predicted} == {one.period: lights[one.period] for one in predicted}


def test_what_differs_is_told_of_the_periods_that_are_open_and_the_others_are_counted() -> None:
    run = under_way()
    say(run, "2024-04-03 10:00", LEAD, ProgressReported(period="2024Q1", claim="in_progress"))
    known = as_intake_knows(run)
    effects = of_policy(PolicyAdopted(policy=OUHAI), [known], YUANCHENG, run.now)
    assert [(one.period, one.now, one.before, one.after) for one in effects.lights] == [
        ("2024Q1", False, "yellow", "red")
    ]
    assert any("1 盏由黄灯变为红灯" in one.zh for one in effects.says), [one.zh for one in effects.says]
    assert foreseen(known.lights, OUHAI)[1:] == [
        ForeseenLight(period, "none", "red") for period in ("2024Q2", "2024Q3", "2024Q4")
    ]


@pytest.mark.parametrize(("adopted", "light"), [(OUHAI, "yellow"), (YUANCHENG, "red"), (WITHOUT_EVIDENCE, None)])
def test_a_period_that_was_made_up_before_it_settles_is_foreseen_as_it_settles(
    adopted: Policy, light: str | None
) -> None:
    """July came late and met, August and September in time."""
    run = Timeline(assigned("livelihood", policy=replace(OUHAI, id="before"), published_at=day("2024-07-02 00:00")))
    months = [period.id for period in run.item.frame.periods]
    say(run, "2024-07-02 10:00", LEAD, PlanSubmitted(nodes={month: Node(text="建成") for month in months}))
    say(run, "2024-07-02 11:00", LEADER, PlanDecided(decision="confirmed"))
    for month, told in (("2024-07", "2024-08-20"), ("2024-08", "2024-08-31"), ("2024-09", "2024-09-30")):
        say(run, f"{told} 10:00", LEAD, report(month))
    predicted = next(one for one in foreseen(as_intake_knows(run).lights, adopted) if one.period == "2024Q3")
    run.submit(OFFICE, "adopts", run.now, PolicyAdopted(policy=adopted))
    run.announce_until(day("2024-10-20 00:00"))
    settled = next(
        here for frame, here in zip(run.item.frame.quarters, run.item.quarters, strict=True) if frame.id == "2024Q3"
    )
    assert settled.settled
    assert predicted.settles == settled.light
    assert light is None or settled.light == light


@many
@given(timelines(), st.integers(1, 40), st.lists(st.integers(1, 200), max_size=20))
def test_a_longer_calendar_moves_the_deadlines_and_limits_that_were_shown(
    run: Timeline, gap: int, off: list[int]
) -> None:
    if run.state is None or run.state.item is None or run.item.hands.withdrawn:
        return
    run.announce_until(run.now)
    today = run.item.frame.day_of(run.now)
    first = today + timedelta(days=gap)
    named = {first + timedelta(days=number) for number in off} | {first + timedelta(days=200)}
    days = {one: "holiday" if one.isoweekday() < 6 else "working" for one in sorted(named)}
    data = CalendarExtended(days=days)  # type: ignore[arg-type]
    shown = of_calendar(data, [as_intake_knows(run)], run.now)
    ruling = run.submit(OFFICE, "extends", run.now, data)
    zone = run.item.frame.zone
    moved = [one.data for one in ruling if isinstance(one.data, LimitMoved)]
    assert {(one.level, one.before, one.after) for one in shown.limits} == {
        (one.level, last_day(one.before, zone), last_day(one.due_at, zone)) for one in moved
    }
    (revised,) = [one.data for one in ruling if isinstance(one.data, CalendarRevised)]
    assert {(one.period, one.after) for one in shown.moved} == {
        (one.id, last_day(one.due_at, zone)) for one in revised.periods
    }


def lagging() -> Timeline:
    """A rectification runs, to 17 May."""
    run = under_way()
    say(run, "2024-04-03 10:00", LEAD, ProgressReported(period="2024Q1", claim="in_progress"))
    say(run, "2024-04-15 10:00", OFFICE, LagDeclared())
    return run


def extended(run: Timeline) -> None:
    said = ExtensionRequested(extension="e1", until_on=date(2024, 5, 20), reason="汛期")
    say(run, "2024-04-16 10:00", LEAD, said)
    say(run, "2024-04-17 10:00", LEADER, ExtensionDecided(extension="e1", decision="approved"))


@pytest.mark.parametrize(
    ("meanwhile", "level"),
    [
        (lambda _: None, ["rectification"]),
        (lambda run: say(run, "2024-04-16 10:00", LEAD, RectificationReported()), []),
        (extended, []),
        (lambda run: run.announce_until(day("2024-05-18 00:00")), ["interview"]),
    ],
    ids=["it runs", "it was reported in time", "it was extended", "it has passed"],
)
def test_a_limit_that_runs_is_shown_with_the_day_that_it_gets(
    meanwhile: Callable[[Timeline], object], level: list[str]
) -> None:
    run = lagging()
    meanwhile(run)
    run.now = max(run.now, day("2024-04-18 09:00"))
    first = run.item.frame.day_of(run.now) + timedelta(days=1)
    off = [one for number in range(30) if (one := first + timedelta(days=number)).isoweekday() == 3]
    data = CalendarExtended(days=dict.fromkeys(off, "holiday"))
    shown = of_calendar(data, [as_intake_knows(run)], run.now).limits
    moved = [one.data for one in run.submit(OFFICE, "extends", run.now, data) if isinstance(one.data, LimitMoved)]
    zone = run.item.frame.zone
    assert [(one.before, one.after) for one in shown] == [
        (last_day(one.before, zone), last_day(one.due_at, zone)) for one in moved
    ]
    assert [one.level for one in moved] == level
