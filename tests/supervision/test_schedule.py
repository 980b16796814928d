"""Deadlines of the scheme, from its report days and the published calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from contracts.values import Calendar
from services.rating.scenario_book.book import SCHEDULE
from supervision.schedule import plan_due_at, quarter_of, reporting_periods
from supervision.workdays import WorkingDays, end_of, offset_of, start_of
from tests.rules.timelines import CALENDAR, YUANCHENG

DAYS = WorkingDays(CALENDAR)
MIDNIGHT = timedelta(microseconds=1)


def test_plans_are_due_through_29_march() -> None:
    assert plan_due_at(SCHEDULE, YUANCHENG) == datetime.fromisoformat("2024-03-30T00:00:00+08:00")


def test_key_task_reports_are_due_through_the_schemes_days() -> None:
    periods = reporting_periods("key_task", SCHEDULE, CALENDAR, YUANCHENG)
    assert [(p.id, p.quarter, (p.due_at - MIDNIGHT).date().isoformat()) for p in periods] == [
        ("2024Q1", "2024Q1", "2024-04-10"),
        ("2024Q2", "2024Q2", "2024-07-10"),
        ("2024Q3", "2024Q3", "2024-10-10"),
        ("2024Q4", "2024Q4", "2025-01-10"),
    ]
    assert [p.opens_at.isoformat() for p in periods] == [
        "2024-01-01T00:00:00+08:00",
        "2024-04-01T00:00:00+08:00",
        "2024-07-01T00:00:00+08:00",
        "2024-10-01T00:00:00+08:00",
    ]


def test_livelihood_reports_are_due_by_the_third_working_day_of_the_month_after() -> None:
    periods = reporting_periods("livelihood", SCHEDULE, CALENDAR, YUANCHENG)
    assert [(p.due_at - MIDNIGHT).date().isoformat() for p in periods] == [
        "2024-03-05",
        "2024-04-03",
        "2024-05-08",
        "2024-06-05",
        "2024-07-03",
        "2024-08-05",
        "2024-09-04",
        "2024-10-10",
        "2024-11-05",
        "2024-12-04",
        "2025-01-06",
    ]
    assert [p.id for p in periods] == [f"2024-{month:02}" for month in range(2, 13)]
    assert [p.opens_at for p in periods] == [datetime.fromisoformat(f"{p.id}-01T00:00:00+08:00") for p in periods]


def test_a_deadline_that_does_not_include_its_day_ends_when_that_day_begins() -> None:
    strict = replace(YUANCHENG, deadline_inclusive=False)
    assert plan_due_at(SCHEDULE, strict) == datetime.fromisoformat("2024-03-29T00:00:00+08:00")


@pytest.mark.parametrize(
    ("month", "quarter"), [("2024-01", "2024Q1"), ("2024-03", "2024Q1"), ("2024-04", "2024Q2"), ("2024-12", "2024Q4")]
)
def test_a_month_belongs_to_its_quarter(month: str, quarter: str) -> None:
    assert quarter_of(month) == quarter


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2024-04-04", False),
        ("2024-04-07", True),
        ("2024-04-13", False),
        ("2024-05-11", True),
        ("2024-10-07", False),
        ("2024-10-08", True),
        ("2023-12-29", True),
        ("2023-12-30", False),
        ("2026-05-01", True),
    ],
)
def test_holidays_are_off_working_weekends_are_on_and_beyond_the_calendar_the_week_rules(day: str, works: bool) -> None:
    assert DAYS.is_working(date.fromisoformat(day)) is works


def test_an_exception_outside_the_calendars_span_does_not_count() -> None:
    calendar = Calendar(first_on=date(2024, 1, 1), last_on=date(2024, 1, 31), holidays=(date(2024, 2, 1),))
    assert WorkingDays(calendar).is_working(date(2024, 2, 1))


@pytest.mark.parametrize(
    ("day", "count", "result"),
    [
        ("2024-04-11", 15, "2024-05-06"),
        ("2024-05-07", 10, "2024-05-20"),
        ("2024-10-11", 1, "2024-10-12"),
        ("2025-01-11", 15, "2025-02-07"),
    ],
)
def test_working_days_count_from_the_day_after(day: str, count: int, result: str) -> None:
    assert DAYS.after(date.fromisoformat(day), count).isoformat() == result


@pytest.mark.parametrize(
    ("day", "count", "result"),
    [("2024-04-10", 5, "2024-04-02"), ("2024-04-10", 1, "2024-04-09"), ("2024-05-06", 1, "2024-04-30")],
)
def test_working_days_count_back_from_the_day_before(day: str, count: int, result: str) -> None:
    assert DAYS.before(date.fromisoformat(day), count).isoformat() == result


def test_counting_stops_at_the_ends_of_time() -> None:
    assert DAYS.after(date.max, 3) == date.max
    assert DAYS.before(date.min, 3) == date.min
    assert end_of(date.max, offset_of("+08:00")).date() == date.max


def test_a_day_begins_at_midnight_of_its_own_offset() -> None:
    assert start_of(date(2024, 4, 1), offset_of("-03:30")).isoformat() == "2024-04-01T00:00:00-03:30"
