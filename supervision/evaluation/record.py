"""What an item's rulings say for the annual evaluation (rulebook): who led it when, and what arose then."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple

from contracts.policy import Policy
from contracts.rulings import (
    EscalationConfirmed,
    EscalationOverdue,
    EscalationRaised,
    EscalationWithdrawn,
    ItemOpened,
    ItemTransferred,
    LightChanged,
    LightSettled,
    MonthSettled,
)
from contracts.values import Identifier, Light, PeriodId
from supervision import item as item_record
from supervision.evaluation.deduction import Deduction, DeductionKind, Source, SourcedEvent
from supervision.item import ItemRecord
from supervision.light_sentences import due_word, period_word
from supervision.words import Word
from supervision.workdays import last_day, offset_of

_COSTLY: Final[Mapping[Light, DeductionKind]] = {"yellow": "yellow", "red": "red"}


@dataclass(slots=True)
class Circumstances:
    """When something arose, by which policy, and the events that it follows from.

    It is the matter of `unit`, or else of whoever led the item to the end of `due_at`: a handover that counts before
    it may be told later where receipts stand however late.
    """

    unit: Identifier | None
    due_at: datetime
    policy: Policy
    at: datetime
    sources: tuple[Source, ...]


class LatestLight(NamedTuple):
    """The colour that a light has, and the event that gave it."""

    light: Light
    source: Source


@dataclass(slots=True)
class EvaluationRecord:
    """One item's evaluation so far, beside the `record` of the item; each part by period or by escalation's id."""

    id: str
    record: ItemRecord
    led_by: dict[Identifier, None]
    former: list[tuple[Identifier, datetime]] = field(default_factory=list)
    """Units that led it before, each until an instant."""
    over: dict[PeriodId, Circumstances] = field(default_factory=dict)
    settled: dict[PeriodId, Circumstances] = field(default_factory=dict)
    latest: dict[PeriodId, LatestLight] = field(default_factory=dict)
    raised: dict[str, Source] = field(default_factory=dict)
    escalations: dict[str, tuple[DeductionKind, Circumstances]] = field(default_factory=dict)

    @property
    def lead_unit(self) -> Identifier:
        """Who leads the item now."""
        return self.record.assignment.lead_unit

    @property
    def pending(self) -> int:
        """How many periods have no settled light yet; of a withdrawn item none will."""
        if self.record.assignment.withdrawn:
            return 0
        return sum(bool(parts) for quarter, parts in self.record.lights.parts.items() if quarter not in self.settled)

    def lead_at(self, instant: datetime) -> Identifier:
        """The unit that led the item at an instant, by the times that count."""
        return next((unit for unit, until in self.former if instant < until), self.lead_unit)

    def led_to(self, due_at: datetime) -> Identifier:
        """The unit that led it to the end of a deadline: what happens at its very instant comes after it."""
        return next((unit for unit, until in self.former if due_at <= until), self.lead_unit)

    def due(self, due_at: datetime, event: SourcedEvent, *before: Source) -> Circumstances:
        """The circumstances of what a deadline gave, told by an event, and from which events."""
        return Circumstances(None, due_at, self.record.assignment.policy, event.time, (*before, event.source))

    def deductions(self) -> list[Deduction]:
        """All that stand, lights and missing reports by period, then escalations in the order raised."""
        parts = self.record.lights.parts.items()
        periods = sorted((period, quarter) for quarter, bound in parts for period in bound)
        found = [deduction for period in periods for deduction in self._of_period(*period)]
        return [*found, *(self._of_escalation(id_) for id_ in self.escalations)]

    def _of_period(self, period: PeriodId, quarter: PeriodId) -> Iterator[Deduction]:
        """A report that never came; the colour of the period with a light, at its last reporting period."""
        lights = self.record.lights
        appealed = any(appeal.against.light == quarter for appeal in self.record.appeals)
        if period in self.over and not lights.reported(period) and not lights.upheld(quarter):
            yield self._deduct("missing_report", period, self.over[period], appealed)
        latest = self.latest.get(quarter)
        colour = _COSTLY.get(latest.light) if latest else None
        if latest and colour and lights.parts[quarter][-1] == period and quarter in self.settled:
            yield self._deduct(colour, quarter, self.settled[quarter], appealed, latest.source)

    def _of_escalation(self, id_: str) -> Deduction:
        (kind, circumstances), known = self.escalations[id_], self.record.escalations[id_]
        against = [appeal.against for appeal in self.record.appeals]
        appealed = any(one.level == known.level and one.cause in known.names for one in against)
        return self._deduct(kind, id_, circumstances, appealed)

    def _deduct(
        self,
        kind: DeductionKind,
        about: str,
        circumstances: Circumstances,
        under_appeal: bool,
        more: Source | None = None,
    ) -> Deduction:
        policy, sources = circumstances.policy, circumstances.sources
        return Deduction(
            unit=circumstances.unit or self.led_to(circumstances.due_at),
            item=self.id,
            kind=kind,
            about=about,
            points=getattr(policy.weights, kind),
            policy=policy.ref,
            arose_at=circumstances.at.astimezone(offset_of(policy.utc_offset)),
            why=self._why(kind, about),
            sources=sources if more is None else (*sources, more),
            under_appeal=under_appeal,
        )

    def _why(self, kind: DeductionKind, about: str) -> Word:
        if about in self.escalations:
            return self.record.explain_escalation(about)
        if kind != "missing_report":
            return self.record.explain(about)
        name = period_word(about)
        until = due_word(last_day(self.record.lights.deadlines.due_at(about), self.record.assignment.zone))
        return Word(f"{name.zh}：截至{until.zh}未报送", f"{name.en}: not reported by {until.en}")


def opened(id_: str, data: ItemOpened) -> EvaluationRecord:
    """The record of an item that was just published."""
    return EvaluationRecord(id_, item_record.opened(data), {data.lead_unit: None})


def evolve(item: EvaluationRecord, event: SourcedEvent) -> None:
    """Change the record by one more event of the item."""
    item.record = item_record.evolve(item.record, event.data)
    transition = _TRANSITIONS.get(type(event.data))
    if transition is not None:
        transition(item, event, event.data)


def _transferred(item: EvaluationRecord, event: SourcedEvent, data: ItemTransferred) -> None:
    before = next(reversed(item.led_by))
    if data.lead_unit != before:
        item.former.append((before, event.time))
        item.led_by.pop(data.lead_unit, None)
        item.led_by[data.lead_unit] = None


def _month(item: EvaluationRecord, event: SourcedEvent, data: MonthSettled) -> None:
    if data.settled:
        item.over.setdefault(data.month, item.due(item.record.lights.deadlines.due_at(data.month), event))


def _settled(item: EvaluationRecord, event: SourcedEvent, data: LightSettled) -> None:
    lights = item.record.lights
    parts = lights.parts.get(data.period, ())
    due_at = lights.deadlines.due_at(parts[-1]) if parts else event.time
    item.settled[data.period] = item.due(due_at, event)
    if data.period in parts:
        item.over[data.period] = item.settled[data.period]


def _changed(item: EvaluationRecord, event: SourcedEvent, data: LightChanged) -> None:
    item.latest[data.period] = LatestLight(data.to, event.source)


def _raised(item: EvaluationRecord, event: SourcedEvent, data: EscalationRaised) -> None:
    item.raised[data.escalation] = event.source


def _overdue(item: EvaluationRecord, event: SourcedEvent, data: EscalationOverdue) -> None:
    if data.level == "rectification":
        limit = item.record.escalations[data.escalation].due_at or event.time
        arose = item.due(limit, event, item.raised[data.escalation])
        item.escalations[data.escalation] = ("lapsed_rectification", arose)


def _confirmed(item: EvaluationRecord, event: SourcedEvent, data: EscalationConfirmed) -> None:
    confirmed = item.due(event.time, event, item.raised[data.escalation])
    confirmed.unit = item.lead_at(event.time)
    item.escalations[data.escalation] = ("chief_interview", confirmed)


def _withdrawn(item: EvaluationRecord, _: SourcedEvent, data: EscalationWithdrawn) -> None:
    """What the item's withdrawal from the assessment ends happened before, as its earlier lights did, and stays."""
    if not item.record.assignment.withdrawn:
        item.escalations.pop(data.escalation, None)


_TRANSITIONS: Final[Mapping[type, Callable[[EvaluationRecord, SourcedEvent, Any], None]]] = {
    ItemTransferred: _transferred,
    MonthSettled: _month,
    LightSettled: _settled,
    LightChanged: _changed,
    EscalationRaised: _raised,
    EscalationOverdue: _overdue,
    EscalationConfirmed: _confirmed,
    EscalationWithdrawn: _withdrawn,
}

FOLDED: Final = item_record.FOLDED | frozenset(_TRANSITIONS)
"""The events that change the record, besides the opening of the item."""
