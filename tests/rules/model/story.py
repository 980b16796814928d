"""Steps in the order of the log, and what comes out of them (scenario-format)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import yaml

from programmes import FOLDER
from tests.rules.model.days import DAY, Calendar, Json, instant
from tests.rules.model.objections import Objections
from tests.rules.model.records import Act, Cause

PROGRAMMES = FOLDER
LEFT_OUT: dict[str, Json] = {"progress.reported": {"measures": {}, "evidence": 0}}
"""What a body says that leaves it out."""


class Model(Objections):
    """One item's story. Feed it steps in the order of the log, then ask `expect`."""

    def __init__(self, scenario: Json, policy: Json, calendar: Calendar) -> None:
        super().__init__(scenario, policy, calendar)
        self.keys: dict[tuple[str, str], Json] = {}
        self.refused: dict[int, list[str]] = {}
        self.repeated: list[int] = []
        self.remarks: dict[int, list[str]] = {}

    def step(self, number: int, raw: Json) -> None:
        received = instant(raw["at"])
        appended = instant(raw.get("appended_at", raw["at"]))
        self.ring(appended)
        grace, skew = timedelta(seconds=self.policy["grace_seconds"]), timedelta(seconds=self.policy["skew_seconds"])
        stands = bool(self.item.get("simulated")) or appended - grace <= received <= appended + skew
        at = received if stands else appended
        role, _, person = str(raw["by"]).partition(":")
        data = {**LEFT_OUT.get(raw["type"], {}), **_plain(raw.get("data") or {})}
        act = Act(number, at, raw["type"], role, person or role, data, frozenset(self.announced))
        if raw.get("key") is not None:
            owner = role if role == "office" else f"{role}:{person}"
            body = {"type": act.type, "data": act.data}
            first = self.keys.setdefault((owner, str(raw["key"])), body)
            if first is not body:
                if first == body:
                    self.repeated.append(number)
                else:
                    self.refused[number] = ["idempotency_key_reused"]
                return
        reasons = self.reasons(act)
        if reasons:
            self.refused[number] = reasons
            return
        self.remarks[number] = self.accept(act)

    def accept(self, act: Act) -> list[str]:
        if act.type in ("adjustment.decided", "appeal.decided"):
            field, asked = (
                ("appeal", "appeal.lodged") if "appeal" in act.data else ("adjustment", "adjustment.requested")
            )
            act.decides = self.waiting(asked, act.data[field])
        self.acts.append(act)
        does = getattr(self, "do_" + act.type.replace(".", "_"), None)
        remarks = does(act) if does is not None else None
        self.relight(act.at)
        self.count_late(act)
        return remarks or []

    def do_plan_submitted(self, act: Act) -> list[str]:
        due = self.plans_due
        return ["late"] if act.at >= due > self.published else []

    def do_progress_reported(self, act: Act) -> list[str]:
        period = self.periods[act.data["period"]]
        late = act in self.reports(period, late=True)
        remarks = ["late"] if late else []
        node = self.node(period)
        if act.data["claim"] == "completed" and node is not None and not self.reached(act, node):
            remarks.append("claim_contradicts_measures")
        return remarks

    def do_item_reassigned(self, act: Act) -> None:
        self.item["lead_unit"], self.item["leader"] = act.data["lead_unit"], act.data["leader"]

    def do_policy_adopted(self, act: Act) -> None:
        self.policy = read_file(f"policies/{act.data['policy']}.yaml")
        self.since = max(self.since, act.at)

    def do_lag_declared(self, act: Act) -> None:
        self.escalate("rectification", Cause("lag"), act.at)

    def do_withdrawal_decided(self, act: Act) -> None:
        if act.data["decision"] == "approved":
            self.withdrawn = True
            for escalation in self.escalations:
                if escalation.state in ("open", "proposed"):
                    escalation.state = "withdrawn"
                    for cause in escalation.causes:
                        cause.standing = False

    def do_rectification_reported(self, act: Act) -> list[str]:
        rectification = self.current("rectification")
        assert rectification is not None
        assert rectification.due is not None
        rectification.reports.append((act.at, None))
        return ["late"] if act.at >= rectification.due else []

    def do_rectification_reviewed(self, act: Act) -> None:
        rectification = self.current("rectification")
        assert rectification is not None
        rectification.reviewed = len(rectification.reports)
        rectification.reviewers.append(act.person)
        if act.data["finding"] == "done":
            rectification.state = "closed"
        else:
            self.escalate("interview", Cause("rectification_not_done", rectification), act.at)

    def do_interview_confirmed(self, act: Act) -> None:
        proposal = self.current("chief_interview", "proposed")
        assert proposal is not None
        proposal.state, proposal.due = "open", self.limit("chief_interview", act.at)

    def do_interview_held(self, act: Act) -> None:
        held = self.current(act.data["level"])
        assert held is not None
        held.state = "closed"

    def do_blockage_raised(self, act: Act) -> None:
        self.escalate("blockage", Cause(str(act.data["blockage"])), act.at)

    def do_blockage_answered(self, act: Act) -> None:
        blockage = self.current("blockage")
        assert blockage is not None
        blockage.answered.add(str(act.data["blockage"]))
        self.close_if_answered(blockage)

    def do_notice_acknowledged(self, act: Act) -> None:
        found = self.notice(act.data["level"], str(act.data["for"]))
        assert found is not None
        for cause in found[1]:
            cause.acknowledged = cause.acknowledged or act.at

    def do_appeal_lodged(self, act: Act) -> None:
        against = act.data["against"]
        act.notice = None if "light" in against else self.notice(against["level"], str(against["for"]))

    def do_appeal_decided(self, act: Act) -> None:
        assert act.decides is not None
        if act.data["decision"] == "upheld" and act.decides.notice is not None:
            escalation, causes = act.decides.notice
            self.take_away(escalation, [c for c in causes if c.standing])
            self.close_if_answered(escalation)

    def expect(self) -> Json:
        return {
            "refused": self.refused,
            "repeated": self.repeated,
            "remarks": self.remarks,
            "lights": dict(self.lights),
            "rated": {q: self.rated.get(q, "none") for q in self.quarters},
            "months": {}
            if self.item["category"] == "key_task"
            else {name: self.month(period) for name, period in self.periods.items()},
            "history": self.history,
            "escalations": [
                {
                    "level": e.level,
                    "for": e.names(),
                    "due_on": (e.due - DAY).date().isoformat() if e.due else None,
                    "state": e.state,
                    "overdue": e.overdue,
                }
                for e in self.escalations
            ],
            "reminders": self.reminders,
        }


def _plain(value: Any) -> Any:
    """Ids and days as text, so that bodies can be compared."""
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return value.isoformat() if isinstance(value, date) else value


_LOADED: dict[str, Any] = {}


def read_file(name: str) -> Any:
    if name not in _LOADED:
        _LOADED[name] = yaml.safe_load((PROGRAMMES / name).read_text())
    return _LOADED[name]


def play(scenario: Json, policy: str) -> Model:
    """Live through a scenario."""
    model = Model(scenario, read_file(f"policies/{policy}.yaml"), Calendar(read_file("calendar-2024.yaml")))
    last = model.published
    for number, step in enumerate(scenario.get("steps") or [], start=1):
        model.step(number, step)
        last = instant(step.get("appended_at", step["at"]))
    model.ring(instant(scenario["until"]) if scenario.get("until") else last)
    return model


def expected(scenario: Json, policy: str = "yuancheng-2024") -> Json:
    """The whole `expect` of a scenario."""
    return play(scenario, scenario.get("policy", policy)).expect()
