"""Dates that move, dates that stay, and the hours of reminders that follow them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from contracts.rulings import (
    CalendarRevised,
    EscalationRelieved,
    LimitMoved,
    SubmissionAccepted,
    SubmissionRejected,
)
from contracts.submissions import (
    CalendarExtended,
    DeadlineMoved,
    DeadlinePassed,
    ExtensionDecided,
    ExtensionRequested,
    InterviewHeld,
    ProgrammePublished,
    ProgressReviewed,
    SubmissionData,
)
from contracts.values import Actor
from services.rating.rules.deadlines.pending import pending_deadlines
from tests.rules.test_lights import LEAD, LEADER, SETTLED, report, year
from tests.rules.test_on_record import PUBLISHED
from tests.rules.timelines import ALARM, CALENDAR, OFFICE, YUANCHENG, Timeline, assigned


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def follows(run: Timeline, actor: Actor, data: SubmissionData, key: str = "") -> list[Any]:
    """What follows from an act that is accepted now; the act itself is `last(run)` afterwards."""
    verdict, *events = run.submit(actor, key or f"#{len(run.submissions)}", run.now, data)
    assert isinstance(verdict.data, SubmissionAccepted), verdict.data
    return [event.data for event in events]


def refused(run: Timeline, actor: Actor, data: SubmissionData) -> tuple[str, ...]:
    (verdict,) = run.submit(actor, f"#{len(run.submissions)}", run.now, data)
    assert isinstance(verdict.data, SubmissionRejected), verdict.data
    return verdict.data.reasons


def last(run: Timeline) -> str:
    return run.submissions[-1][0].id


# --- dates that move, and dates that stay ---


def test_a_deadline_is_not_moved_beyond_the_next_one_however_many_days_the_policy_gives() -> None:
    run = Timeline(assigned("livelihood", policy=replace(YUANCHENG, report_move_days=60)))
    before, following = run.item.frame.periods[2:4]
    too_far = following.due_at.date()  # its last day is the one before
    assert refused(run, OFFICE, DeadlineMoved(period=before.id, due_on=too_far, ground="g")) == ("extension_too_long",)
    follows(run, OFFICE, DeadlineMoved(period=before.id, due_on=too_far - timedelta(days=1), ground="g"))


def test_a_calendar_that_grows_moves_no_limit_that_stays_the_same_or_was_extended() -> None:
    short = replace(CALENDAR, last_on=date(2024, 4, 20))
    days = {date(2024, 5, day): "holiday" for day in (1, 2, 3, 6, 7, 8, 9, 10)}
    plain, extended = Timeline(assigned("key_task", calendar=short)), Timeline(assigned("key_task", calendar=short))
    for run in (plain, extended):
        run.announce_until(at(SETTLED["2024Q1"]))
    follows(extended, LEAD, ExtensionRequested(extension="e", until_on=date(2024, 5, 6)))
    follows(extended, LEADER, ExtensionDecided(extension="e", decision="approved"))
    kept = [one.due_at for one in extended.item.escalations]
    whole = Timeline(assigned("key_task"))
    whole.announce_until(at(SETTLED["2024Q1"]))
    (revised,) = follows(whole, OFFICE, CalendarExtended(days={date(2024, 12, 31): "holiday"}))
    assert isinstance(revised, CalendarRevised)
    assert [type(one) for one in follows(plain, OFFICE, CalendarExtended(days=days))] == [  # type: ignore[arg-type]
        CalendarRevised,
        LimitMoved,
    ]
    assert [type(one) for one in follows(extended, OFFICE, CalendarExtended(days=days))] == [  # type: ignore[arg-type]
        CalendarRevised
    ]
    assert [one.due_at for one in extended.item.escalations] == kept


def test_at_the_instant_when_a_limit_passes_a_calendar_that_grows_moves_it_no_more() -> None:
    run = Timeline(assigned("key_task", calendar=replace(CALENDAR, last_on=date(2024, 4, 20))))
    run.announce_until(at(SETTLED["2024Q1"]))
    limit = run.item.escalations[0].due_at
    assert limit is not None
    run.announce_until(limit)
    run.now = limit
    days = {limit.date() + timedelta(days=n): "holiday" for n in range(1, 9)}
    (revised,) = follows(run, OFFICE, CalendarExtended(days=days))  # type: ignore[arg-type]
    assert isinstance(revised, CalendarRevised)


def test_a_month_due_on_the_last_day_of_the_calendar_is_not_provisional_and_without_its_working_day_none_is() -> None:
    due = Timeline(assigned("livelihood", month_working_day=3)).item.frame.periods[5]
    last_on = (due.due_at - timedelta(days=1)).date()
    calendar = replace(CALENDAR, last_on=last_on)
    days = {last_on - timedelta(days=3): "holiday", date(2024, 12, 2): "holiday"}  # a Friday
    run = Timeline(assigned("livelihood", month_working_day=3, calendar=calendar))
    (revised,) = follows(run, OFFICE, CalendarExtended(days=days))  # type: ignore[arg-type]
    assert due.id not in {period.id for period in revised.periods}
    assert "2024-11" in {period.id for period in revised.periods}
    run = Timeline(assigned("livelihood", month_working_day=None, calendar=calendar))
    (revised,) = follows(run, OFFICE, CalendarExtended(days=days))  # type: ignore[arg-type]
    assert revised.periods == ()


def test_an_interview_held_on_the_very_day_on_which_it_was_ordered_was_held_within_its_limit() -> None:
    run = Timeline(assigned("key_task", policy=replace(YUANCHENG, interview_days=1)))
    run.announce_until(at("2024-05-09T00:10:00"))
    run.now = at("2024-05-10T09:00:00")
    held = InterviewHeld(level="interview", held_on=date(2024, 5, 7))
    relieved = follows(run, OFFICE, held)[0]
    assert isinstance(relieved, EscalationRelieved)
    assert relieved.held_on == date(2024, 5, 7)


def test_a_programme_is_published_with_its_closing_day_or_without() -> None:
    for closing_on in (None, date(2025, 3, 31)):
        run = Timeline(None, subject="441602-2024")
        published: ProgrammePublished = replace(PUBLISHED, closing_on=closing_on)
        assert follows(run, OFFICE, published)[0].closing_on == closing_on


# --- hours of reminders ---


def hours(run: Timeline, ref: str) -> list[str]:
    """When is still to be reminded about something."""
    return [
        f"{one.due_at:%m-%d %H}" for one in pending_deadlines(run.state) if (one.kind, one.ref) == ("reminder", ref)
    ]


def asked_and_rung(until_on: date, to: str) -> Timeline:
    """An open rectification, due on 6 May, with an extension asked for; the alarm rang until `to`."""
    run = Timeline(assigned("key_task"))
    run.announce_until(at(SETTLED["2024Q1"]))
    follows(run, LEAD, ExtensionRequested(extension="e", until_on=until_on))
    run.announce_until(at(to))
    run.now = at(to)
    return run


def test_after_an_extension_the_hours_of_the_new_limit_are_reminded_of_and_none_that_had_passed() -> None:
    run = asked_and_rung(date(2024, 5, 8), "2024-04-28T10:00:00")
    assert hours(run, "rectification-1") == ["04-30 09"]
    follows(run, LEADER, ExtensionDecided(extension="e", decision="approved"))
    assert hours(run, "rectification-1") == ["05-07 09"], "28 April, 9 o'clock had passed"


def test_an_hour_that_was_reminded_of_is_not_again_though_the_extension_was_received_before_it() -> None:
    run = asked_and_rung(date(2024, 5, 10), "2024-04-30T09:01:00")
    approval = ExtensionDecided(extension="e", decision="approved")
    run.submit(LEADER, "before", at("2024-04-30T08:55:00"), approval)
    assert run.item.escalations[0].due_at == at("2024-05-11T00:00:00")
    assert hours(run, "rectification-1") == ["05-09 09"], "30 April was one day before the old limit, five before this"


def test_an_hour_that_was_reminded_of_is_not_again_though_the_calendar_grew_before_it() -> None:
    run = Timeline(assigned("key_task", calendar=replace(CALENDAR, last_on=date(2024, 4, 20))))
    run.announce_until(at(SETTLED["2024Q1"]))
    first = hours(run, "rectification-1")[0]
    rung = at(f"2024-{first}:01:00".replace(" ", "T"))
    run.announce_until(rung)
    run.now = rung
    days = {date(2024, 5, 4): "working", date(2024, 12, 31): "holiday"}
    run.submit(OFFICE, "days", rung - timedelta(minutes=6), CalendarExtended(days=days))  # type: ignore[arg-type]
    assert first not in hours(run, "rectification-1")
    assert hours(run, "rectification-1")


def test_a_late_report_that_was_overturned_and_then_confirmed_counts_for_the_rectification_again() -> None:
    run = year(YUANCHENG)
    run.announce_until(at("2024-04-20T09:00:00"))
    run.now = at("2024-04-20T09:00:00")
    report(run, "2024Q1")
    for finding, reported in (("overturned", False), ("confirmed", True), ("overturned", False)):
        follows(run, OFFICE, ProgressReviewed(period="2024Q1", finding=finding))  # type: ignore[arg-type]
        assert run.item.escalations[0].reported is reported, finding
    assert hours(run, "rectification-1") == ["04-25 09", "04-30 09"]


def test_an_hour_that_was_reminded_of_is_not_again_when_the_late_report_was_overturned_before_it() -> None:
    run = year(YUANCHENG)
    run.announce_until(at("2024-04-25T09:01:00"))
    run.now = at("2024-04-25T09:01:00")
    report(run, "2024Q1")
    run.submit(
        OFFICE, "before", run.now - timedelta(minutes=5), ProgressReviewed(period="2024Q1", finding="overturned")
    )
    assert not run.item.escalations[0].reported
    assert hours(run, "rectification-1") == ["04-30 09"]


def test_at_the_instant_when_a_limit_passes_it_is_not_extended_any_more() -> None:
    run = asked_and_rung(date(2024, 5, 8), "2024-05-07T00:00:00")
    approval = ExtensionDecided(extension="e", decision="approved")
    assert refused(run, LEADER, approval) == ("limit_passed",)
    run.submit(LEADER, "before", run.now - timedelta(seconds=1), approval)
    assert run.item.escalations[0].due_at == at("2024-05-09T00:00:00")


def test_a_provisional_deadline_that_was_moved_stays_when_the_calendar_grows() -> None:
    short = replace(CALENDAR, last_on=date(2024, 6, 30))
    run = Timeline(assigned("livelihood", month_working_day=3, calendar=short))
    month = next(one for one in run.item.frame.periods if one.id == "2024-09")
    moved_to = (month.due_at + timedelta(days=1)).date()
    follows(run, OFFICE, DeadlineMoved(period="2024-09", due_on=moved_to, ground="g"))
    days = {date(2024, 10, day): "holiday" for day in range(1, 8)}
    (revised,) = follows(run, OFFICE, CalendarExtended(days=days))  # type: ignore[arg-type]
    assert isinstance(revised, CalendarRevised)
    assert "2024-09" not in {period.id for period in revised.periods}
    assert "2024-09" not in {period.id for period in run.item.frame.periods if period.due_at.month == 9}


def test_when_a_day_becomes_a_working_day_hours_that_had_passed_by_the_new_count_are_not_reminded_of() -> None:
    run = Timeline(assigned("key_task", calendar=replace(CALENDAR, last_on=date(2024, 5, 6))))
    run.announce_until(at("2024-04-26T10:00:00"))
    run.now = at("2024-04-26T10:00:00")
    (revised,) = follows(run, OFFICE, CalendarExtended(days={date(2024, 5, 4): "working"}))
    assert isinstance(revised, CalendarRevised)
    assert hours(run, "rectification-1") == ["05-04 09"], "26 April is now five working days before the limit"


def test_a_calendar_that_grows_twice_moves_provisional_deadlines_twice() -> None:
    run = Timeline(assigned("livelihood", month_working_day=3, calendar=replace(CALENDAR, last_on=date(2024, 6, 30))))
    for month, first in ((10, 8), (12, 2)):
        days = {date(2024, month, day): "holiday" for day in range(first, first + 3)}
        (revised,) = follows(run, OFFICE, CalendarExtended(days=days))  # type: ignore[arg-type]
        assert f"2024-{month - 1:02}" in {period.id for period in revised.periods}


def test_a_late_report_by_progress_in_the_grace_after_a_limit_is_in_time_by_the_extended_one() -> None:
    run = year(YUANCHENG)
    run.announce_until(at(SETTLED["2024Q1"]))
    follows(run, LEAD, ExtensionRequested(extension="e", until_on=date(2024, 5, 8)))
    run.announce_until(at("2024-05-07T00:00:01"))
    run.now = at("2024-05-07T00:00:01")
    report(run, "2024Q1")
    assert run.item.escalations[0].reporting.progressed == "late"
    run.now = at("2024-05-07T00:09:00")
    run.submit(LEADER, "before", at("2024-05-06T23:59:00"), ExtensionDecided(extension="e", decision="approved"))
    run.announce_until(at("2024-05-10T00:00:00"))
    assert [one.overdue for one in run.item.escalations] == [False]


def test_an_announcement_about_a_real_item_is_checked_against_the_log_and_not_against_its_own_stamp() -> None:
    run = Timeline(assigned("key_task"))
    run.now = at("2024-04-10T12:00:00")
    early = DeadlinePassed(kind="report", ref="2024Q1", due_at=at("2024-04-11T00:00:00"))
    (verdict,) = run.submit(ALARM, "early", at("2024-04-11T01:00:00"), early)
    assert isinstance(verdict.data, SubmissionRejected)
    assert verdict.data.reasons == ("not_due",)
