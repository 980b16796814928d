"""The reporting periods of an item, from the scheme's report days and the published calendar (rulebook: Deadlines)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from contracts.policy import Policy
from contracts.values import Calendar, Category, PeriodId, ReportingPeriod
from supervision.workdays import WorkingDays, end_of, offset_of, start_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """What the scheme says about days: plans, quarterly reports, and the working day of monthly ones.

    `quarters` are the report days of the key tasks' periods; a report about one of `months` is due on the
    `month_working_day`-th working day of the month after it.
    """

    plans_on: date
    quarters: dict[PeriodId, date]
    months: tuple[PeriodId, ...]
    month_working_day: int


def plan_due_at(schedule: Schedule, policy: Policy) -> datetime:
    """The instant before which plans are due (rulebook: Deadlines)."""
    return _due(schedule.plans_on, policy)


def reporting_periods(
    category: Category, schedule: Schedule, calendar: Calendar, policy: Policy
) -> tuple[ReportingPeriod, ...]:
    """The periods that an item of `category` reports on, in order.

    rulebook: What is supervised (quarters and months); Deadlines; Lights 10 (a period opens on its first day, 00:00)
    """
    zone = offset_of(policy.utc_offset)
    if category == "key_task":
        return tuple(
            ReportingPeriod(
                id=quarter, quarter=quarter, opens_at=start_of(_first_day(quarter), zone), due_at=_due(day, policy)
            )
            for quarter, day in sorted(schedule.quarters.items())
        )
    days = WorkingDays(calendar)
    return tuple(
        ReportingPeriod(
            id=month,
            quarter=quarter_of(month),
            opens_at=start_of(_first_day(month), zone),
            due_at=month_due_at(month, days, schedule.month_working_day, policy),
        )
        for month in sorted(schedule.months)
    )


def month_due_at(month: PeriodId, days: WorkingDays, count: int, policy: Policy) -> datetime:
    """The instant before which a month's report is due: the `count`-th working day of the month after it."""
    return _due(_report_day(month, days, count), policy)


def quarter_of(month: PeriodId) -> PeriodId:
    """The quarter that carries the light of a month (rulebook: Lights 6)."""
    return f"{month[:4]}Q{(int(month[5:]) + 2) // 3}"


def _first_day(period: PeriodId) -> date:
    month = int(period[5:]) * 3 - 2 if period[4] == "Q" else int(period[5:])
    return date(int(period[:4]), month, 1)


def _report_day(month: PeriodId, days: WorkingDays, count: int) -> date:
    year, number = int(month[:4]), int(month[5:])
    return days.nth_of_month(year + number // 12, number % 12 + 1, count)


def _due(day: date, policy: Policy) -> datetime:
    """前 includes the day itself, if the policy says so."""
    zone = offset_of(policy.utc_offset)
    return end_of(day, zone) if policy.deadline_inclusive else end_of(day - timedelta(days=1), zone)
