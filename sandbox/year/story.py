"""One item's year as the people around it live it: a list of acts, each with what they expect to come of it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any, Literal

from contracts.submissions import ItemAssigned
from contracts.values import Actor, ReportingPeriod, Target
from sandbox.year import evidence
from sandbox.year.days import DESK_HOURS, SHANGHAI, instant, last_day, shift
from sandbox.year.targets import node_of, reached, short_of, targets_of
from supervision.workdays import WorkingDays, end_of

Json = dict[str, Any]
REVIEWER, DECLARER, DECIDER = "o1", "o2", "o3"
"""People of the office: whoever reviewed may not decide the appeal (rulebook: Fairness, recusal)."""
_NOT_KNOWN_YET = "00000000-0000-0000-0000-000000000000"
"""In the place of a submission's id, which intake gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedAbsence:
    """A leader is away, both days included, and another one stands in (代理)."""

    principal: str
    deputy: str
    from_on: date
    until_on: date

    def deputy_on(self, leader: str, on: date) -> str | None:
        """Who acts for a leader on a day; none: they are there themselves."""
        return self.deputy if leader == self.principal and self.from_on <= on <= self.until_on else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedAct:
    """Something that somebody submits about an item; `expected` is the verdict: `accepted` or the first reason.

    What is about many items goes through a `door` of the programme (`calendar`), and reaches these `items`. `about` is
    an earlier act whose submission the data names as `of`.
    """

    at: datetime
    actor: Actor
    programme: str
    item: str
    type: str
    data: Json
    key: str
    behaviour: str
    expected: str = "accepted"
    door: str = ""
    items: tuple[str, ...] = ()
    about: PlannedAct | None = None


class ItemStory:
    """Collects the acts of one item; days are Shanghai days, the hour is drawn but never before the act before.

    `assigned` is the item as it is by now: whoever leads it, with deadlines as they were moved.
    """

    def __init__(
        self,
        programme: str,
        item: str,
        assigned: ItemAssigned,
        behaviour: str,
        seed: str,
        *,
        absence: PlannedAbsence | None = None,
        leads: Sequence[str] = (),
    ) -> None:
        self.assigned = assigned
        self._absence = absence
        self._leads = leads
        self._days = WorkingDays(assigned.calendar)
        self.rng = random.Random(f"{seed}/{programme}/{item}")
        self.acts: list[PlannedAct] = []
        self.programme, self.item = programme, item
        self._behaviour = behaviour
        self._seed = seed

    @property
    def live_periods(self) -> list[ReportingPeriod]:
        """The periods that bind: those whose deadline had not passed at the publication."""
        return [p for p in self.assigned.periods if p.due_at > self.assigned.published_at]

    @property
    def quarters(self) -> list[str]:
        """The periods that carry lights, in order."""
        return sorted({p.quarter for p in self.assigned.periods})

    @property
    def published_on(self) -> date:
        """The day of the publication."""
        return self.assigned.published_at.astimezone(SHANGHAI).date()

    def period(self, ident: str) -> ReportingPeriod:
        """A reporting period by its id."""
        return next(p for p in self.assigned.periods if p.id == ident)

    def due(self, ident: str) -> date:
        """The last day on which a report about a period is in time."""
        return last_day(self.period(ident).due_at)

    def opens(self, ident: str) -> date:
        """A period's first day."""
        return self.period(ident).opens_at.astimezone(SHANGHAI).date()

    def settles(self, quarter: str) -> date:
        """The day on which a quarter's light settles: the one after its (last) deadline."""
        return max(p.due_at for p in self.assigned.periods if p.quarter == quarter).astimezone(SHANGHAI).date()

    def after(self, day: date, least: int, most: int) -> date:
        """A working day between `least` and `most` working days after `day`."""
        return self.shift(day, self.rng.randint(least, most))

    def shift(self, day: date, count: int) -> date:
        """The working day `count` working days after `day` (before it, if negative); `day` itself if 0."""
        return shift(self._days, day, count)

    # --- what people do ---

    def plan(self, on: date, *, decision: str = "confirmed", decided_on: date | None = None) -> None:
        """The unit's plan for all live periods, and the leader's decision about it."""
        annual, title = self.assigned.annual_targets, self.assigned.title
        nodes = {p.id: node_of(title, targets_of(annual, p.id), p) for p in self.live_periods}
        self.unit("plan.submitted", {"nodes": nodes, "evidence": [evidence.PLAN_SCAN.reference]}, on)
        reason = "" if decision == "confirmed" else "节点过于笼统，请细化（模拟）"
        self.leader("plan.decided", {"decision": decision, "reason": reason}, decided_on or self.after(on, 1, 2))

    def report(
        self,
        period: str,
        on: date,
        *,
        claim: Literal["completed", "in_progress", "blocked"] = "completed",
        values: Literal["reached", "short", "none"] = "reached",
        against: Sequence[Target] | None = None,
        with_evidence: bool = True,
        at: time | None = None,
        expected: str = "accepted",
    ) -> None:
        """A progress report: its claim, and values that reach the node's targets, fall short, or are left out."""
        targets = against if against is not None else targets_of(self.assigned.annual_targets, period)
        measures = {"reached": reached, "short": short_of, "none": lambda *_: {}}[values](targets, self.rng)
        files = self.rng.choice(((evidence.REPORT,), (evidence.REPORT, evidence.PHOTOS)))
        data = {
            "period": period,
            "claim": claim,
            "measures": measures,
            "narrative": f"{_CLAIMS[claim]}（模拟）",
            "evidence": [f.reference for f in files] if with_evidence else [],
        }
        self.unit("progress.reported", data, on, at=at, expected=expected)

    def review(self, period: str, on: date, finding: str = "confirmed") -> None:
        """The office's review of the report that counts."""
        self.office("progress.reviewed", {"period": period, "finding": finding, "reason": "抽查核实（模拟）"}, on)

    def sign(self, level: str, cause: str, on: date) -> None:
        """The unit signs for a notice."""
        self.unit("notice.acknowledged", {"level": level, "cause": cause}, on)

    def rectify(self, on: date, reviewed_on: date, finding: str = "done") -> None:
        """The unit reports the rectification, the office reviews it."""
        data: Json = {"text": "已按通知书要求整改（模拟）", "evidence": [evidence.RECTIFICATION.reference]}
        self.unit("rectification.reported", data, on)
        self.review_rectification(reviewed_on, finding)

    def review_rectification(self, on: date, finding: str = "done") -> None:
        """The office's finding about a rectification that was reported."""
        self.office("rectification.reviewed", {"finding": finding, "reason": "现场复核（模拟）"}, on)

    def interview(self, on: date, level: str = "interview") -> None:
        """An interview's minutes are recorded."""
        data: Json = {"level": level, "minutes": "约谈纪要（模拟）", "evidence": [evidence.MINUTES.reference]}
        self.office("interview.held", data, on)

    # --- who does it ---

    def unit(self, type_: str, data: Json, on: date, *, at: time | None = None, expected: str = "accepted") -> None:
        """An act of the lead unit."""
        lead = self.assigned.lead_unit
        self._add(Actor(role="unit", id=f"u-{lead}-1", unit=lead), type_, data, on, at, expected)

    def office(
        self,
        type_: str,
        data: Json,
        on: date,
        *,
        by: str = REVIEWER,
        expected: str = "accepted",
        about: PlannedAct | None = None,
    ) -> None:
        """An act of somebody in the office."""
        self._add(Actor(role="office", id=by), type_, data, on, None, expected, about)

    def leader(self, type_: str, data: Json, on: date, *, expected: str = "accepted") -> None:
        """An act of the item's own leader in charge, or of whoever stands in that day."""
        leader = self.assigned.leader
        deputy = self._absence.deputy_on(leader, on) if self._absence else None
        actor = Actor(role="leader", id=leader)
        if deputy is not None:
            actor = Actor(role="leader", id=deputy, on_behalf_of=f"leader:{leader}")
        self._add(actor, type_, data, on, None, expected)

    def chief(self, type_: str, data: Json, on: date) -> None:
        """An act of the chief leader."""
        self._add(Actor(role="chief", id="chief"), type_, data, on, None, "accepted")

    def move_deadline(self, period: str, on: date, due_on: date, ground: str) -> None:
        """The office moves a report's deadline (延期报送)."""
        self.office("deadline.moved", {"period": period, "due_on": due_on.isoformat(), "ground": ground}, on)
        due_at = end_of(due_on, SHANGHAI)
        periods = tuple(replace(p, due_at=due_at) if p.id == period else p for p in self.assigned.periods)
        self.assigned = replace(self.assigned, periods=periods)

    def hand_over(self, on: date, reason: str) -> None:
        """The office hands the item to another unit that leads items of the programme."""
        others = [unit for unit in self._leads if unit != self.assigned.lead_unit]
        lead = self.rng.choice(others)
        given = {"lead_unit": lead, "cooperating": [], "leader": self.assigned.leader, "reason": reason}
        self.office("item.reassigned", given, on)
        self.assigned = replace(self.assigned, lead_unit=lead, cooperating=())

    def reply(self, light: str, text: str, on: date, published_on: date) -> None:
        """The unit says its word about a light, and the office publishes it (单位说明)."""
        self.unit("reply.given", {"light": light, "text": text}, on)
        self.office("reply.published", {"of": _NOT_KNOWN_YET}, published_on, about=self.acts[-1])

    def _add(
        self,
        actor: Actor,
        type_: str,
        data: Json,
        on: date,
        at: time | None,
        expected: str,
        about: PlannedAct | None = None,
    ) -> None:
        number = len(self.acts) + 1
        moment = instant(on, at or self.rng.choice(DESK_HOURS))
        if self.acts and moment < self.acts[-1].at:
            if on < self.acts[-1].at.date():
                raise ValueError(f"{self.item}: {type_} on {on} stands before {self.acts[-1].type} in its own story")
            moment = self.acts[-1].at
        self.acts.append(
            PlannedAct(
                at=moment,
                actor=actor,
                programme=self.programme,
                item=self.item,
                type=type_,
                data=data,
                key=f"year-{self._seed}-{self.item}-{number:02d}",
                behaviour=self._behaviour,
                expected=expected,
                about=about,
            )
        )


_CLAIMS = {"completed": "已完成本期节点", "in_progress": "正在推进", "blocked": "推进受阻，需上级协调"}
