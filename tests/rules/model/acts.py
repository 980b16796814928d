"""What somebody may do at a moment of a random story."""

from __future__ import annotations

from tests.rules.model.amendments import Amendments
from tests.rules.model.choices import LEVELS, OTHER, POLICIES, UNIT, Told
from tests.rules.model.days import DAY, Json, instant


class Acts(Amendments):
    """Each method is an act: its type, who does it, and its data."""

    def reassign(self) -> Told:
        unit, leader = self.random.choice([UNIT, OTHER]), self.random.choice(["leader-1", "leader-2"])
        if self.random.random() < 0.1:
            unit, leader = self.random.choice([("shuju", leader), (unit, "leader-3"), ("jiaoyu", "leader-9")])
        return "item.reassigned", self.office(), {"lead_unit": unit, "cooperating": [], "leader": leader}

    def adopt(self) -> Told:
        return "policy.adopted", self.office(), {"policy": self.random.choice(POLICIES)}

    # --- the acts --------------------------------------------------------------------------------------------------

    def plan(self) -> Told:
        names = list(self.model.periods)
        if self.random.random() < 0.02:
            names.append("2025Q1")
        share = self.random.choice([0.5, 0.9, 1])
        if self.model.policy["complete_plans"] and self.random.random() < 0.8:
            share = 1
        nodes = {name: self.node() for name in names if self.random.random() < share}
        if nodes and self.random.random() < 0.02:
            nodes[min(nodes)]["text"] = " "
        return "plan.submitted", self.unit(), {"nodes": nodes}

    def decide_plan(self) -> Told:
        return "plan.decided", self.leader(), {"decision": self.random.choice(["confirmed"] * 4 + ["returned"])}

    def report(self) -> Told:
        name = self.period()
        claim = (
            "completed"
            if self.random.random() < self.diligence
            else self.random.choice(["completed", "in_progress", "blocked"])
        )
        node = self.model.nodes().get(name) or {}
        measures: Json = {}
        for target in node.get("targets") or []:
            value = target["value"] + {">": 1}.get(target["comparator"], 0)
            if self.random.random() < 0.93:
                measures[target["indicator"]] = value if self.random.random() < 0.85 else self.random.randint(0, 4)
        if self.random.random() < 0.04:
            measures[self.random.choice("abc")] = self.random.randint(0, 4)
        evidence = self.random.choice([1, 2]) if self.random.random() < 0.94 else 0
        return (
            "progress.reported",
            self.unit(),
            {"period": name, "claim": claim, "measures": measures, "evidence": evidence},
        )

    def review(self) -> Told:
        return "progress.reviewed", self.office(), {"period": self.past(), "finding": self.finding()}

    def doubt(self) -> Told:
        """Of a late report that counts for a rectification."""
        there = self.model.current("rectification")
        late = [act.data["period"] for _, act, _ in there.reports if act.type == "progress.reported"] if there else []
        period = late[-1] if late else self.past()
        return "progress.reviewed", self.office(), {"period": period, "finding": "overturned"}

    def plan_inspection(self) -> Told:
        start = self.now.date() - self.random.choice([0, 0, 1, 2]) * DAY
        end = start + self.random.choice([0, 5, 60]) * DAY
        return (
            "inspection.planned",
            self.office(),
            {
                "plan": self.fresh("i"),
                "from": start.isoformat(),
                "to": end.isoformat(),
                "approved": self.random.random() < 0.8,
            },
        )

    def inspect(self) -> Told:
        plans = self.model.of("inspection.planned")
        if not plans:
            return self.plan_inspection()
        plan = self.random.choice(plans).data
        today = self.now.date().isoformat()
        visited = self.random.choice(
            [plan["from"], plan["to"], today, today, (instant(plan["to"] + "T00:00:00+08:00") + DAY).date().isoformat()]
        )
        name = plan["plan"] if self.random.random() < 0.95 else "none"
        return (
            "inspection.recorded",
            self.office(),
            {"plan": name, "visited_on": visited, "period": self.past(), "finding": self.finding()},
        )

    def lag(self) -> Told:
        return "lag.declared", self.office(), {}

    def adjust(self) -> Told:
        return (
            "adjustment.requested",
            self.unit(),
            {"adjustment": self.fresh("j"), "period": self.period(), "node": self.node()},
        )

    def decide_adjustment(self) -> Told:
        waiting = self.waiting_adjustments()
        known = [a.data["adjustment"] for a in self.model.of("adjustment.requested")]
        name = (
            self.random.choice(waiting)
            if waiting and self.random.random() < 0.9
            else self.random.choice([*known, "none"])
        )
        return (
            "adjustment.decided",
            self.leader(),
            {"adjustment": name, "decision": self.random.choice(["approved", "approved", "approved", "refused"])},
        )

    def rarely_withdraw(self) -> Told:
        return self.report() if self.random.random() < 0.7 else self.withdraw()

    def withdraw(self) -> Told:
        last = self.model.of("withdrawal.requested", "withdrawal.decided")[-1:]
        if last and last[0].type == "withdrawal.requested":
            return self.decide_withdrawal()
        if self.random.random() < 0.1:
            return "withdrawal.decided", "chief", {"decision": "approved"}
        return "withdrawal.requested", self.unit(), {"reason": "r"}

    def decide_withdrawal(self) -> Told:
        return "withdrawal.decided", "chief", {"decision": self.random.choice(["approved", "refused", "refused"])}

    def report_rectification(self) -> Told:
        return "rectification.reported", self.unit(), {}

    def review_rectification(self) -> Told:
        return "rectification.reviewed", self.office(), {"finding": self.random.choice(["done", "not_done"])}

    def confirm(self) -> Told:
        return "interview.confirmed", self.office(), {}

    def hold(self) -> Told:
        open_ = [level for level in ("interview", "chief_interview") if self.model.current(level)]
        level = self.random.choice(open_) if open_ and self.random.random() < 0.9 else self.random.choice(LEVELS[1:])
        data = {"level": level}
        if self.random.random() < 0.6:
            data["held_on"] = (self.now.date() - self.random.choice([0, 1, 1, 2, 3, 4, 5, 6, 9, -1]) * DAY).isoformat()
        by = self.leader() if level == "interview" else "chief"
        return "interview.held", self.random.choice([self.office(), self.office(), by]), data

    def acknowledge(self) -> Told:
        level, cause = self.notice()
        return "notice.acknowledged", self.unit(), {"level": level, "for": cause}

    def appeal(self) -> Told:
        against: Json
        if self.random.random() < 0.55:
            lit = [q for q, light in self.model.lights.items() if light in ("yellow", "red")]
            known = lit if lit and self.random.random() < 0.9 else [*self.model.quarters, "2025Q1"]
            against = {"light": self.random.choice(known)}
        else:
            level, cause = self.notice()
            against = {"level": level, "for": cause}
        return "appeal.lodged", self.answering(against), {"appeal": self.fresh("p"), "against": against}

    def block_appeal(self) -> Told:
        """Against the notice of a blockage."""
        raised = [a.data["blockage"] for a in self.model.of("blockage.raised")]
        against = {"level": "blockage", "for": self.random.choice(raised[-3:] or ["none"])}
        return "appeal.lodged", self.unit(), {"appeal": self.fresh("p"), "against": against}

    def decide_appeal(self) -> Told:
        waiting = self.waiting_appeals()
        known = [a.data["appeal"] for a in self.model.of("appeal.lodged")]
        name = (
            self.random.choice(waiting)
            if waiting and self.random.random() < 0.95
            else self.random.choice([*known, "none"])
        )
        return (
            "appeal.decided",
            self.office(),
            {"appeal": name, "decision": self.random.choice(["upheld", "upheld", "dismissed"])},
        )

    def block(self) -> Told:
        return "blockage.raised", self.unit(), {"blockage": self.fresh("b")}

    def answer(self) -> Told:
        raised = [a.data["blockage"] for a in self.model.of("blockage.raised")]
        return "blockage.answered", self.office(), {"blockage": self.random.choice(raised[-3:] or ["none"])}
