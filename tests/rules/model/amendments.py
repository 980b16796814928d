"""What somebody may do to people, dates and words at a moment of a random story (rules version 3)."""

from __future__ import annotations

from tests.rules.model.choices import LEADER, OTHER, UNIT, Choices, Told
from tests.rules.model.days import DAY, Json

PRINCIPALS = ("leader:leader-1", "leader:leader-1", "leader:leader-2", "chief")


class Amendments(Choices):
    """Each method is an act: its type, who does it, and its data."""

    def soon(self, *days: int) -> str:
        return (self.now.date() + self.random.choice(days) * DAY).isoformat()

    def name_deputy(self) -> Told:
        principal = self.random.choice(PRINCIPALS)
        deputy = self.random.choice(["leader:leader-2", "leader:leader-3"])
        span = {"from_on": self.soon(0, 0, 0, 1, 3), "until_on": self.soon(0, 3, 10, 40, 200)}
        by = self.random.choice([self.office(), principal])
        return "deputy.named", by, {"principal": principal, "deputy": deputy, **span, "reason": "r"}

    def end_deputy(self) -> Told:
        named = [a.data for a in self.model.of("deputy.named")]
        if not named:
            return self.name_deputy()
        pair = {name: self.random.choice(named)[name] for name in ("principal", "deputy")}
        return "deputy.ended", self.random.choice([self.office(), pair["principal"]]), pair

    def assign(self) -> Told:
        item: Json = dict(self.scenario["item"])
        if self.random.random() < 0.5:
            item["lead_unit"] = self.random.choice([OTHER, UNIT])
        return "item.assigned", self.office(), item

    def correct(self) -> Told:
        words: list[Json] = [{"title": "u"}, {"classification": "internal"}, {"cooperating": []}, {"source": "s"}]
        return "item.corrected", self.office(), {**self.random.choice(words), "reason": "r"}

    def extend_programme(self) -> Told:
        more: list[Json] = [{"units": ["shuju"]}, {"leaders": ["leader-3"]}, {"units": ["shuju"], "leaders": [LEADER]}]
        return "programme.extended", self.office(), self.random.choice(more)

    def rarely_cancel(self) -> Told:
        return self.cancel() if self.random.random() < 0.5 else self.correct()

    def cancel(self) -> Told:
        if self.model.of("item.cancelled") and self.random.random() < 0.7:
            return "cancellation.approved", "chief", {}
        if self.random.random() < 0.03 * self.mischief:
            return "cancellation.approved", "chief", {}
        return "item.cancelled", self.office(), {"reason": "r"}

    def extend_calendar(self) -> Told:
        ahead = [self.random.choice([1, 2, 3, 5, 8, 12, 20, 40, 200]) for _ in range(self.random.randint(1, 4))]
        if self.random.random() < 0.1:
            ahead.append(self.random.choice([0, -1]))
        days = {(self.now.date() + n * DAY).isoformat(): self.random.choice(["holiday", "working"]) for n in ahead}
        return "calendar.extended", self.office(), {"days": days}

    def move_deadline(self) -> Told:
        name = self.period()
        period = self.model.periods.get(name)
        due_on = (period.due - DAY).date() if period else self.now.date()
        to = due_on + self.random.choice([-1, 0, 1, 2, 5, 9, 12, 14, 15, 16, 30]) * DAY
        return "deadline.moved", self.office(), {"period": name, "due_on": to.isoformat(), "ground": "g"}

    def ask_extension(self) -> Told:
        there = self.model.current("rectification")
        due_on = (there.due - DAY).date() if there and there.due else self.now.date()
        until = due_on + self.random.choice([0, 1, 3, 7, 10, 20, 21, 22, 25]) * DAY
        return (
            "extension.requested",
            self.unit(),
            {"extension": self.fresh("e"), "until_on": until.isoformat(), "reason": "r"},
        )

    def decide_extension(self) -> Told:
        waiting = self.undecided("extension.requested") or ["none"]
        decision = self.random.choice(["approved", "approved", "approved", "refused"])
        return "extension.decided", self.leader(), {"extension": self.random.choice(waiting), "decision": decision}

    def approve_inspection(self) -> Told:
        plans = [a.data["plan"] for a in self.model.of("inspection.planned")]
        return "inspection.approved", "chief", {"plan": self.random.choice(plans[-2:] or ["none"])}

    def reply(self) -> Told:
        text = "x" * (501 if self.random.random() < 0.06 else 500)
        lit = [q for q, light in self.model.lights.items() if light in ("yellow", "red")]
        if self.random.random() < 0.5:
            known = lit if lit and self.random.random() < 0.85 else [*self.model.quarters, "2025Q1"]
            about: Json = {"light": self.random.choice(known)}
        else:
            level, cause = self.notice()
            about = {"level": level, "for": cause}
        return "reply.given", self.answering(about), {**about, "text": text}

    def answering(self, about: Json) -> str:
        """Mostly the unit concerned."""
        return f"unit:{self.model.concerned(about)}" if self.random.random() < 0.85 else self.unit()

    def judge_reply(self) -> Told:
        if self.random.random() < 0.7:
            return "reply.published", self.office(), {}
        return "reply.withheld", self.office(), {"reason": "r"}
