"""What the acts of version 3 put on record: words, reasons, and which of several was decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from contracts.rulings import (
    AdjustmentApproved,
    AdjustmentRefused,
    BulletinPublished,
    CancellationFiled,
    DeputyAppointed,
    ExtensionRefused,
    ItemRevised,
    ItemWithdrawn,
    NodeAdjusted,
    ProgrammeEnlarged,
    ProgrammeOpened,
    ReplyRecorded,
    ReplyReleased,
    ReplyRetained,
    SubmissionAccepted,
    SubmissionRejected,
    VerificationRecorded,
)
from contracts.submissions import (
    AdjustmentDecided,
    AdjustmentRequested,
    Appealed,
    AppealLodged,
    BulletinApproved,
    BulletinComposed,
    CancellationApproved,
    DeputyNamed,
    ExtensionDecided,
    ExtensionRequested,
    InspectionApproved,
    InspectionPlanned,
    InspectionRecorded,
    ItemCancelled,
    ItemCorrected,
    PlanDecided,
    PlanSubmitted,
    ProgrammeExtended,
    ReplyGiven,
    ReplyPublished,
    ReplyWithheld,
    SubmissionData,
)
from contracts.values import Actor, Leader, Node, Target, Unit
from tests.rules.test_lights import LEAD, LEADER, SETTLED, report, year
from tests.rules.test_on_record import PUBLISHED
from tests.rules.timelines import CHIEF, OFFICE, TEMPLATE, YUANCHENG, Timeline, assigned

LEADER_2 = Actor(role="leader", id="leader-2")
UNITS, LEADERS = (Unit(id="shuiwu", name="水务局"),), (Leader(id="leader-3", label="分管区领导"),)


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


# --- words ---


def test_a_correction_is_on_record_with_every_word_and_its_reason() -> None:
    run = Timeline(assigned("key_task"))
    target = Target(indicator="a", comparator=">=", value=1)  # type: ignore[arg-type]
    told = ItemCorrected(
        title="新名",
        source="新源",
        classification="internal",
        cooperating=("c",),
        annual_targets=(target,),
        reason="错字",
    )
    assert follows(run, OFFICE, told) == [
        ItemRevised(
            title="新名",
            source="新源",
            classification="internal",
            cooperating=("c",),
            annual_targets=(target,),
            reason="错字",
        )
    ]
    assert run.item.hands.cooperating == ("c",)


def test_units_and_leaders_that_are_added_are_on_record_of_the_item_and_of_the_programme() -> None:
    programme = Timeline(None, subject="441602-2024")
    (opened,) = follows(programme, OFFICE, replace(PUBLISHED, closing_on=date(2025, 3, 31)))
    assert isinstance(opened, ProgrammeOpened)
    assert opened.closing_on == date(2025, 3, 31)
    for run in (programme, Timeline(assigned("key_task"))):
        more = ProgrammeExtended(units=UNITS, leaders=LEADERS)
        assert follows(run, OFFICE, more) == [ProgrammeEnlarged(units=UNITS, leaders=LEADERS)]


def test_a_naming_is_on_record_with_its_reason() -> None:
    span = {"from_on": date(2024, 3, 20), "until_on": date(2024, 3, 22), "reason": "出差"}
    named = DeputyNamed(principal="leader:leader-1", deputy="leader:leader-2", **span)  # type: ignore[arg-type]
    appointed = DeputyAppointed(principal="leader:leader-1", deputy="leader:leader-2", **span)  # type: ignore[arg-type]
    assert follows(Timeline(assigned("key_task")), OFFICE, named) == [appointed]


def test_the_verdict_on_a_deputys_act_names_both_and_the_chief_may_stand_in_for_a_leader() -> None:
    run = Timeline(assigned("key_task"))
    span = {"from_on": date(2024, 3, 19), "until_on": date(2024, 4, 30)}
    for deputy in ("leader:leader-2", "chief"):
        follows(run, OFFICE, DeputyNamed(principal="leader:leader-1", deputy=deputy, **span))  # type: ignore[arg-type]
    for actor, name in ((LEADER_2, "leader:leader-2"), (CHIEF, "chief")):
        follows(run, LEAD, PlanSubmitted(nodes={"2024Q1": Node(text="t")}))
        standing_in = replace(actor, on_behalf_of="leader:leader-1")
        (verdict, *_) = run.submit(standing_in, name, run.now, PlanDecided(decision="returned"))
        assert verdict.data == SubmissionAccepted(principal="leader:leader-1", deputy=name)


def test_a_cancellation_says_that_it_is_one_and_why_at_once_or_when_it_is_asked_for() -> None:
    run = Timeline(assigned("key_task"))
    assert follows(run, OFFICE, ItemCancelled(reason="重复"))[0] == ItemWithdrawn(cancelled=True, reason="重复")
    run = Timeline(assigned("key_task"))
    run.announce_until(at(SETTLED["2024Q1"]))
    assert follows(run, OFFICE, ItemCancelled(reason="重复")) == [CancellationFiled(reason="重复")]
    assert follows(run, CHIEF, CancellationApproved())[0] == ItemWithdrawn(cancelled=True)


def test_a_reply_is_on_record_with_what_it_is_about_and_whose_it_is_and_so_is_what_becomes_of_it() -> None:
    run = Timeline(assigned("key_task"))
    run.announce_until(at(SETTLED["2024Q1"]))
    (light,) = follows(run, LEAD, ReplyGiven(light="2024Q1", text="汛期"))
    about = last(run)
    assert light == ReplyRecorded(reply=about, light="2024Q1", text="汛期", unit="fagai")
    (notice,) = follows(run, LEAD, ReplyGiven(level="rectification", cause="2024Q1", text="在改"))
    assert notice == ReplyRecorded(reply=last(run), level="rectification", cause="2024Q1", text="在改", unit="fagai")
    assert follows(run, OFFICE, ReplyWithheld(of=about, reason="涉密")) == [ReplyRetained(reply=about, reason="涉密")]
    assert follows(run, OFFICE, ReplyPublished(of=about)) == [ReplyReleased(reply=about)]


def test_a_bulletin_that_was_composed_again_is_superseded_by_the_id_of_the_first() -> None:
    run = Timeline(None, subject="441602-2024")
    follows(run, OFFICE, PUBLISHED)
    composed = BulletinComposed(
        bulletin="2024Q1", kind="quarterly", period="2024Q1", position="0:1", sha256="a" * 64, names_units=True
    )
    follows(run, OFFICE, composed)
    first = last(run)
    follows(run, OFFICE, replace(composed, position="0:2"))
    assert refused(run, CHIEF, BulletinApproved(bulletin="2024Q1", of=first)) == ("superseded",)
    second = run.submissions[2][0].id
    assert follows(run, CHIEF, BulletinApproved(bulletin="2024Q1", of=second)) == [BulletinPublished(bulletin="2024Q1")]


# --- which of several ---


def test_of_two_requests_under_one_id_the_place_of_the_one_decided_is_on_record() -> None:
    run = Timeline(assigned("key_task"))
    ids = []
    for text in ("一", "二", "三"):
        follows(run, LEAD, AdjustmentRequested(adjustment="j", period="2024Q2", node=Node(text=text)))
        ids.append(last(run))
    decided = AdjustmentDecided(adjustment="j", decision="approved", of=ids[1])
    assert follows(run, LEADER, decided) == [AdjustmentApproved(adjustment="j", place=1)]
    decided = AdjustmentDecided(adjustment="j", decision="refused", of=ids[2])
    assert follows(run, LEADER, decided) == [AdjustmentRefused(adjustment="j", place=1)]
    assert [(one.node.text, one.approved) for one in run.item.plan.adjustments] == [("一", False), ("二", True)]


def test_with_a_plan_confirmed_the_place_of_the_adjustment_that_takes_effect_is_on_record() -> None:
    run = year(YUANCHENG)
    for text in ("一", "二"):
        follows(run, LEAD, AdjustmentRequested(adjustment="j", period="2024Q2", node=Node(text=text)))
    (adjusted, *_) = follows(run, LEADER, AdjustmentDecided(adjustment="j", decision="approved", of=last(run)))
    assert isinstance(adjusted, NodeAdjusted)
    assert (adjusted.after.text, adjusted.place) == ("二", 1)
    assert [one.node.text for one in run.item.plan.adjustments] == ["一"]


def test_of_two_extensions_under_one_id_the_place_of_the_one_decided_is_on_record() -> None:
    run = Timeline(assigned("key_task"))
    run.announce_until(at(SETTLED["2024Q1"]))
    for day in (7, 8):
        follows(run, LEAD, ExtensionRequested(extension="e", until_on=date(2024, 5, day)))
    refusal = ExtensionDecided(extension="e", decision="refused", of=last(run))
    assert follows(run, LEADER, refusal) == [ExtensionRefused(extension="e", place=1)]
    assert [one.until_on.day for one in run.item.particulars.extensions] == [7]
    follows(run, LEAD, ExtensionRequested(extension="e", until_on=date(2024, 5, 9)))
    assert follows(run, LEADER, ExtensionDecided(extension="e", decision="refused")) == [
        ExtensionRefused(extension="e")
    ]
    assert [one.until_on.day for one in run.item.particulars.extensions] == [9]


def test_a_visit_finds_the_last_late_report_of_its_day_of_its_own_period_alone() -> None:
    run = Timeline(assigned("key_task"))
    reports: dict[str, str] = {}
    for day, period in (("04-02", "2024Q1"), ("04-08", "2024Q1"), ("04-15", "2024Q1"), ("04-20", "2024Q1")):
        run.announce_until(at(f"2024-{day}T09:00:00"))
        run.now = at(f"2024-{day}T09:00:00")
        report(run, period)
        reports[day] = last(run)
    follows(run, OFFICE, InspectionPlanned(plan="i", from_on=date(2024, 4, 1), to_on=date(2024, 5, 1), approved=True))
    run.announce_until(at("2024-04-25T09:00:00"))
    run.now = at("2024-04-25T09:00:00")
    report(run, "2024Q2")
    visit = InspectionRecorded(plan="i", visited_on=date(2024, 4, 20), period="2024Q2", finding="confirmed")
    assert refused(run, OFFICE, visit) == ("no_valid_inspection_plan",)
    found = follows(run, OFFICE, replace(visit, period="2024Q1"))[0]
    assert isinstance(found, VerificationRecorded)
    assert found.report == reports["04-08"], "what came in time counts before what came late"


# --- what concerns one of several ---


def test_an_appeal_that_is_overdue_leaves_the_next_one_to_be_announced() -> None:
    run = Timeline(assigned("key_task"))
    run.announce_until(at(SETTLED["2024Q1"]))
    run.now = at("2024-04-12T09:00:00")
    follows(run, LEAD, AppealLodged(appeal="a", against=Appealed(light="2024Q1")))
    run.now = at("2024-04-15T09:00:00")
    follows(run, LEAD, AppealLodged(appeal="b", against=Appealed(level="rectification", cause="2024Q1")))
    run.announce_until(at("2024-05-13T01:00:00"))
    assert [(one.id, one.overdue) for one in run.item.appeals] == [("a", True), ("b", False)]
    run.announce_until(at("2024-05-16T01:00:00"))
    assert [(one.id, one.overdue) for one in run.item.appeals] == [("a", True), ("b", True)]


def test_the_chief_approves_the_inspection_plan_that_is_named_and_no_other() -> None:
    run = Timeline(assigned("key_task", policy=TEMPLATE))
    for plan in ("i", "k"):
        planned = InspectionPlanned(plan=plan, from_on=date(2024, 3, 19), to_on=date(2024, 5, 1), approved=True)
        follows(run, OFFICE, planned)
    follows(run, CHIEF, InspectionApproved(plan="k"))
    assert [(one.plan, one.approved) for one in run.item.particulars.inspections] == [("i", False), ("k", True)]


def test_replies_about_two_things_stand_side_by_side_and_the_last_one_about_each() -> None:
    run = Timeline(assigned("key_task"))
    run.announce_until(at(SETTLED["2024Q2"]))
    about = [
        {"light": "2024Q1"},
        {"light": "2024Q2"},
        {"level": "interview", "cause": "2024Q2"},
        {"level": "interview", "cause": "rectification_overdue"},
    ]
    for one in (*about, about[0]):
        follows(run, LEAD, ReplyGiven(text="一", **one))  # type: ignore[arg-type]
    topics = [reply.topic for reply in run.item.particulars.replies]
    assert topics == ["2024Q2", "interview:2024Q2", "interview:rectification_overdue", "2024Q1"]
    assert run.item.particulars.replies[-1].of == last(run)
