"""One item's year as the people around it live it: a list of acts, each with what they expect to come of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Literal

from contracts.submissions import ItemAssigned
from contracts.values import Actor, Target
from sandbox.year import evidence
from sandbox.year.days import DESK_HOURS, SHANGHAI, instant
from sandbox.year.planned_act import Json, PlannedAct, Way
from sandbox.year.stories.circumstances import YearCircumstances
from sandbox.year.stories.habits import DECISION_HOUR, Habit, Hand, hand_of_unit
from sandbox.year.stories.item_days import ItemDays
from sandbox.year.stories.targets import node_of, reached, short_of, targets_of
from supervision.workdays import end_of

REVIEWER, DECLARER, DECIDER = "o1", "o2", "o3"
"""People of the office: whoever reviewed may not decide the appeal (rulebook: Fairness, recusal)."""
_NOT_KNOWN_YET = "00000000-0000-0000-0000-000000000000"
"""In the place of a submission's id, which intake gives."""


class ItemStory(ItemDays):
    """Collects the acts of one item; the hour is drawn, but never before the act before."""

    def __init__(self, circumstances: YearCircumstances, item: str, assigned: ItemAssigned, behaviour: str) -> None:
        super().__init__(assigned, circumstances.rng(item))
        self.circumstances = circumstances
        self.programme, self.item = circumstances.programme, item
        self.acts: list[PlannedAct] = []
        self._behaviour = behaviour

    def early(self, ident: str, most: int) -> date:
        """A working day up to `most` days before a report is due; a unit that fills in tables does it in one go."""
        if self._habit == "tables":
            return self.shift(self.due(ident), -min(most, 1))
        return self.shift(self.due(ident), -self.rng.randint(0, most))

    def first_days(self, most: int) -> date:
        """A working day up to `most` days after the publication; a unit's table has all its items."""
        if self._habit == "tables":
            return self.shift(self.published_on, self.circumstances.rng(self.assigned.lead_unit).randint(1, most))
        return self.after(self.published_on, 1, most)

    @property
    def _habit(self) -> Habit:
        return self.circumstances.habits.get(self.assigned.lead_unit, "api")

    # --- what people do ---

    def plan(
        self, on: date, *, decision: str = "confirmed", decided_on: date | None = None, returned: bool = False
    ) -> None:
        """The unit's plan for all live periods, and the leader's decision about it, several at once on a Friday.

        `returned`: the unit's own head returns it once before signing it.
        """
        annual, title = self.assigned.annual_targets, self.assigned.title
        nodes = {p.id: node_of(title, targets_of(annual, p.id), p) for p in self.live_periods}
        data: Json = {"nodes": nodes}
        if self._habit != "tables":
            data["evidence"] = [evidence.PLAN_SCAN.reference]
        self.unit("plan.submitted", data, on, repeated=decided_on is not None, returned=returned)
        reason = "" if decision == "confirmed" else "节点过于笼统，请细化（模拟）"
        given = {"decision": decision, "reason": reason}
        self.leader("plan.decided", given, decided_on or self.next_friday(on), about=self.acts[-1])

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
        before = any(one.type == "progress.reported" and one.data["period"] == period for one in self.acts)
        self.unit("progress.reported", data, on, at=at, expected=expected, repeated=before)

    def review(self, period: str, on: date, finding: str = "confirmed") -> None:
        """The office's review of the report that counts."""
        data = {"period": period, "finding": finding, "reason": "抽查核实（模拟）"}
        self.office("progress.reviewed", data, on, way="review")

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
        files = [evidence.MINUTES.reference]
        data: Json = {"level": level, "held_on": on.isoformat(), "minutes": "约谈纪要（模拟）", "evidence": files}
        self.office("interview.held", data, on)

    # --- who does it ---

    def unit(
        self,
        type_: str,
        data: Json,
        on: date,
        *,
        at: time | None = None,
        expected: str = "accepted",
        repeated: bool = False,
        returned: bool = False,
    ) -> None:
        """An act of the lead unit, by whoever does it there; `repeated`: it corrects what was said before."""
        hour = at or self.rng.choice(DESK_HOURS)
        # A form tells what would be refused before it is filed: it is a unit's system that files it.
        habit: Habit = "system" if self._habit != "api" and expected == "completed_without_evidence" else self._habit
        lead, fixed = self.assigned.lead_unit, at is not None
        hand = hand_of_unit(habit, lead, type_, on, hour, fixed=fixed, repeated=repeated, returned=returned)
        self._add(hand, type_, data, expected)

    def office(
        self,
        type_: str,
        data: Json,
        on: date,
        *,
        by: str = REVIEWER,
        expected: str = "accepted",
        about: PlannedAct | None = None,
        way: Way = "form",
    ) -> None:
        """An act of somebody in the office."""
        hand = self._at_a_desk(Actor(role="office", id=by), way, instant(on, self.rng.choice(DESK_HOURS)))
        self._add(hand, type_, data, expected, about)

    def leader(
        self, type_: str, data: Json, on: date, *, expected: str = "accepted", about: PlannedAct | None = None
    ) -> None:
        """An act of the item's own leader in charge, or of whoever stands in that day."""
        leader, absence = self.assigned.leader, self.circumstances.absence
        deputy = absence.deputy_on(leader, on) if absence else None
        actor = Actor(role="leader", id=leader)
        if deputy is not None:
            actor = Actor(role="leader", id=deputy, on_behalf_of=f"leader:{leader}")
        self._add(self._at_a_desk(actor, "decisions", instant(on, DECISION_HOUR)), type_, data, expected, about)

    def chief(self, type_: str, data: Json, on: date) -> None:
        """An act of the chief leader."""
        chief = Actor(role="chief", id="chief")
        self._add(self._at_a_desk(chief, "form", instant(on, self.rng.choice(DESK_HOURS))), type_, data, "accepted")

    def _at_a_desk(self, actor: Actor, way: Way, at: datetime) -> Hand:
        return Hand(actor, way if self.circumstances.by_hand else "api", at)

    def move_deadline(self, period: str, on: date, due_on: date, ground: str) -> None:
        """The office moves a report's deadline (延期报送)."""
        self.office("deadline.moved", {"period": period, "due_on": due_on.isoformat(), "ground": ground}, on)
        due_at = end_of(due_on, SHANGHAI)
        periods = tuple(replace(p, due_at=due_at) if p.id == period else p for p in self.assigned.periods)
        self.assigned = replace(self.assigned, periods=periods)

    def hand_over(self, on: date, reason: str) -> None:
        """The office hands the item to another unit that leads items of the programme."""
        others = [unit for unit in self.circumstances.leads if unit != self.assigned.lead_unit]
        lead = self.rng.choice(others)
        given = {"lead_unit": lead, "cooperating": [], "leader": self.assigned.leader, "reason": reason}
        self.office("item.reassigned", given, on, way="change")
        self.assigned = replace(self.assigned, lead_unit=lead, cooperating=())

    def correct_title(self, title: str, on: date, reason: str) -> None:
        """The office corrects the item's title."""
        self.office("item.corrected", {"title": title, "reason": reason}, on, way="change")

    def reply(self, light: str, text: str, on: date, decided_on: date, *, withheld: str = "") -> None:
        """The unit says its word about a light; the office publishes it, or withholds it for a reason (单位说明)."""
        self.unit("reply.given", {"light": light, "text": text}, on)
        given: Json = {"of": _NOT_KNOWN_YET, **({"reason": withheld} if withheld else {})}
        type_ = "reply.withheld" if withheld else "reply.published"
        self.office(type_, given, decided_on, about=self.acts[-1])

    def _add(self, hand: Hand, type_: str, data: Json, expected: str, about: PlannedAct | None = None) -> None:
        number, moment, on = len(self.acts) + 1, hand.at, hand.at.date()
        if self.acts and moment < self.acts[-1].at:
            if on < self.acts[-1].at.date():
                raise ValueError(f"{self.item}: {type_} on {on} stands before {self.acts[-1].type} in its own story")
            moment = self.acts[-1].at
        self.acts.append(
            PlannedAct(
                at=moment,
                actor=hand.actor,
                programme=self.programme,
                item=self.item,
                type=type_,
                data=data,
                key=f"year-{self.circumstances.seed}-{self.item}-{number:02d}",
                behaviour=self._behaviour,
                expected=expected,
                about=about,
                way=hand.way,
                paper=hand.paper,
            )
        )


_CLAIMS = {"completed": "已完成本期节点", "in_progress": "正在推进", "blocked": "推进受阻，需上级协调"}
