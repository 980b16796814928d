"""What of an item only another policy can change: its periods, quarters and calendar; equal ones are shared."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache

from contracts.policy import Policy
from contracts.values import Calendar, Category, PeriodId, ReportingPeriod
from supervision.workdays import WorkingDays, end_of, last_day, local, offset_of, start_of


@dataclass(frozen=True, slots=True)
class QuarterFrame:
    """A period with a light and the indices of the reporting periods that it rests on, without void ones."""

    id: PeriodId
    parts: tuple[int, ...]

    @property
    def void(self) -> bool:
        """A void period has no light and is nobody's previous (rulebook: Fine print)."""
        return not self.parts


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Periods in the order of their deadlines; `void` names those that had passed at the publication.

    `since` is the instant before which no reminder is sent; `quarter_of` maps a period's index to its quarter's.
    `announced` is when each period's deadline is announced, `watched` the first instant from which it, or a later
    one, may have to be announced or reminded of. `month_working_day` is the working day on which a month's report is
    due, `closes_at` the end of the closing day.
    """

    category: Category
    simulated: bool
    published_at: datetime
    plan_due_at: datetime
    since: datetime
    periods: tuple[ReportingPeriod, ...]
    void: frozenset[PeriodId]
    policy: Policy
    days: WorkingDays
    zone: timezone
    index: dict[PeriodId, int]
    quarters: tuple[QuarterFrame, ...]
    quarter_index: dict[PeriodId, int]
    quarter_of: tuple[int, ...]
    reminders: tuple[tuple[tuple[datetime, int], ...], ...]
    grace: timedelta
    skew: timedelta
    month_working_day: int | None = None
    closes_at: datetime | None = None
    announced: tuple[datetime, ...] = ()
    watched: tuple[datetime, ...] = ()

    def closed(self, at: datetime) -> bool:
        """Whether the closing day is over (rulebook: Closing day)."""
        return self.closes_at is not None and at >= self.closes_at

    def local(self, instant: datetime) -> datetime:
        """The instant in the policy's UTC offset; far ends of time stay as they are."""
        return instant if instant.tzinfo is self.zone else local(instant, self.zone)

    def day_of(self, instant: datetime) -> date:
        """The day of an instant, in the policy's UTC offset."""
        return self.local(instant).date()

    def working_limit(self, instant: datetime, count: int) -> datetime:
        """End of the `count`-th working day after the day of `instant` (rulebook: Escalation ladder)."""
        return end_of(self.days.after(self.day_of(instant), count), self.zone)

    def calendar_limit(self, instant: datetime, count: int) -> datetime:
        """End of the `count`-th day after the day of `instant` (rulebook: Fairness Art. 16/17)."""
        day = self.day_of(instant)
        return end_of(day + timedelta(days=min(count, (date.max - day).days)), self.zone)

    def reminders_before(self, due_at: datetime, since: datetime) -> tuple[tuple[datetime, int], ...]:
        """Hours of the reminders about something due before `due_at`, none before `since`, in order of time."""
        return _reminders_before(self, due_at, since)

    def last_day(self, instant: datetime) -> date:
        """The last day of what is due before `instant`."""
        return last_day(instant, self.zone)


def with_other(
    frame: Frame,
    *,
    policy: Policy | None = None,
    since: datetime | None = None,
    periods: tuple[ReportingPeriod, ...] | None = None,
    calendar: Calendar | None = None,
) -> Frame:
    """The frame with another policy, calendar or other periods; what is not given stays."""
    return frame_of(
        frame.category,
        frame.simulated,
        frame.published_at,
        frame.plan_due_at,
        since or frame.since,
        periods or frame.periods,
        tuple(sorted(frame.void)),
        calendar or frame.days.calendar,
        policy or frame.policy,
        frame.month_working_day,
        None if frame.closes_at is None else frame.last_day(frame.closes_at),
    )


@lru_cache(maxsize=4096)
def _reminders_before(frame: Frame, due_at: datetime, since: datetime) -> tuple[tuple[datetime, int], ...]:
    due_on = frame.last_day(due_at)
    hour = timedelta(hours=frame.policy.reminder_hour)
    hours = ((start_of(frame.days.before(due_on, n), frame.zone) + hour, n) for n in frame.policy.reminder_days)
    return tuple(sorted((at, n) for at, n in hours if since <= at < due_at))


@lru_cache(maxsize=4096)
def frame_of(
    category: Category,
    simulated: bool,
    published_at: datetime,
    plan_due_at: datetime,
    since: datetime,
    periods: tuple[ReportingPeriod, ...],
    void: tuple[PeriodId, ...],
    calendar: Calendar,
    policy: Policy,
    month_working_day: int | None = None,
    closing_on: date | None = None,
) -> Frame:
    """The frame of these values; equal values share one frame."""
    zone = offset_of(policy.utc_offset)
    first = {p.id: p for p in reversed(periods)}
    ordered = tuple(sorted((_in_zone(p, zone) for p in first.values()), key=lambda p: (p.due_at, p.id)))
    names = tuple(dict.fromkeys(p.quarter for p in ordered))
    quarters = tuple(
        QuarterFrame(name, tuple(i for i, p in enumerate(ordered) if p.quarter == name and p.id not in void))
        for name in names
    )
    quarters = tuple(sorted(quarters, key=lambda quarter: quarter.parts[-1] if quarter.parts else -1))
    quarter_index = {quarter.id: i for i, quarter in enumerate(quarters)}
    frame = Frame(
        category=category,
        simulated=simulated,
        published_at=local(published_at, zone),
        plan_due_at=local(plan_due_at, zone),
        since=local(since, zone),
        periods=ordered,
        void=frozenset(void),
        policy=policy,
        days=_working_days(calendar),
        zone=zone,
        index={p.id: i for i, p in enumerate(ordered)},
        quarters=quarters,
        quarter_index=quarter_index,
        quarter_of=tuple(quarter_index[p.quarter] for p in ordered),
        reminders=(),
        grace=timedelta(seconds=policy.grace_seconds),
        skew=timedelta(seconds=policy.skew_seconds),
        month_working_day=month_working_day,
        closes_at=None if closing_on is None else end_of(closing_on, zone),
        announced=tuple(later(p.due_at, timedelta(seconds=policy.grace_seconds)) for p in ordered),
    )
    hours = tuple(() if p.id in void else frame.reminders_before(p.due_at, since) for p in ordered)
    object.__setattr__(frame, "reminders", hours)
    object.__setattr__(frame, "watched", _watched(frame))
    return frame


def _watched(frame: Frame) -> tuple[datetime, ...]:
    """Of each period the earlier of its first reminder and its announcement, or that of a later one; void ones wait
    for nothing."""
    found: list[datetime] = []
    first = datetime.max.replace(tzinfo=frame.zone)
    for index in reversed(range(len(frame.periods))):
        if frame.periods[index].id not in frame.void:
            first = min(first, frame.announced[index], *(at for at, _days in frame.reminders[index][:1]))
        found.append(first)
    return tuple(reversed(found))


def later(instant: datetime, span: timedelta) -> datetime:
    """The instant after a span; at the end of time it stays."""
    try:
        return instant + span
    except OverflowError:
        return instant


def _in_zone(period: ReportingPeriod, zone: timezone) -> ReportingPeriod:
    return replace(period, opens_at=local(period.opens_at, zone), due_at=local(period.due_at, zone))


@lru_cache(maxsize=256)
def _working_days(calendar: Calendar) -> WorkingDays:
    return WorkingDays(calendar)
