"""How the events of rulings change an item's reports, lights and months, and who is involved in what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from sys import intern
from types import MappingProxyType
from typing import Any, Final, TypeVar

from contracts.rulings import (
    InspectionAuthorized,
    InspectionEndorsed,
    LagRecorded,
    LightChanged,
    LightSettled,
    MonthSettled,
    ProgressRecorded,
    ReminderDue,
    ReplyRecorded,
    VerificationRecorded,
)
from contracts.values import Finding, MonthStatus
from services.rating.rules.state.goal import Goal
from services.rating.rules.state.state import (
    Content,
    EarlierReport,
    Inspection,
    Item,
    Period,
    Quarter,
    Reply,
    Report,
)

T = TypeVar("T")
NOTHING_MEASURED: Final[Mapping[str, Decimal]] = MappingProxyType({})


def _recorded(item: Item, _at: datetime, data: ProgressRecorded) -> Item:
    index = item.frame.index[data.period]
    before = item.periods[index]
    content: Content | None = None
    if not before.settled:
        measures = NOTHING_MEASURED
        if data.measures:
            measures = {intern(indicator): value for indicator, value in data.measures.items()}
        content = Content(measures, bool(data.evidence))
    received_at = item.frame.local(data.received_at)
    late_at = None if data.in_time else received_at
    report = Report(data.report, data.claim, content, data.met, late_at, None, _once(received_at.date()))
    replaced = before.in_time if data.in_time else before.late
    period = before.with_in_time(report) if data.in_time else before._replace(late=report)
    after = item.with_periods(_put(item.periods, index, period))
    if replaced is None or replaced.received_on is None or replaced.received_on == report.received_on:
        return after
    earlier = EarlierReport(data.period, replaced.id, replaced.received_on, not data.in_time)
    there = item.particulars
    return after._replace(particulars=there._replace(earlier=(*there.earlier, earlier)))


@lru_cache(maxsize=1024)
def _once(day: date) -> date:
    """Equal days, kept once."""
    return day


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
        involved=involve(item, *_topics(frame.id, data.finding), person=data.person),
    )


def _topics(quarter: str, finding: Finding) -> tuple[str, ...]:
    """What a finding makes somebody involved in; an overturning may bar from another one (rulebook: Fairness)."""
    return (quarter, overturning(quarter)) if finding == "overturned" else (quarter,)


def overturning(quarter: str) -> str:
    """The topic of those who overturned a report of a period."""
    return f"overturned:{quarter}"


def barred(quarter: str) -> str:
    """The topic of those who may not overturn a report of a period again, after an upheld appeal about it."""
    return f"barred:{quarter}"


def _lag(item: Item, _at: datetime, data: LagRecorded) -> Item:
    return item._replace(involved=involve(item, "lag", person=data.person))


def _authorized(item: Item, at: datetime, data: InspectionAuthorized, cause: str) -> Item:
    others = tuple(i for i in item.particulars.inspections if i.plan != data.plan)
    today, by_chief = item.frame.day_of(at), data.approval == "chief"
    approved = data.approved and not by_chief
    planned = Inspection(
        plan=data.plan,
        from_on=data.from_on,
        to_on=data.to_on,
        approved=approved,
        by_chief=by_chief,
        planned_on=today,
        approved_on=today if approved else None,
        of=cause,
    )
    return item._replace(particulars=item.particulars._replace(inspections=(*others, planned)))


def _endorsed(item: Item, at: datetime, data: InspectionEndorsed) -> Item:
    today = item.frame.day_of(at)
    there = item.particulars
    inspections = tuple(
        i._replace(approved=True, approved_on=today) if i.plan == data.plan else i for i in there.inspections
    )
    return item._replace(particulars=there._replace(inspections=inspections))


def _changed(item: Item, _at: datetime, data: LightChanged) -> Item:
    index = item.frame.quarter_index[data.period]
    before = item.quarters[index]
    quarter = Quarter(data.to, before.rated, before.upheld, before.policy)
    return item.with_quarters(_put(item.quarters, index, quarter))


def _settled(item: Item, _at: datetime, data: LightSettled) -> Item:
    index = item.frame.quarter_index[data.period]
    before = item.quarters[index]
    quarter = Quarter(before.light, data.light, before.upheld, item.frame.policy)
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
    in_time, late = _without_content(period.in_time), _without_content(period.late)
    settled = Period(in_time, late, True, status)
    goal = plan.nodes.get(name)
    if goal is not None:
        plan = plan.with_nodes({**plan.nodes, name: Goal("", goal.gauges, goal.values)})
    return item.with_settled(plan, _put(item.periods, index, settled), quarters)


def _without_content(report: Report | None) -> Report | None:
    if report is None:
        return None
    return Report(report.id, report.claim, None, report.met, report.late_at, report.finding, report.received_on)


def _reminded(item: Item, at: datetime, data: ReminderDue) -> Item:
    until = item.frame.local(at)
    if data.kind == "report":
        index = item.frame.index[data.about]
        period = item.periods[index].with_reminded_until(until)
        return item.with_periods(_put(item.periods, index, period))
    escalations = tuple(e._replace(reminded_until=until) if e.id == data.about else e for e in item.escalations)
    return item.with_escalations(escalations)


def _replied(item: Item, _at: datetime, data: ReplyRecorded) -> Item:
    topic = reply_topic(data.light, data.level, data.cause)
    there = item.particulars
    others = tuple(reply for reply in there.replies if reply.topic != topic)
    return item._replace(particulars=there._replace(replies=(*others, Reply(topic, data.reply))))


def reply_topic(light: str | None, level: str | None, cause: str | None) -> str:
    """What a reply is about: a light, or a cause of a notice."""
    return light if light is not None else f"{level}:{cause}"


def involve(item: Item, *topics: str, person: str) -> tuple[tuple[str, str], ...]:
    """Who took part in what, and now this person too (rulebook: Fine print, "Involved in what is appealed")."""
    more = [(intern(topic), intern(person)) for topic in topics]
    return tuple(dict.fromkeys([*item.involved, *more]))


def _put(values: tuple[T, ...], index: int, value: T) -> tuple[T, ...]:
    changed = list(values)
    changed[index] = value
    return tuple(changed)


TRANSITIONS: Final[Mapping[type, Callable[[Item, datetime, Any], Item]]] = {
    ProgressRecorded: _recorded,
    VerificationRecorded: _verified,
    LagRecorded: _lag,
    InspectionEndorsed: _endorsed,
    LightChanged: _changed,
    LightSettled: _settled,
    MonthSettled: _month,
    ReminderDue: _reminded,
    ReplyRecorded: _replied,
}

NAMED: Final[Mapping[type, Callable[[Item, datetime, Any, str], Item]]] = {
    InspectionAuthorized: _authorized,
}
