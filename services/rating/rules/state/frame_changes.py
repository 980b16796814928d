"""How an item's frame changes: another policy, a calendar that has grown, a deadline that was moved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from contracts.rulings import CalendarRevised, DeadlineShifted, PolicyChanged
from contracts.values import ReportingPeriod
from services.rating.rules.state.frame import with_other
from services.rating.rules.state.node import judge_again
from services.rating.rules.state.state import Item


def _policy_changed(item: Item, at: datetime, data: PolicyChanged) -> Item:
    """Another policy holds from here on; what has settled keeps its own (rulebook: Policy)."""
    frame, origin = item.frame, item.origin
    after = with_other(frame, policy=data.policy, since=max(frame.since, at))
    return judge_again(item._replace(frame=after, origin=origin._replace(policies=(*origin.policies, frame.policy))))


def _calendar_revised(item: Item, at: datetime, data: CalendarRevised) -> Item:
    """Hours of reminders are other ones; none goes out for an hour that had passed."""
    periods = _with(item.frame.periods, {period.id: period for period in data.periods})
    frame, local = with_other(item.frame, calendar=data.calendar, periods=periods), item.frame.local(at)
    after = item._replace(
        frame=frame,
        escalations=tuple(
            e._replace(reminded_until=_later(e.reminded_until, local)) if e.phase == "open" else e
            for e in item.escalations
        ),
    )
    for index, period in enumerate(after.periods):
        if not period.settled:
            after = _reminded_until(after, index, local)
    return after


def _deadline_shifted(item: Item, at: datetime, data: DeadlineShifted) -> Item:
    """The new deadline is the deadline for everything; it is moved once (rulebook: Deadlines)."""
    index = item.frame.index[data.period]
    shifted = replace(item.frame.periods[index], due_at=item.frame.local(data.due_at))
    frame = with_other(item.frame, periods=_with(item.frame.periods, {data.period: shifted}))
    there = item.particulars
    after = item._replace(frame=frame, particulars=there._replace(moved=(*there.moved, data.period)))
    return _reminded_until(after, index, frame.local(at))


def _with(periods: tuple[ReportingPeriod, ...], others: Mapping[str, ReportingPeriod]) -> tuple[ReportingPeriod, ...]:
    return tuple(others.get(period.id, period) for period in periods)


def _later(before: datetime | None, at: datetime) -> datetime:
    return at if before is None else max(before, at)


def _reminded_until(item: Item, index: int, at: datetime) -> Item:
    period = item.periods[index]
    until = _later(period.reminded_until, at)
    return item.with_periods((*item.periods[:index], period.with_reminded_until(until), *item.periods[index + 1 :]))


TRANSITIONS: Final[Mapping[type, Callable[[Item, datetime, Any], Item]]] = {
    PolicyChanged: _policy_changed,
    CalendarRevised: _calendar_revised,
    DeadlineShifted: _deadline_shifted,
}
