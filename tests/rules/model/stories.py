"""Random stories that walk along the model's own state and collide at deadlines: `story(seed, policy)`."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.rules.model.choices import END, MINUTE, SECOND, Telling, Told
from tests.rules.model.days import DAY, Json, instant
from tests.rules.model.records import Escalation
from tests.rules.model.submitting import Submitting


class Teller(Submitting):
    """Tells one story, step by step."""

    def tell(self) -> Json:
        for _ in range(self.random.randint(5, 60)):
            self.now = self.later()
            if self.now > END:
                break
            self.model.ring(self.now)
            step = self.step()
            self.scenario["steps"].append(step)
            self.model.step(len(self.scenario["steps"]), step)
        until = max(self.now, self.random.choice([self.now, self.now + 40 * DAY, END]))
        self.scenario["until"] = until.isoformat()
        return self.scenario

    # --- when ------------------------------------------------------------------------------------------------------

    def borders(self) -> list[datetime]:
        model = self.model
        found = [p.due for p in model.periods.values()] + [p.opens for p in model.periods.values()]
        found += [e.due for e in model.escalations if e.due and e.state == "open"] * 2
        found += [
            instant(f"{c.acknowledged.date() + 31 * DAY}T00:00:00+08:00")
            for e in model.escalations
            for c in e.causes
            if c.acknowledged
        ]
        found += [hour for hour, _, _ in model.reminder_hours(self.now)][:2]
        found.append(instant("2024-03-30T00:00:00+08:00"))
        return sorted(b for b in found if b > self.now - 10 * MINUTE)

    def later(self) -> datetime:
        kind = self.random.random()
        borders = self.borders()
        if kind < 0.4 and borders:
            border = borders[0] if self.random.random() < 0.8 else self.random.choice(borders[:4])
            shifts = (-DAY, -SECOND, timedelta(), SECOND, 5 * MINUTE, 9 * MINUTE, 10 * MINUTE, 11 * MINUTE, DAY)
            return max(self.now, border + self.random.choice(shifts))
        if kind < 0.65:
            return self.now + self.random.choice([timedelta(), SECOND, MINUTE, 3 * MINUTE, 7 * MINUTE])
        return self.now + timedelta(hours=self.random.randint(1, 100) * self.pace)

    # --- what ------------------------------------------------------------------------------------------------------

    def act(self) -> Told:
        rectification = self.model.current("rectification")
        if "ask_extension" in self.focus and rectification and self.random.random() < 0.6:
            return self.picked(self.on_extensions(rectification))
        if self.focus and self.random.random() < 0.3:
            told: Told = getattr(self, self.random.choice(self.focus))()
            return told
        if self.exotic and self.random.random() < 0.04:
            return self.reassign() if self.random.random() < 0.5 else self.adopt()
        wise = self.wise()
        if wise and self.random.random() < (0.5 if self.model.withdrawn else 0.72):
            return self.picked(wise)
        return self.picked(self.anything())

    def picked(self, acts: list[Telling]) -> Told:
        return self.random.choice(acts)()

    def wise(self) -> list[Telling]:
        """What makes sense now, the likelier the more often."""
        model = self.model
        if model.withdrawn:
            return [self.acknowledge, self.appeal, self.appeal, *[self.decide_appeal] * 3]
        acts: list[Telling] = []
        if not model.confirmed_plan():
            acts += ([self.decide_plan] if model.waiting_plan() else [self.plan]) * self.planning
            acts += [self.adjust] * (6 - self.planning)
        due = [p for p in model.periods.values() if p.opens <= self.now < p.due + DAY and not p.void]
        acts += [self.report] * (4 if any(not model.reports(p, late=False) for p in due) else 1)
        if model.of("progress.reported"):
            acts += [self.review] * 2 + [self.inspect]
        if any(model.by_chief(plan) for plan in model.of("inspection.planned")):
            acts += [self.approve_inspection] * 2
        if self.waiting_adjustments():
            acts += [self.decide_adjustment] * 3
        return [*acts, self.adjust, *self.on_the_ladder(), *self.against_it(), *self.on_leaving()]

    def on_leaving(self) -> list[Telling]:
        """Whether the item leaves, once somebody asked."""
        asked = self.model.of("withdrawal.requested", "withdrawal.decided")[-1:]
        acts: list[Telling] = [self.decide_withdrawal] * bool(asked and asked[0].type == "withdrawal.requested")
        return [*acts, *[self.cancel] * bool(self.model.of("item.cancelled"))]

    def on_the_ladder(self) -> list[Telling]:
        """What is to be done about what is open."""
        model = self.model
        acts: list[Telling] = []
        rectification = model.current("rectification")
        if rectification:
            waits = len(rectification.reports) > rectification.reviewed
            acts += [self.doubt] * 2 * bool(waits and rectification.reports[-1][1].type == "progress.reported")
            acts += [self.review_rectification] * 3 if waits else [self.report_rectification] * 2
            acts += self.on_extensions(rectification)
        acts += [self.hold] * 2 * bool(model.current("interview"))
        acts += [self.confirm] * 3 * bool(model.current("chief_interview", "proposed"))
        acts += [self.hold] * bool(model.current("chief_interview"))
        acts += [self.answer] * bool(model.current("blockage"))
        return acts

    def on_extensions(self, rectification: Escalation) -> list[Telling]:
        """Its limit: asked for twice before either is decided in a story that is about that."""
        waiting, twice = self.undecided("extension.requested"), "ask_extension" in self.focus
        if rectification.due is None or self.now >= rectification.due:
            return [self.ask_extension, *[self.decide_extension] * len(waiting)]
        if not twice:
            return [self.ask_extension] * 2 + [self.decide_extension] * 4 * bool(waiting)
        if not waiting or (len(waiting) < 2 and not rectification.extended):
            return [self.ask_extension] * 10
        return [self.decide_extension] * 10

    def against_it(self) -> list[Telling]:
        """What the unit may say, and who decides."""
        model = self.model
        acts: list[Telling] = []
        if any(light in ("yellow", "red") for light in model.lights.values()):
            acts += [self.acknowledge, self.appeal] * 2 + [self.reply]
        acts += [self.judge_reply] * bool(model.replies)
        if self.waiting_appeals():
            acts += [self.decide_appeal] * 4
        if self.litigious and model.announced:
            acts += [self.appeal, self.review, self.acknowledge] * self.litigious
            acts += [self.decide_appeal] * (2 * self.litigious if self.waiting_appeals() else 0)
        return acts

    def anything(self) -> list[Telling]:
        return [
            self.plan, self.decide_plan, self.report, self.report, self.review, self.inspect, self.plan_inspection,
            self.plan_inspection, self.lag, self.adjust, self.decide_adjustment, self.report_rectification,
            self.review_rectification, self.confirm, self.hold, self.acknowledge, self.appeal, self.decide_appeal,
            self.block, self.answer, self.plan, self.report, self.report, self.lag, self.adjust, self.acknowledge,
            self.rarely_withdraw, self.rarely_withdraw, self.name_deputy, self.name_deputy, self.end_deputy,
            self.correct, self.extend_programme, self.assign, self.rarely_cancel, self.extend_calendar,
            self.extend_calendar, self.move_deadline, self.move_deadline, self.move_deadline, self.ask_extension,
            self.decide_extension, self.approve_inspection, self.approve_inspection, self.reply, self.judge_reply,
        ]  # fmt: skip


def story(seed: int, policy: str = "yuancheng-2024") -> Json:
    """A random scenario without `expect`."""
    return Teller(seed, policy).tell()


def story_with_expectation(seed: int, policy: str) -> Json:
    """The same with the `expect` of the model that it walked along."""
    teller = Teller(seed, policy)
    told = teller.tell()
    teller.model.ring(instant(told["until"]))
    return {**told, "expect": teller.model.expect()}
