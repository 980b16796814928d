"""Deadlines, limits and reminders, announced in order of due time (rulebook: Lights 7; Escalation ladder)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from tests.rules.model.days import DAY, SHANGHAI, Calendar, Json
from tests.rules.model.ladder import Ladder
from tests.rules.model.records import Cause, Escalation, Period

MOMENT = timedelta(microseconds=1)
MONTH = timedelta(days=31)


class Alarm(Ladder):
    """What falls due while nobody acts."""

    def __init__(self, scenario: Json, policy: Json, calendar: Calendar) -> None:
        super().__init__(scenario, policy, calendar)
        self.since = self.published  # no reminder from before
        self.reminders: list[list[str]] = []
        self.reminded: set[tuple[int, datetime]] = set()

    def ring(self, now: datetime) -> None:
        """Announce what is to be announced by `now`, in order of due time."""
        grace = timedelta(seconds=self.policy["grace_seconds"])
        while not self.withdrawn:
            waiting: list[tuple[datetime, int, int, Any]] = []
            for place, period in enumerate(self.periods.values()):
                if not period.void and period.name not in self.announced:
                    waiting.append((period.due, 0, place, period))
            for place, escalation in enumerate(self.escalations):
                if escalation.state == "open" and escalation.due is not None and not escalation.announced:
                    waiting.append((escalation.due, 1, place, escalation))
            waiting += [(hour, 2, place, what) for hour, place, what in self.reminder_hours(now)]
            ready = [w for w in waiting if w[0] + (grace if w[1] < 2 else timedelta()) <= now]
            if not ready:
                return
            due, kind, _, what = min(ready, key=lambda w: w[:3])
            if kind == 0:
                self.announced.add(what.name)
                if what is self.last_of(what.quarter):
                    self.policy_of[what.quarter] = self.policy
                self.relight(due)
            elif kind == 1:
                self.lapse(what, due)
            else:
                self.remind(what, due)

    def lapse(self, escalation: Escalation, due: datetime) -> None:
        escalation.announced = True
        if escalation.level == "rectification":
            if any(at < due for at, _, _ in escalation.reports):
                return
            self.escalate("interview", Cause("rectification_overdue", escalation), due)
        elif escalation.level == "interview":
            self.escalate("chief_interview", Cause("interview_lapsed", escalation), due)
        escalation.overdue = True

    def reminder_hours(self, until: datetime | None = None) -> Iterator[tuple[datetime, int, Any]]:
        """Hours at which something was not received, and that were not used: reports by period, then rectifications."""
        about: list[tuple[datetime, datetime, Any]] = []
        far = until + MONTH if until is not None else None  # the first hour is some days before
        for period in self.periods.values():
            if period.void or (far is not None and period.due > far):
                continue
            in_time = self.reports(period, late=False)
            if not in_time or self.overturned(in_time[-1]):
                about.append((period.due, self.missed_since(period), period))
        for escalation in self.escalations:
            unreported = escalation.level == "rectification" and not escalation.reports
            if unreported and escalation.state == "open" and escalation.due is not None:
                since = [self.since, escalation.raised, *([escalation.since + MOMENT] if escalation.since else [])]
                about.append((escalation.due, max(since), escalation))
        for place, (due, earliest, what) in enumerate(about):
            for days in self.policy["reminder_days"]:
                on = self.calendar.shift(due.date() - DAY, -days)
                hour = datetime.combine(on, time(self.policy["reminder_hour"]), SHANGHAI)
                if due > hour >= earliest and (id(what), hour) not in self.reminded:
                    yield hour, place, what

    def missed_since(self, period: Period) -> datetime:
        """An overturned report counts as not received from its overturning on."""
        findings = [a for a in self.of("progress.reviewed", "inspection.recorded") if a.data["period"] == period.name]
        moved = [period.since + MOMENT] if period.since else []
        return max([self.since, *moved, *(a.at + MOMENT for a in findings if a.data["finding"] == "overturned")])

    def remind(self, what: Any, hour: datetime) -> None:
        self.reminded.add((id(what), hour))
        name = what.name if isinstance(what, Period) else what.level
        self.reminders.append([name, hour.date().isoformat()])
