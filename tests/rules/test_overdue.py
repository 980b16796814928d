"""What fell due before an act is announced with it: whether anything did, and what its events rest on."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from contracts.rulings import (
    EscalationOverdue,
    EscalationRaised,
    LightChanged,
    LightSettled,
    ReminderDue,
    SubmissionRejected,
)
from contracts.submissions import BlockageRaised, ExtensionRequested, LagDeclared
from programmes import FOLDER
from services.rating.rules.deadlines.overdue import overdue_by
from services.rating.rules.deadlines.pending import pending_deadlines
from services.rating.scenario_book.book import Scenario, read_book
from tests.rules.timelines import ACTORS, OFFICE, Timeline, assigned

STORIES = {
    f"{book.stem}-{story.id}": story for book in sorted(FOLDER.glob("scenarios*.yaml")) for story in read_book(book)
}
LEAD = ACTORS[0]
MOMENT = timedelta(microseconds=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES.keys())
def test_whether_anything_is_overdue_is_what_the_list_of_deadlines_says_at_every_instant(story: Scenario) -> None:
    assert story.item is not None
    run = Timeline(story.item, now=story.item.published_at)
    for number, step in enumerate(story.steps):
        if number % 2:
            run.announce_until(step.appended_at)
        listed = pending_deadlines(run.state)
        instants = {one.announce_at for one in listed} | {one.due_at for one in listed} | {step.appended_at}
        for clock in (instant + shift for instant in instants for shift in (-MOMENT, timedelta(0))):
            assert overdue_by(run.item, clock) is any(one.announce_at <= clock for one in listed), clock
        run.now = step.appended_at
        run.submit(step.actor, step.key, step.at, step.data)


def test_what_an_act_finds_overdue_rests_on_no_submission_and_is_dated_by_its_deadline() -> None:
    run = Timeline(assigned("key_task"))
    run.announce_until(at("2024-04-10T12:00:00"))
    run.now = at("2024-05-07T09:00:00")
    verdict, *followed = run.submit(OFFICE, "lag", run.now, LagDeclared())
    settled, changed, raised, *reminded, overdue, interview, recorded, joined = followed
    assert isinstance(settled.data, LightSettled)
    assert isinstance(changed.data, LightChanged)
    assert isinstance(raised.data, EscalationRaised)
    assert isinstance(overdue.data, EscalationOverdue)
    assert isinstance(interview.data, EscalationRaised)
    assert [type(event.data) for event in reminded] == [ReminderDue, ReminderDue]
    assert (changed.data.because, raised.data.because, interview.data.because) == ((), (), ())
    assert [event.time for event in (settled, changed, raised, overdue, interview)] == [
        *[at("2024-04-11T00:00:00")] * 3,
        *[at("2024-05-07T00:00:00")] * 2,
    ]
    assert {event.time for event in (verdict, recorded, joined)} == {run.now}
    assert joined.data.because == (run.submissions[-1][0].id,)  # type: ignore[union-attr]


def test_an_act_that_is_refused_announces_it_too_and_nothing_is_told_twice() -> None:
    run = Timeline(assigned("key_task"))
    run.now = at("2024-05-07T09:00:00")
    asked = ExtensionRequested(extension="e1", until_on=at("2024-05-08T00:00:00").date())
    verdict, *followed = run.submit(LEAD, "more", run.now, asked)
    assert isinstance(verdict.data, SubmissionRejected)
    assert verdict.data.reasons == ("limit_passed",)
    assert followed
    assert not overdue_by(run.item, run.now)
    assert len(run.submit(LEAD, "again", run.now, asked)) == 1


def test_what_is_overdue_goes_by_the_receipt_of_an_act_about_a_simulated_item() -> None:
    for simulated in (True, False):
        run = Timeline(assigned("key_task", simulated=simulated))
        run.now = at("2024-04-20T09:00:00")
        events = run.submit(OFFICE, "lag", at("2024-04-10T08:00:00"), LagDeclared())
        settled = any(isinstance(event.data, LightSettled) for event in events)
        assert settled is not simulated
        assert events[-1].time == (at("2024-04-10T08:00:00") if simulated else run.now)


def test_a_key_that_is_used_again_is_refused_though_something_is_announced_with_it() -> None:
    run = Timeline(assigned("key_task"))
    run.submit(LEAD, "k", run.now, ExtensionRequested(extension="e1", until_on=at("2024-05-08T00:00:00").date()))
    run.now = at("2024-04-11T09:00:00")
    verdict, *followed = run.submit(LEAD, "k", run.now, BlockageRaised(blockage="b"))
    assert isinstance(verdict.data, SubmissionRejected)
    assert verdict.data.reasons == ("idempotency_key_reused",)
    assert any(isinstance(event.data, LightSettled) for event in followed)
