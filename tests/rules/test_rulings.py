"""Rulings beside the item's story: programmes, bulletins, what is unknown or too large."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from contracts.rulings import (
    BulletinFiled,
    BulletinPublished,
    EscalationRaised,
    ItemOpened,
    NoticeSigned,
    PolicyChanged,
    ProgrammeOpened,
    SubmissionAccepted,
    SubmissionRejected,
    SubmissionRepeated,
    SubmissionUnreadable,
)
from contracts.submissions import (
    BlockageRaised,
    BulletinApproved,
    BulletinComposed,
    ItemReassigned,
    LagDeclared,
    NoticeAcknowledged,
    PolicyAdopted,
    ProgrammePublished,
)
from contracts.topics import MAX_RULING_BYTES
from contracts.values import Evidence
from services.rating.rules.draft import Event
from services.rating.rules.envelope import capped
from services.rating.rules.verdict import refuse, unreadable
from tests.rules.timelines import ACTORS, CHIEF, OFFICE, PUBLISHED_AT, YUANCHENG, Timeline, assigned

LEAD, LEADER = ACTORS[0], ACTORS[4]
FILE = Evidence(sha256="0" * 64, name="a.pdf", size=1, media_type="application/pdf")
PROGRAMME = ProgrammePublished(
    title="t",
    jurisdiction="j",
    document="d",
    issued_on=date(2024, 3, 19),
    simulated=False,
    derived=True,
    units=(),
    leaders=(),
    items=("K01",),
    policy=YUANCHENG,
)


def programme() -> Timeline:
    run = Timeline(None, subject="441602-2024")
    run.submit(OFFICE, "publish", run.now, PROGRAMME)
    return run


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def told(events: list[Event]) -> list[Any]:
    return [event.data for event in events]


def reasons(events: list[Event]) -> tuple[str, ...]:
    verdict = events[0].data
    assert isinstance(verdict, SubmissionRejected)
    return verdict.reasons


def bulletin(name: str, *, names_units: bool, sha256: str = "0" * 64) -> BulletinComposed:
    return BulletinComposed(
        bulletin=name,
        kind="quarterly",
        period="2024Q1",
        position="rulings-1@2",
        sha256=sha256,
        names_units=names_units,
    )


def test_the_office_publishes_a_programme_once() -> None:
    run = Timeline(None, subject="441602-2024")
    assert reasons(run.submit(LEAD, "a", run.now, PROGRAMME)) == ("wrong_role",)
    assert isinstance(run.submit(OFFICE, "b", run.now, PROGRAMME)[1].data, ProgrammeOpened)
    assert told(run.submit(OFFICE, "c", run.now, PROGRAMME)) == [SubmissionRepeated()]


def test_a_bulletin_that_names_a_unit_needs_the_chief_leaders_approval_before_it_is_published() -> None:
    run = programme()
    filed = told(run.submit(OFFICE, "a", run.now, bulletin("q1", names_units=True)))
    assert [type(data) for data in filed] == [SubmissionAccepted, BulletinFiled]
    assert reasons(run.submit(OFFICE, "b", run.now, BulletinApproved(bulletin="q1"))) == ("wrong_role",)
    assert told(run.submit(CHIEF, "c", run.now, BulletinApproved(bulletin="q1")))[1:] == [
        BulletinPublished(bulletin="q1")
    ]
    assert reasons(run.submit(CHIEF, "d", run.now, BulletinApproved(bulletin="q1"))) == ("nothing_to_decide",)


def test_a_bulletin_that_names_nobody_is_published_at_once() -> None:
    run = programme()
    assert told(run.submit(OFFICE, "a", run.now, bulletin("q1", names_units=False)))[-1] == BulletinPublished(
        bulletin="q1"
    )


def test_a_published_bulletin_is_never_edited() -> None:
    run = programme()
    run.submit(OFFICE, "a", run.now, bulletin("q1", names_units=False))
    again = run.submit(OFFICE, "b", run.now, bulletin("q1", names_units=True, sha256="1" * 64))
    assert reasons(again) == ("already_published",)
    erratum = run.submit(OFFICE, "c", run.now, bulletin("q1-erratum", names_units=False))
    assert [type(data) for data in told(erratum)] == [SubmissionAccepted, BulletinFiled, BulletinPublished]


def test_what_is_approved_is_the_text_that_was_read_not_one_composed_meanwhile() -> None:
    run = programme()
    run.submit(OFFICE, "a", run.now, bulletin("q1", names_units=True))
    run.submit(OFFICE, "b", run.now, bulletin("q1", names_units=True, sha256="1" * 64))
    stale = run.submit(CHIEF, "c", run.now, BulletinApproved(bulletin="q1", sha256="0" * 64))
    assert reasons(stale) == ("nothing_to_decide",)
    read = run.submit(CHIEF, "d", run.now, BulletinApproved(bulletin="q1", sha256="1" * 64))
    assert told(read)[1:] == [BulletinPublished(bulletin="q1")]


def test_what_concerns_an_unknown_programme_or_item_is_refused_and_uses_up_its_key() -> None:
    run = Timeline(None, subject="441602-2024")
    assert reasons(run.submit(OFFICE, "a", run.now, bulletin("q1", names_units=False))) == ("unknown_programme",)
    assert reasons(run.submit(LEAD, "b", run.now, bulletin("q1", names_units=False))) == (
        "wrong_role",
        "unknown_programme",
    )
    item = Timeline(None)
    assert reasons(item.submit(OFFICE, "a", item.now, LagDeclared())) == ("unknown_item",)
    assert reasons(item.submit(LEAD, "b", item.now, LagDeclared())) == ("wrong_role", "unknown_item")
    assert told(item.submit(OFFICE, "a", item.now, LagDeclared())) == [SubmissionRepeated()]
    item.submit(OFFICE, "item", item.now, assigned("key_task"))
    assert told(item.submit(OFFICE, "a", item.now, LagDeclared())) == [SubmissionRepeated()]


def test_only_the_office_assigns_items_and_an_item_is_assigned_once() -> None:
    run = Timeline(None)
    assert reasons(run.submit(LEAD, "a", run.now, assigned("key_task"))) == ("wrong_role",)
    assert isinstance(run.submit(OFFICE, "b", run.now, assigned("key_task"))[1].data, ItemOpened)
    assert told(run.submit(OFFICE, "c", run.now, assigned("key_task"))) == [SubmissionRepeated()]
    assert reasons(run.submit(OFFICE, "d", run.now, assigned("livelihood"))) == ("already_published",)


def test_an_item_names_its_void_periods() -> None:
    opened = Timeline(assigned("livelihood", published_at=at("2024-04-04T00:00:00"))).rulings[0][1].data
    assert isinstance(opened, ItemOpened)
    assert opened.void == ("2024-02", "2024-03")


def test_a_ruling_that_is_too_large_becomes_a_refusal() -> None:
    events = Timeline(assigned("key_task")).rulings[0]
    assert capped(events, [b"x" * MAX_RULING_BYTES]) is events
    assert reasons(capped(events, [b"x" * MAX_RULING_BYTES, b"x"])) == ("too_large",)


def test_the_shells_own_refusals_come_in_the_rulebooks_order() -> None:
    assert reasons(refuse(PUBLISHED_AT, ["wrong_partition", "wrong_role", "too_large"])) == (
        "wrong_role",
        "too_large",
        "wrong_partition",
    )
    assert unreadable(PUBLISHED_AT, "x" * 2000)[0].data == SubmissionUnreadable(problem="x" * 1000)


def test_an_escalation_goes_to_whom_the_ladder_says() -> None:
    run = Timeline(assigned("key_task"))
    run.announce_until(at("2024-06-01T00:00:00"))
    raised = {e.data.level: e.data for events in run.rulings for e in events if isinstance(e.data, EscalationRaised)}
    assert {level: (one.to, one.copy) for level, one in raised.items()} == {
        "rectification": ("unit:fagai", ("leader:leader-1",)),
        "interview": ("unit:fagai", ("office",)),
        "chief_interview": ("unit:fagai", ("leader:leader-1",)),
    }


def test_after_a_transfer_escalations_go_to_the_new_hands() -> None:
    run = Timeline(assigned("key_task"))
    run.submit(OFFICE, "a", run.now, ItemReassigned(lead_unit="keji", leader="leader-2"))
    run.announce_until(at("2024-04-11T00:10:00"))
    raised = [e.data for events in run.rulings for e in events if isinstance(e.data, EscalationRaised)]
    assert [(one.to, one.copy) for one in raised] == [("unit:keji", ("leader:leader-2",))]


def test_a_policy_adopted_for_the_programme_is_on_its_record() -> None:
    run = programme()
    other = replace(YUANCHENG, version=2)
    assert told(run.submit(OFFICE, "a", run.now, PolicyAdopted(policy=other)))[1:] == [PolicyChanged(policy=other)]
    assert run.state is not None
    assert run.state.programme is not None
    assert run.state.programme.policy.ref == "yuancheng-2024@2"


def test_states_of_items_with_the_same_frame_share_it() -> None:
    one, other = Timeline(assigned("key_task")), Timeline(assigned("key_task"), subject="441602-2024/K02")
    assert one.item.frame is other.item.frame


def test_of_several_acknowledgements_only_the_first_is_told() -> None:
    run = Timeline(assigned("key_task"))
    run.announce_until(at("2024-04-12T00:00:00"))
    notice = NoticeAcknowledged(level="rectification", cause="2024Q1")
    assert [type(data) for data in told(run.submit(LEAD, "a", run.now, notice))] == [SubmissionAccepted, NoticeSigned]
    assert told(run.submit(LEAD, "b", run.now, notice)) == [SubmissionAccepted()]


def test_a_blockage_goes_to_the_government_with_copy_to_the_leader_in_charge() -> None:
    run = Timeline(assigned("key_task"))
    raised = run.submit(LEAD, "a", run.now, BlockageRaised(blockage="b1"))[1].data
    assert isinstance(raised, EscalationRaised)
    assert (raised.to, raised.copy) == ("government", ("leader:leader-1",))
