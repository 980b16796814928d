"""What an item's rulings say about its lights: a pure fold, for whoever must say why without knowing the rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

from contracts.policy import Policy
from contracts.rulings import (
    AppealClosed,
    Compared,
    ItemOpened,
    LightChanged,
    LightSettled,
    MonthSettled,
    ProgressRecorded,
    RulingData,
    VerificationRecorded,
)
from contracts.values import Light, PeriodId, ReportingPeriod
from supervision import deadlines
from supervision.deadlines import Deadlines


class PeriodRecord(NamedTuple):
    """A reporting period: the last report in time, the last late one, and the reports that were found wrong."""

    in_time: ProgressRecorded | None = None
    late: ProgressRecorded | None = None
    overturned: frozenset[str] = frozenset()
    settled: bool = False
    met: bool = False


class LightRecord(NamedTuple):
    """A light; `made_up` is the colour, if any, of what is made up later under the policy by which it settled.

    `compared` are the targets and values by which it settled.
    """

    light: Light = "none"
    settled: bool = False
    upheld: bool = False
    made_up: str | None = None
    compared: tuple[Compared, ...] = ()


_NOTHING: Final = PeriodRecord()
_NO_LIGHT: Final = LightRecord()


class LightsRecord(NamedTuple):
    """An item's lights and what they rest on.

    `parts` are the reporting periods of each period with a light, void ones aside, in order.
    """

    monthly: bool
    deadlines: Deadlines
    parts: Mapping[PeriodId, tuple[PeriodId, ...]]
    quarter_of: Mapping[PeriodId, PeriodId]
    periods: Mapping[PeriodId, PeriodRecord]
    lights: Mapping[PeriodId, LightRecord]

    def of(self, period: PeriodId) -> LightRecord:
        """What is known of the light of a period."""
        return self.lights.get(period, _NO_LIGHT)

    def light(self, period: PeriodId) -> Light:
        """The light of a period as it stands."""
        return self.of(period).light

    def reported(self, period: PeriodId) -> bool:
        """Whether any report about a reporting period was accepted, in time or late."""
        known = self.reports(period)
        return known.in_time is not None or known.late is not None

    def upheld(self, period: PeriodId) -> bool:
        """Whether an upheld appeal makes a period count as met in time (rulebook: Lights 4)."""
        return self.of(period).upheld

    def reports(self, period: PeriodId) -> PeriodRecord:
        """What is known of a reporting period."""
        return self.periods.get(period, _NOTHING)

    def with_period(self, period: PeriodId, record: PeriodRecord) -> LightsRecord:
        """The record with this reporting period as it is now."""
        return self._replace(periods={**self.periods, period: record})

    def with_light(self, period: PeriodId, record: LightRecord) -> LightsRecord:
        """The record with this light as it is now."""
        return self._replace(lights={**self.lights, period: record})

    def last_of(self, period: PeriodId) -> tuple[PeriodId, ...]:
        """The last reporting period that a period's light rests on, if any binds."""
        return self.parts.get(period, ())[-1:]


def opened(data: ItemOpened) -> LightsRecord:
    """The record of an item that was just published."""
    parts, quarter_of = _layout(data.periods, data.void)
    return LightsRecord(
        monthly=data.category == "livelihood",
        deadlines=deadlines.opened(data),
        parts=parts,
        quarter_of=quarter_of,
        periods={},
        lights={},
    )


@lru_cache(maxsize=1024)
def _layout(
    periods: tuple[ReportingPeriod, ...], void: tuple[PeriodId, ...]
) -> tuple[Mapping[PeriodId, tuple[PeriodId, ...]], Mapping[PeriodId, PeriodId]]:
    """Parts by quarter, and the quarter of each period: one for all items that are reported on alike."""
    ordered = sorted(periods, key=lambda one: (one.due_at, one.id))
    parts = {one.quarter: tuple(p.id for p in ordered if p.quarter == one.quarter) for one in ordered}
    binding = {quarter: tuple(p for p in found if p not in void) for quarter, found in parts.items()}
    return binding, {one.id: one.quarter for one in ordered}


def evolve(record: LightsRecord, data: RulingData, policy: Policy) -> LightsRecord:
    """The record after one more event of the item; `policy` is the one in force, by which a period settles."""
    transition = _TRANSITIONS.get(type(data))
    return record if transition is None else transition(record, data, policy)


def _settle_last(record: LightsRecord, period: PeriodId) -> LightsRecord:
    for last in record.last_of(period):
        record = record.with_period(last, record.reports(last)._replace(settled=True))
    return record


def _reported(record: LightsRecord, data: ProgressRecorded, _: Policy) -> LightsRecord:
    known = record.reports(data.period)
    quarter = record.quarter_of.get(data.period, data.period)
    record = record.with_period(
        data.period, known._replace(in_time=data) if data.in_time else known._replace(late=data)
    )
    if data.in_time and known.settled and record.last_of(quarter) == (data.period,):
        # Received in time, but appended after its period settled: its values count from here on.
        record = record.with_light(quarter, record.of(quarter)._replace(compared=data.compared))
    return record


def _verified(record: LightsRecord, data: VerificationRecorded, _: Policy) -> LightsRecord:
    known = record.reports(data.period)
    if data.finding != "overturned":
        return record.with_period(data.period, known._replace(overturned=known.overturned - {data.report}))
    quarter = record.quarter_of.get(data.period, data.period)
    if record.last_of(quarter) == (data.period,):
        record = record.with_light(quarter, record.of(quarter)._replace(upheld=False))
    return record.with_period(data.period, known._replace(overturned=known.overturned | {data.report}))


def _changed(record: LightsRecord, data: LightChanged, _: Policy) -> LightsRecord:
    known = record.of(data.period)._replace(light=data.to)
    if not data.settled:
        return record.with_light(data.period, known)
    known = known._replace(settled=True, compared=data.compared or known.compared)
    return _settle_last(record, data.period).with_light(data.period, known)


def _settled(record: LightsRecord, data: LightSettled, policy: Policy) -> LightsRecord:
    known = record.of(data.period)._replace(settled=True, made_up=policy.made_up_light)
    return _settle_last(record, data.period).with_light(data.period, known)


def _month(record: LightsRecord, data: MonthSettled, _: Policy) -> LightsRecord:
    known = record.reports(data.month)
    settled = data.settled or known.settled
    return record.with_period(data.month, known._replace(settled=settled, met=data.status == "met"))


def _decided(record: LightsRecord, data: AppealClosed, _: Policy) -> LightsRecord:
    light = data.against.light
    if light is None or data.decision != "upheld":
        return record
    return record.with_light(light, record.of(light)._replace(upheld=True))


def _dated(record: LightsRecord, data: RulingData, _: Policy) -> LightsRecord:
    return record._replace(deadlines=deadlines.evolve(record.deadlines, data))


_TRANSITIONS: Final[Mapping[type, Callable[[LightsRecord, Any, Policy], LightsRecord]]] = {
    ProgressRecorded: _reported,
    VerificationRecorded: _verified,
    LightChanged: _changed,
    LightSettled: _settled,
    MonthSettled: _month,
    AppealClosed: _decided,
    **dict.fromkeys(deadlines.FOLDED, _dated),
}

FOLDED: Final = frozenset(_TRANSITIONS)
"""The events that change the record."""
