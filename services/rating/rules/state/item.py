"""How the events of rulings change an item's reports, lights and months, and who has it in hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from sys import intern
from types import MappingProxyType
from typing import Any, Final, TypeVar

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
from contracts.values import MonthStatus
from services.rating.rules.state.frame import frame_of
from services.rating.rules.state.node import judge_again
from services.rating.rules.state.state import Content, Goal, Hands, Inspection, Item, Period, Plan, Quarter, Report

T = TypeVar("T")
NOTHING_MEASURED: Final[Mapping[str, Decimal]] = MappingProxyType({})
OPEN: Final = Period()
VOID: Final = Period(status="void")
UNLIT: Final = Quarter()


def opened(data: ItemOpened) -> Item:
    """An item as it is published."""
    frame = frame_of(
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
        frame=frame,
        hands=Hands(intern(data.lead_unit), tuple(map(intern, data.cooperating)), intern(data.leader)),
        plan=Plan(),
        periods=tuple([VOID if period.id in frame.void else OPEN for period in frame.periods]),
        quarters=(UNLIT,) * len(frame.quarters),
    )


def _policy_changed(item: Item, at: datetime, data: PolicyChanged) -> Item:
    """Another policy holds from here on; what has settled keeps its own (rulebook: Policy)."""
    frame = item.frame
    void = tuple(sorted(frame.void))
    after = frame_of(
        frame.category,
        frame.simulated,
        frame.published_at,
        frame.plan_due_at,
        max(frame.since, at),
        frame.periods,
        void,
        frame.days.calendar,
        data.policy,
    )
    return judge_again(item._replace(frame=after, policies=(*item.policies, frame.policy)))


def _recorded(item: Item, _at: datetime, data: ProgressRecorded) -> Item:
    index = item.frame.index[data.period]
    before = item.periods[index]
    content: Content | None = None
    if not before.settled:
        measures = NOTHING_MEASURED
        if data.measures:
            measures = {intern(indicator): value for indicator, value in data.measures.items()}
        content = Content(measures, bool(data.evidence))
    if data.in_time:
        after = before.with_in_time(Report(data.report, data.claim, content, data.met, None))
    else:
        late_at = item.frame.local(data.received_at)
        after = before._replace(late=Report(data.report, data.claim, content, data.met, late_at))
    return item.with_periods(_put(item.periods, index, after))


def _verified(item: Item, at: datetime, data: VerificationRecorded) -> Item:
    index = item.frame.index[data.period]
    period = item.periods[index]
    if period.in_time is not None and period.in_time.id == data.report:
        period = period._replace(in_time=period.in_time._replace(finding=data.finding))
    elif period.late is not None and period.late.id == data.report:
        period = period._replace(late=period.late._replace(finding=data.finding))
    quarter_index = item.frame.quarter_of[index]
    frame = item.frame.quarters[quarter_index]
    quarters = item.quarters
    if data.finding == "overturned":
        looked_at = item.frame.local(at)
        period = period._replace(reminded_until=max(period.reminded_until or looked_at, looked_at))
        if frame.parts and frame.parts[-1] == index and quarters[quarter_index].upheld:
            quarters = _put(quarters, quarter_index, quarters[quarter_index]._replace(upheld=False))
    return item._replace(
        periods=_put(item.periods, index, period),
        quarters=quarters,
        involved=involve(item, frame.id, data.person),
    )


def _lag(item: Item, _at: datetime, data: LagRecorded) -> Item:
    return item._replace(involved=involve(item, "lag", data.person))


def _authorized(item: Item, _at: datetime, data: InspectionAuthorized) -> Item:
    others = tuple(i for i in item.inspections if i.plan != data.plan)
    return item._replace(inspections=(*others, Inspection(data.plan, data.from_on, data.to_on, data.approved)))


def _changed(item: Item, _at: datetime, data: LightChanged) -> Item:
    index = item.frame.quarter_index[data.period]
    quarter = item.quarters[index]._replace(light=data.to)
    return item.with_quarters(_put(item.quarters, index, quarter))


def _settled(item: Item, _at: datetime, data: LightSettled) -> Item:
    index = item.frame.quarter_index[data.period]
    quarter = item.quarters[index]._replace(rated=data.light, policy=item.frame.policy)
    last = item.frame.quarters[index].parts[-1]
    return _over(item, last, item.periods[last].status, _put(item.quarters, index, quarter))


def _month(item: Item, _at: datetime, data: MonthSettled) -> Item:
    index = item.frame.index[data.month]
    if data.settled and not item.periods[index].settled:
        return _over(item, index, data.status, item.quarters)
    period = item.periods[index]._replace(status=data.status)
    return item.with_periods(_put(item.periods, index, period))


def _over(item: Item, index: int, status: MonthStatus, quarters: tuple[Quarter, ...]) -> Item:
    """A reporting period has settled: its node can no longer change, and its reminders no longer matter.

    What its reports are worth is known for good; what they said, and the node's text, are forgotten.
    """
    period, name, plan = item.periods[index], item.frame.periods[index].id, item.plan
    settled = Period(_without_content(period.in_time), _without_content(period.late), True, status)
    goal = plan.nodes.get(name)
    if goal is not None:
        plan = plan._replace(nodes={**plan.nodes, name: Goal("", goal.gauges, goal.values)})
    return item._replace(plan=plan, periods=_put(item.periods, index, settled), quarters=quarters)


def _without_content(report: Report | None) -> Report | None:
    if report is None:
        return None
    return Report(report.id, report.claim, None, report.met, report.late_at, report.finding)


def _reminded(item: Item, at: datetime, data: ReminderDue) -> Item:
    until = item.frame.local(at)
    if data.kind == "report":
        index = item.frame.index[data.about]
        period = item.periods[index].with_reminded_until(until)
        return item.with_periods(_put(item.periods, index, period))
    escalations = tuple(e._replace(reminded_until=until) if e.id == data.about else e for e in item.escalations)
    return item._replace(escalations=escalations)


def _transferred(item: Item, _at: datetime, data: ItemTransferred) -> Item:
    hands = item.hands._replace(lead_unit=data.lead_unit, cooperating=data.cooperating, leader=data.leader)
    return item._replace(hands=hands)


def _withdrawal_filed(item: Item, _at: datetime, data: WithdrawalFiled) -> Item:
    return item._replace(hands=item.hands._replace(withdrawal=data.reason))


def _withdrawal_refused(item: Item, _at: datetime, _data: WithdrawalRefused) -> Item:
    return item._replace(hands=item.hands._replace(withdrawal=None))


def _withdrawn(item: Item, _at: datetime, _data: ItemWithdrawn) -> Item:
    return item._replace(hands=item.hands._replace(withdrawal=None, withdrawn=True))


def involve(item: Item, topic: str, person: str) -> tuple[tuple[str, str], ...]:
    """Who took part in what, and now this person too (rulebook: Fine print, "Involved in what is appealed")."""
    return tuple(dict.fromkeys([*item.involved, (intern(topic), intern(person))]))


def _put(values: tuple[T, ...], index: int, value: T) -> tuple[T, ...]:
    changed = list(values)
    changed[index] = value
    return tuple(changed)


TRANSITIONS: Final[Mapping[type, Callable[[Item, datetime, Any], Item]]] = {
    PolicyChanged: _policy_changed,
    ProgressRecorded: _recorded,
    VerificationRecorded: _verified,
    LagRecorded: _lag,
    InspectionAuthorized: _authorized,
    LightChanged: _changed,
    LightSettled: _settled,
    MonthSettled: _month,
    ReminderDue: _reminded,
    ItemTransferred: _transferred,
    WithdrawalFiled: _withdrawal_filed,
    WithdrawalRefused: _withdrawal_refused,
    ItemWithdrawn: _withdrawn,
}
