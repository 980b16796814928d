"""What an item's rulings say for the annual evaluation (rulebook): who led it when, and what arose then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple

from contracts.deduction import Deduction, Entry, Kind, Source
from contracts.policy import Policy
from contracts.rulings import (
    AppealClosed,
    AppealOpened,
    EscalationConfirmed,
    EscalationJoined,
    EscalationOverdue,
    EscalationRaised,
    EscalationWithdrawn,
    ItemOpened,
    ItemTransferred,
    ItemWithdrawn,
    LightChanged,
    LightSettled,
    MonthSettled,
    PolicyChanged,
    ProgrammeOpened,
    ProgressRecorded,
    VerificationRecorded,
)
from contracts.submissions import Appealed
from contracts.values import Identifier, Level, Light, PeriodId

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
class Rung:
    """An escalation: what it stood on, whether it lapsed or took effect, whether it was taken back.

    What the item's withdrawal from the assessment ends was not taken back: it happened before, as earlier lights did.
    """

    level: Level
    causes: list[str]
    raised: Source
    lapsed: Basis | None = None
    confirmed: Basis | None = None
    withdrawn: bool = False

    @property
    def counted(self) -> tuple[Kind, Basis] | None:
        """What it costs, if anything: a rectification that lapsed, a chief interview that took effect."""
        basis = {"rectification": self.lapsed, "chief_interview": self.confirmed}.get(self.level)
        if basis is None or self.withdrawn:
            return None
        return ("lapsed_rectification" if self.level == "rectification" else "chief_interview"), basis


@dataclass(slots=True)
class ItemRecord:
    """One item's evaluation so far; `quarter_of` knows the periods that bind, `last_of` the last one of each."""

    id: str
    lead: Identifier
    policy: Policy
    quarter_of: Mapping[PeriodId, PeriodId]
    last_of: Mapping[PeriodId, PeriodId]
    led_by: dict[Identifier, None] = field(default_factory=dict)
    withdrawn: bool = False
    came: set[PeriodId] = field(default_factory=set)
    over: dict[PeriodId, Basis] = field(default_factory=dict)
    settled: dict[PeriodId, Basis] = field(default_factory=dict)
    moved: dict[PeriodId, Moved] = field(default_factory=dict)
    upheld: set[PeriodId] = field(default_factory=set)
    rungs: dict[str, Rung] = field(default_factory=dict)
    appeals: dict[str, Appealed] = field(default_factory=dict)

    @property
    def pending(self) -> int:
        """How many periods have no settled light yet; of a withdrawn item none will."""
        return 0 if self.withdrawn else len(set(self.quarter_of.values()) - set(self.settled))

    def basis(self, entry: Entry, *before: Source) -> Basis:
        """What arises with an event, and from which events."""
        return Basis(self.lead, self.policy, entry.time, (*before, entry.source))

    def deductions(self) -> list[Deduction]:
        """All that stand, lights and missing reports by period, then escalations in the order raised."""
        found = []
        contested = {appeal.light for appeal in self.appeals.values()}
        for period, quarter in sorted(self.quarter_of.items()):
            if period in self.over and period not in self.came and quarter not in self.upheld:
                found.append(self._deduct("missing_report", period, self.over[period], quarter in contested))
            moved = self.moved.get(quarter)
            kind = _COSTLY.get(moved.light) if moved else None
            if moved and kind and self.last_of[quarter] == period and quarter in self.settled:
                found.append(self._deduct(kind, quarter, self.settled[quarter], quarter in contested, moved.source))
        for id_, rung in self.rungs.items():
            if (counted := rung.counted) is not None:
                appealed = any(a.level == rung.level and a.cause in rung.causes for a in self.appeals.values())
                found.append(self._deduct(counted[0], id_, counted[1], appealed))
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
            arose_at=basis.at,
            sources=basis.sources if more is None else (*basis.sources, more),
            under_appeal=under_appeal,
        )


def opened(id_: str, data: ItemOpened) -> ItemRecord:
    """The record of an item that was just published."""
    ordered = sorted(data.periods, key=lambda one: (one.due_at, one.id))
    bound = [one for one in ordered if one.id not in data.void]
    return ItemRecord(
        id=id_,
        lead=data.lead_unit,
        policy=data.policy,
        quarter_of={one.id: one.quarter for one in bound},
        last_of={one.quarter: one.id for one in bound},
        led_by={data.lead_unit: None},
    )


def note(item: ItemRecord, entry: Entry) -> None:
    """Take one more event of the item into its record."""
    take = _TAKES.get(type(entry.data))
    if take is not None:
        take(item, entry, entry.data)


def _transferred(item: ItemRecord, _: Entry, data: ItemTransferred) -> None:
    item.lead = data.lead_unit
    item.led_by[data.lead_unit] = None


def _withdrawn(item: ItemRecord, _: Entry, _data: ItemWithdrawn) -> None:
    item.withdrawn = True


def _policy(item: ItemRecord, _: Entry, data: PolicyChanged) -> None:
    item.policy = data.policy


def _recorded(item: ItemRecord, _: Entry, data: ProgressRecorded) -> None:
    item.came.add(data.period)


def _month(item: ItemRecord, now: Entry, data: MonthSettled) -> None:
    if data.settled:
        item.over.setdefault(data.month, item.basis(now))


def _settled(item: ItemRecord, now: Entry, data: LightSettled) -> None:
    item.settled[data.period] = item.basis(now)
    if data.period in item.quarter_of:
        item.over[data.period] = item.basis(now)


def _changed(item: ItemRecord, now: Entry, data: LightChanged) -> None:
    item.moved[data.period] = Moved(data.to, now.source)


def _verified(item: ItemRecord, _: Entry, data: VerificationRecorded) -> None:
    """An overturning after an upheld appeal undoes it (rulebook: Fine print)."""
    quarter = item.quarter_of.get(data.period)
    if data.finding == "overturned" and quarter is not None and item.last_of[quarter] == data.period:
        item.upheld.discard(quarter)


def _raised(item: ItemRecord, now: Entry, data: EscalationRaised) -> None:
    item.rungs[data.escalation] = Rung(data.level, [data.cause], now.source)


def _joined(item: ItemRecord, _: Entry, data: EscalationJoined) -> None:
    item.rungs[data.escalation].causes.append(data.cause)


def _overdue(item: ItemRecord, now: Entry, data: EscalationOverdue) -> None:
    rung = item.rungs[data.escalation]
    rung.lapsed = item.basis(now, rung.raised)


def _confirmed(item: ItemRecord, now: Entry, data: EscalationConfirmed) -> None:
    rung = item.rungs[data.escalation]
    rung.confirmed = item.basis(now, rung.raised)


def _taken_back(item: ItemRecord, _: Entry, data: EscalationWithdrawn) -> None:
    item.rungs[data.escalation].withdrawn = not item.withdrawn


def _appealed(item: ItemRecord, _: Entry, data: AppealOpened) -> None:
    item.appeals[data.appeal] = data.against


def _answered(item: ItemRecord, _: Entry, data: AppealClosed) -> None:
    item.appeals.pop(data.appeal, None)
    if data.decision == "upheld" and data.against.light is not None:
        item.upheld.add(data.against.light)


_TAKES: Final[Mapping[type, Callable[[ItemRecord, Entry, Any], None]]] = {
    ItemTransferred: _transferred,
    ItemWithdrawn: _withdrawn,
    PolicyChanged: _policy,
    ProgressRecorded: _recorded,
    MonthSettled: _month,
    LightSettled: _settled,
    LightChanged: _changed,
    VerificationRecorded: _verified,
    EscalationRaised: _raised,
    EscalationJoined: _joined,
    EscalationOverdue: _overdue,
    EscalationConfirmed: _confirmed,
    EscalationWithdrawn: _taken_back,
    AppealOpened: _appealed,
    AppealClosed: _answered,
}
READ: Final = frozenset(_TAKES) | {ItemOpened, ProgrammeOpened}
"""The types of event that an evaluation reads; others may be left out."""
