"""How the events of rulings change an item's reports, lights and months, and who has it in hand."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from sys import intern
from types import MappingProxyType
from typing import Any, Final, TypeVar

from contracts.rulings import (
    CancellationFiled,
    DeputyAppointed,
    DeputyReleased,
    InspectionAuthorized,
    InspectionEndorsed,
    ItemOpened,
    ItemRevised,
    ItemTransferred,
    ItemWithdrawn,
    LagRecorded,
    LightChanged,
    LightSettled,
    MonthSettled,
    ProgrammeEnlarged,
    ProgressRecorded,
    ReminderDue,
    ReplyRecorded,
    VerificationRecorded,
    WithdrawalFiled,
    WithdrawalRefused,
)
from contracts.submissions import Deputy, ItemAssigned
from contracts.values import Finding, Identifier, MonthStatus
from services.rating.rules.state.frame import Frame, frame_of
from services.rating.rules.state.state import (
    Body,
    Content,
    EarlierReport,
    FormerLead,
    Goal,
    Hands,
    Inspection,
    Item,
    Period,
    Plan,
    Quarter,
    Reply,
    Report,
)

T = TypeVar("T")
NOTHING_MEASURED: Final[Mapping[str, Decimal]] = MappingProxyType({})
OPEN: Final = Period()
VOID: Final = Period(status="void")
UNLIT: Final = Quarter()
_WORDS: Final = (
    "title",
    "category",
    "classification",
    "source",
    "lead_unit",
    "cooperating",
    "leader",
    "annual_targets",
    "simulated",
    "derived",
    "units",
    "leaders",
    "predecessor",
)


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
        data.month_working_day,
        data.closing_on,
    )
    return Item(
        frame=frame,
        hands=Hands(
            intern(data.lead_unit),
            tuple(map(intern, data.cooperating)),
            intern(data.leader),
            deputies=data.deputies,
            units=known_ids(data.units),
            leaders=known_ids(data.leaders),
        ),
        plan=Plan(),
        periods=tuple([VOID if period.id in frame.void else OPEN for period in frame.periods]),
        quarters=(UNLIT,) * len(frame.quarters),
        body=Body(_words_of(data), frame),
    )


def _words_of(data: ItemAssigned | ItemOpened) -> bytes:
    """A mark of an item's words."""
    words = repr(tuple(getattr(data, name) for name in _WORDS))
    return hashlib.blake2b(words.encode(errors="surrogatepass"), digest_size=16).digest()


def is_same(item: Item, data: ItemAssigned) -> bool:
    """Whether an assignment says what the first one said.

    The instant of publication and the namings in force belong to the occasion, not to the item.
    """
    if item.body is None or item.body.words != _words_of(data):
        return False
    first = item.body.frame
    told = frame_of(
        data.category,
        data.simulated,
        first.published_at,
        data.plan_due_at,
        first.since,
        data.periods,
        tuple(sorted(first.void)),
        data.calendar,
        data.policy,
        data.month_working_day,
        data.closing_on,
    )
    return _terms(told) == _terms(first)


def _terms(frame: Frame) -> tuple[object, ...]:
    days, closes_at = frame.days.calendar, frame.closes_at
    return frame.plan_due_at, frame.periods, days, frame.policy, frame.month_working_day, closes_at


@lru_cache(maxsize=4096)
def _known(ids: tuple[Identifier, ...]) -> frozenset[Identifier]:
    """Equal ids, kept once."""
    return frozenset(ids)


def known_ids(ids: tuple[Identifier, ...] | None) -> frozenset[Identifier] | None:
    """The units or leaders of a programme; None: any id is known."""
    return None if ids is None else _known(ids)


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
    report = Report(data.report, data.claim, content, data.met, late_at, None, received_at.date())
    replaced = before.in_time if data.in_time else before.late
    after = before.with_in_time(report) if data.in_time else before._replace(late=report)
    if replaced is not None and replaced.received_on is not None and replaced.received_on != report.received_on:
        earlier = EarlierReport(replaced.id, replaced.received_on, not data.in_time)
        after = after._replace(earlier=(*after.earlier, earlier))
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
    others = tuple(i for i in item.inspections if i.plan != data.plan)
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
    return item._replace(inspections=(*others, planned))


def _endorsed(item: Item, at: datetime, data: InspectionEndorsed) -> Item:
    today = item.frame.day_of(at)
    inspections = tuple(
        i._replace(approved=True, approved_on=today) if i.plan == data.plan else i for i in item.inspections
    )
    return item._replace(inspections=inspections)


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
    in_time, late = _without_content(period.in_time), _without_content(period.late)
    settled = Period(in_time, late, True, status, None, period.moved, period.earlier)
    goal = plan.nodes.get(name)
    if goal is not None:
        plan = plan._replace(nodes={**plan.nodes, name: Goal("", goal.gauges, goal.values)})
    return item._replace(plan=plan, periods=_put(item.periods, index, settled), quarters=quarters)


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
    return item._replace(escalations=escalations)


def _transferred(item: Item, at: datetime, data: ItemTransferred) -> Item:
    hands = item.hands
    former = hands.former
    if data.lead_unit != hands.lead_unit:
        former = (*former, FormerLead(hands.lead_unit, item.frame.local(at)))
    hands = hands._replace(lead_unit=data.lead_unit, cooperating=data.cooperating, leader=data.leader, former=former)
    return item._replace(hands=hands)


def _revised(item: Item, _at: datetime, data: ItemRevised) -> Item:
    if data.cooperating is None:
        return item
    return item._replace(hands=item.hands._replace(cooperating=data.cooperating))


def _enlarged(item: Item, _at: datetime, data: ProgrammeEnlarged) -> Item:
    """Where the programme's units and leaders are not listed, any id is known already."""
    hands = item.hands
    if hands.units is not None:
        hands = hands._replace(units=_known(tuple(sorted({*hands.units, *(unit.id for unit in data.units)}))))
    if hands.leaders is not None:
        hands = hands._replace(leaders=_known(tuple(sorted({*hands.leaders, *(one.id for one in data.leaders)}))))
    return item._replace(hands=hands)


def _appointed(item: Item, _at: datetime, data: DeputyAppointed) -> Item:
    naming = Deputy(principal=data.principal, deputy=data.deputy, from_on=data.from_on, until_on=data.until_on)
    return item._replace(hands=item.hands._replace(deputies=(*item.hands.deputies, naming)))


def _released(item: Item, _at: datetime, data: DeputyReleased) -> Item:
    pair = (data.principal, data.deputy)
    deputies = tuple(one for one in item.hands.deputies if (one.principal, one.deputy) != pair)
    return item._replace(hands=item.hands._replace(deputies=deputies))


def _withdrawal_filed(item: Item, _at: datetime, _data: WithdrawalFiled, cause: str) -> Item:
    return item._replace(hands=item.hands._replace(withdrawal=cause))


def _cancellation_filed(item: Item, _at: datetime, _data: CancellationFiled, cause: str) -> Item:
    return item._replace(hands=item.hands._replace(cancellation=cause))


def _replied(item: Item, _at: datetime, data: ReplyRecorded) -> Item:
    topic = reply_topic(data.light, data.level, data.cause)
    others = tuple(reply for reply in item.replies if reply.topic != topic)
    return item._replace(replies=(*others, Reply(topic, data.reply)))


def reply_topic(light: str | None, level: str | None, cause: str | None) -> str:
    """What a reply is about: a light, or a cause of a notice."""
    return light if light is not None else f"{level}:{cause}"


def _withdrawal_refused(item: Item, _at: datetime, _data: WithdrawalRefused) -> Item:
    return item._replace(hands=item.hands._replace(withdrawal=None))


def _withdrawn(item: Item, _at: datetime, _data: ItemWithdrawn) -> Item:
    return item._replace(hands=item.hands._replace(withdrawal=None, cancellation=None, withdrawn=True))


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
    ItemTransferred: _transferred,
    ItemRevised: _revised,
    ProgrammeEnlarged: _enlarged,
    DeputyAppointed: _appointed,
    DeputyReleased: _released,
    ReplyRecorded: _replied,
    WithdrawalRefused: _withdrawal_refused,
    ItemWithdrawn: _withdrawn,
}

NAMED: Final[Mapping[type, Callable[[Item, datetime, Any, str], Item]]] = {
    InspectionAuthorized: _authorized,
    WithdrawalFiled: _withdrawal_filed,
    CancellationFiled: _cancellation_filed,
}
