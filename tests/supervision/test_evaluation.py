"""The annual evaluation: what each unit's sheet counts, at which weight, and from which events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from hypothesis import given

from contracts.envelope import parse
from contracts.policy import Policy
from contracts.ruling import RULING_TYPES, ruling_from
from contracts.rulings import PolicyChanged, ProgrammeOpened
from contracts.submissions import (
    AppealDecided,
    Appealed,
    AppealLodged,
    InterviewConfirmed,
    InterviewHeld,
    ItemReassigned,
    LagDeclared,
    NoticeAcknowledged,
    PolicyAdopted,
    ProgressReviewed,
    WithdrawalDecided,
    WithdrawalRequested,
)
from services.rating.rules.state.state import Item
from supervision.evaluation.deduction import Deduction, Source, SourcedEvent
from supervision.evaluation.sheets import Sheet, evaluate
from tests.rules.strategies import timelines
from tests.rules.test_lights import LEAD, QUARTERS, at, report, year
from tests.rules.test_properties import many
from tests.rules.timelines import ACTORS, CHIEF, OFFICE, OUHAI, YUANCHENG, Timeline

OTHER = ACTORS[1]
AFTER = "2025-03-01T00:00:00"
NOWHERE = Source("", "", "", "")


def programme(policy: Policy = YUANCHENG) -> SourcedEvent:
    opened = ProgrammeOpened(
        title="t",
        jurisdiction="j",
        document="d",
        issued_on=at("2024-03-19T00:00:00").date(),
        simulated=True,
        derived=True,
        units=(),
        leaders=(),
        items=("K01",),
        policy=policy,
    )
    return SourcedEvent(None, at("2024-03-19T09:00:00"), NOWHERE, opened)


def entries(run: Timeline, item: str = "K01") -> list[SourcedEvent]:
    """The events of a story as they lie on the log."""
    found = []
    for offset, value in enumerate(run.written):
        event = ruling_from(parse(value), 0)
        name = RULING_TYPES.short_names[type(event.data)]
        source = Source(event.id, name, f"rulings-0@{offset}", f"submissions-0@{event.causeoffset}")
        found.append(SourcedEvent(item, event.time, source, event.data))
    return found


def sheets(*runs: Timeline, policy: Policy = YUANCHENG) -> dict[str, Sheet]:
    told = [entry for number, run in enumerate(runs, 1) for entry in entries(run, f"K0{number}")]
    return {sheet.unit: sheet for sheet in evaluate([programme(policy), *told])}


def told(deductions: Sequence[Deduction]) -> list[tuple[str, str, str]]:
    return [(one.kind, one.about, str(one.points)) for one in deductions]


def test_a_year_without_a_miss_keeps_the_base() -> None:
    run = year(YUANCHENG, QUARTERS)
    run.announce_until(at(AFTER))
    assert sheets(run)["fagai"] == Sheet(unit="fagai", base=Decimal(100), deductions=(), pending=0)


def test_every_miss_has_its_weight_and_what_was_missing_is_counted_beside_the_light() -> None:
    run = year(YUANCHENG, ("2024Q3",))
    run.announce_until(at(AFTER))
    sheet = sheets(run)["fagai"]
    assert told(sheet.deductions) == [
        ("missing_report", "2024Q1", "-0.5"),
        ("yellow", "2024Q1", "-1"),
        ("missing_report", "2024Q2", "-0.5"),
        ("red", "2024Q2", "-2"),
        ("missing_report", "2024Q4", "-0.5"),
        ("yellow", "2024Q4", "-1"),
        ("lapsed_rectification", "rectification-1", "-1"),
    ], "the second yellow joined the open rectification"
    assert sheet.score == Decimal("93.5")


def test_a_report_that_came_late_is_not_missing_any_more_and_its_yellow_stays() -> None:
    run = year(YUANCHENG)
    run.announce_until(at("2024-04-12T00:00:00"))
    run.now = at("2024-04-12T10:00:00")
    assert [one.kind for one in sheets(run)["fagai"].deductions] == ["missing_report", "yellow"]
    report(run, "2024Q1")
    assert told(sheets(run)["fagai"].deductions) == [("yellow", "2024Q1", "-1")]


def test_a_report_that_came_in_time_and_falls_short_or_is_overturned_is_not_missing() -> None:
    run = year(YUANCHENG, ("2024Q1",))
    run.announce_until(at("2024-04-12T00:00:00"))
    run.now = at("2024-04-12T10:00:00")
    run.submit(OFFICE, "review", run.now, ProgressReviewed(period="2024Q1", finding="overturned"))
    assert told(sheets(run)["fagai"].deductions) == [("yellow", "2024Q1", "-1")]


def test_what_is_not_settled_is_pending_and_costs_nothing() -> None:
    run = year(YUANCHENG, ("2024Q1",))
    run.announce_until(at("2024-07-10T00:00:00"))
    sheet = sheets(run)["fagai"]
    assert (sheet.score, sheet.pending) == (Decimal(100), 3)


def test_every_deduction_names_the_events_that_it_follows_from() -> None:
    run = year(YUANCHENG)
    run.announce_until(at("2024-05-08T00:00:00"))
    written = [ruling_from(parse(value), 0) for value in run.written]
    for deduction in sheets(run)["fagai"].deductions:
        assert deduction.sources
        for source in deduction.sources:
            event = written[int(source.position.rpartition("@")[2])]
            assert (event.id, RULING_TYPES.short_names[type(event.data)]) == (source.id, source.type)
            assert source.cause == f"submissions-0@{event.causeoffset}"
    assert [one.why.zh for one in sheets(run)["fagai"].deductions] == [
        "2024年第一季度：截至4月10日24时未报送",
        "2024年第一季度黄灯：截至4月10日24时未报送",
        "督查整改通知书：2024年第一季度黄灯；期限5月6日24时；办理中；已逾期",
    ]
    kinds = {one.kind: [source.type for source in one.sources] for one in sheets(run)["fagai"].deductions}
    assert kinds == {
        "missing_report": ["light.settled"],
        "yellow": ["light.settled", "light.changed"],
        "lapsed_rectification": ["escalation.raised", "escalation.overdue"],
    }


def test_an_upheld_appeal_takes_the_light_and_what_was_missing_away_and_all_that_followed() -> None:
    run = year(YUANCHENG)
    run.announce_until(at("2024-05-08T00:00:00"))
    run.now = at("2024-05-08T10:00:00")
    run.submit(LEAD, "sign", run.now, NoticeAcknowledged(level="rectification", cause="2024Q1"))
    run.submit(LEAD, "appeal", run.now, AppealLodged(appeal="a1", against=Appealed(light="2024Q1")))
    waiting = sheets(run)["fagai"]
    assert told(waiting.deductions) == [
        ("missing_report", "2024Q1", "-0.5"),
        ("yellow", "2024Q1", "-1"),
        ("lapsed_rectification", "rectification-1", "-1"),
    ]
    assert [one.under_appeal for one in waiting.deductions] == [True, True, False]
    run.submit(OFFICE, "decision", run.now, AppealDecided(appeal="a1", decision="upheld"))
    assert sheets(run)["fagai"].score == Decimal(100)


def test_an_appeal_against_a_notice_is_told_beside_what_it_costs() -> None:
    run = year(YUANCHENG)
    run.announce_until(at("2024-05-08T00:00:00"))
    run.now = at("2024-05-08T10:00:00")
    run.submit(LEAD, "sign", run.now, NoticeAcknowledged(level="rectification", cause="2024Q1"))
    against = Appealed(level="rectification", cause="2024Q1")
    run.submit(LEAD, "appeal", run.now, AppealLodged(appeal="a1", against=against))
    assert [one.under_appeal for one in sheets(run)["fagai"].deductions] == [False, False, True]


def chief_interviewed() -> Timeline:
    """Lag is declared, the rectification and then the interview lapse, and the chief interview is proposed."""
    run = year(YUANCHENG, ("2024Q1",))
    run.now = at("2024-04-01T10:00:00")
    run.submit(OFFICE, "lag", run.now, LagDeclared())
    run.announce_until(at("2024-05-15T00:00:00"))
    return run


def test_a_chief_interview_costs_from_its_confirmation_on_not_from_the_proposal() -> None:
    run = chief_interviewed()
    run.announce_until(at("2024-06-20T00:00:00"))
    run.now = at("2024-06-20T10:00:00")
    assert [e.phase for e in run.item.escalations if e.level == "chief_interview"] == ["proposed"]
    assert [one.kind for one in sheets(run)["fagai"].deductions] == ["lapsed_rectification"]
    run.submit(OFFICE, "confirm", run.now, InterviewConfirmed())
    assert [one.kind for one in sheets(run)["fagai"].deductions] == ["lapsed_rectification", "chief_interview"]
    run.submit(OFFICE, "held", run.now, InterviewHeld(level="chief_interview", minutes="m"))
    found = sheets(run)["fagai"].deductions
    assert [one.kind for one in found] == ["lapsed_rectification", "chief_interview"], "closing undoes nothing"
    assert [source.type for source in found[1].sources] == ["escalation.raised", "escalation.confirmed"]


def test_what_arose_before_a_transfer_stays_with_the_unit_that_led_then() -> None:
    run = year(YUANCHENG, ())
    run.announce_until(at("2024-04-12T00:00:00"))
    run.now = at("2024-04-12T10:00:00")
    run.submit(OFFICE, "move", run.now, ItemReassigned(lead_unit="keji", cooperating=(), leader="leader-2"))
    run.announce_until(at("2024-07-12T00:00:00"))
    found = sheets(run)
    assert told(found["fagai"].deductions) == [("missing_report", "2024Q1", "-0.5"), ("yellow", "2024Q1", "-1")]
    assert [(one.kind, one.about) for one in found["keji"].deductions] == [
        ("missing_report", "2024Q2"),
        ("red", "2024Q2"),
        ("lapsed_rectification", "rectification-1"),
    ]
    assert (found["fagai"].pending, found["keji"].pending) == (0, 2)


def test_a_withdrawn_item_keeps_what_arose_before_and_nothing_is_pending() -> None:
    run = year(YUANCHENG)
    run.announce_until(at("2024-05-08T00:00:00"))
    run.now = at("2024-05-08T10:00:00")
    before = sheets(run)["fagai"]
    run.submit(LEAD, "out", run.now, WithdrawalRequested(reason="r"))
    run.submit(CHIEF, "out", run.now, WithdrawalDecided(decision="approved"))
    run.announce_until(at(AFTER))
    after = sheets(run)["fagai"]
    assert [e.phase for e in run.item.escalations] == ["withdrawn", "withdrawn"]
    assert (told(after.deductions), after.pending) == (told(before.deductions), 0)
    assert "lapsed_rectification" in [one.kind for one in after.deductions]


def test_a_deduction_weighs_what_the_policy_of_its_time_says() -> None:
    heavier = replace(YUANCHENG, version=2, weights=replace(YUANCHENG.weights, base=Decimal(90), red=Decimal("-3.25")))
    run = year(YUANCHENG)
    run.announce_until(at("2024-07-12T00:00:00"))
    run.now = at("2024-07-12T10:00:00")
    run.submit(OFFICE, "policy", run.now, PolicyAdopted(policy=heavier))
    run.announce_until(at("2024-10-12T00:00:00"))
    reds = [one for one in sheets(run)["fagai"].deductions if one.kind == "red"]
    assert [(one.points, one.policy) for one in reds] == [
        (Decimal(-2), "yuancheng-2024@1"),
        (Decimal("-3.25"), "yuancheng-2024@2"),
    ]
    adopted = SourcedEvent(None, run.now, NOWHERE, PolicyChanged(policy=heavier))
    (sheet,) = evaluate([programme(), *entries(run), adopted])
    assert sheet.base == Decimal(90), "the base is that of the policy in force"


def test_a_livelihood_items_months_are_missing_by_themselves_and_its_quarter_has_the_light() -> None:
    run = year(YUANCHENG, ("2024-03", "2024-04", "2024-06"), category="livelihood")
    run.announce_until(at("2024-07-04T00:10:00"))
    found = sheets(run)["fagai"].deductions
    assert told(found) == [("missing_report", "2024-05", "-0.5"), ("yellow", "2024Q2", "-1")]
    assert found[0].sources[0].type == "month.settled"


def test_where_what_is_made_up_changes_colour_the_sheet_follows_the_light() -> None:
    run = year(OUHAI)
    run.announce_until(at("2024-04-12T00:00:00"))
    run.now = at("2024-04-12T10:00:00")
    assert told(sheets(run, policy=OUHAI)["fagai"].deductions)[1] == ("red", "2024Q1", "-3")
    report(run, "2024Q1")
    assert told(sheets(run, policy=OUHAI)["fagai"].deductions) == [("yellow", "2024Q1", "-1")]


def test_a_unit_has_one_sheet_over_all_its_items_and_other_units_theirs() -> None:
    one, other, third = year(YUANCHENG), year(YUANCHENG, ("2024Q1",)), year(YUANCHENG, lead_unit="keji")
    for run in (one, other, third):
        run.announce_until(at("2024-04-12T00:00:00"))
    found = sheets(one, other, third)
    assert {unit: sheet.score for unit, sheet in found.items()} == {
        "fagai": Decimal("98.5"),
        "keji": Decimal("98.5"),
    }
    assert found["fagai"].pending == 6
    assert [d.item for d in found["fagai"].deductions] == ["K01", "K01"]


def test_where_nothing_was_published_there_is_no_sheet() -> None:
    assert evaluate([]) == []


@many
@given(timelines())
def test_the_sheets_count_what_the_state_shows(run: Timeline) -> None:
    found = [one for sheet in sheets(run).values() for one in sheet.deductions]
    item = run.item
    for light in ("yellow", "red"):
        expected = [frame.id for frame, q in zip(item.frame.quarters, item.quarters, strict=True) if q.light == light]
        assert [one.about for one in found if one.kind == light] == expected
    missing = {one.about for one in found if one.kind == "missing_report"}
    assert missing == set(periods_missed(item))
    if not item.hands.withdrawn:
        rungs = [e for e in item.escalations if e.phase != "withdrawn"]
        overdue = {e.id for e in rungs if e.level == "rectification" and e.overdue}
        confirmed = {e.id for e in rungs if e.level == "chief_interview" and e.phase != "proposed"}
        assert {one.about for one in found if one.kind == "lapsed_rectification"} == overdue
        assert {one.about for one in found if one.kind == "chief_interview"} == confirmed


def periods_missed(item: Item) -> list[str]:
    frame = item.frame
    return [
        period.id
        for index, (period, here) in enumerate(zip(frame.periods, item.periods, strict=True))
        if here.settled and not here.in_time and not here.late and not item.quarters[frame.quarter_of[index]].upheld
    ]
