"""What an item's rulings say for the annual evaluation (rulebook): who led it when, and what arose then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple

from contracts.policy import Policy
from contracts.rulings import (
    AppealClosed,
    AppealOpened,
    EscalationConfirmed,
    EscalationOverdue,
    EscalationRaised,
    EscalationWithdrawn,
    ItemOpened,
    ItemTransferred,
    LightChanged,
    LightSettled,
    MonthSettled,
    PolicyChanged,
)
from contracts.submissions import Appealed
from contracts.values import Identifier, Light, PeriodId
from supervision import item as item_record
from supervision.evaluation.deduction import Deduction, Entry, Kind, Source
from supervision.item import ItemRecord
from supervision.light_sentences import due_word, last_day, period_word
from supervision.words import Word
from supervision.workdays import offset_of

_COSTLY: Final[Mapping[Light, Kind]] = {"yellow": "yellow", "red": "red"}


@dataclass(slots=True)
class Basis:
    """Who led the item when something arose, by which policy, and the events that it follows from."""

    unit: Identifier
    policy: Policy
    at: datetime
    sources: tuple[Source, ...]


class Moved(NamedTuple):
    """The colour that a light has, and the event that gave it."""

    light: Light
    source: Source


@dataclass(slots=True)
class EvaluationRecord:
    """One item's evaluation so far, beside what was `told` of its lights and escalations."""

    id: str
    lead: Identifier
    policy: Policy
    told: ItemRecord
    led_by: dict[Identifier, None] = field(default_factory=dict)
    over: dict[PeriodId, Basis] = field(default_factory=dict)
    settled: dict[PeriodId, Basis] = field(default_factory=dict)
    moved: dict[PeriodId, Moved] = field(default_factory=dict)
    raised: dict[str, Source] = field(default_factory=dict)
    rungs: dict[str, tuple[Kind, Basis]] = field(default_factory=dict)
    appeals: dict[str, Appealed] = field(default_factory=dict)

    @property
    def pending(self) -> int:
        """How many periods have no settled light yet; of a withdrawn item none will."""
        lights = self.told.lights
        return 0 if lights.withdrawn else sum(bool(parts) for q, parts in lights.parts.items() if q not in self.settled)

    def basis(self, entry: Entry, *before: Source) -> Basis:
        """What arises with an event, and from which events."""
        return Basis(self.lead, self.policy, entry.time, (*before, entry.source))

    def deductions(self) -> list[Deduction]:
        """All that stand, lights and missing reports by period, then escalations in the order raised."""
        found = []
        contested = {appeal.light for appeal in self.appeals.values()}
        lights = self.told.lights
        bound = ((period, quarter) for quarter, parts in lights.parts.items() for period in parts)
        for period, quarter in sorted(bound):
            if period in self.over and not lights.came(period) and not lights.upheld(quarter):
                found.append(self._deduct("missing_report", period, self.over[period], quarter in contested))
            moved = self.moved.get(quarter)
            colour = _COSTLY.get(moved.light) if moved else None
            if moved and colour and lights.parts[quarter][-1] == period and quarter in self.settled:
                found.append(self._deduct(colour, quarter, self.settled[quarter], quarter in contested, moved.source))
        for id_, (kind, basis) in self.rungs.items():
            rung = self.told.rungs[id_]
            names = [ground.name for ground in rung.grounds]
            appealed = any(a.level == rung.level and a.cause in names for a in self.appeals.values())
            found.append(self._deduct(kind, id_, basis, appealed))
        return found

    def _deduct(
        self, kind: Kind, about: str, basis: Basis, under_appeal: bool, more: Source | None = None
    ) -> Deduction:
        return Deduction(
            unit=basis.unit,
            item=self.id,
            kind=kind,
            about=about,
            points=getattr(basis.policy.weights, kind),
            policy=basis.policy.ref,
            arose_at=basis.at.astimezone(offset_of(basis.policy.utc_offset)),
            why=self._why(kind, about),
            sources=basis.sources if more is None else (*basis.sources, more),
            under_appeal=under_appeal,
        )

    def _why(self, kind: Kind, about: str) -> Word:
        if about in self.rungs:
            return self.told.explain_escalation(about)
        if kind != "missing_report":
            return self.told.explain(about)
        lights, name = self.told.lights, period_word(about)
        until = due_word(last_day(lights.due_at[about], offset_of(lights.utc_offset)))
        return Word(f"{name.zh}：截至{until.zh}未报送", f"{name.en}: not reported by {until.en}")


def opened(id_: str, data: ItemOpened) -> EvaluationRecord:
    """The record of an item that was just published."""
    return EvaluationRecord(
        id=id_,
        lead=data.lead_unit,
        policy=data.policy,
        told=item_record.opened(data),
        led_by={data.lead_unit: None},
    )


def note(item: EvaluationRecord, entry: Entry) -> None:
    """Take one more event of the item into its record."""
    item.told = item_record.note(item.told, entry.data)
    take = _TAKES.get(type(entry.data))
    if take is not None:
        take(item, entry, entry.data)


def _transferred(item: EvaluationRecord, _: Entry, data: ItemTransferred) -> None:
    item.lead = data.lead_unit
    item.led_by[data.lead_unit] = None


def _policy(item: EvaluationRecord, _: Entry, data: PolicyChanged) -> None:
    item.policy = data.policy


def _month(item: EvaluationRecord, now: Entry, data: MonthSettled) -> None:
    if data.settled:
        item.over.setdefault(data.month, item.basis(now))


def _settled(item: EvaluationRecord, now: Entry, data: LightSettled) -> None:
    item.settled[data.period] = item.basis(now)
    if data.period in item.told.lights.parts.get(data.period, ()):
        item.over[data.period] = item.basis(now)


def _changed(item: EvaluationRecord, now: Entry, data: LightChanged) -> None:
    item.moved[data.period] = Moved(data.to, now.source)


def _raised(item: EvaluationRecord, now: Entry, data: EscalationRaised) -> None:
    item.raised[data.escalation] = now.source


def _overdue(item: EvaluationRecord, now: Entry, data: EscalationOverdue) -> None:
    if data.level == "rectification":
        basis = item.basis(now, item.raised[data.escalation])
        item.rungs[data.escalation] = ("lapsed_rectification", basis)


def _confirmed(item: EvaluationRecord, now: Entry, data: EscalationConfirmed) -> None:
    item.rungs[data.escalation] = ("chief_interview", item.basis(now, item.raised[data.escalation]))


def _taken_back(item: EvaluationRecord, _: Entry, data: EscalationWithdrawn) -> None:
    """What the item's withdrawal from the assessment ends happened before, as its earlier lights did, and stays."""
    if not item.told.lights.withdrawn:
        item.rungs.pop(data.escalation, None)


def _appealed(item: EvaluationRecord, _: Entry, data: AppealOpened) -> None:
    item.appeals[data.appeal] = data.against


def _answered(item: EvaluationRecord, _: Entry, data: AppealClosed) -> None:
    item.appeals.pop(data.appeal, None)


_TAKES: Final[Mapping[type, Callable[[EvaluationRecord, Entry, Any], None]]] = {
    ItemTransferred: _transferred,
    PolicyChanged: _policy,
    MonthSettled: _month,
    LightSettled: _settled,
    LightChanged: _changed,
    EscalationRaised: _raised,
    EscalationOverdue: _overdue,
    EscalationConfirmed: _confirmed,
    EscalationWithdrawn: _taken_back,
    AppealOpened: _appealed,
    AppealClosed: _answered,
}
