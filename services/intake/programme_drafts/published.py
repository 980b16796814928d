"""A published programme, as the roster knows it: what next year's draft is made of where no draft of it is left."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timezone
from typing import Final

from contracts.values import PeriodId, ReportingPeriod
from programmes.ledger.draft import schedule_of
from programmes.ledger.names import DEFAULT_ASPECT
from programmes.programme import (
    AspectEntry,
    Indicator,
    ItemEntry,
    Jurisdiction,
    LeaderEntry,
    Monthly,
    ProgrammeFile,
    Quarterly,
    ScheduleEntry,
    UnitEntry,
)
from services.intake.who.item import KnownItem
from services.intake.who.roster import Roster
from supervision.workdays import last_day, offset_of

_ASPECT: Final = 1


def published_programme(roster: Roster, programme: str) -> ProgrammeFile | None:
    """The programme as it stands on the log, withdrawn items left out; None where there is none.

    The log knows no aspects: all items are under one, and each names its leader.
    """
    known, items = roster.programmes.get(programme), [one for one in roster.items_in(programme) if not one.withdrawn]
    if known is None or not items:
        return None
    opened = known.opened
    return ProgrammeFile(
        programme=programme,
        jurisdiction=Jurisdiction(code=programme[:6], name=opened.jurisdiction),
        title=opened.title,
        document=opened.document,
        issued_on=opened.issued_on,
        derived=opened.derived,
        simulated=opened.simulated,
        closing_on=opened.closing_on,
        policy=opened.policy,
        calendar=items[0].opened.calendar,
        schedule=_schedule(items),
        units=tuple(UnitEntry(id=one.id, name=one.name, kind=one.kind) for one in opened.units),
        aspects=(AspectEntry(number=_ASPECT, name=DEFAULT_ASPECT),),
        leaders=tuple(LeaderEntry(id=one.id, label=one.label, aspects=()) for one in opened.leaders),
        items=tuple(map(_item, items)),
    )


def _item(item: KnownItem) -> ItemEntry:
    opened = item.opened
    return ItemEntry(
        id=item.id,
        category=opened.category,
        aspect=_ASPECT,
        task=opened.title,
        lead_unit=item.lead_unit,
        cooperating_units=item.cooperating,
        leader=item.leader,
        classification=opened.classification,
        source=opened.source,
        indicators=tuple(
            Indicator(name=one.indicator, comparator=one.comparator, target=one.value, unit=one.unit)
            for one in opened.annual_targets
        ),
        quantified=bool(opened.annual_targets),
        predecessor=opened.predecessor,
    )


def _schedule(items: list[KnownItem]) -> ScheduleEntry:
    """The days of the scheme, from the periods of its items; the usual ones for a category that it does not have."""
    zone = offset_of(items[0].opened.policy.utc_offset)
    plans_on = last_day(items[0].opened.plan_due_at, zone)
    usual = schedule_of(plans_on.year)
    quarters = next((one.opened.periods for one in items if one.opened.category == "key_task"), ())
    monthly = next((one for one in items if one.opened.category == "livelihood"), None)
    months = [one.id for one in monthly.opened.periods] if monthly else []
    return ScheduleEntry(
        plan_due_on=plans_on,
        key_task=Quarterly(report_due_on=_days(quarters, zone) or usual.key_task.report_due_on),
        livelihood=Monthly(
            first_month=min(months),
            last_month=max(months),
            report_due_working_day=(monthly and monthly.opened.month_working_day)
            or usual.livelihood.report_due_working_day,
        )
        if months
        else usual.livelihood,
    )


def _days(periods: Iterable[ReportingPeriod], zone: timezone) -> dict[PeriodId, date]:
    return {one.id: last_day(one.due_at, zone) for one in periods}
