"""Steps in the order of the log, and what comes out of them (scenario-format)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.rules.model.days import DAY, Calendar, Json, day, instant
from tests.rules.model.deeds import Deeds
from tests.rules.model.files import policy_of, read_file
from tests.rules.model.records import Act

HOME = "441602"
DECIDED_BY = {
    "appeal.decided": ("appeal", "appeal.lodged"),
    "adjustment.decided": ("adjustment", "adjustment.requested"),
    "extension.decided": ("extension", "extension.requested"),
}
NAMES_ANOTHER = (
    "adjustment.decided", "appeal.decided", "cancellation.approved", "extension.decided", "inspection.approved",
    "inspection.recorded", "plan.decided", "progress.reviewed", "rectification.reviewed", "reply.published",
    "reply.withheld", "withdrawal.decided",
)  # fmt: skip
LOOKING_BACK = ("progress.reviewed", "inspection.recorded", "appeal.decided", "rectification.reviewed")
LEFT_OUT: dict[str, Json] = {
    "progress.reported": {"measures": {}, "evidence": 0},
    "inspection.planned": {"approved": False},
    "programme.extended": {"units": [], "leaders": []},
}
"""What a body says that leaves it out."""


class Model(Deeds):
    """One item's story. Feed it steps in the order of the log, then ask `expect`."""

    def __init__(self, scenario: Json, policy: Json, calendar: Calendar) -> None:
        super().__init__(scenario, policy, calendar)
        self.keys: dict[Any, Json] = {}
        self.keys_of: dict[Any, Any] = {}  # of each step
        self.assigned = dict(scenario["item"])
        self.refused: dict[int, list[str]] = {}
        self.repeated: list[int] = []
        self.remarks: dict[int, list[str]] = {}

    def step(self, number: int, raw: Json) -> None:
        received = instant(raw["at"])
        appended = instant(raw.get("appended_at", raw["at"]))
        self.ring(max(appended, received) if self.item.get("simulated") else appended)
        grace, skew = timedelta(seconds=self.policy["grace_seconds"]), timedelta(seconds=self.policy["skew_seconds"])
        stands = bool(self.item.get("simulated")) or appended - grace <= received <= appended + skew
        at = received if stands else appended
        role, _, person = str(raw["by"]).partition(":")
        place = str(raw.get("jurisdiction") or HOME)
        data = {**LEFT_OUT.get(raw["type"], {}), **_plain(raw.get("data") or {})}
        act = Act(number, at, raw["type"], role, person or role, data, frozenset(self.announced))
        act.dues, act.policy = {p.name: p.due for p in self.periods.values()}, self.policy
        act.deputy, act.home = raw.get("deputy"), place == HOME
        act.signed = raw.get("prepared_by") is not None and raw.get("head") is not False
        act.of = self.keys_of.get(raw["of"], raw["of"]) if raw.get("of") is not None else None
        owner = role if role in ("office", "chief") else f"{role}:{person}"
        owner = f"{place}/{act.deputy}>{owner}" if act.deputy else f"{place}/{owner}"
        act.key = (owner, str(raw["key"])) if raw.get("key") is not None else number
        self.keys_of[number] = act.key
        if raw.get("key") is not None:
            body = {"type": act.type, "data": act.data, "of": act.of if act.type in NAMES_ANOTHER else None}
            first = self.keys.setdefault(act.key, body)
            if first is not body:
                if first == body:
                    self.repeated.append(number)
                else:
                    self.refused[number] = ["idempotency_key_reused" if act.home else "wrong_jurisdiction"]
                return
        if not act.home:
            self.refused[number] = ["wrong_jurisdiction"]
            return
        if act.type == "item.assigned":
            self.assign_again(number, act)
            return
        reasons = self.reasons(act)
        if reasons:
            self.refused[number] = reasons
            return
        self.remarks[number] = self.accept(act)

    def accept(self, act: Act) -> list[str]:
        if act.type in DECIDED_BY:
            field, asked = DECIDED_BY[act.type]
            act.decides = self.waiting(asked, act.data[field], act.of)
        elif act.type == "inspection.approved":
            act.decides = [a for a in self.of("inspection.planned") if a.data["plan"] == act.data["plan"]][-1]
        closing = self.programme.get("closing_on")
        self.quiet = closing is not None and act.at.date() > day(closing) and act.type in LOOKING_BACK
        does = getattr(self, "do_" + act.type.replace(".", "_"), None)
        self.acts.append(act)
        self.kinds.setdefault(act.type, []).append(act)
        remarks = does(act) if does is not None else None
        self.relight(act.at)
        self.count_late(act)
        self.quiet = False
        return remarks or []

    def assign_again(self, number: int, act: Act) -> None:
        """The same item once more is repeated, another body is refused."""
        if act.role != "office":
            self.refused[number] = ["wrong_role"]
            return
        told = {"classification": "public", "cooperating": [], **act.data}
        first = {"classification": "public", "cooperating": [], **_plain(self.assigned)}
        if told == first:
            self.repeated.append(number)
            self.keys.pop(act.key, None)  # nothing follows
        else:
            self.refused[number] = ["already_published"]

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
            "sheets": self.sheets(),
        }


def _plain(value: Any) -> Any:
    """Ids and days as text, so that bodies can be compared."""
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return value.isoformat() if isinstance(value, date) else value


def play(scenario: Json, policy: str) -> Model:
    """Live through a scenario."""
    model = Model(scenario, policy_of(policy), Calendar(read_file("calendar-2024.yaml")))
    last = model.published
    for number, step in enumerate(scenario.get("steps") or [], start=1):
        model.step(number, step)
        last = instant(step.get("appended_at", step["at"]))
    model.ring(instant(scenario["until"]) if scenario.get("until") else last)
    return model


def expected(scenario: Json, policy: str = "yuancheng-2024") -> Json:
    """The whole `expect` of a scenario."""
    return play(scenario, scenario.get("policy", policy)).expect()
