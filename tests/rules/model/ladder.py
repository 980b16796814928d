"""Escalations, and what a changed light does to them (rulebook: Escalation ladder)."""

from __future__ import annotations

from datetime import datetime

from tests.rules.model.days import DAY, Calendar, Json, midnight
from tests.rules.model.facts import Facts
from tests.rules.model.records import Act, Cause, Escalation

LIMIT_OF = {
    "rectification": "rectification_days",
    "interview": "interview_days",
    "chief_interview": "chief_interview_days",
    "blockage": "blockage_days",
}
NOTICE_OF = {"yellow": "rectification", "red": "interview"}


class Ladder(Facts):
    """The lights as they were last told, and the escalations in the order raised."""

    def __init__(self, scenario: Json, policy: Json, calendar: Calendar) -> None:
        super().__init__(scenario, policy, calendar)
        self.lights = dict.fromkeys(self.quarters, "none")
        self.rated: dict[str, str] = {}
        self.history: list[list[str]] = []
        self.escalations: list[Escalation] = []
        self.second_reds: set[str] = set()  # a red that follows a red, as things stand
        self.quiet = False  # whether what is done now raises nothing, as the closing day is over

    def current(self, level: str, *states: str) -> Escalation | None:
        wanted = states or ("open",)
        return next((e for e in self.escalations if e.level == level and e.state in wanted), None)

    def limit(self, level: str, raised: datetime) -> datetime:
        return midnight(self.calendar.shift(raised.date(), self.policy[LIMIT_OF[level]]) + DAY)

    def escalate(self, level: str, cause: Cause, at: datetime) -> None:
        """Raise an escalation, or join the open one."""
        if self.quiet or self.withdrawn:
            return
        found = self.current(level, "open", "proposed")
        if found is None:
            proposed = level == "chief_interview"
            due = None if proposed else self.limit(level, at)
            found = Escalation(level, [], due, at, "proposed" if proposed else "open")
            found.began, found.days = at, self.policy[LIMIT_OF[level]]
            self.escalations.append(found)
        if not any(c.standing and c.name == cause.name and c.source is cause.source for c in found.causes):
            found.causes.append(cause)
        if level == "rectification" and cause.name in self.quarters and not found.reports and not found.overdue:
            late = self.late_met(cause.name)
            if late is not None:
                found.reports.append((late.at, late, True))

    def count_late(self, act: Act) -> None:
        """A late report whose node is met counts as the report of that period's rectification."""
        found = act.type in ("progress.reviewed", "inspection.recorded") and act.data["finding"] == "confirmed"
        if act.type != "progress.reported" and not found:
            return
        quarter = self.periods[act.data["period"]].quarter
        report = self.late_met(quarter)
        about_last = act.data["period"] == self.last_of(quarter).name
        if report is None or not about_last or (not found and report is not act):
            return
        there = self.current("rectification")
        if there and quarter in there.names() and all(by is not report for _, by, _ in there.reports):
            there.reports.append((report.at, report, True))

    def retract(self, act: Act) -> None:
        """A late report overturned before the limit no longer counts; what was reviewed, and the unit's own, stay."""
        there = self.current("rectification")
        late = [by for _, by, progress in there.reports if progress] if there else []
        if there is None or there.due is None or act.about is None or there.overdue or act.at >= there.due:
            return
        if act.data["finding"] != "overturned" or not late or late[-1] is not act.about:
            return
        reviewed, waiting = there.reports[: there.reviewed], there.reports[there.reviewed :]
        if any(by is act.about for _, by, _ in reviewed):
            return
        there.reports = reviewed + [report for report in waiting if not report[2]]
        there.announced, there.since = False, act.at

    def take_away(self, escalation: Escalation, causes: list[Cause]) -> None:
        """Take causes from an open or proposed escalation; with none left it is withdrawn, and what came from it."""
        if escalation.state not in ("open", "proposed") or not causes:
            return
        for cause in causes:
            cause.standing = False
        if not escalation.names():
            self.withdraw(escalation)

    def withdraw(self, escalation: Escalation) -> None:
        escalation.state = "withdrawn"
        for cause in escalation.causes:
            cause.standing = False
        for other in self.escalations:
            self.take_away(other, [c for c in other.causes if c.source is escalation and c.standing])

    def take_lights_causes(self, quarter: str, *levels: str) -> None:
        for escalation in self.escalations:
            if escalation.level in levels:
                self.take_away(escalation, [c for c in escalation.causes if c.name == quarter and c.standing])

    def close_if_answered(self, escalation: Escalation) -> None:
        """A blockage closes when each of its causes is answered."""
        is_open = escalation.level == "blockage" and escalation.state == "open"
        if is_open and escalation.answered >= set(escalation.names()):
            escalation.state = "closed"

    def relight(self, at: datetime) -> None:
        """Derive all lights again; what changed has its consequences in the order of the periods."""
        old, self.lights = self.lights, self.derived_lights()
        for quarter in self.quarters:
            self.follow(quarter, old[quarter], self.lights[quarter], at)
            second = self.lights[quarter] == "red" and self.previous_light(quarter) == "red"
            if second and quarter not in self.second_reds:
                self.second_reds.add(quarter)
                self.escalate("chief_interview", Cause(quarter), at)
            elif not second and quarter in self.second_reds:
                self.second_reds.remove(quarter)
                self.take_lights_causes(quarter, "chief_interview")

    def follow(self, quarter: str, was: str, now: str, at: datetime) -> None:
        """Note a changed light, and what a settled one gives and takes."""
        settled = self.last_of(quarter).name in self.announced
        if settled:
            self.rated.setdefault(quarter, now)
        if was != now:
            self.history.append([quarter, was, now])
        if was == now or not settled:
            return
        if now == "green":
            self.take_lights_causes(quarter, "rectification", "interview", "chief_interview")
        elif now == "red":
            self.escalate("interview", Cause(quarter), at)
        elif now == "yellow":
            self.take_lights_causes(quarter, "interview", "chief_interview")
            if was != "red" or not self.had_rectification(quarter):
                self.escalate("rectification", Cause(quarter), at)

    def leave(self) -> None:
        """The item left: what is open is withdrawn, and its causes can be appealed about."""
        self.withdrawn = True
        for escalation in self.escalations:
            if escalation.state in ("open", "proposed"):
                for cause in escalation.causes:
                    cause.left = cause.standing and escalation.state == "open"
                    cause.standing = False
                escalation.state = "withdrawn"

    def previous_light(self, quarter: str) -> str:
        earlier = self.quarters[: self.quarters.index(quarter)]
        settled = [self.lights[q] for q in earlier if self.last_of(q).name in self.announced]
        return settled[-1] if settled else "none"

    def had_rectification(self, quarter: str) -> bool:
        return any(
            e.level == "rectification" and e.state != "withdrawn" and quarter in e.names() for e in self.escalations
        )

    def notice(self, level: str, cause: str) -> tuple[Escalation, list[Cause]] | None:
        """The last notice of a level about a cause, and the causes of that name that stand on it."""
        for escalation in reversed(self.escalations):
            if escalation.level == level and escalation.state != "proposed" and escalation.has(cause):
                return escalation, [c for c in escalation.causes if c.name == cause and (c.standing or c.left)]
        return None

    def notice_of_light(self, quarter: str) -> Cause | None:
        level = NOTICE_OF[self.lights[quarter]]
        found = [c for e in self.escalations if e.level == level for c in e.causes if c.name == quarter]
        return found[-1] if found else None
