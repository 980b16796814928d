"""How a random act is submitted: when, under which key, by whom really, about which submission, and what is wrong."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from tests.rules.model.acts import Acts
from tests.rules.model.choices import MINUTE, SECOND, WRONG, Told
from tests.rules.model.days import Json
from tests.rules.model.story import NAMES_ANOTHER


class Submitting(Acts):
    """Makes a step of an act; `mischief` says how often something is wrong with it."""

    def act(self) -> Told:
        raise NotImplementedError

    def received(self) -> datetime:
        kind = self.random.random()
        if kind < 0.7:
            return self.now
        if kind < 0.72:
            return self.now + self.random.choice([5, 6]) * SECOND
        return self.now - self.random.choice(
            [SECOND, 4 * MINUTE, 6 * MINUTE, 10 * MINUTE, 10 * MINUTE + SECOND, 20 * MINUTE]
        )

    def step(self) -> Json:
        steps = self.scenario["steps"]
        keyed = [s for s in steps if "key" in s]
        if keyed and self.random.random() < 0.03 * self.mischief:
            kind = self.random.choice(sorted({s["type"] for s in keyed}))
            old = self.random.choice([s for s in keyed if s["type"] == kind])
            step = {**old, "at": self.now.isoformat()}
            step.pop("appended_at", None)
            if self.random.random() < 0.3:
                step["by"] = self.random.choice([*WRONG, "office:o2", step["by"]])
            if not step["by"].startswith(("leader", "chief")):
                step.pop("deputy", None)
            if self.random.random() < 0.4:
                step["type"], _, step["data"] = self.act()
                if step["type"].startswith("reply."):
                    step.setdefault("of", 1)
            return step
        type_, by, data = self.act()
        if self.random.random() < 0.05 * self.mischief:
            by = self.random.choice(WRONG)
        more = self.more(type_, by, data)
        at = self.received()
        if self.random.random() < 0.1:
            at = at.astimezone(timezone(timedelta(minutes=self.random.choice([0, -300, 345, 540]))))
        step = {"at": at.isoformat(), "type": type_, "by": by, "data": data, **more}
        if at != self.now:
            step["appended_at"] = self.now.isoformat()
        if self.random.random() < 0.3:
            self.count += 1
            step["key"] = f"k{self.count}"
        return step

    def more(self, type_: str, by: str, data: Json) -> Json:
        """What a step may say besides: which submission it is about, who prepared it, for whom, from where."""
        said: Json = {}
        if type_ in NAMES_ANOTHER and (type_.startswith("reply") or self.random.random() < 0.35):
            said["of"] = self.named(type_, data)
        signed = type_ in self.model.policy["signed"]
        if by.startswith("unit") and self.random.random() < (0.93 if signed else 0.02):
            said["prepared_by"] = "p"
            if self.random.random() < 0.03:
                said["head"] = False
        if self.random.random() < 0.02 * self.mischief:
            said["jurisdiction"] = self.random.choice(["441603", "441603", "441602"])
        deputies = [one["deputy"] for one in self.model.deputies if one["principal"] == by]
        astray = by in WRONG and self.mischief > 1
        if deputies and self.random.random() < 0.6:
            said["deputy"] = self.random.choice(deputies)
        elif by.startswith(("leader", "chief")) and self.random.random() < (0.4 if astray else 0.05):
            said["deputy"] = "leader:leader-3"
        return said

    def named(self, type_: str, data: Json) -> int:
        """Mostly a step of the kind that is decided, often the last of its id."""
        kind = {"plan": "plan.submitted", "progress": "progress.reported", "inspection": "progress.reported"}
        asked = {
            "adjustment.decided": "adjustment.requested", "appeal.decided": "appeal.lodged",
            "cancellation.approved": "item.cancelled", "extension.decided": "extension.requested",
            "inspection.approved": "inspection.planned", "withdrawal.decided": "withdrawal.requested",
            "rectification.reviewed": "rectification.reported",
            "reply.published": "reply.given", "reply.withheld": "reply.given",
        }.get(type_, kind.get(type_.partition(".")[0], ""))  # fmt: skip
        steps = list(enumerate(self.scenario["steps"], start=1))
        known = [number for number, step in steps if step["type"] == asked]
        if type_ == "rectification.reviewed":
            known = [number for number, step in steps if step["type"] in (asked, "progress.reported")]
        if "period" in data:
            known = [number for number in known if steps[number - 1][1]["data"].get("period") == data["period"]]
        if not known or self.random.random() < 0.03:
            return self.random.randint(1, max(1, len(steps)))
        return known[-1] if self.random.random() < 0.7 else self.random.choice(known[-4:])
