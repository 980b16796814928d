"""What notices need to know about programmes, items and escalations: a fold of counted rulings, pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, timezone
from typing import Literal

from contracts.dispatches import Recipient
from contracts.ruling import RulingEvent
from contracts.rulings import (
    Compared,
    EscalationConfirmed,
    EscalationJoined,
    EscalationRaised,
    EscalationReduced,
    EscalationWithdrawn,
    ItemOpened,
    ItemTransferred,
    LightChanged,
    NodeAdjusted,
    PlanAdopted,
    PolicyChanged,
    ProgrammeOpened,
    ProgressRecorded,
)
from contracts.topics import split_subject
from contracts.values import Category, Level, Light, Node, PeriodId
from supervision.item import ItemRecord, note, opened


@dataclass(frozen=True, slots=True)
class ProgrammeFacts:
    """A programme as its notices name it; names of units and labels of leaders by their ids."""

    id: str
    title: str
    jurisdiction: str
    document: str
    year: int
    units: Mapping[str, str]
    leaders: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class EscalationFacts:
    """An escalation and what was told about it: `notices` are the ids of its notices, `told` who got them."""

    id: str
    level: Level
    proposed: bool
    causes: tuple[str, ...]
    raised_at: datetime
    due_at: datetime | None
    to: str
    copy: tuple[str, ...]
    notices: tuple[str, ...] = ()
    told: tuple[Recipient, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """An item as it stands at one position of its rulings."""

    programme: str
    id: str
    title: str
    category: Category
    lead_unit: str
    cooperating: tuple[str, ...]
    leader: str
    utc_offset: str
    blind: Literal["resend", "hold"]
    appeal_days: int
    simulated: bool
    derived: bool
    record: ItemRecord
    nodes: Mapping[PeriodId, Node] = field(default_factory=dict)
    compared: Mapping[PeriodId, tuple[Compared, ...]] = field(default_factory=dict)
    escalations: Mapping[str, EscalationFacts] = field(default_factory=dict)

    def light(self, period: PeriodId) -> Light:
        """The light of a period as it stands."""
        return self.record.light(period) or "none"

    @property
    def zone(self) -> timezone:
        """The programme's time zone."""
        hours, minutes = self.utc_offset[1:].split(":")
        span = timedelta(hours=int(hours), minutes=int(minutes))
        return timezone(-span if self.utc_offset[0] == "-" else span)

    def day(self, instant: datetime) -> date:
        """The local day of an instant."""
        return instant.astimezone(self.zone).date()

    def last_day(self, due_at: datetime) -> date:
        """The last day on which something due at `due_at` (exclusive) is in time."""
        return self.day(due_at - timedelta(microseconds=1))


def programme_from(subject: str, data: ProgrammeOpened) -> ProgrammeFacts:
    """The facts of a published programme."""
    return ProgrammeFacts(
        id=split_subject(subject)[0],
        title=data.title,
        jurisdiction=data.jurisdiction,
        document=data.document,
        year=data.issued_on.year,
        units={unit.id: unit.name for unit in data.units},
        leaders={leader.id: leader.label for leader in data.leaders},
    )


def observe(item: ItemFacts | None, event: RulingEvent) -> ItemFacts | None:
    """The item after one counted event of its rulings; None as long as it was not opened."""
    if isinstance(event.data, ItemOpened):
        return _opened(event.subject, event.data)
    if item is None:
        return None
    item = replace(item, record=note(item.record, event.data))
    match event.data:
        case ItemTransferred() as data:
            item = replace(item, lead_unit=data.lead_unit, cooperating=data.cooperating, leader=data.leader)
        case PolicyChanged() as data:
            policy = data.policy
            item = replace(
                item, utc_offset=policy.utc_offset, blind=policy.blind_channel, appeal_days=policy.appeal_days
            )
        case PlanAdopted() as data:
            item = replace(item, nodes={**item.nodes, **data.nodes})
        case NodeAdjusted() as data:
            item = replace(item, nodes={**item.nodes, data.period: data.after})
        case ProgressRecorded() as data:
            item = replace(item, compared={**item.compared, data.period: data.compared})
        case LightChanged() as data:
            compared = {**item.compared, data.period: data.compared} if data.compared else item.compared
            item = replace(item, compared=compared)
        case _:
            item = _escalated(item, event)
    return item


def _opened(subject: str, data: ItemOpened) -> ItemFacts:
    programme, item = split_subject(subject)
    return ItemFacts(
        programme=programme,
        id=item or "",
        title=data.title,
        category=data.category,
        lead_unit=data.lead_unit,
        cooperating=data.cooperating,
        leader=data.leader,
        utc_offset=data.policy.utc_offset,
        blind=data.policy.blind_channel,
        appeal_days=data.policy.appeal_days,
        simulated=data.simulated,
        derived=data.derived,
        record=opened(data),
    )


def _escalated(item: ItemFacts, event: RulingEvent) -> ItemFacts:
    data = event.data
    if isinstance(data, EscalationRaised):
        fresh = EscalationFacts(
            id=data.escalation,
            level=data.level,
            proposed=data.state == "proposed",
            causes=(data.cause,),
            raised_at=data.raised_at,
            due_at=data.due_at,
            to=data.to,
            copy=data.copy,
        )
        return with_escalation(item, fresh)
    if not isinstance(data, EscalationJoined | EscalationConfirmed | EscalationReduced | EscalationWithdrawn):
        return item
    known = item.escalations.get(data.escalation)
    if known is None:
        return item
    match data:
        case EscalationJoined():
            known = replace(known, causes=(*known.causes, data.cause))
        case EscalationConfirmed():
            known = replace(known, proposed=False, due_at=data.due_at, to=data.to, copy=data.copy, raised_at=event.time)
        case EscalationReduced():
            known = replace(known, causes=tuple(cause for cause in known.causes if cause != data.cause))
        case EscalationWithdrawn():
            known = replace(known, causes=())
    return with_escalation(item, known)


def with_escalation(item: ItemFacts, escalation: EscalationFacts) -> ItemFacts:
    """The item with this escalation as it is now."""
    return replace(item, escalations={**item.escalations, escalation.id: escalation})
