"""Whoever reads rulings knows what rating's own state knows, step by step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given

from contracts.submissions import (
    AdjustmentDecided,
    AdjustmentRequested,
    AppealDecided,
    Appealed,
    AppealLodged,
    BlockageAnswered,
    BlockageRaised,
    CancellationApproved,
    ExtensionDecided,
    InspectionApproved,
    InterviewConfirmed,
    InterviewHeld,
    LagDeclared,
    PlanDecided,
    PlanSubmitted,
    RectificationReported,
    RectificationReviewed,
    SubmissionData,
    WithdrawalDecided,
)
from contracts.values import Actor, Node
from services.intake.pages.choices import choices_of
from services.intake.pages.overview import waiting
from services.intake.who.decisions import named_submissions
from services.rating.rules.acts.appeal import topics_of
from services.rating.rules.acts.table import ABOUT_ITEMS
from services.rating.rules.explain import escalation_facts_of, explain, explain_escalation
from services.rating.rules.state.goal import Goal
from services.rating.rules.state.ladder import Escalation
from services.rating.rules.state.node import node_of
from services.rating.rules.state.state import Item
from services.rating.scenario_book.book import Scenario
from supervision import awaited
from supervision.awaited import OUTLIVING
from supervision.escalations import EscalationRecord
from supervision.involvement import barred
from tests.rules.readers import Readers, read
from tests.rules.strategies import timelines
from tests.rules.test_on_record import STORIES, lived
from tests.rules.test_properties import many
from tests.rules.timelines import ACTORS, OFFICE, PUBLISHED_AT, Timeline, assigned

LEAD, OTHER, LEADER = ACTORS[0], ACTORS[3], ACTORS[4]
NOW = datetime.fromisoformat("2025-02-03T09:00:00+08:00")
"""After all deadlines."""


def story(*acts: tuple[Actor, SubmissionData] | timedelta, since: datetime = NOW) -> Timeline:
    """What happens to an item that was published at that time; by now no period binds it any more."""
    run = Timeline(assigned("key_task", published_at=since), now=since)
    for number, act in enumerate(acts):
        if isinstance(act, timedelta):
            run.now += act
            run.announce_until(run.now)
        else:
            events = run.submit(act[0], f"#{number}", run.now, act[1])
            assert len(events) > 1, f"{act[1]} was refused: {events[0].data}"
    return run


def at_the_end(run: Timeline) -> Readers:
    *_, readers = read(run.written)
    return readers


def test_after_a_review_as_not_done_the_unit_is_asked_again_and_no_further_review_is_offered() -> None:
    declared, reported = (OFFICE, LagDeclared()), (LEAD, RectificationReported())
    not_done = (OFFICE, RectificationReviewed(finding="not_done"))
    todo = {}
    for name, acts in {
        "declared": (declared,),
        "reported": (declared, reported),
        "not done": (declared, reported, not_done),
        "reported again": (declared, reported, not_done, reported),
    }.items():
        item = at_the_end(story(*acts)).intake
        todo[name] = [type_ for type_ in waiting(item) if type_.startswith("rectification")]
    assert todo == {
        "declared": ["rectification.reported"],
        "reported": ["rectification.reviewed"],
        "not done": ["rectification.reported"],
        "reported again": ["rectification.reviewed"],
    }


def test_a_cause_that_came_from_two_interviews_is_left_when_one_of_them_is_withdrawn() -> None:
    """Both lapsed, so both proposed the chief interview; an appeal takes the second one away."""
    lapsed_twice = (
        (OFFICE, LagDeclared()),
        timedelta(days=60),
        (OFFICE, InterviewHeld(level="interview")),
        (LEAD, RectificationReported()),
        (OFFICE, RectificationReviewed(finding="not_done")),
        timedelta(days=60),
    )
    against = Appealed(level="interview", cause="rectification_not_done")
    appealed = (
        (LEAD, AppealLodged(appeal="a", against=against)),
        (OTHER, AppealDecided(appeal="a", decision="upheld")),
    )
    run = story(*lapsed_twice, *appealed, (OFFICE, InterviewConfirmed()))
    chief = next(one for one in run.item.escalations if one.level == "chief_interview")
    assert [(one.name, one.source, one.standing) for one in chief.causes] == [
        ("interview_lapsed", "interview-2", True),
        ("interview_lapsed", "interview-4", False),
    ]
    readers = at_the_end(run)
    assert [due.reasons for due, _ in readers.notices if due.kind == "chief_interview"] == [("interview_lapsed",)]
    offered = [one.value for one in choices_of("notice.acknowledged", "notice", readers.intake, readers.roster, "zh")]
    assert "chief_interview|interview_lapsed" in offered


AGAINST_LAG, AGAINST_BLOCKAGE = Appealed(level="rectification", cause="lag"), Appealed(level="blockage", cause="b")
LODGED_AGAINST_LAG = (LEAD, AppealLodged(appeal="a", against=AGAINST_LAG))
LODGED_AGAINST_BLOCKAGE = (LEAD, AppealLodged(appeal="a", against=AGAINST_BLOCKAGE))
BLOCKED, UPHELD = (LEAD, BlockageRaised(blockage="b")), (OTHER, AppealDecided(appeal="a", decision="upheld"))
PLANNED = (LEAD, PlanSubmitted(nodes={"2024Q4": Node(text="n")}))
ASKED = (LEAD, AdjustmentRequested(adjustment="a", period="2024Q4", node=Node(text="n")))
APPROVED = (LEADER, AdjustmentDecided(adjustment="a", decision="approved"))


@pytest.mark.parametrize(
    ("acts", "waits"),
    [
        ((ASKED,), ["plan.submitted", "adjustment.decided"]),
        ((ASKED, APPROVED), ["plan.submitted"]),
        ((ASKED, ASKED, APPROVED), ["plan.submitted", "adjustment.decided"]),
        ((PLANNED, (LEADER, PlanDecided(decision="confirmed"))), []),
        ((BLOCKED, LODGED_AGAINST_BLOCKAGE), ["plan.submitted", "appeal.decided", "blockage.answered"]),
        ((BLOCKED, LODGED_AGAINST_BLOCKAGE, UPHELD), ["plan.submitted"]),
        (
            ((OFFICE, LagDeclared()), BLOCKED, LODGED_AGAINST_LAG, LODGED_AGAINST_BLOCKAGE, UPHELD),
            ["plan.submitted", "appeal.decided", "blockage.answered"],
        ),
    ],
    ids=[
        "a request to adjust waits for its decision",
        "one approved before the plan waits for the plan and for nobody",
        "of two requests of one id the first was approved",
        "a confirmed plan is not asked for again, though it leaves periods without a node",
        "a blockage under appeal waits for its answer",
        "one taken away by an appeal does not",
        "of two appeals of one id the first was decided",
    ],
)
def test_the_list_of_what_waits_offers_what_rating_would_accept(
    acts: tuple[tuple[Actor, SubmissionData], ...], waits: list[str]
) -> None:
    readers = at_the_end(story(*acts, since=PUBLISHED_AT))
    assert waiting(readers.intake) == waits
    everyone_agrees(readers)


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES.keys())
def test_after_every_ruling_of_every_story_all_readers_know_what_rating_knows(story: Scenario) -> None:
    for readers in read(lived(story).written):
        everyone_agrees(readers)


@many
@given(timelines())
def test_after_every_ruling_of_a_random_timeline_all_readers_know_what_rating_knows(run: Timeline) -> None:
    run.announce_until(run.now + timedelta(days=1))
    for readers in read(run.written):
        everyone_agrees(readers)


def everyone_agrees(readers: Readers) -> None:
    assert readers.facts is not None
    assert readers.record == readers.facts.record
    the_record_agrees(readers)
    intake_agrees(readers)
    notices_agree(readers)
    query_agrees(readers)
    waits_agree(readers)


def the_record_agrees(readers: Readers) -> None:
    item, record = readers.item, readers.record
    assert record is not None
    assert list(map(known, record.escalations.values())) == [expected(item, one) for one in item.escalations]
    for one in item.escalations:
        assert record.explain_escalation(one.id) == explain_escalation(item, one)
    for frame, quarter in zip(item.frame.quarters, item.quarters, strict=True):
        lit = record.lights.of(frame.id)
        assert (lit.light, lit.settled, lit.upheld) == (quarter.light, quarter.settled, quarter.upheld)
        why = explain(item, frame.id, lit.compared)
        assert record.explain(frame.id) == why
        assert readers.lights_only is not None
        assert readers.lights_only.explain(frame.id) == why
    for period, here in zip(item.frame.periods, item.periods, strict=True):
        known_of = record.lights.reports(period.id)
        assert known_of.settled == here.settled
        assert (known_of.in_time and known_of.in_time.report) == (here.in_time and here.in_time.id)
        assert (known_of.late and known_of.late.report) == (here.late and here.late.id)
    hands, people = item.hands, record.assignment
    assert (people.lead_unit, people.cooperating, people.leader, people.withdrawn) == (
        hands.lead_unit,
        hands.cooperating,
        hands.leader,
        hands.withdrawn,
    )
    assert people.policy == item.frame.policy
    assert people.zone == item.frame.zone
    the_same_nodes(people.nodes, item.plan.nodes)
    assert [(one.id, one.against) for one in record.appeals] == [(one.id, one.against) for one in item.appeals]


def intake_agrees(readers: Readers) -> None:
    item, ours = readers.item, readers.intake
    standing = [expected(item, one) for one in item.escalations if one.stands]
    assert list(map(known, ours.escalations.values())) == standing
    assert readers.record is not None
    assert ours.assignment == readers.record.assignment
    assert ours.appeals == readers.record.appeals
    assert set(ours.involved) == {one for one in item.involved if not one[0].startswith(("overturned:", "barred:"))}
    for appeal in item.appeals:
        bars = {person for topic, person in item.involved if topic in topics_of(item, appeal)}
        assert set(barred(ours.involved, appeal.against, ours.escalations)) <= bars
    assert ours.plan_confirmed == item.plan.confirmed
    assert (ours.waiting_plan is None) == (item.plan.waiting is None)
    the_same_nodes(ours.waiting_plan or {}, item.plan.waiting or {})
    assert [(one.filed.adjustment, one.filed.period, one.filed.node, one.approved) for one in ours.requests] == [
        (one.id, one.period, one.node, one.approved) for one in item.plan.adjustments
    ]
    assert ours.withdrawal_waits == (item.hands.withdrawal is not None)
    assert {one.plan: (one.from_on, one.to_on, one.approved) for one in ours.inspections.values()} == {
        one.plan: (one.from_on, one.to_on, one.approved) for one in item.particulars.inspections
    }
    came = zip(item.frame.periods, item.periods, strict=True)
    assert {one for one in ours.deadlines.periods if ours.lights.reported(one)} == {
        period.id for period, here in came if here.in_time or here.late
    }
    assert set(waiting(ours)) == to_do(item)


def waits_agree(readers: Readers) -> None:
    """What waits for a decision, as intake folds it and query from its rows, is what rating would accept."""
    item, ours = readers.item, readers.intake
    about = ours.programme, ours.id
    waits = [one for one in readers.roster.waiting.get(about, ()) if not ours.withdrawn or one.act in OUTLIVING]
    assert waits == awaited.listed(readers.query_waits, withdrawn=ours.withdrawn)
    units = {"plan.submitted", "rectification.reported"}
    decided = {one.act for one in waits} - {"progress.reviewed", "inspection.recorded", "reply.published"}
    assert decided == to_do(item) - units
    assert [(one.name, one.of) for one in waits if one.act == "appeal.decided"] == [
        (one.id, one.of) for one in item.appeals
    ]
    if item.plan.waiting is not None and not ours.withdrawn:
        assert named_submissions(waits, "plan.decided") == {"": item.plan.of}
        assert named_submissions(waits, "withdrawal.decided").get("") == item.hands.withdrawal
    if not ours.withdrawn:
        came = zip(item.frame.periods, item.periods, strict=True)
        counting = [(period.id, here.in_time or here.late) for period, here in came]
        assert {(one.name, one.of) for one in waits if one.act == "progress.reviewed"} == {
            (id_, report.id) for id_, report in counting if report is not None and report.finding is None
        }


def notices_agree(readers: Readers) -> None:
    for due, escalation in readers.notices:
        if not due.joined and due.kind != "withdrawn":
            assert due.reasons == tuple(cause.name for cause in escalation.causes if cause.standing)


def query_agrees(readers: Readers) -> None:
    item, answers = readers.item, readers.query
    assert [known(one.record) for one in answers] == [expected(item, one, answered=False) for one in item.escalations]
    for one, there in zip(answers, item.escalations, strict=True):
        assert one.facts == escalation_facts_of(item, there)
        assert one.why == explain_escalation(item, there)
        assert one.first_cause == there.causes[0].name
    assert readers.record is not None
    lights = readers.record.lights.parts
    assert readers.query_lights == {period: readers.record.explain(period) for period in lights}
    assert readers.query_appeals == {one.against.light for one in item.appeals if one.against.light}


Known = tuple[Any, ...]


def expected(item: Item, one: Escalation, *, answered: bool = True) -> Known:
    """An escalation as rating holds it: what readers must know of it."""
    causes = tuple((cause.name, cause.source) for cause in one.causes if cause.standing)
    return (
        (one.id, one.level, one.phase, causes, one.raised_at, one.due_at),
        (one.overdue, one.reporting.awaits_review, escalation_facts_of(item, one).state, one.stands),
        one.answered if answered else (),
    )


def known(one: EscalationRecord) -> Known:
    """The same of a reader's record."""
    return (
        (one.id, one.level, one.phase, one.causes, one.raised_at, one.due_at),
        (one.overdue, one.awaits_review, one.state, one.stands),
        one.answered,
    )


def the_same_nodes(nodes: Mapping[str, Node], goals: Mapping[str, Goal]) -> None:
    """Rating forgets the text of a node whose period has settled."""
    assert nodes.keys() == goals.keys()
    for period, node in nodes.items():
        assert node.targets == node_of(goals[period]).targets
        assert goals[period].text in ("", node.text)


def to_do(item: Item) -> set[str]:
    """What may be submitted and is waited for: rating would refuse none of it, whoever it is that may."""
    rectification = [one for one in item.escalations if one.level == "rectification" and one.phase == "open"]
    blockages = {cause.name for one in item.escalations if one.level == "blockage" for cause in one.causes}
    acts: Mapping[str, Iterable[SubmissionData]] = {
        "plan.submitted": [
            PlanSubmitted(nodes={period.id: Node(text="roof") for period in item.frame.periods})
            for _ in range(item.plan.waiting is None)
        ],
        "plan.decided": [PlanDecided(decision="confirmed")],
        "adjustment.decided": [
            AdjustmentDecided(adjustment=one.id, decision="refused") for one in item.plan.adjustments
        ],
        "withdrawal.decided": [WithdrawalDecided(decision="refused")],
        "cancellation.approved": [CancellationApproved()],
        "extension.decided": [
            ExtensionDecided(extension=one.id, decision="refused") for one in item.particulars.extensions
        ],
        "inspection.approved": [InspectionApproved(plan=one.plan) for one in item.particulars.inspections],
        "appeal.decided": [AppealDecided(appeal=one.id, decision="dismissed") for one in item.appeals],
        "blockage.answered": [BlockageAnswered(blockage=name) for name in blockages],
        "rectification.reported": [RectificationReported() for one in rectification if not one.reporting.awaits_review],
        "rectification.reviewed": [RectificationReviewed(finding="done")],
        "interview.confirmed": [InterviewConfirmed()],
        "interview.held": [InterviewHeld(level="interview"), InterviewHeld(level="chief_interview")],
    }
    return {
        name
        for name, asked in acts.items()
        if any(
            (ABOUT_ITEMS[type(one)].outlives or not item.hands.withdrawn)
            and not ABOUT_ITEMS[type(one)].object_to(item, one, NOW)
            for one in asked
        )
    }
