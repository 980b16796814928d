"""A unit's desk: what it has to do and until when, what came back, and how each of its items stands. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from contracts.values import Light, PeriodId, ReportingPeriod
from services.intake.who.item import KnownItem
from supervision.words import Word
from supervision.workdays import last_day, local

SERVED: Final = ("rectification", "interview", "chief_interview")
"""The levels whose notices go to the unit; a blockage goes to the government, and no unit signs for its own."""
SOON: Final = 15
_WORST_FIRST: Final[tuple[Light, ...]] = ("red", "yellow", "none", "green")


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline as days: the last one on which it is in time, and how many are left (below zero: late)."""

    on: date
    days: int


@dataclass(frozen=True, slots=True)
class Errand:
    """Something that a unit is expected to submit: its type, the period that it is about, until when."""

    item: KnownItem
    name: str
    period: str = ""
    due: Due | None = None

    @property
    def soon(self) -> bool:
        """Whether it is due within `SOON` days, late, or takes a moment."""
        return self.due is None or self.due.days <= SOON


@dataclass(frozen=True, slots=True)
class Standing:
    """How an item stands: its plan, the next report, the light that matters now and why."""

    item: KnownItem
    plan: str
    next_report: ReportingPeriod | None
    due: Due | None
    period: PeriodId
    light: Light
    why: Word | None


def due_of(item: KnownItem, due_at: datetime, now: datetime) -> Due:
    """An item's deadline, counted from today in days of its own time zone."""
    on = last_day(due_at, item.assignment.zone)
    return Due(on, (on - local(now, item.assignment.zone).date()).days)


def binding(item: KnownItem) -> list[ReportingPeriod]:
    """Its periods that bind, by deadline."""
    return sorted((one for one in item.opened.periods if one.id not in item.opened.void), key=lambda one: one.due_at)


def next_report(item: KnownItem, now: datetime) -> ReportingPeriod | None:
    """The period that is reported next: the first one that binds, is not over, and was not reported yet."""
    if item.withdrawn:
        return None
    coming = (one for one in binding(item) if one.due_at > now and not item.lights.reported(one.id))
    return next(coming, None)


def unsigned(item: KnownItem) -> list[tuple[str, str]]:
    """Notices that no receipt was given for: level and cause."""
    return [
        (one.level, cause)
        for one in item.open_escalations(*SERVED)
        for cause in one.names
        if (one.id, cause) not in item.signed
    ]


def errands(items: Iterable[KnownItem], now: datetime) -> list[Errand]:
    """What the unit that leads these items has to do, the most urgent first."""
    found = [errand for item in items for errand in _errands(item, now)]
    return sorted(found, key=lambda one: (one.due is None, one.due.on if one.due else date.max, one.item.id))


def _errands(item: KnownItem, now: datetime) -> Iterable[Errand]:
    if unsigned(item):
        yield Errand(item, "notice.acknowledged")
    if item.withdrawn:
        return
    if not item.plan_confirmed and item.waiting_plan is None:
        yield Errand(item, "plan.submitted", due=due_of(item, item.opened.plan_due_at, now))
    for period in to_report(item, now):
        yield Errand(item, "progress.reported", period.id, due_of(item, period.due_at, now))
    for one in item.open_escalations("rectification"):
        if not one.awaits_review:
            due = None if one.due_at is None else due_of(item, one.due_at, now)
            yield Errand(item, "rectification.reported", due=due)


def due_of_prepared(item: KnownItem, name: str, period: PeriodId, now: datetime) -> Due | None:
    """Until when something that a unit prepared must be filed; None where nothing says so."""
    limits = [one.due_at for one in item.open_escalations("rectification") if one.due_at is not None]
    at: datetime | None = None
    if name == "plan.submitted":
        at = item.opened.plan_due_at
    elif name in ("progress.reported", "adjustment.requested") and period in item.deadlines.periods:
        at = item.deadlines.due_at(period)
    elif name in ("rectification.reported", "extension.requested"):
        at = min(limits, default=None)
    return None if at is None else due_of(item, at, now)


def to_report(item: KnownItem, now: datetime) -> list[ReportingPeriod]:
    """Open periods without a report; of those that are over the last one, while making it up changes anything."""
    bound = binding(item)
    missing = [one for one in bound if one.opens_at <= now and not item.lights.reported(one.id)]
    over = [one for one in missing if one.due_at <= now][-1:]
    if over and any(one.due_at > over[0].due_at and item.lights.reported(one.id) for one in bound):
        over = over if _still_counts(item) else []
    return [*over, *(one for one in missing if one.due_at > now)]


def _still_counts(item: KnownItem) -> bool:
    """Whether a report that is made up after a later one changes anything: a light, or a rectification that is open."""
    return item.assignment.policy.made_up_light is not None or bool(item.open_escalations("rectification"))


def standings(items: Iterable[KnownItem], unit: str, now: datetime) -> list[Standing]:
    """How items stand: first those that the unit leads, the worst light first, then by the next report."""

    def order(one: Standing) -> tuple[bool, int, date]:
        return one.item.lead_unit != unit, _WORST_FIRST.index(one.light), one.due.on if one.due else date.max

    return sorted((standing(item, now) for item in items), key=order)


def standing(item: KnownItem, now: datetime) -> Standing:
    """How one item stands."""
    plan = "confirmed" if item.plan_confirmed else "waiting" if item.waiting_plan is not None else "none"
    coming = next_report(item, now)
    period = lit_period(item)
    why = item.record.explain(period) if period in item.lights.parts else None
    due = None if coming is None else due_of(item, coming.due_at, now)
    return Standing(item, plan, coming, due, period, item.lights.light(period), why)


def lit_period(item: KnownItem) -> PeriodId:
    """The period whose light matters now: the last one that has a colour, else the first that binds."""
    lit = [period for period in item.lights.parts if item.lights.light(period) != "none"]
    bound = [period for period, parts in item.lights.parts.items() if parts]
    return (lit[-1:] or bound[:1] or list(item.lights.parts)[:1] or [""])[0]
