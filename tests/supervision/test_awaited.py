"""What waits for whose decision: what begins to wait, what replaces it, and what ends it."""

from __future__ import annotations

import inspect
import re
from datetime import UTC, datetime, timedelta

from contracts import rulings
from contracts.rulings import RulingData
from contracts.submissions import Appealed
from supervision import awaited
from supervision.awaited import Waiting

AT = datetime(2024, 5, 6, 1, tzinfo=UTC)


def told(*events: tuple[RulingData, str]) -> Waiting:
    """What waits after these events, an hour apart, each of the ruling on the submission beside it."""
    waiting: Waiting = {}
    for hours, (data, cause) in enumerate(events):
        for step in awaited.steps(data, cause):
            waiting = awaited.evolve(waiting, step, AT + timedelta(hours=hours))
    return waiting


def names(waiting: Waiting, *, withdrawn: bool = False) -> list[tuple[str, str, str]]:
    return [(one.act, one.name, one.of) for one in awaited.listed(waiting, withdrawn=withdrawn)]


def plan(late: bool = False) -> rulings.PlanReceived:
    return rulings.PlanReceived(nodes={}, late=late)


def report(period: str, report_id: str, *, in_time: bool = True) -> rulings.ProgressRecorded:
    return rulings.ProgressRecorded(
        report=report_id,
        period=period,
        claim="in_progress",
        measures={},
        evidence=(),
        narrative="",
        received_at=AT,
        in_time=in_time,
        met=False,
    )


def verified(period: str, report_id: str) -> rulings.VerificationRecorded:
    return rulings.VerificationRecorded(period=period, report=report_id, finding="confirmed", by="review", person="o-1")


def appeal(due_at: datetime = AT) -> rulings.AppealOpened:
    return rulings.AppealOpened(appeal="a1", against=Appealed(light="2024Q1"), due_at=due_at)


def test_a_plan_that_is_sent_again_waits_in_place_of_the_first_and_since_then() -> None:
    waiting = told((plan(), "s1"), (plan(), "s2"))
    assert names(waiting) == [("plan.decided", "", "s2")]
    assert awaited.listed(waiting, withdrawn=False)[0].since == AT + timedelta(hours=1)
    assert names(told((plan(), "s1"), (rulings.PlanReturned(), "d1"))) == []
    assert names(told((plan(), "s1"), (rulings.PlanReturned(), "d1"), (plan(), "s2"))) == [("plan.decided", "", "s2")]


def test_of_two_appeals_under_one_id_the_decided_one_goes_and_the_other_waits() -> None:
    closed = rulings.AppealClosed(
        appeal="a1", against=Appealed(light="2024Q1"), decision="dismissed", person="o-2", place=1
    )
    waiting = told((appeal(), "s1"), (appeal(), "s2"), (closed, "d1"))
    assert names(waiting) == [("appeal.decided", "a1", "s1")]


def test_a_late_report_waits_for_review_only_where_none_came_in_time() -> None:
    late = (report("2024Q1", "r2", in_time=False), "r2")
    assert names(told(late)) == [("progress.reviewed", "2024Q1", "r2")]
    assert names(told((report("2024Q1", "r1"), "r1"), late)) == [("progress.reviewed", "2024Q1", "r1")]
    reviewed = ((report("2024Q1", "r1"), "r1"), (verified("2024Q1", "r1"), "v1"), late)
    assert names(told(*reviewed)) == []


def test_a_finding_about_a_report_that_was_replaced_ends_nothing() -> None:
    waiting = told((report("2024Q1", "r1"), "r1"), (report("2024Q1", "r2"), "r2"), (verified("2024Q1", "r1"), "v1"))
    assert names(waiting) == [("progress.reviewed", "2024Q1", "r2")]


def test_a_proposed_interview_waits_for_its_confirmation_and_then_to_be_held() -> None:
    proposed = rulings.EscalationRaised(
        escalation="e1",
        level="chief_interview",
        state="proposed",
        cause="2024Q1",
        raised_at=AT,
        to="unit:nongye",
        copy=(),
        rule="Escalation ladder: chief_interview",
        because=(),
    )
    confirmed = rulings.EscalationConfirmed(
        escalation="e1", level="chief_interview", due_at=AT, to="unit:nongye", copy=()
    )
    closed = rulings.EscalationClosed(escalation="e1", level="chief_interview")
    assert names(told((proposed, "a1"))) == [("interview.confirmed", "", "a1")]
    waiting = told((proposed, "a1"), (confirmed, "c1"))
    assert names(waiting) == [("interview.held", "chief_interview", "c1")]
    assert names(told((proposed, "a1"), (confirmed, "c1"), (closed, "m1"))) == []
    assert awaited.expected_of("chief", "interview.held", "chief_interview")
    assert not awaited.expected_of("leader", "interview.held", "chief_interview")


def test_a_reply_waits_until_it_is_published_withheld_or_replaced() -> None:
    def said(reply: str) -> rulings.ReplyRecorded:
        return rulings.ReplyRecorded(reply=reply, light="2024Q1", text="已补报", unit="nongye")

    waiting = told((said("r1"), "r1"), (said("r2"), "r2"))
    assert names(waiting) == [("reply.published", "2024Q1", "r2")]
    released = (rulings.ReplyReleased(reply="r2"), "p1")
    assert names(told((said("r1"), "r1"), (said("r2"), "r2"), released)) == []


def test_of_an_item_that_left_the_assessment_only_its_appeals_are_decided() -> None:
    waiting = told((plan(), "s1"), (appeal(), "s2"))
    assert names(waiting, withdrawn=True) == [("appeal.decided", "a1", "s2")]


def test_every_act_that_something_waits_for_is_an_errand_in_both_languages() -> None:
    assert set(awaited.ERRANDS) == set(re.findall(r'"(\w+\.\w+ed|\w+\.held)"', inspect.getsource(awaited)))
    assert all(word.zh and word.en for word in awaited.ERRANDS.values())
