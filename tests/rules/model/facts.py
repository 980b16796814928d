"""What the list of accepted acts says: nodes, reports, findings, lights (rulebook: Is a node met?; Lights)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from tests.rules.model.days import DAY, Calendar, Json, instant, midnight
from tests.rules.model.records import Act, Period

PUBLISHED_AT = "2024-03-19T09:00:00+08:00"
QUARTER_DUE = {
    "2024Q1": date(2024, 4, 10),
    "2024Q2": date(2024, 7, 10),
    "2024Q3": date(2024, 10, 10),
    "2024Q4": date(2025, 1, 10),
}


class Facts:
    """One item, and the acts about it that were accepted."""

    def __init__(self, scenario: Json, policy: Json, calendar: Calendar) -> None:
        self.policy, self.calendar, self.item = policy, calendar, dict(scenario["item"])
        self.programme = scenario.get("programme") or {}
        if self.programme.get("calendar_until"):
            self.calendar.until(self.programme["calendar_until"])
        self.policy_of: dict[str, Json] = {}  # of the settled lights: the policy under which they settled
        self.published = instant(scenario.get("assigned_at") or scenario.get("published_at", PUBLISHED_AT))
        self.plans_due = midnight(date(2024, 3, 30 if policy["deadline_inclusive"] else 29))
        self.periods = {p.name: p for p in self._periods()}
        self.quarters = list(dict.fromkeys(p.quarter for p in self.periods.values()))
        self.acts: list[Act] = []
        self.kinds: dict[str, list[Act]] = {}  # the same by type
        self.announced: set[str] = set()
        self.withdrawn = False

    def _periods(self) -> Iterator[Period]:
        if self.item["category"] == "key_task":
            for number, (name, due_on) in enumerate(QUARTER_DUE.items()):
                yield self._period(name, name, date(2024, 3 * number + 1, 1), due_on)
        else:
            for month in range(2, 13):
                following = date(2024 + month // 12, month % 12 + 1, 1)
                due = self.calendar.shift(following - DAY, 3)
                yield self._period(f"2024-{month:02}", f"2024Q{(month + 2) // 3}", date(2024, month, 1), due)

    def _period(self, name: str, quarter: str, opens: date, due_on: date) -> Period:
        due = midnight(due_on + DAY if self.policy["deadline_inclusive"] else due_on)
        return Period(name, quarter, midnight(opens), due, due <= self.published)

    def last_of(self, quarter: str) -> Period:
        """The period whose deadline settles a quarter."""
        return [p for p in self.periods.values() if p.quarter == quarter][-1]

    def of(self, *types: str) -> list[Act]:
        if len(types) == 1:
            return self.kinds.get(types[0], [])
        return [act for act in self.acts if act.type in types]

    def confirmed_plan(self) -> Act | None:
        """The decision that confirmed a plan."""
        return next((a for a in self.of("plan.decided") if a.data["decision"] == "confirmed"), None)

    def waiting_plan(self) -> Act | None:
        last = next((a for a in reversed(self.of("plan.submitted", "plan.decided"))), None)
        return last if last is not None and last.type == "plan.submitted" else None

    def nodes(self) -> dict[str, Json]:
        """The nodes of the confirmed plan with its adjustments, those without effect included."""
        confirmed = self.confirmed_plan()
        if confirmed is None:
            return {}
        plan = [a for a in self.of("plan.submitted") if a.number < confirmed.number][-1]
        nodes = {str(name): node for name, node in plan.data["nodes"].items()}
        for decision in self.of("adjustment.decided"):
            request = decision.decides
            assert request is not None
            period = self.periods[request.data["period"]]
            effective = self.timely(decision, period) and self.timely(confirmed, period)
            if decision.data["decision"] == "approved" and effective:
                nodes[request.data["period"]] = request.data["node"]
        return nodes

    def waiting(self, asked: str, name: str, of: Any = None) -> Act | None:
        """The first undecided request or appeal of that id, or the one that is named."""
        decided = [a.decides for a in self.acts if a.decides is not None]
        field = asked.partition(".")[0]
        undecided = (a for a in self.of(asked) if a.data[field] == name and a not in decided)
        return next((a for a in undecided if of is None or a.key == of), None)

    def node(self, period: Period) -> Json | None:
        """The node that binds: confirmed before the deadline passed."""
        confirmed = self.confirmed_plan()
        if confirmed is None or not self.timely(confirmed, period):
            return None
        return self.nodes().get(period.name)

    def timely(self, act: Act, period: Period) -> bool:
        """Whether an act came before a period's deadline (a simulated one also before its announcement)."""
        return act.at < act.dues[period.name] and period.name not in act.announced

    def reports(self, period: Period, late: bool) -> list[Act]:
        of_it = [a for a in self.of("progress.reported") if a.data["period"] == period.name]
        return [a for a in of_it if (not self.timely(a, period) and not period.void) == late]

    def counting(self, period: Period, by: date = date.max) -> Act | None:
        """The report that counts, of those received by a day: the last in time; with none in time the last late one."""
        for late in (False, True):
            reports = [a for a in self.reports(period, late) if a.at.date() <= by]
            if reports:
                return reports[-1]
        return None

    def overturned(self, report: Act) -> bool:
        """The last finding about a report stands."""
        findings = [a.data["finding"] for a in self.of("progress.reviewed", "inspection.recorded") if a.about is report]
        return bool(findings) and findings[-1] == "overturned"

    def reached(self, report: Act, node: Json) -> bool:
        measures = {str(name): Decimal(str(value)) for name, value in (report.data.get("measures") or {}).items()}
        return all(
            target["indicator"] in measures
            and _holds(measures[target["indicator"]], target["comparator"], Decimal(str(target["value"])))
            for target in node.get("targets") or []
        )

    def met(self, report: Act) -> bool:
        """Whether a report meets its node as it stands."""
        node = self.node(self.periods[report.data["period"]])
        if (
            node is None
            or self.overturned(report)
            or report.data["claim"] != "completed"
            or self.lacks_evidence(report)
        ):
            return False
        return self.reached(report, node)

    def lacks_evidence(self, report: Act) -> bool:
        quarter = self.periods[report.data["period"]].quarter
        required = self.policy_of.get(quarter, self.policy)["evidence_required"]
        return required and not report.data.get("evidence")

    def late_met(self, quarter: str) -> Act | None:
        """The last late report, if its node is met."""
        late = self.reports(self.last_of(quarter), late=True)
        return late[-1] if late and self.met(late[-1]) else None

    def upheld(self, quarter: str) -> bool:
        """An upheld appeal makes the period count as met in time, until a report is overturned after it."""
        holds = False
        for act in self.acts:
            if act.type == "appeal.decided" and act.data["decision"] == "upheld" and act.decides:
                holds = holds or act.decides.data["against"].get("light") == quarter
            if act.type in ("progress.reviewed", "inspection.recorded"):
                about_it = act.data["period"] == self.last_of(quarter).name
                holds = holds and not (about_it and act.data["finding"] == "overturned")
        return holds

    def met_in_time(self, quarter: str) -> bool:
        if self.upheld(quarter):
            return True
        bound = [p for p in self.periods.values() if p.quarter == quarter and not p.void]
        if not all(self.reports(p, late=False) for p in bound):
            return False
        return self.met(self.reports(self.last_of(quarter), late=False)[-1])

    def derived_lights(self) -> dict[str, str]:
        """All lights, from the first period on."""
        lights: dict[str, str] = {}
        settled: list[str] = []
        for quarter in self.quarters:
            light = "none"
            if self.last_of(quarter).name in self.announced:
                light = "green" if self.met_in_time(quarter) else self.missed_light(quarter, settled)
                settled.append(light)
            elif not self.withdrawn and not self.last_of(quarter).void and self.met_in_time(quarter):
                light = "green"
            lights[quarter] = light
        return lights

    def missed_light(self, quarter: str, settled: list[str]) -> str:
        """The light of a period that was not met in time, after the settled lights before it."""
        policy = self.policy_of.get(quarter, self.policy)
        if policy["made_up_light"] and self.made_up(quarter):
            return str(policy["made_up_light"])
        misses = policy["yellows_to_red"] - 1
        before = settled[len(settled) - misses :] if len(settled) >= misses else ["green"]
        return str(policy["missed_light"]) if "green" in before else "red"

    def made_up(self, quarter: str) -> bool:
        """Whether all that was missing came late: every month reported, the node of the last one met."""
        bound = [p for p in self.periods.values() if p.quarter == quarter and not p.void]
        in_time = self.reports(bound[-1], late=False)
        return all(self.counting(p) for p in bound) and bool(
            self.late_met(quarter) or (in_time and self.met(in_time[-1]))
        )

    def month(self, period: Period) -> str:
        if period.void:
            return "void"
        in_time = self.reports(period, late=False)
        if in_time:
            return "met" if self.met(in_time[-1]) else "unmet"
        if period.name in self.announced:
            return "late" if self.reports(period, late=True) else "missing"
        return "none"


def _holds(left: Decimal, comparator: str, right: Decimal) -> bool:
    match comparator:
        case ">=":
            return left >= right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case "<":
            return left < right
        case _:
            return left == right
