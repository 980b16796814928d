"""How an item's plan, reports, lights and hands change by the events of rulings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from sys import intern
from types import MappingProxyType
from typing import Any, Final

from contracts.rulings import (
    InspectionAuthorized,
    ItemOpened,
    ItemTransferred,
    ItemWithdrawn,
    LagRecorded,
    LightChanged,
    LightSettled,
    MonthSettled,
    PolicyChanged,
    ProgressRecorded,
    ReminderDue,
    VerificationRecorded,
    WithdrawalFiled,
    WithdrawalRefused,
)
from services.rating.changing import change
from services.rating.node import judge
from services.rating.scheme import scheme_of
from services.rating.state import Hands, Inspection, Item, Period, Plan, Quarter, Report

NOTHING_MEASURED: Final[Mapping[str, Decimal]] = MappingProxyType({})


def opened(data: ItemOpened) -> Item:
    """An item as it is published."""
    scheme = scheme_of(
        data.category,
        data.simulated,
        data.published_at,
        data.plan_due_at,
        data.published_at,
        data.periods,
        data.void,
        data.calendar,
        data.policy,
    )
    return Item(
        scheme=scheme,
        hands=Hands(data.lead_unit, data.cooperating, data.leader),
        plan=Plan(),
        periods=tuple(Period(status="void" if p.id in scheme.void else "open") for p in scheme.periods),
        quarters=tuple(Quarter() for _ in scheme.quarters),
        reminded=tuple(None for _ in scheme.periods),
    )


def policy_changed(item: Item, at: datetime, data: PolicyChanged) -> Item:
    """Another policy holds from here on; what has settled keeps its own (rulebook: Policy)."""
    scheme = item.scheme
    void = tuple(sorted(scheme.void))
    after = scheme_of(
        scheme.category,
        scheme.simulated,
        scheme.published_at,
        scheme.plan_due_at,
        max(scheme.since, at),
        scheme.periods,
        void,
        scheme.days.calendar,
        data.policy,
    )
    return change(item, scheme=after)


def _recorded(item: Item, _at: datetime, data: ProgressRecorded) -> Item:
    index = item.scheme.index[data.period]
    measures = {intern(indicator): value for indicator, value in data.measures.items()}
    report = Report(data.report, data.claim, measures, bool(data.evidence), data.received_at)
    before = item.periods[index]
    if before.settled:
        report = _judged_report(item, index, report)
    if data.in_time:
        after = Period(report, before.late, before.settled, before.status)
    else:
        after = Period(before.in_time, report, before.settled, before.status)
    return change(item, periods=_put(item.periods, index, after))


def _verified(item: Item, at: datetime, data: VerificationRecorded) -> Item:
    index = item.scheme.index[data.period]
    period = item.periods[index]
    if period.in_time is not None and period.in_time.id == data.report:
        period = change(period, in_time=change(period.in_time, finding=data.finding))
    elif period.late is not None and period.late.id == data.report:
        period = change(period, late=change(period.late, finding=data.finding))
    quarter_index = item.scheme.quarter_of[index]
    frame = item.scheme.quarters[quarter_index]
    quarters, reminded = item.quarters, item.reminded
    if data.finding == "overturned":
        reminded = _put(reminded, index, at)
        if frame.parts and frame.parts[-1] == index and quarters[quarter_index].upheld:
            quarters = _put(quarters, quarter_index, change(quarters[quarter_index], upheld=False))
    return change(
        item,
        periods=_put(item.periods, index, period),
        quarters=quarters,
        reminded=reminded,
        involved=item.involved | {(frame.id, data.person)},
    )


def _lag(item: Item, _at: datetime, data: LagRecorded) -> Item:
    return change(item, involved=item.involved | {("lag", data.person)})


def _authorized(item: Item, _at: datetime, data: InspectionAuthorized) -> Item:
    others = tuple(i for i in item.inspections if i.plan != data.plan)
    return change(item, inspections=(*others, Inspection(data.plan, data.from_on, data.to_on, data.approved)))


def _changed(item: Item, _at: datetime, data: LightChanged) -> Item:
    index = item.scheme.quarter_index[data.period]
    before = item.quarters[index]
    return change(
        item, quarters=_put(item.quarters, index, Quarter(data.to, before.rated, before.upheld, before.policy))
    )


def _settled(item: Item, _at: datetime, data: LightSettled) -> Item:
    index = item.scheme.quarter_index[data.period]
    quarter = change(item.quarters[index], rated=data.light, policy=item.scheme.policy)
    last = item.scheme.quarters[index].parts[-1]
    period = _judged(item, last)
    return change(item, quarters=_put(item.quarters, index, quarter), periods=_put(item.periods, last, period))


def _month(item: Item, _at: datetime, data: MonthSettled) -> Item:
    index = item.scheme.index[data.month]
    before = item.periods[index]
    if data.settled and not before.settled:
        before = _judged(item, index)
    after = Period(before.in_time, before.late, before.settled, data.status)
    return change(item, periods=_put(item.periods, index, after))


def _judged(item: Item, index: int) -> Period:
    """A period whose node can no longer change: what its reports are worth is known for good."""
    period = item.periods[index]
    reports = [
        report if report is None or report.met is not None else _judged_report(item, index, report)
        for report in (period.in_time, period.late)
    ]
    return Period(reports[0], reports[1], True, period.status)


def _judged_report(item: Item, index: int, report: Report) -> Report:
    met = judge(item, index, report)
    return Report(report.id, report.claim, NOTHING_MEASURED, report.evidenced, report.received_at, report.finding, met)


def _reminded(item: Item, at: datetime, data: ReminderDue) -> Item:
    if data.kind == "report":
        return change(item, reminded=_put(item.reminded, item.scheme.index[data.about], at))
    escalations = tuple(change(e, reminded_until=at) if e.id == data.about else e for e in item.escalations)
    return change(item, escalations=escalations)


def _transferred(item: Item, _at: datetime, data: ItemTransferred) -> Item:
    hands = change(item.hands, lead_unit=data.lead_unit, cooperating=data.cooperating, leader=data.leader)
    return change(item, hands=hands)


def _asked_out(item: Item, _at: datetime, data: WithdrawalFiled) -> Item:
    return change(item, hands=change(item.hands, withdrawal=data.reason))


def _kept(item: Item, _at: datetime, _data: WithdrawalRefused) -> Item:
    return change(item, hands=change(item.hands, withdrawal=None))


def _withdrawn(item: Item, _at: datetime, _data: ItemWithdrawn) -> Item:
    return change(item, hands=change(item.hands, withdrawal=None, withdrawn=True))


def _put(values: tuple[Any, ...], index: int, value: Any) -> tuple[Any, ...]:
    return (*values[:index], value, *values[index + 1 :])


FOLDS: Final[Mapping[type, Callable[[Item, datetime, Any], Item]]] = {
    ProgressRecorded: _recorded,
    VerificationRecorded: _verified,
    LagRecorded: _lag,
    InspectionAuthorized: _authorized,
    LightChanged: _changed,
    LightSettled: _settled,
    MonthSettled: _month,
    ReminderDue: _reminded,
    ItemTransferred: _transferred,
    WithdrawalFiled: _asked_out,
    WithdrawalRefused: _kept,
    ItemWithdrawn: _withdrawn,
}
