"""What is pure about drafts: the year as a calendar, two versions compared, next year's made of what is on the log."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from contracts.ruling import RulingEvent
from contracts.rulings import ItemOpened, PolicyChanged, ProgrammeEnlarged, ProgrammeOpened
from contracts.submissions import CalendarExtended, ItemAssigned, ProgrammePublished
from contracts.values import Calendar, Leader, Unit
from directory.store import pool_of
from eventlog.clock import SystemClock
from exact.workbook import read_workbook
from programmes import FOLDER
from programmes.ledger.draft import next_year
from programmes.programme import ProgrammeFile, expand
from programmes.programme_file import load_programme
from services.intake.pages.programme_changes.effects import effects_of
from services.intake.problem import IntakeProblem
from services.intake.programme_drafts.draft import changed, draft_of_file, empty_draft
from services.intake.programme_drafts.ledger_import import KnownNames, preview_of
from services.intake.programme_drafts.period_goals import PeriodGoal, period_goals
from services.intake.programme_drafts.published import published_programme
from services.intake.programme_drafts.store import DraftStore
from services.intake.programme_drafts.version_changes import changes
from services.intake.programme_drafts.year_calendar import DueDay, due_days, month_sheets
from services.intake.who.item import opened
from services.intake.who.roster import KnownProgramme, Roster
from supervision.calendar_growth import NamedDays
from tests.programmes.ledgers import HEADINGS, ROW, one_sheet

LEDGER, SHEETS = "0" * 64, read_workbook(one_sheet(HEADINGS, ROW), merged=True)

SHIPPED = load_programme(FOLDER / "yuancheng-2024.yaml")
PUBLISHED_AT = datetime(2024, 3, 14, 2, tzinfo=UTC)


def due(programme: ProgrammeFile, period: str) -> DueDay:
    return next(one for one in due_days(programme) if one.period == period)


def known_until(last_on: date) -> ProgrammeFile:
    return SHIPPED.model_copy(update={"calendar": replace(SHIPPED.calendar, last_on=last_on)})


def test_a_report_that_holidays_move_is_told_with_the_day_that_it_would_be_due_otherwise() -> None:
    april = due(SHIPPED, "2024-04")
    assert (april.day, april.usual) == (date(2024, 5, 8), date(2024, 5, 3)), "the first days of May are off"
    assert due(SHIPPED, "2024Q1").usual is None, "a quarter's day is published as it is"


def test_a_report_beyond_the_announced_days_is_provisional() -> None:
    short = known_until(date(2024, 6, 30))
    assert not due(short, "2024-05").provisional
    assert {one.period for one in due_days(short) if one.provisional} == {*short.provisional}


def test_the_year_has_every_month_and_each_due_day_stands_once_in_its_own() -> None:
    sheets = month_sheets(SHIPPED)
    assert [one.month for one in sheets][:12] == [f"2024-{month:02}" for month in range(1, 13)]
    assert [one for sheet in sheets for one in sheet.due] == due_days(SHIPPED)
    marked = {day.day for sheet in sheets for week in sheet.weeks for day in week if day and day.due}
    assert marked == {one.day for one in due_days(SHIPPED)}
    kinds = {day.day: day.kind for sheet in sheets for week in sheet.weeks for day in week if day}
    assert (kinds[date(2024, 5, 1)], kinds[date(2024, 4, 28)]) == ("holiday", "made_up")
    assert (kinds[date(2024, 5, 5)], kinds[date(2024, 5, 6)]) == ("rest", "working")


def test_two_versions_are_compared_in_words_with_names_instead_of_ids() -> None:
    first, other = SHIPPED.items[0], SHIPPED.items[1]
    moved = first.model_copy(update={"task": "另一任务", "lead_unit": SHIPPED.units[5].id})
    after = SHIPPED.model_copy(update={"title": "新标题", "items": (moved, *SHIPPED.items[2:])})
    found = {(one.part, one.id): one for one in changes(SHIPPED, after)}
    assert found["item", other.id].kind == "gone"
    names = {one.id: one.name for one in SHIPPED.units}
    told = {name: (before.zh, now.zh) for name, before, now in found["item", first.id].fields}
    assert told["task"] == (first.task, "另一任务")
    assert told["lead_unit"] == (names[first.lead_unit], SHIPPED.units[5].name)
    assert [name for name, *_ in found["programme", SHIPPED.programme].fields] == ["title"]
    assert len(found) == 3
    assert changes(after, after) == []


def test_a_change_that_breaks_a_rule_leaves_the_draft_and_tells_the_field() -> None:
    draft = draft_of_file(SHIPPED)
    after, faults = changed(draft, {"issued_on": "someday"})
    assert after is draft
    assert [fault.loc for fault in faults] == [("issued_on",)]


def test_next_years_draft_is_made_of_what_is_on_the_log() -> None:
    roster = Roster()
    for subject, data in expand(SHIPPED, PUBLISHED_AT):
        fields = {name: getattr(data, name) for name in data.__dataclass_fields__}
        if isinstance(data, ProgrammePublished):
            roster.evolve(event_of(subject, ProgrammeOpened(**fields)))
        elif isinstance(data, ItemAssigned):
            roster.evolve(event_of(subject, ItemOpened(**fields, void=())))
    found = published_programme(roster, SHIPPED.programme)
    assert found is not None
    assert {one.id: (one.task, one.lead_unit) for one in found.items} == {
        one.id: (one.task, one.lead_unit) for one in SHIPPED.items
    }
    assert found.schedule == SHIPPED.schedule
    after = next_year(found, Calendar(first_on=date(2025, 1, 1), last_on=date(2025, 12, 31)), date(2025, 1, 5))
    assert after.programme == "441602-2025"
    assert all(one.predecessor and one.predecessor.item == one.id for one in after.items)
    assert published_programme(roster, "441602-2031") is None


def test_a_calendar_that_grows_moves_provisional_deadlines_alone() -> None:
    """The page before a confirmation says what the ruling then does: both ask the same function."""
    short = replace(SHIPPED.calendar, last_on=date(2024, 4, 30), holidays=(), working_weekends=())
    programme = SHIPPED.model_copy(update={"calendar": short})
    items = [
        opened(SHIPPED.programme, subject.partition("/")[2], ItemOpened(**fields_of(data), void=()))
        for subject, data in expand(programme, PUBLISHED_AT)
        if isinstance(data, ItemAssigned)
    ]
    off = [date(2024, 5, day) for day in (1, 2, 3, 6, 7)]
    named: NamedDays = {**dict.fromkeys(off, "holiday"), date(2024, 6, 30): "working"}
    data = CalendarExtended(days=dict(named))
    effects = effects_of(data, items, SHIPPED.policy, PUBLISHED_AT)
    assert {(one.period, one.before, one.after) for one in effects.moved} == {
        ("2024-04", date(2024, 5, 3), date(2024, 5, 10))
    }
    assert len(effects.moved) == sum(one.category == "livelihood" for one in SHIPPED.items)
    later = effects_of(data, items, SHIPPED.policy, datetime(2024, 5, 20, tzinfo=UTC))
    assert not later.moved, "what is past stays"


def fields_of(data: ItemAssigned) -> dict[str, Any]:
    return {name: getattr(data, name) for name in data.__dataclass_fields__}


def event_of(subject: str, data: Any) -> RulingEvent:
    return RulingEvent(
        log="log", partition=0, subject=subject, time=PUBLISHED_AT, causeid="c", causedigest="d",
        causeoffset=1, ordinal=0, of=1, at=1, rules="3", policy="", data=data,
    )  # fmt: skip


def test_units_and_leaders_that_join_later_and_another_policy_are_known() -> None:
    roster = Roster()
    published = expand(SHIPPED, PUBLISHED_AT)[0][1]
    values = {name: getattr(published, name) for name in published.__dataclass_fields__}
    roster.programmes[SHIPPED.programme] = KnownProgramme(ProgrammeOpened(**values), "", 0, 0)
    unit, leader = Unit(id="u-new", name="新单位"), Leader(id="l-new", label="新分管")
    policy = replace(SHIPPED.policy, version=9)
    for data in (ProgrammeEnlarged(units=(unit,), leaders=(leader,)), PolicyChanged(policy=policy)):
        roster.evolve(event_of(SHIPPED.programme, data))
    assert roster.unit_name(SHIPPED.programme, "u-new") == "新单位"
    assert roster.leader_label(SHIPPED.programme, "l-new") == "新分管"
    assert roster.programmes[SHIPPED.programme].opened.policy.version == 9


async def test_without_a_database_drafts_say_so() -> None:
    for store in (DraftStore(None, SystemClock()), DraftStore(pool_of("postgresql://nowhere/none"), SystemClock())):
        with pytest.raises(IntakeProblem) as caught:
            await store.listed(["441602"])
        assert caught.value.code == "drafts_unavailable"


def test_goals_of_the_ledger_stand_at_the_periods_that_the_item_reports_on() -> None:
    counted = next(one for one in SHIPPED.items if one.indicators)
    (first, *others), year = counted.indicators, "2024"
    indicator = first.model_copy(update={"milestones": {"2024Q1": Decimal(3), year: first.target}})
    entry = counted.model_copy(
        update={"milestones": {"2024Q1": "开工", year: "完工"}, "indicators": (indicator, *others)}
    )
    programme = SHIPPED.model_copy(update={"items": (entry,)})
    quarters, months = ("2024Q1", "2024Q2", "2024Q4"), ("2024-02", "2024-03", "2024-12")
    for periods, at, last in ((quarters, "2024Q1", "2024Q4"), (months, "2024-03", "2024-12")):
        goals = period_goals(programme, entry.id, periods)
        assert goals == {
            at: PeriodGoal("开工", {first.name: Decimal(3)}),
            last: PeriodGoal("完工", {first.name: first.target}),
        }
    assert period_goals(programme, "K97", quarters) == {}


def test_goals_by_month_of_an_item_that_reports_by_the_quarter_stand_at_its_quarters() -> None:
    """3月底前, 6月底前 … are how offices head the goals of key tasks."""
    counted = next(one for one in SHIPPED.items if one.indicators)
    (first, *others) = counted.indicators
    indicator = first.model_copy(update={"milestones": {"2024-06": Decimal(4), "2024-05": Decimal(3)}})
    goals = {"2024-12": "竣工", "2024": "竣工", "2024-01": "开工", "2024-03": "持续推进", "2024-02": "持续推进"}
    entry = counted.model_copy(update={"milestones": goals, "indicators": (indicator, *others)})
    programme = SHIPPED.model_copy(update={"items": (entry,)})
    assert period_goals(programme, entry.id, ("2024Q1", "2024Q2", "2024Q3", "2024Q4")) == {
        "2024Q1": PeriodGoal("开工；持续推进", {}),
        "2024Q2": PeriodGoal("", {first.name: Decimal(4)}),
        "2024Q4": PeriodGoal("竣工", {}),
    }
    assert period_goals(programme, entry.id, ("2024-02", "2024-03", "2024-06"))["2024-02"] == PeriodGoal(
        "开工；持续推进", {}
    )


def test_what_a_ledger_names_like_the_directory_gets_the_directorys_id() -> None:
    """Whoever is to report for a unit is known by that id already."""
    draft = empty_draft("441602", "河源市源城区", 2027, SHIPPED.policy, date(2026, 12, 1))
    transport = Unit(id="jiaotong", name="区交通局")
    other, leader = Unit(id="shuiwu", name="区水务局"), Leader(id="leader-4", label="分管区领导（交通）")
    known = KnownNames(units=(transport, other), leaders=(leader,))
    preview = preview_of(LEDGER, SHEETS, draft, known)
    assert preview.content is not None
    (item,) = preview.content.items
    assert (item.lead_unit, item.leader) == ("jiaotong", "leader-4")
    names = [one.name for one in preview.content.units]
    assert names == ["区交通局", "区财政局", "埔前镇政府"], "of the directory only what an item names"
    assert preview.new_units == [("区财政局", ""), ("埔前镇政府", "")]
    again = preview_of(LEDGER, SHEETS, preview.content, known)
    assert again.content == preview.content
    alone = preview_of(LEDGER, SHEETS, draft, KnownNames(units=(Unit(id="x", name="区交通运输局"),)))
    assert ("区交通局", "区交通运输局") in alone.new_units, "nearly the same name is asked about"


@pytest.mark.parametrize("count", [480, 960], ids=["with the draft's own", "alone"])
def test_more_units_than_a_programme_has_are_a_problem_and_no_breakdown(count: int) -> None:
    more = [[one, f"事项{one}", *ROW[2:4], f"区第{one}局", None, *ROW[6:]] for one in range(count)]
    sheets = read_workbook(one_sheet(HEADINGS, *more), merged=True)
    draft = draft_of_file(SHIPPED)
    preview = preview_of(LEDGER, sheets, draft)
    assert preview.content is None
    assert preview.problems
    assert all("units" in one.en or "单位" in one.zh for one in preview.problems)


def test_an_id_that_stands_there_twice_is_one_problem() -> None:
    sheets = read_workbook(one_sheet(HEADINGS, ROW, [1, "另一事项", *ROW[2:]]), merged=True)
    draft = empty_draft("441602", "河源市源城区", 2027, SHIPPED.policy, date(2026, 12, 1))
    assert [one.cell for one in preview_of(LEDGER, sheets, draft).problems] == ["A3"]
