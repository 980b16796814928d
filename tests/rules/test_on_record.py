"""What is on record: every story can be read back from its bytes, and nothing that was submitted is lost on the way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from contracts.envelope import parse
from contracts.ruling import RulingEvent, ruling_from
from contracts.rulings import (
    AdjustmentFiled,
    BulletinFiled,
    EscalationConfirmed,
    EscalationJoined,
    EscalationRaised,
    ItemOpened,
    ItemTransferred,
    LightChanged,
    NodeAdjusted,
    PolicyChanged,
    ProgrammeOpened,
    SubmissionAccepted,
    SubmissionRejected,
)
from contracts.submission import encode_submission
from contracts.submissions import (
    AdjustmentDecided,
    AdjustmentRequested,
    BulletinApproved,
    BulletinComposed,
    DeadlinePassed,
    InterviewConfirmed,
    ItemReassigned,
    LagDeclared,
    PlanDecided,
    PlanSubmitted,
    ProgrammePublished,
    ProgressReported,
    WithdrawalDecided,
    WithdrawalRequested,
)
from contracts.topics import MAX_RULING_BYTES, partition_of
from contracts.values import Actor, Leader, Node, Unit
from programmes import FOLDER
from services.rating.rules.draft import Event
from services.rating.rules.envelope import LoggedSubmission, Rules, capped, rule_on
from services.rating.rules.state.frame import frame_of
from services.rating.rules.state.state import State
from services.rating.scenario_book.book import Scenario, read_book
from supervision.item import ItemRecord, evolve, opened
from supervision.light_sentences import SIGNS, due_word, period_word, plain
from supervision.words import LIGHTS
from tests.rules.timelines import ACTORS, CHIEF, FILE, OFFICE, SUBJECT, YUANCHENG, Timeline, assigned, replayed

BOOKS = sorted((FOLDER).glob("scenarios*.yaml"))
STORIES = {f"{book.stem}-{story.id}": story for book in BOOKS for story in read_book(book)}
LEAD, LEADER, ALARM = ACTORS[0], ACTORS[4], Actor(role="alarm", id="alarm")
RULES = {
    "rectification": "Escalation ladder: rectification",
    "interview": "Escalation ladder: interview",
    "chief_interview": "Escalation ladder: chief interview",
    "blockage": "Escalation ladder: blockage",
}
LIGHT_RULES = {*(f"Lights {number}" for number in (1, 2, 3, 4, 6, 8, 9)), "Policy"}
PUBLISHED = ProgrammePublished(
    title="方案",
    jurisdiction="源城区",
    document="源府办〔2024〕3号",
    issued_on=date(2024, 3, 19),
    simulated=True,
    derived=True,
    units=(Unit(id="fagai", name="发改局"),),
    leaders=(Leader(id="leader-1", label="分管区领导"),),
    items=("K01",),
    policy=YUANCHENG,
)


def lived(story: Scenario) -> Timeline:
    assert story.item is not None
    assert story.until is not None
    frame_of.cache_clear()  # a frame of this test's own making
    run = Timeline(story.item, now=story.item.published_at)
    for step in story.steps:
        run.announce_until(step.appended_at)
        run.now = step.appended_at
        run.submit(step.actor, step.key, step.at, step.data)
    run.announce_until(story.until)
    return run


def told(run: Timeline) -> list[Event]:
    return [event for events in run.rulings for event in events]


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES.keys())
def test_a_story_is_read_back_from_its_bytes_and_every_escalation_and_light_names_its_rule(story: Scenario) -> None:
    run = lived(story)
    back = [ruling_from(parse(value), 0) for value in run.written]
    assert [(event.time, event.data) for event in back] == [(event.time, event.data) for event in told(run)]
    assert replayed(run.written)[SUBJECT] == run.state
    for event in back:
        if isinstance(event.data, EscalationRaised | EscalationJoined):
            assert event.data.rule == RULES[event.data.level]
        if isinstance(event.data, LightChanged):
            assert event.data.rule in LIGHT_RULES


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES.keys())
def test_every_light_and_escalation_names_its_policy_what_it_follows_from_and_what_was_compared(
    story: Scenario,
) -> None:
    known: set[str] = set()
    policies: set[str] = set()
    record: ItemRecord | None = None
    for event in ruled(lived(story)):
        data = event.data
        known.add(event.causeid)
        if isinstance(data, ItemOpened | PolicyChanged):
            policies.add(data.policy.ref)
        record = opened(data) if isinstance(data, ItemOpened) else evolve(record, data) if record else None
        if record is None or not isinstance(data, LightChanged | EscalationRaised | EscalationJoined):
            continue
        assert event.policy in policies
        assert data.because
        assert known.issuperset(data.because)
        if isinstance(data, LightChanged):
            assert_compared(record.explain(data.period).zh, data, record)
        else:
            assert_grounded(record.explain_escalation(data.escalation).zh, data, record)


def assert_compared(why: str, data: LightChanged, record: ItemRecord) -> None:
    """The values are there, or the sentence says what was compared instead: the due date, and that nothing came."""
    parts = record.light_facts(data.period).parts
    for part in parts if data.to in ("yellow", "red") else ():
        if part.claim is None:
            assert f"截至{due_word(part.due_on).zh}未报送" in why
    for one in data.compared if data.to in ("yellow", "red") else ():
        assert one.reached or f"{one.indicator}目标{SIGNS[one.comparator]}{plain(one.target)}，" in why or "推翻" in why
    if data.to in ("yellow", "red") and not data.compared and all(part.claim for part in parts):
        known = record.lights.of(data.period).compared
        why_not = ("推翻", "没有已确认的节点目标", "尚在推进", "受阻")
        assert any(one in why for one in why_not) or any(not one.reached for one in known), why


def assert_grounded(why: str, data: EscalationRaised | EscalationJoined, record: ItemRecord) -> None:
    """A period is named with its light, what lapsed with its limit and that nothing came by it."""
    if record.light(data.cause) is not None and data.level != "blockage":
        assert record.light(data.cause) in ("yellow", "red")
        assert f"{period_word(data.cause).zh}{LIGHTS[str(record.light(data.cause))].zh}" in why
    elif data.cause in ("rectification_overdue", "interview_lapsed"):
        source = record.escalation_facts(str(data.source))
        assert source.overdue
        assert source.due_on is not None
        assert f"截至{due_word(source.due_on).zh}未" in why
    else:
        assert data.level == "blockage" or data.cause in ("lag", "rectification_not_done")


def ruled(run: Timeline) -> Iterator[RulingEvent]:
    """The same submissions ruled on again as rating's shell does it, which is where the policy is named."""
    states: dict[str, State] = {}
    at = 0
    for offset, (submission, logged_at) in enumerate(run.submissions):
        milliseconds = round(logged_at.timestamp() * 1000)
        logged = LoggedSubmission(partition_of(submission.subject), offset, milliseconds, encode_submission(submission))
        found = rule_on(Rules(), "1", logged, at, states)
        unread = rule_on(Rules(reads_back=False), "1", logged, at, states)
        assert unread == found, "rating goes on from what it encoded, the audit from what can be read of it"
        at += len(found.values)
        if found.state is not None:
            states[submission.subject] = found.state
        yield from found.events


def test_a_programme_is_on_record_as_it_was_published() -> None:
    opened = Timeline(None, subject="441602-2024").submit(OFFICE, "a", Timeline(None).now, PUBLISHED)[1].data
    assert opened == ProgrammeOpened(
        title=PUBLISHED.title,
        jurisdiction=PUBLISHED.jurisdiction,
        document=PUBLISHED.document,
        issued_on=PUBLISHED.issued_on,
        simulated=True,
        derived=True,
        units=PUBLISHED.units,
        leaders=PUBLISHED.leaders,
        items=PUBLISHED.items,
        policy=YUANCHENG,
    )


def test_a_bulletin_is_on_record_as_it_was_composed_and_approved_by_itself() -> None:
    run = Timeline(None, subject="441602-2024")
    run.submit(OFFICE, "a", run.now, PUBLISHED)
    for name in ("q1", "q2"):
        composed = BulletinComposed(
            bulletin=name,
            kind="quarterly",
            period="2024Q1",
            position="rulings-1@2",
            sha256="0" * 64,
            names_units=True,
        )
        assert run.submit(OFFICE, name, run.now, composed)[1].data == BulletinFiled(
            bulletin=name,
            kind="quarterly",
            period="2024Q1",
            position="rulings-1@2",
            sha256="0" * 64,
            names_units=True,
        )
    run.submit(CHIEF, "approve", run.now, BulletinApproved(bulletin="q2"))
    assert run.state is not None
    assert run.state.programme is not None
    assert {b.id: b.published for b in run.state.programme.bulletins} == {"q1": False, "q2": True}


def test_a_transfer_is_on_record_with_those_who_cooperate() -> None:
    run = Timeline(assigned("key_task"))
    data = ItemReassigned(lead_unit="keji", cooperating=("nongye", "shuiwu"), leader="leader-2")
    assert run.submit(OFFICE, "a", run.now, data)[1].data == ItemTransferred(
        lead_unit="keji", cooperating=("nongye", "shuiwu"), leader="leader-2"
    )
    assert run.item.hands.cooperating == ("nongye", "shuiwu")


def test_an_adjustment_keeps_the_old_and_the_new_node_and_the_reason_on_record() -> None:
    run = Timeline(assigned("key_task"))
    old, new = Node(text="old"), Node(text="new")
    run.submit(LEAD, "plan", run.now, PlanSubmitted(nodes={"2024Q1": old}))
    run.submit(LEADER, "plan", run.now, PlanDecided(decision="confirmed"))
    asked = AdjustmentRequested(adjustment="a1", period="2024Q1", node=new, reason="雨季")
    filed = run.submit(LEAD, "a", run.now, asked)[1].data
    assert filed == AdjustmentFiled(adjustment="a1", period="2024Q1", node=new, reason="雨季")
    events = run.submit(LEADER, "b", run.now, AdjustmentDecided(adjustment="a1", decision="approved"))
    assert events[1].data == NodeAdjusted(adjustment="a1", period="2024Q1", before=old, after=new, reason="雨季")


def test_a_confirmed_chief_interview_goes_to_the_unit_with_copy_to_the_leader_in_charge() -> None:
    run = Timeline(assigned("key_task"))
    run.announce_until(run.now + timedelta(days=75))
    events = run.submit(OFFICE, "a", run.now, InterviewConfirmed())
    (confirmed,) = (event.data for event in events if isinstance(event.data, EscalationConfirmed))
    assert (confirmed.level, confirmed.to, confirmed.copy) == (
        "chief_interview",
        "unit:fagai",
        ("leader:leader-1",),
    )


def test_a_withdrawal_leaves_no_request_behind_and_takes_an_early_green_back_by_its_paragraph() -> None:
    run = Timeline(assigned("key_task"))
    run.submit(LEAD, "plan", run.now, PlanSubmitted(nodes={"2024Q1": Node(text="t")}))
    run.submit(LEADER, "plan", run.now, PlanDecided(decision="confirmed"))
    run.submit(LEAD, "report", run.now, ProgressReported(period="2024Q1", claim="completed", evidence=(FILE,)))
    run.submit(LEAD, "a", run.now, WithdrawalRequested(reason="并入"))
    events = run.submit(CHIEF, "b", run.now, WithdrawalDecided(decision="approved"))
    assert [event.data.rule for event in events if isinstance(event.data, LightChanged)] == ["Lights 8"]
    assert run.item.hands.withdrawn
    assert run.item.hands.withdrawal is None


def test_what_cannot_be_about_a_subject_is_refused_by_who_may_do_it() -> None:
    programme = Timeline(None, subject="441602-2024")
    item = Timeline(None)
    late = DeadlinePassed(kind="report", ref="2024Q1", due_at=item.now)
    composed = BulletinApproved(bulletin="q1")
    assert [
        reasons(programme.submit(OFFICE, "a", programme.now, assigned("key_task"))),
        reasons(programme.submit(LEAD, "b", programme.now, assigned("key_task"))),
        reasons(programme.submit(OFFICE, "c", programme.now, LagDeclared())),
        reasons(programme.submit(LEAD, "d", programme.now, LagDeclared())),
        reasons(item.submit(OFFICE, "a", item.now, late)),
        reasons(item.submit(ALARM, "b", item.now, late)),
        reasons(item.submit(CHIEF, "c", item.now, composed)),
        reasons(item.submit(OFFICE, "d", item.now, composed)),
        reasons(item.submit(OFFICE, "e", item.now, PUBLISHED)),
        reasons(item.submit(CHIEF, "f", item.now, PUBLISHED)),
        reasons(item.submit(LEADER, "g", item.now, PlanDecided(decision="confirmed"))),
    ] == [
        ("unknown_programme",),
        ("wrong_role", "unknown_programme"),
        ("unknown_item",),
        ("wrong_role", "unknown_item"),
        ("wrong_role", "unknown_item"),
        ("unknown_item",),
        ("unknown_programme",),
        ("wrong_role", "unknown_programme"),
        ("unknown_programme",),
        ("wrong_role", "unknown_programme"),
        ("unknown_item",),
    ]


def reasons(events: list[Event]) -> tuple[str, ...]:
    verdict = events[0].data
    assert isinstance(verdict, SubmissionRejected)
    return verdict.reasons


def test_a_refusal_of_what_is_too_large_keeps_its_time_and_whether_the_alarm_asked() -> None:
    run = Timeline(assigned("key_task"))
    at = run.rulings[0][0].time
    big = [b"x" * (MAX_RULING_BYTES + 1)]
    assert capped([Event(at, SubmissionAccepted(alarm=True))], big) == [
        Event(at, SubmissionRejected(reasons=("too_large",), alarm=True))
    ]
    assert capped(run.rulings[0], big) == [Event(at, SubmissionRejected(reasons=("too_large",), alarm=False))]
    assert capped([Event(at, SubmissionRejected(reasons=("not_due",), alarm=True))], big) == [
        Event(at, SubmissionRejected(reasons=("too_large",), alarm=False))
    ]
