"""The calendar grows, and a report's deadline is moved (rulebook: Deadlines)."""

from __future__ import annotations

from datetime import datetime

from contracts.refusal_reasons import Reason
from contracts.rulings import CalendarRevised, DeadlineShifted, LimitMoved, Remark
from contracts.submissions import CalendarExtended, DeadlineMoved
from contracts.values import ReportingPeriod
from services.rating.rules.acts.plan import is_over
from services.rating.rules.draft import Draft
from services.rating.rules.escalations.escalation import running_limit
from services.rating.rules.state.ladder import Escalation
from services.rating.rules.state.state import Item
from supervision.calendar_growth import grown, moved_periods
from supervision.workdays import WorkingDays, end_of


def object_to_extension(item: Item, data: CalendarExtended, at: datetime) -> list[Reason]:
    """Days up to the extension's own date are published and stay as they are."""
    today = item.frame.day_of(at)
    return ["already_published"] if any(day <= today for day in data.days) else []


def extend(draft: Draft, data: CalendarExtended) -> list[Remark]:
    """Provisional deadlines are computed anew, running limits recounted where that lengthens them.

    Published report dates, moved deadlines and extended limits stay.
    """
    item = draft.item
    before = item.frame.days
    after = WorkingDays(grown(before.calendar, data.days))
    periods = _provisional(item, after)
    limits = [(e, due_at) for e in item.escalations if (due_at := _recounted(item, e, draft.at, after)) is not None]
    draft.emit(CalendarRevised(calendar=after.calendar, periods=periods))
    for escalation, due_at in limits:
        if escalation.due_at is not None:
            draft.emit(
                LimitMoved(escalation=escalation.id, level=escalation.level, before=escalation.due_at, due_at=due_at)
            )
    return []


def _provisional(item: Item, after: WorkingDays) -> tuple[ReportingPeriod, ...]:
    """Periods that have another deadline by the calendar that has grown: months' beyond where it ended, not moved."""
    frame = item.frame
    if frame.month_working_day is None or frame.category != "livelihood":
        return ()
    settled = {period.id for period, here in zip(frame.periods, item.periods, strict=True) if here.settled}
    return tuple(
        moved_periods(
            frame.periods,
            {*item.particulars.moved, *settled},
            ended_on=frame.days.calendar.last_on,
            after=after,
            working_day=frame.month_working_day,
            policy=frame.policy,
        )
    )


def _recounted(item: Item, escalation: Escalation, at: datetime, after: WorkingDays) -> datetime | None:
    """The limit by the calendar that has grown, where it runs, was not extended, and gets longer."""
    limit, frame = running_limit(escalation), item.frame
    if limit is None or at >= limit or escalation.extended:
        return None
    began_on = frame.day_of(escalation.began_at)
    due_at = end_of(after.after(began_on, escalation.limit_days), frame.zone)
    return due_at if due_at > limit else None


def object_to_move(item: Item, data: DeadlineMoved, at: datetime) -> list[Reason]:
    """Before it passes, to a later day, once, by so many working days at most, not beyond the next one (延期报送)."""
    frame = item.frame
    index = frame.index.get(data.period)
    if index is None:
        return ["unknown_period"]
    if data.period in frame.void or is_over(item, data.period, at):
        return ["period_settled"]
    last_on = frame.last_day(frame.periods[index].due_at)
    reach = frame.days.after(last_on, frame.policy.report_move_days)
    following = [frame.last_day(period.due_at) for period in frame.periods[index + 1 :]][:1]
    too_long = data.period in item.particulars.moved or not last_on < data.due_on <= min([reach, *following])
    return ["extension_too_long"] if too_long else []


def move_deadline(draft: Draft, data: DeadlineMoved) -> list[Remark]:
    """It is the deadline for everything."""
    frame = draft.frame
    before = frame.periods[frame.index[data.period]].due_at
    moved = DeadlineShifted(
        period=data.period, before=before, due_at=end_of(data.due_on, frame.zone), ground=data.ground
    )
    draft.emit(moved)
    return []
