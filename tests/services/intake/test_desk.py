"""A unit's desk: what is to be done until when, what came back, and what is offered; from rulings alone."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from contracts.ruling import RulingEvent
from contracts.rulings import (
    AdjustmentRefused,
    AppealClosed,
    EscalationReviewed,
    ExtensionRefused,
    LightChanged,
    NoticeSigned,
    PlanAdopted,
    PlanReceived,
    PlanReturned,
    ProgressRecorded,
    RulingData,
    SubmissionRejected,
    VerificationRecorded,
)
from contracts.submissions import Appealed
from contracts.values import Node, Target
from eventlog.log.memory import MemoryLog
from services.intake.pages.choices import last_reports
from services.intake.pages.desk import Due, due_of_prepared, errands, next_report, standing
from services.intake.pages.figures import figures
from services.intake.pages.form_body import FormFields, submission_body
from services.intake.pages.overview import actions, applies, current_period
from services.intake.submitting.came_back import CameBack
from services.intake.submitting.used_keys import UsedKeys
from services.intake.who import setbacks
from services.intake.who.item import KnownItem
from services.intake.who.permission import ItemRights
from services.intake.who.setbacks import NONE, Setbacks
from supervision import appeals
from tests.services.intake.test_overview import NOW, RAISED, YELLOW, item
from web.identity import Identity

NODES = PlanAdopted(nodes={})
BEFORE_DUE = datetime(2024, 4, 2, tzinfo=UTC)
CLERK = ItemRights(Identity("u-1", "unit", "fagai", ("441602",)), frozenset({"441602"}))


def report(period: str, at: datetime = NOW, *, in_time: bool = True) -> ProgressRecorded:
    return ProgressRecorded(
        report=f"r-{period}",
        period=period,
        claim="in_progress",
        measures={},
        evidence=(),
        narrative="",
        received_at=at,
        in_time=in_time,
        met=False,
    )


def names(known: KnownItem, now: datetime = NOW) -> list[tuple[str, str, int | None]]:
    return [(one.name, one.period, one.due.days if one.due else None) for one in errands([known], now)]


def test_what_is_prepared_is_due_when_it_must_be_filed() -> None:
    known = item(RAISED)
    assert due_of_prepared(known, "plan.submitted", "", NOW) == Due(date(2024, 3, 29), -22)
    report = due_of_prepared(known, "progress.reported", "2024Q2", NOW)
    assert report == Due(date(2024, 7, 10), 81) == due_of_prepared(known, "adjustment.requested", "2024Q2", NOW)
    limit = due_of_prepared(known, "rectification.reported", "", NOW)
    assert limit == due_of_prepared(known, "extension.requested", "", NOW)
    assert limit is not None
    assert limit.days == 10
    assert due_of_prepared(known, "appeal.lodged", "", NOW) is None
    assert due_of_prepared(item(), "extension.requested", "", NOW) is None


def test_an_item_without_plan_is_asked_for_its_plan_and_for_what_is_open_the_latest_first() -> None:
    assert names(item()) == [
        ("plan.submitted", "", -22),
        ("progress.reported", "2024Q1", -10),
        ("progress.reported", "2024Q2", 81),
    ]


def test_the_next_report_is_never_the_one_that_was_just_made() -> None:
    known = item(NODES, report("2024Q1"))
    upcoming = next_report(known, NOW)
    assert upcoming is not None
    assert upcoming.id == current_period(known, NOW) == "2024Q2"
    known.evolve(report("2024Q2"))
    upcoming = next_report(known, NOW)
    assert upcoming is not None
    assert upcoming.id == "2024Q3"
    assert names(known) == []


def test_a_void_period_is_never_asked_for() -> None:
    known = item(NODES)
    known.opened = known.opened.__class__(
        **{**{name: getattr(known.opened, name) for name in known.opened.__dataclass_fields__}, "void": ("2024Q2",)}
    )
    upcoming = next_report(known, NOW)
    assert upcoming is not None
    assert upcoming.id == "2024Q3"
    assert "2024Q2" not in [period for _, period, _ in names(known)]


def test_a_deadline_is_counted_in_days_and_the_day_itself_is_still_in_time() -> None:
    known = item(NODES, report("2024Q1"))
    due_at = known.deadlines.due_at("2024Q2")
    assert names(known, due_at - timedelta(minutes=1))[0] == ("progress.reported", "2024Q2", 0)
    assert names(known, due_at + timedelta(minutes=1))[0] == ("progress.reported", "2024Q2", -1)


def test_a_notice_asks_for_its_receipt_once_and_for_the_rectification() -> None:
    known = item(NODES, report("2024Q1"), report("2024Q2"), RAISED)
    assert names(known) == [("rectification.reported", "", 10), ("notice.acknowledged", "", None)]
    known.evolve(NoticeSigned(escalation=RAISED.escalation, level="rectification", cause="2024Q1", signed_at=NOW))
    assert names(known) == [("rectification.reported", "", 10)]
    assert not applies(known, "notice.acknowledged", NOW)


def test_nobody_signs_for_a_blockage_that_the_unit_raised_itself_nor_appeals_against_it() -> None:
    blocked = item(NODES, replace(RAISED, level="blockage", cause="blockage-1", to="government"))
    assert names(blocked, BEFORE_DUE) == names(item(NODES), BEFORE_DUE)
    for name in ("notice.acknowledged", "appeal.lodged"):
        assert not applies(blocked, name, NOW)


def test_what_was_not_reported_is_asked_for_until_a_later_report_and_then_only_while_it_changes_anything() -> None:
    later = datetime(2024, 7, 12, tzinfo=UTC)
    assert names(item(NODES), later)[0][:2] == ("progress.reported", "2024Q2")
    missed = item(NODES, report("2024Q2"))
    assert [period for _, period, _ in names(missed, later)] == ["2024Q3"]
    noticed = item(NODES, report("2024Q2"), RAISED)
    assert ("progress.reported", "2024Q1") in [one[:2] for one in names(noticed, later)]


def test_how_an_item_stands_says_the_light_and_why() -> None:
    known = standing(item(NODES, YELLOW), NOW)
    assert (known.light, known.period, known.plan) == ("yellow", "2024Q1", "confirmed")
    assert known.why is not None
    assert known.why.zh.startswith("2024年第一季度黄灯：")
    waiting = standing(item(), NOW)
    assert (waiting.light, waiting.plan) == ("none", "none")


def test_an_appeal_is_offered_against_what_is_lit_or_noticed_and_once() -> None:
    assert not applies(item(), "appeal.lodged", NOW)
    lit = item(YELLOW)
    assert applies(lit, "appeal.lodged", NOW)
    lit.appeals = (appeals.AppealRecord("a1", Appealed(light="2024Q1")),)
    assert not applies(lit, "appeal.lodged", NOW)
    assert applies(lit, "reply.given", NOW), "a reply is still offered"


def test_what_nothing_asks_for_stands_apart_from_what_is_asked_for() -> None:
    first, others = actions(item(NODES), CLERK, NOW)
    assert first == ["progress.reported"]
    assert set(others) == {"blockage.raised", "withdrawal.requested"}


def told(*story: tuple[str, RulingData]) -> Setbacks:
    known = NONE
    for number, (cause, data) in enumerate(story):
        known = setbacks.evolve(
            known,
            RulingEvent(
                log="t", partition=0, subject="441602-2024/K01", time=datetime(2024, 5, 1, number, tzinfo=UTC),
                causeid=cause, causedigest="", causeoffset=number, ordinal=0, of=1, at=number, rules="", policy="",
                data=data,
            ),
        )  # fmt: skip
    return known


def test_what_came_back_stays_until_it_is_sent_again() -> None:
    received = PlanReceived(nodes={}, late=False)
    back = told(("s1", received), ("s2", PlanReturned()))
    assert [(one.kind, one.name, one.cause) for one in back.open] == [("returned", "plan.submitted", "s2")]
    assert told(("s1", received), ("s2", PlanReturned()), ("s3", received)).open == ()
    overturned = VerificationRecorded(
        period="2024Q1", report="r", finding="overturned", by="review", person="office:o1"
    )
    assert [(one.kind, one.about) for one in told(("s1", overturned)).open] == [("overturned", "2024Q1")]
    assert told(("s1", overturned), ("s2", report("2024Q2"))).open, "a report on another period mends nothing"
    assert told(("s1", overturned), ("s2", report("2024Q1"))).open == ()
    refused = AdjustmentRefused(adjustment="a1")
    not_done = EscalationReviewed(escalation="e1", finding="not_done", person="office:o1")
    assert [one.kind for one in told(("s1", refused), ("s2", not_done)).open] == ["not_approved", "not_done"]


def test_a_refusal_is_over_once_something_of_its_type_was_accepted() -> None:
    known = told(("s1", SubmissionRejected(reasons=("not_signed",))), ("s2", report("2024Q1")))
    (refusal,) = known.open
    assert (refusal.kind, refusal.cause, refusal.reasons) == ("refused", "s1", ("not_signed",))
    assert known.over("progress.reported", refusal.at)
    assert not known.over("plan.submitted", refusal.at)
    assert told(("s1", SubmissionRejected(reasons=("not_due",), alarm=True))).open == (), "the alarm's own is nobody's"


def test_a_green_light_is_no_reason_to_appeal() -> None:
    green = LightChanged(period="2024Q1", from_="none", to="green", settled=True, rule="Lights 1", because=())
    assert not applies(item(NODES, green), "appeal.lodged", NOW)


def test_a_value_is_expected_between_what_is_known_and_once_its_width_beyond() -> None:
    goal = Target(indicator="面积", comparator=">=", value=Decimal(900), unit="亩")
    known = item(PlanAdopted(nodes={f"2024Q{number}": Node(text="", targets=(goal,)) for number in range(1, 5)}))
    (lone,) = figures(known, "2024Q1")
    assert (lone.past, lone.low, lone.high) == ([], Decimal(0), Decimal(1800))
    for number, value in enumerate((700, 800), start=1):
        known.evolve(replace(report(f"2024Q{number}"), measures={"面积": Decimal(value)}))
    (third,) = figures(known, "2024Q3")
    assert [(one.period, one.value) for one in third.past] == [("2024Q1", Decimal(700)), ("2024Q2", Decimal(800))]
    assert (third.low, third.high) == (Decimal(500), Decimal(1100))
    assert third.is_far(Decimal(1101))
    assert not third.is_far(Decimal(900))


def test_a_visit_names_the_report_that_was_there_on_its_day() -> None:
    assert last_reports(item(NODES)) == {}
    known = item(NODES, report("2024Q1"))
    assert last_reports(known) == {"2024Q1": ("r-2024Q1", date(2024, 4, 20))}
    for visited_on, named in (("2024-04-20", "r-2024Q1"), ("2024-04-19", None)):
        fields = {"plan": "jc-1", "visited_on": visited_on, "period": "2024Q1", "finding": "confirmed"}
        shown = {"of:2024Q1": "r-2024Q1", "since:2024Q1": "2024-04-20", "of:jc-1": "another"}
        body = submission_body("inspection.recorded", FormFields([*fields.items(), *shown.items()]), ())
        assert body["data"].get("of") == named, visited_on


def test_a_dismissed_appeal_says_which_notice_or_light_it_was_about() -> None:
    lag = AppealClosed(
        appeal="a", against=Appealed(level="rectification", cause="lag"), decision="dismissed", person="o2"
    )
    light = AppealClosed(appeal="b", against=Appealed(light="2024Q1"), decision="dismissed", person="o2")
    assert [one.about for one in told(("s1", lag), ("s2", light)).open] == ["rectification|lag", "2024Q1"]


def test_a_dismissed_appeal_is_told_for_a_week_and_a_refused_extension_for_a_month() -> None:
    known = item()
    dismissed = AppealClosed(appeal="a", against=Appealed(light="2024Q1"), decision="dismissed", person="o2")
    known.setbacks = told(("s1", ExtensionRefused(extension="e")), ("s2", dismissed), ("s3", PlanReturned()))

    def kinds(days: int) -> list[str]:
        now = datetime(2024, 5, 1, 12, tzinfo=UTC) + timedelta(days=days)
        found = asyncio.run(CameBack(UsedKeys(MemoryLog())).to("fagai", [known], now))
        return [one.setback.kind for one in found]

    assert kinds(6) == ["returned", "dismissed", "not_approved"]
    assert kinds(8) == ["returned", "not_approved"]
    assert kinds(31) == ["returned"], "what must be sent again stays"
