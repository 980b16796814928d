"""Reports, lapses, minutes and appeals of which there are two, whose matter each is, and who is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from contracts.rulings import (
    AppealClosed,
    AppealOverdue,
    EscalationConfirmed,
    EscalationRaised,
    EscalationUnreported,
    ItemOpened,
    LimitMoved,
    SubmissionAccepted,
    SubmissionRejected,
    VerificationRecorded,
)
from contracts.submissions import (
    AppealDecided,
    Appealed,
    AppealLodged,
    BlockageRaised,
    CalendarExtended,
    Deputy,
    ExtensionDecided,
    ExtensionRequested,
    InspectionPlanned,
    InspectionRecorded,
    InterviewConfirmed,
    InterviewHeld,
    ItemReassigned,
    LagDeclared,
    PolicyAdopted,
    Predecessor,
    ProgrammeExtended,
    ProgressReviewed,
    RectificationReported,
    RectificationReviewed,
    ReplyGiven,
    SubmissionData,
)
from contracts.values import Actor, Leader
from tests.rules.test_lights import LEAD, LEADER, SETTLED, report, year
from tests.rules.timelines import ACTORS, CALENDAR, OFFICE, YUANCHENG, Timeline, assigned

KEJI = ACTORS[1]
NOT_DONE, DONE = RectificationReviewed(finding="not_done"), RectificationReviewed(finding="done")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def told(run: Timeline, actor: Actor, data: SubmissionData, when: str = "") -> Any:
    """The verdict on an act: its reasons, or None."""
    if when:
        run.announce_until(at(when))
        run.now = at(when)
    verdict = run.submit(actor, f"#{len(run.submissions)}", run.now, data)[0].data
    assert isinstance(verdict, SubmissionAccepted | SubmissionRejected)
    return verdict.reasons if isinstance(verdict, SubmissionRejected) else None


def overturned_late_report(run: Timeline) -> None:
    report(run, "2024Q1")
    assert told(run, OFFICE, ProgressReviewed(period="2024Q1", finding="overturned")) is None


def test_the_units_own_report_that_was_reviewed_waits_no_more_when_a_late_report_is_overturned() -> None:
    run = year(YUANCHENG)
    assert told(run, LEAD, RectificationReported(), "2024-04-15T09:00:00") is None
    assert told(run, OFFICE, NOT_DONE) is None
    overturned_late_report(run)
    assert run.item.escalations[0].reported
    assert told(run, OFFICE, DONE) == ("nothing_to_review",)


def test_the_units_second_report_waits_though_the_first_was_reviewed_when_a_late_report_is_overturned() -> None:
    run = year(YUANCHENG)
    assert told(run, LEAD, RectificationReported(), "2024-04-15T09:00:00") is None
    assert told(run, OFFICE, NOT_DONE) is None
    assert told(run, LEAD, RectificationReported()) is None
    own = run.submissions[-1][0].id
    overturned_late_report(run)
    assert told(run, OFFICE, replace(DONE, of=run.submissions[-2][0].id)) == ("superseded",)
    assert told(run, OFFICE, replace(DONE, of=own)) is None


def test_a_report_by_progress_stays_one_in_time_when_the_limit_is_extended() -> None:
    run = year(YUANCHENG)
    run.announce_until(at("2024-04-15T09:00:00"))
    run.now = at("2024-04-15T09:00:00")
    report(run, "2024Q1")
    assert told(run, LEAD, ExtensionRequested(extension="e", until_on=date(2024, 5, 8))) is None
    assert told(run, LEADER, ExtensionDecided(extension="e", decision="approved")) is None
    run.announce_until(at("2024-05-20T00:00:00"))
    (rectification,) = run.item.escalations
    assert (rectification.reporting.progressed, rectification.overdue) == ("in_time", False)


def test_of_a_notice_with_several_causes_the_lapse_is_the_matter_of_who_led_at_its_own_limit() -> None:
    run = Timeline(assigned("key_task"))
    run.announce_until(at(SETTLED["2024Q1"]))
    assert told(run, LEAD, RectificationReported(), "2024-04-29T09:00:00") is None
    assert told(run, OFFICE, NOT_DONE, "2024-04-29T10:00:00") is None
    assert told(run, LEAD, RectificationReported()) is None
    assert told(run, OFFICE, DONE) is None
    about = ReplyGiven(level="interview", cause="rectification_overdue", text="t")
    assert told(run, LEAD, about) == ("no_open_escalation",)
    assert told(run, OFFICE, LagDeclared(), "2024-04-29T11:00:00") is None
    handed = ItemReassigned(lead_unit="keji", cooperating=(), leader="leader-1")
    assert told(run, OFFICE, handed, "2024-05-09T09:00:00") is None
    assert told(run, KEJI, replace(about, cause="rectification_not_done")) is None
    run.announce_until(at("2024-05-31T00:00:00"))
    back = ItemReassigned(lead_unit="fagai", cooperating=(), leader="leader-1")
    assert told(run, OFFICE, back, "2024-05-31T09:00:00") is None
    (interview,) = (one for one in run.item.escalations if one.level == "interview")
    assert [one.name for one in interview.causes] == ["rectification_not_done", "rectification_overdue"]
    assert told(run, LEAD, about) == ("not_lead_unit",)
    assert told(run, KEJI, about) is None
    assert told(run, KEJI, replace(about, cause="rectification_not_done")) == ("not_lead_unit",)


def test_a_chief_interviews_limit_is_recounted_by_the_policy_under_which_it_was_confirmed() -> None:
    run = Timeline(assigned("key_task", calendar=replace(CALENDAR, last_on=date(2024, 5, 31))))
    run.announce_until(at("2024-05-22T00:00:00"))
    shorter = replace(YUANCHENG, version=2, chief_interview_days=5)
    assert told(run, OFFICE, PolicyAdopted(policy=shorter), "2024-05-28T09:00:00") is None
    assert told(run, OFFICE, InterviewConfirmed()) is None
    (chief,) = (one for one in run.item.escalations if one.level == "chief_interview")
    assert chief.due_at == at("2024-06-05T00:00:00")
    days = {date(2024, 6, 3): "holiday", date(2024, 6, 4): "holiday"}
    *_, moved = run.submit(OFFICE, "days", run.now, CalendarExtended(days=days))  # type: ignore[arg-type]
    assert isinstance(moved.data, LimitMoved)
    assert (moved.data.level, moved.data.due_at) == ("chief_interview", at("2024-06-07T00:00:00"))


def test_minutes_take_the_lapse_of_their_own_interview_out_of_what_two_have_proposed() -> None:
    run = Timeline(assigned("key_task"))
    assert told(run, OFFICE, InterviewHeld(level="interview"), "2024-05-22T09:00:00") is None
    run.announce_until(at("2024-07-26T01:00:00"))
    (chief,) = (one for one in run.item.escalations if one.level == "chief_interview")
    assert [(one.name, one.source) for one in chief.causes] == [
        ("interview_lapsed", "interview-2"),
        ("interview_lapsed", "interview-4"),
    ]
    held = InterviewHeld(level="interview", held_on=date(2024, 7, 25))
    assert told(run, OFFICE, held, "2024-07-29T09:00:00") is None
    (chief,) = (one for one in run.item.escalations if one.level == "chief_interview")
    assert [one.standing for one in chief.causes] == [True, False]
    assert chief.phase == "proposed"


def test_of_two_appeals_under_one_id_the_one_that_is_named_is_decided_by_whoever_is_not_involved_in_it() -> None:
    run = year(YUANCHENG, ("2024Q1",))
    assert told(run, OFFICE, ProgressReviewed(period="2024Q1", finding="overturned")) is None
    run.announce_until(at(SETTLED["2024Q2"]))
    run.now = at("2024-07-12T09:00:00")
    ids = []
    for light in ("2024Q1", "2024Q2"):
        assert told(run, LEAD, AppealLodged(appeal="a", against=Appealed(light=light))) is None
        ids.append(run.submissions[-1][0].id)
    dismissed = AppealDecided(appeal="a", decision="dismissed")
    assert told(run, OFFICE, dismissed) == ("decider_involved",)
    closed = run.submit(OFFICE, "second", run.now, replace(dismissed, of=ids[1]))[1].data
    assert isinstance(closed, AppealClosed)
    assert (closed.place, closed.against) == (1, Appealed(light="2024Q2"))
    assert [one.against.light for one in run.item.appeals] == ["2024Q1"]


def test_whom_a_notice_goes_to_and_whom_a_copy_is_by_its_level() -> None:
    run = Timeline(assigned("key_task"))
    run.announce_until(at("2024-05-22T00:00:00"))
    run.now = at("2024-05-22T09:00:00")
    run.submit(LEAD, "stuck", run.now, BlockageRaised(blockage="b"))
    run.submit(OFFICE, "chief", run.now, InterviewConfirmed())
    sent = [event.data for events in run.rulings for event in events]
    raised = {one.level: (one.to, one.copy) for one in sent if isinstance(one, EscalationRaised)}
    assert raised == {
        "rectification": ("unit:fagai", ("leader:leader-1",)),
        "interview": ("unit:fagai", ("office",)),
        "chief_interview": ("unit:fagai", ("leader:leader-1",)),
        "blockage": ("government", ("leader:leader-1",)),
    }
    (confirmed,) = (one for one in sent if isinstance(one, EscalationConfirmed))
    assert (confirmed.to, confirmed.copy) == raised["chief_interview"]


def test_at_the_instant_when_the_closing_day_is_over_a_finding_raises_nothing_any_more() -> None:
    for when, count in (("2024-04-30T23:59:59", 1), ("2024-05-01T00:00:00", 0)):
        run = year(YUANCHENG, ("2024Q1",), closing_on=date(2024, 4, 30))
        assert told(run, OFFICE, ProgressReviewed(period="2024Q1", finding="overturned"), when) is None
        assert len(run.item.escalations) == count, when


def test_an_item_is_opened_with_its_predecessor_and_the_namings_in_force_and_knows_the_leaders_that_are_added() -> None:
    before = Predecessor(programme="441602-2023", item="K07")
    naming = Deputy(
        principal="leader:leader-1", deputy="leader:leader-2", from_on=date(2024, 1, 1), until_on=date(2024, 12, 31)
    )
    run = Timeline(
        assigned("key_task", predecessor=before, deputies=(naming,), units=("fagai", "keji"), leaders=("leader-1",))
    )
    opened = run.rulings[0][1].data
    assert isinstance(opened, ItemOpened)
    assert (opened.predecessor, opened.deputies) == (before, (naming,))
    assert (run.item.hands.deputies, run.item.hands.cooperating) == ((naming,), ("keji",))
    handed = ItemReassigned(lead_unit="keji", cooperating=(), leader="leader-3")
    assert told(run, OFFICE, handed) == ("unknown_leader",)
    added = ProgrammeExtended(leaders=(Leader(id="leader-3", label="分管"),))
    assert told(run, OFFICE, added) is None
    assert told(run, OFFICE, replace(handed, leader="leader-9")) == ("unknown_leader",)
    assert told(run, OFFICE, handed) is None


def test_two_appeals_whose_decision_is_due_at_the_same_instant_are_both_told_to_be_overdue() -> None:
    run = Timeline(assigned("key_task"))
    run.announce_until(at(SETTLED["2024Q1"]))
    run.now = at("2024-04-12T09:00:00")
    for name, against in (("a", Appealed(light="2024Q1")), ("b", Appealed(level="rectification", cause="2024Q1"))):
        assert told(run, LEAD, AppealLodged(appeal=name, against=against)) is None
    run.announce_until(at("2024-05-20T00:00:00"))
    overdue = [event.data.appeal for events in run.rulings for event in events if isinstance(event.data, AppealOverdue)]
    assert overdue == ["a", "b"]


def test_what_was_reviewed_is_not_taken_back_when_its_report_is_overturned() -> None:
    run = year(YUANCHENG)
    run.announce_until(at("2024-04-15T09:00:00"))
    run.now = at("2024-04-15T09:00:00")
    report(run, "2024Q1")
    assert told(run, OFFICE, NOT_DONE) is None
    events = run.submit(OFFICE, "over", run.now, ProgressReviewed(period="2024Q1", finding="overturned"))
    assert not any(isinstance(event.data, EscalationUnreported) for event in events)


def test_of_reports_that_all_came_late_a_visit_is_about_the_last_one_of_its_day() -> None:
    run = year(YUANCHENG)
    reports: list[str] = []
    for when in ("2024-04-15T09:00:00", "2024-04-20T09:00:00"):
        run.announce_until(at(when))
        run.now = at(when)
        if not reports:
            planned = InspectionPlanned(plan="i", from_on=run.now.date(), to_on=date(2024, 5, 1), approved=True)
            assert told(run, OFFICE, planned) is None
        report(run, "2024Q1")
        reports.append(run.submissions[-1][0].id)
    visit = InspectionRecorded(plan="i", visited_on=date(2024, 4, 17), period="2024Q1", finding="confirmed")
    found = run.submit(OFFICE, "visit", run.now, visit)[1].data
    assert isinstance(found, VerificationRecorded)
    assert found.report == reports[0]


def test_a_chief_interview_confirmed_at_the_instant_of_a_hand_over_behind_it_is_the_new_units_matter() -> None:
    run = Timeline(assigned("key_task"))
    run.announce_until(at("2024-05-22T00:00:00"))
    handed = ItemReassigned(lead_unit="keji", cooperating=(), leader="leader-1")
    assert told(run, OFFICE, handed, "2024-05-22T09:00:00") is None
    assert told(run, OFFICE, InterviewConfirmed()) is None
    reply = ReplyGiven(level="chief_interview", cause="interview_lapsed", text="t")
    assert told(run, LEAD, reply) == ("not_lead_unit",)
    assert told(run, KEJI, reply) is None


def test_who_only_confirmed_a_report_may_overturn_it_after_the_upheld_appeal_and_who_overturned_it_may_not() -> None:
    run = year(YUANCHENG, ("2024Q1",))
    o2, o3 = replace(OFFICE, id="o2"), replace(OFFICE, id="o3")
    overturned = ProgressReviewed(period="2024Q1", finding="overturned")
    assert told(run, OFFICE, replace(overturned, finding="confirmed")) is None
    assert told(run, o2, overturned) is None
    assert told(run, LEAD, AppealLodged(appeal="a", against=Appealed(light="2024Q1")), "2024-04-12T09:00:00") is None
    assert told(run, o3, AppealDecided(appeal="a", decision="upheld")) is None
    assert told(run, o2, overturned) == ("decider_involved",)
    assert told(run, OFFICE, overturned) is None


def test_once_a_period_has_settled_its_nodes_text_is_forgotten_and_the_day_of_its_report_is_not() -> None:
    run = year(YUANCHENG, ("2024Q1",))
    run.now = at("2024-04-09T09:00:00")
    planned = InspectionPlanned(plan="i", from_on=date(2024, 4, 9), to_on=date(2024, 4, 10), approved=True)
    assert told(run, OFFICE, planned) is None
    report(run, "2024Q1")
    run.now = at("2024-04-10T09:00:00")
    report(run, "2024Q1")
    run.announce_until(at(SETTLED["2024Q1"]))
    run.now = at("2024-04-12T09:00:00")
    assert run.item.plan.nodes["2024Q1"].text == ""
    assert run.item.plan.nodes["2024Q2"].text
    visit = InspectionRecorded(plan="i", visited_on=date(2024, 4, 9), period="2024Q1", finding="overturned")
    found = run.submit(OFFICE, "visit", run.now, visit)[1].data
    assert isinstance(found, VerificationRecorded)
    in_time = run.item.periods[0].in_time
    assert in_time is not None
    assert (in_time.claim, found.report != in_time.id) == ("completed", True)
    assert run.item.quarters[0].light == "green"
