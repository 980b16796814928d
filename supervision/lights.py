"""What an item's rulings say about its lights: a pure fold, for whoever must say why without knowing the rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from contracts.rulings import (
    AppealClosed,
    AppealOpened,
    Compared,
    ItemOpened,
    ItemWithdrawn,
    LightChanged,
    LightSettled,
    MonthSettled,
    NodeAdjusted,
    PlanAdopted,
    PolicyChanged,
    ProgressRecorded,
    RulingData,
    VerificationRecorded,
)
from contracts.values import Light, PeriodId
from supervision.light_sentences import LightFacts, PartFacts, last_day
from supervision.workdays import offset_of


@dataclass(frozen=True, slots=True)
class Told:
    """What was told about one reporting period: the last report in time, the last late one, and the findings."""

    in_time: ProgressRecorded | None = None
    late: ProgressRecorded | None = None
    overturned: frozenset[str] = frozenset()
    settled: bool = False
    met: bool = False


@dataclass(frozen=True, slots=True)
class Lit:
    """What was told about one light; `made_up` is the colour, if any, of what is made up later under its policy."""

    light: Light = "none"
    settled: bool = False
    upheld: bool = False
    made_up: str | None = None
    compared: tuple[Compared, ...] = ()


_NO_LIGHT: Final = Lit()


@dataclass(frozen=True, slots=True)
class LightsRecord:
    """An item's lights as told so far; `parts` are the reporting periods of each, void ones aside, in order."""

    monthly: bool
    utc_offset: str
    made_up: str | None
    due_at: Mapping[PeriodId, datetime]
    parts: Mapping[PeriodId, tuple[PeriodId, ...]]
    quarter_of: Mapping[PeriodId, PeriodId]
    planned: frozenset[PeriodId] = frozenset()
    withdrawn: bool = False
    told: Mapping[PeriodId, Told] = field(default_factory=dict)
    lights: Mapping[PeriodId, Lit] = field(default_factory=dict)
    appeals: Mapping[str, PeriodId] = field(default_factory=dict)

    def light(self, period: PeriodId) -> Light:
        """The light of a period as it stands."""
        return self.lights.get(period, _NO_LIGHT).light

    def came(self, period: PeriodId) -> bool:
        """Whether any report about a reporting period was accepted, in time or late."""
        told = self.told.get(period, Told())
        return told.in_time is not None or told.late is not None

    def upheld(self, period: PeriodId) -> bool:
        """Whether an upheld appeal makes a period count as met in time (rulebook: Lights 4)."""
        return self.lights.get(period, Lit()).upheld

    def facts(self, period: PeriodId) -> LightFacts:
        """What the sentence about a period is made from. Raises KeyError."""
        parts, lit = self.parts[period], self.lights.get(period, Lit())
        facts = [self._part(part) for part in parts]
        in_time = bool(facts) and facts[-1].met and all(part.claim is not None for part in facts)
        made_up = lit.settled and lit.made_up == lit.light and not lit.upheld and not in_time and self._made_up(parts)
        return LightFacts(
            period=period,
            light=lit.light,
            settled=lit.settled,
            monthly=self.monthly,
            parts=facts,
            upheld=lit.upheld,
            withdrawn=self.withdrawn,
            made_up=made_up,
            appealed=period in self.appeals.values(),
            before=self._before(period),
            compared=lit.compared,
        )

    def _part(self, period: PeriodId) -> PartFacts:
        zone, told = offset_of(self.utc_offset), self.told.get(period, Told())
        report = told.in_time
        return PartFacts(
            period=period,
            due_on=last_day(self.due_at[period], zone),
            settled=told.settled,
            claim=report.claim if report else None,
            overturned=report is not None and report.report in told.overturned,
            met=self._is_met(period, told),
            late_on=told.late.received_at.astimezone(zone).date() if told.late else None,
            planned=period in self.planned,
        )

    def _is_met(self, period: PeriodId, told: Told) -> bool:
        if told.in_time is None or told.in_time.report in told.overturned:
            return False
        return told.met if self.monthly else self.light(self.quarter_of[period]) == "green"

    def _made_up(self, parts: tuple[PeriodId, ...]) -> bool:
        told = [self.told.get(part, Told()) for part in parts]
        late = told[-1].late
        last = self._is_met(parts[-1], told[-1]) and self.monthly
        return all(one.in_time or one.late for one in told) and (
            last or (late is not None and late.met and late.report not in told[-1].overturned)
        )

    def _before(self, period: PeriodId) -> tuple[PeriodId, Light] | None:
        settled: tuple[PeriodId, Light] | None = None
        for earlier in self.parts:
            if earlier == period:
                break
            lit = self.lights.get(earlier, Lit())
            settled = (earlier, lit.light) if lit.settled else settled
        return settled if settled and settled[1] in ("yellow", "red") else None


def opened(data: ItemOpened) -> LightsRecord:
    """The record of an item that was just published."""
    ordered = sorted(data.periods, key=lambda one: (one.due_at, one.id))
    parts = {one.quarter: tuple(p.id for p in ordered if p.quarter == one.quarter) for one in ordered}
    bound = {quarter: tuple(p for p in found if p not in data.void) for quarter, found in parts.items()}
    return LightsRecord(
        monthly=data.category == "livelihood",
        utc_offset=data.policy.utc_offset,
        made_up=data.policy.made_up_light,
        due_at={one.id: one.due_at for one in ordered},
        parts=bound,
        quarter_of={one.id: one.quarter for one in ordered},
    )


def note(record: LightsRecord, data: RulingData) -> LightsRecord:
    """The record after one more event."""
    take = _TAKES.get(type(data))
    return record if take is None else take(record, data)


def _told(record: LightsRecord, period: PeriodId, **changes: Any) -> LightsRecord:
    return replace(record, told={**record.told, period: replace(record.told.get(period, Told()), **changes)})


def _lit(record: LightsRecord, period: PeriodId, **changes: Any) -> LightsRecord:
    return replace(record, lights={**record.lights, period: replace(record.lights.get(period, Lit()), **changes)})


def _over(record: LightsRecord, period: PeriodId) -> LightsRecord:
    for last in record.parts.get(period, ())[-1:]:
        record = _told(record, last, settled=True)
    return record


def _reported(record: LightsRecord, data: ProgressRecorded) -> LightsRecord:
    record = _told(record, data.period, **{"in_time" if data.in_time else "late": data})
    quarter = record.quarter_of.get(data.period, data.period)
    last = record.parts.get(quarter, ())[-1:] == (data.period,)
    if data.in_time and last and record.told[data.period].settled:
        # Received in time, but appended after its period settled: its values count from here on.
        record = _lit(record, quarter, compared=data.compared)
    return record


def _verified(record: LightsRecord, data: VerificationRecorded) -> LightsRecord:
    told = record.told.get(data.period, Told())
    quarter = record.quarter_of.get(data.period, data.period)
    if data.finding != "overturned":
        return _told(record, data.period, overturned=told.overturned - {data.report})
    if record.parts.get(quarter, ())[-1:] == (data.period,):
        record = _lit(record, quarter, upheld=False)
    return _told(record, data.period, overturned=told.overturned | {data.report})


def _changed(record: LightsRecord, data: LightChanged) -> LightsRecord:
    record = _lit(record, data.period, light=data.to)
    if not data.settled:
        return record
    record = _over(record, data.period)
    return _lit(record, data.period, settled=True, compared=data.compared or record.lights[data.period].compared)


def _settled(record: LightsRecord, data: LightSettled) -> LightsRecord:
    record = _lit(record, data.period, settled=True, made_up=record.made_up)
    return _over(record, data.period)


def _month(record: LightsRecord, data: MonthSettled) -> LightsRecord:
    settled = data.settled or record.told.get(data.month, Told()).settled
    return _told(record, data.month, settled=settled, met=data.status == "met")


def _policy(record: LightsRecord, data: PolicyChanged) -> LightsRecord:
    return replace(record, utc_offset=data.policy.utc_offset, made_up=data.policy.made_up_light)


def _appealed(record: LightsRecord, data: AppealOpened) -> LightsRecord:
    against = data.against.light
    return record if against is None else replace(record, appeals={**record.appeals, data.appeal: against})


def _answered(record: LightsRecord, data: AppealClosed) -> LightsRecord:
    record = replace(record, appeals={id_: period for id_, period in record.appeals.items() if id_ != data.appeal})
    light = data.against.light
    return record if light is None or data.decision != "upheld" else _lit(record, light, upheld=True)


_TAKES: Final[Mapping[type, Callable[[LightsRecord, Any], LightsRecord]]] = {
    PlanAdopted: lambda record, data: replace(record, planned=record.planned | set(data.nodes)),
    NodeAdjusted: lambda record, data: replace(record, planned=record.planned | {data.period}),
    ProgressRecorded: _reported,
    VerificationRecorded: _verified,
    LightChanged: _changed,
    LightSettled: _settled,
    MonthSettled: _month,
    PolicyChanged: _policy,
    ItemWithdrawn: lambda record, _: replace(record, withdrawn=True),
    AppealOpened: _appealed,
    AppealClosed: _answered,
}

TAKEN: Final = tuple(_TAKES)
"""The events that lights rest on, besides the opening of the item."""
