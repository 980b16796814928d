"""Why an act is refused (rulebook: Who; What is refused)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from tests.rules.model.appeals import Appeals
from tests.rules.model.days import day
from tests.rules.model.records import Act

REASONS = (  # in the order of the rulebook's list
    "wrong_jurisdiction", "not_lead_unit", "wrong_role", "not_signed", "not_own_leader", "unknown_programme",
    "unknown_item", "unknown_period", "unknown_unit", "unknown_leader", "plan_already_confirmed", "plan_incomplete",
    "nothing_to_decide", "superseded", "indicator_not_in_plan", "completed_without_evidence", "period_not_open",
    "period_settled", "extension_too_long", "limit_passed", "item_withdrawn", "idempotency_key_reused",
    "no_valid_inspection_plan", "nothing_to_review", "no_open_escalation", "appeal_already_open",
    "appeal_out_of_time", "decider_involved", "too_large", "not_due", "wrong_partition", "already_published",
)  # fmt: skip
STILL_TAKEN = ("notice.acknowledged", "appeal.lodged", "appeal.decided")
"""What an item that left takes all the same."""


class Objections(Appeals):
    """A check for each type of act, as things stand."""

    def reasons(self, act: Act) -> list[str]:
        return sorted(set(self.looked_at(act)), key=REASONS.index)

    def looked_at(self, act: Act) -> Iterator[str]:
        yield from self.who(act)
        if self.withdrawn and act.type not in STILL_TAKEN:
            yield "item_withdrawn"
            return
        if any(name not in self.periods for name in _periods_named(act)):
            yield "unknown_period"
            return
        check = getattr(self, "check_" + act.type.replace(".", "_"), None)
        if check is not None:
            yield from check(act)

    def check_plan_submitted(self, act: Act) -> Iterator[str]:
        if self.confirmed_plan():
            yield "plan_already_confirmed"
        nodes = act.data["nodes"]
        wanted = [p.name for p in self.periods.values() if not p.void and p.name not in self.announced]
        complete = not self.policy["complete_plans"] or all(name in nodes for name in wanted)
        if not nodes or not complete or not all(node["text"].strip() for node in nodes.values()):
            yield "plan_incomplete"

    def check_plan_decided(self, act: Act) -> Iterator[str]:
        waits = self.waiting_plan()
        if not waits:
            yield "nothing_to_decide"
        elif act.of not in (None, waits.key):
            yield "superseded"

    def check_progress_reported(self, act: Act) -> Iterator[str]:
        known = {target["indicator"] for node in self.nodes().values() for target in node.get("targets") or []}
        if any(str(indicator) not in known for indicator in act.data.get("measures") or {}):
            yield "indicator_not_in_plan"
        if act.data["claim"] == "completed" and self.lacks_evidence(act):
            yield "completed_without_evidence"
        if act.at < self.periods[act.data["period"]].opens:
            yield "period_not_open"

    def check_progress_reviewed(self, act: Act) -> Iterator[str]:
        report = self.counting(self.periods[act.data["period"]])
        if report is not None and act.of not in (None, report.key):
            yield "superseded"
            return
        if report is None:
            yield "nothing_to_review"
        yield from self.barred(act)

    def do_progress_reviewed(self, act: Act) -> None:
        act.about = self.counting(self.periods[act.data["period"]])
        self.retract(act)

    def check_inspection_approved(self, act: Act) -> Iterator[str]:
        plans = [a for a in self.of("inspection.planned") if a.data["plan"] == act.data["plan"]]
        if not plans or not self.by_chief(plans[-1]) or self.approved_on(plans[-1]):
            yield "nothing_to_decide"
        elif act.of not in (None, plans[-1].key):
            yield "superseded"

    def by_chief(self, plan: Act) -> bool:
        return bool(plan.policy["inspection_approval"] == "chief")

    def approved_on(self, plan: Act) -> date | None:
        """The day on which a plan began to count: that of the chief's approval, or of the planner's word."""
        if not self.by_chief(plan):
            return plan.at.date() if plan.data["approved"] else None
        approvals = [a for a in self.of("inspection.approved") if a.decides is plan]
        return approvals[0].at.date() if approvals else None

    def check_inspection_recorded(self, act: Act) -> Iterator[str]:
        plans = [a for a in self.of("inspection.planned") if a.data["plan"] == act.data["plan"]]
        visited, period = day(act.data["visited_on"]), self.periods[act.data["period"]]
        any_report, report = self.counting(period), self.counting(period, visited)
        approved = self.approved_on(plans[-1]) if plans else None
        covers = (
            approved is not None
            and plans[-1].at.date() <= visited
            and approved <= visited <= act.at.date()
            and day(plans[-1].data["from"]) <= visited <= day(plans[-1].data["to"])
        )
        if covers and report is not None and act.of not in (None, report.key):
            yield "superseded"
            return
        if not covers or (any_report and not report):
            yield "no_valid_inspection_plan"
        if not any_report:
            yield "nothing_to_review"
        yield from self.barred(act)

    def do_inspection_recorded(self, act: Act) -> None:
        act.about = self.counting(self.periods[act.data["period"]], day(act.data["visited_on"]))
        self.retract(act)

    def check_adjustment_requested(self, act: Act) -> Iterator[str]:
        if not self.timely(act, self.periods[act.data["period"]]):
            yield "period_settled"

    def check_adjustment_decided(self, act: Act) -> Iterator[str]:
        if self.waiting("adjustment.requested", act.data["adjustment"]) is None:
            yield "nothing_to_decide"
            return
        asked = self.waiting("adjustment.requested", act.data["adjustment"], act.of)
        if asked is None:
            yield "superseded"
        elif act.data["decision"] == "approved" and not self.timely(act, self.periods[asked.data["period"]]):
            yield "period_settled"

    def check_withdrawal_decided(self, act: Act) -> Iterator[str]:
        last = self.of("withdrawal.requested", "withdrawal.decided")[-1:]
        if not last or last[0].type != "withdrawal.requested":
            yield "nothing_to_decide"
        elif act.of not in (None, last[0].key):
            yield "superseded"

    def check_rectification_reported(self, _act: Act) -> Iterator[str]:
        if not self.current("rectification"):
            yield "no_open_escalation"

    def check_rectification_reviewed(self, act: Act) -> Iterator[str]:
        rectification = self.current("rectification")
        if rectification is None:
            yield "no_open_escalation"
        elif len(rectification.reports) <= rectification.reviewed:
            yield "nothing_to_review"
        elif act.of not in (None, rectification.reports[-1][1].key):
            yield "superseded"

    def check_interview_confirmed(self, _act: Act) -> Iterator[str]:
        if not self.current("chief_interview", "proposed"):
            yield "no_open_escalation"

    def check_interview_held(self, act: Act) -> Iterator[str]:
        if not self.current(act.data["level"]):
            yield "no_open_escalation"

    def check_blockage_answered(self, act: Act) -> Iterator[str]:
        blockage = self.current("blockage")
        name = str(act.data["blockage"])
        if blockage is None or name not in blockage.names() or name in blockage.answered:
            yield "no_open_escalation"

    def check_notice_acknowledged(self, act: Act) -> Iterator[str]:
        if not self.notice(act.data["level"], str(act.data["for"])):
            yield "no_open_escalation"


def _periods_named(act: Act) -> list[str]:
    if act.type == "plan.submitted":
        return list(act.data["nodes"])
    return [act.data["period"]] if "period" in act.data else []
