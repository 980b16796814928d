"""A programme file made of a ledger, or of last year's programme: a draft, nothing of it is published."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from contracts.policy import Policy
from contracts.submissions import Predecessor
from contracts.values import Calendar
from exact.faults import Fault
from programmes.consistency import check
from programmes.ledger.headings import YEAR
from programmes.ledger.model import LedgerIndicator, LedgerItem, LedgerProblem, OfficeLedger
from programmes.ledger.names import DEFAULT_ASPECT, aspects_of, by_name, leaders_of, units_of
from programmes.programme import (
    Indicator,
    ItemEntry,
    Jurisdiction,
    Monthly,
    ProgrammeFile,
    Quarterly,
    ScheduleEntry,
)

TO_FILL_IN: Final = "（待填写）"
_QUARTER_DAYS: Final = (("Q1", 0, 4), ("Q2", 0, 7), ("Q3", 0, 10), ("Q4", 1, 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftFrame:
    """What a ledger does not say: whose programme it is, of which year, its papers, days and policy."""

    year: int
    jurisdiction: str
    policy: Policy
    calendar: Calendar
    issued_on: date
    name: str = ""
    title: str = ""
    document: str = ""


def draft_of(ledger: OfficeLedger, frame: DraftFrame, known: ProgrammeFile | None = None) -> ProgrammeFile:
    """The programme of a ledger without problems; what it does not say is that of `known`, a year's rules otherwise.

    Raises ValidationError for a frame that is none (a jurisdiction of other than six digits).
    """
    leaders, leader_ids = leaders_of(ledger, known)
    aspects, aspect_numbers = aspects_of(ledger, known)
    units = units_of(ledger, known)
    unit_ids = by_name(ledger.units, [(one.name, one.id) for one in units])
    own = known if known and year_of(known) == frame.year else None
    title = frame.title or (own.title if own else f"{frame.year}年《政府工作报告》重点工作督查方案")
    items = tuple(_item(one, frame.year, unit_ids, leader_ids, aspect_numbers) for one in ledger.items)
    return ProgrammeFile(
        programme=own.programme if own else f"{frame.jurisdiction}-{frame.year}",
        jurisdiction=Jurisdiction(
            code=frame.jurisdiction, name=frame.name or (known.jurisdiction.name if known else frame.jurisdiction)
        ),
        title=title,
        document=frame.document or (own.document if own else TO_FILL_IN),
        issued_on=own.issued_on if own else frame.issued_on,
        derived_from=own.derived_from if own else "",
        derived=own.derived if own else False,
        simulated=known.simulated if known else False,
        closing_on=own.closing_on if own else date(frame.year + 1, 3, 31),
        policy=frame.policy,
        calendar=frame.calendar,
        schedule=own.schedule if own else schedule_of(frame.year),
        units=units,
        aspects=aspects,
        leaders=leaders,
        items=items,
    )


def misplaced(ledger: OfficeLedger, draft: ProgrammeFile, year: int) -> list[LedgerProblem]:
    """What is wrong with a ledger as a year's programme: another year's headings, and what contradicts itself."""
    found = [
        LedgerProblem(
            sheet, cell, f"是 {named} 年的目标，方案是 {year} 年的", f"is about {named}, the programme about {year}"
        )
        for (sheet, cell), named in ledger.years.items()
        if named != year
    ]
    return found + [_at_its_cell(fault, ledger) for fault in check(draft)]


def remarks(ledger: OfficeLedger, year: int) -> list[LedgerProblem]:
    """What may be right and should be looked at: another year in the title, days before the year."""
    found = [
        LedgerProblem(
            sheet,
            "",
            f"标题写的是 {named} 年，方案是 {year} 年的",
            f"the title names {named}, the programme is about {year}",
        )
        for sheet, named in ledger.titled.items()
        if named != year
    ]
    early = [one for one in ledger.items if one.due and one.due.year < year]
    return found + [
        LedgerProblem(
            one.sheet,
            one.cell,
            f"完成时限 {one.due} 早于方案年度",
            f"is to be completed on {one.due}, before the programme's year",
        )
        for one in early
    ]


def _at_its_cell(fault: Fault, ledger: OfficeLedger) -> LedgerProblem:
    if len(fault.loc) > 1 and fault.loc[0] == "items" and isinstance(fault.loc[1], int):
        item = ledger.items[fault.loc[1]]
        return LedgerProblem(item.sheet, item.cell, fault.zh, fault.en)
    return LedgerProblem("", "", f"{fault.field}：{fault.zh}", f"{fault.field}: {fault.en}")


def schedule_of(year: int) -> ScheduleEntry:
    """The usual days: plans by 31 March, quarters by the 10th after, months from February by the 3rd working day."""
    days = {f"{year}{quarter}": date(year + after, month, 10) for quarter, after, month in _QUARTER_DAYS}
    return ScheduleEntry(
        plan_due_on=date(year, 3, 31),
        key_task=Quarterly(report_due_on=days),
        livelihood=Monthly(first_month=f"{year}-02", last_month=f"{year}-12", report_due_working_day=3),
    )


def year_of(programme: ProgrammeFile) -> int:
    """The year that a programme is about: that of its plans."""
    return programme.schedule.plan_due_on.year


def calendar_span(year: int) -> tuple[date, date]:
    """The days whose working days a programme of a year needs: to the end of the March after it."""
    return date(year, 1, 1), date(year + 1, 3, 31)


def next_year(programme: ProgrammeFile, calendar: Calendar, issued_on: date) -> ProgrammeFile:
    """Next year's draft: every item again with its predecessor, days a year later, targets to be looked at.

    Milestones and days of completion are last year's and left out. Whether an item was withdrawn the file does not say.
    """
    year = year_of(programme) + 1
    stem, _, last = programme.programme.rpartition("-")
    items = [
        item.model_copy(
            update={
                "due": None,
                "milestones": {},
                "indicators": tuple(one.model_copy(update={"milestones": {}}) for one in item.indicators),
                "predecessor": Predecessor(programme=programme.programme, item=item.id),
            }
        )
        for item in programme.items
    ]
    schedule = programme.schedule
    quarters = {_later(period): _next(day) for period, day in schedule.key_task.report_due_on.items()}
    months = schedule.livelihood
    update: dict[str, Any] = {
        "programme": f"{stem}-{year}" if stem and last == str(year - 1) else f"{programme.jurisdiction.code}-{year}",
        "title": programme.title.replace(str(year - 1), str(year)),
        "document": TO_FILL_IN,
        "issued_on": issued_on,
        "derived_from": "",
        "derived": False,
        "closing_on": _next(programme.closing_on) if programme.closing_on else None,
        "calendar": calendar,
        "schedule": ScheduleEntry(
            plan_due_on=_next(schedule.plan_due_on),
            key_task=Quarterly(report_due_on=quarters),
            livelihood=Monthly(
                first_month=_later(months.first_month),
                last_month=_later(months.last_month),
                report_due_working_day=months.report_due_working_day,
            ),
        ),
        "items": tuple(items),
    }
    return programme.model_copy(update=update)


def _next(day: date) -> date:
    last = calendar.monthrange(day.year + 1, day.month)[1]
    return date(day.year + 1, day.month, min(day.day, last))


def _later(period: str) -> str:
    return f"{int(period[:4]) + 1}{period[4:]}"


def _item(
    item: LedgerItem, year: int, units: Mapping[str, str], leaders: Mapping[str, str], aspects: Mapping[str, int]
) -> ItemEntry:
    before = item.predecessor
    return ItemEntry(
        id=item.id,
        category=item.category,
        aspect=aspects[item.aspect or DEFAULT_ASPECT],
        task=item.task,
        lead_unit=units[item.lead],
        cooperating_units=tuple(units[name] for name in item.cooperating),
        leader=leaders[item.leader],
        classification=item.classification,
        indicators=tuple(_indicator(one, year) for one in item.indicators),
        due=item.due,
        source=item.source,
        quantified=bool(item.indicators),
        note=item.note,
        predecessor=Predecessor(programme=before[0], item=before[1]) if before else None,
        milestones={_period(one, year): text for one, text in item.milestones.items()},
    )


def _indicator(one: LedgerIndicator, year: int) -> Indicator:
    return Indicator(
        name=one.name,
        comparator=one.comparator,
        target=one.target,
        unit=one.unit,
        note=one.note,
        milestones={_period(period, year): number for period, number in one.milestones.items()},
    )


def _period(period: str, year: int) -> str:
    return str(year) if period == YEAR else f"{year}{period}" if period[0] == "Q" else f"{year}-{period}"
