"""Why an act is refused (rulebook: Who; What is refused)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from tests.rules.model.alarm import Alarm
from tests.rules.model.days import Json, day
from tests.rules.model.ladder import NOTICE_OF
from tests.rules.model.records import Act, Cause

REASONS = (  # in the order of the rulebook's list
    "not_lead_unit", "wrong_role", "not_own_leader", "unknown_programme", "unknown_item", "unknown_period",
    "plan_already_confirmed", "nothing_to_decide", "indicator_not_in_plan", "completed_without_evidence",
    "period_not_open", "period_settled", "item_withdrawn", "idempotency_key_reused", "no_valid_inspection_plan",
    "nothing_to_review", "no_open_escalation", "appeal_out_of_time", "decider_involved",
)  # fmt: skip

ROLE_OF = {
    "plan.submitted": "unit", "plan.decided": "leader", "progress.reported": "unit", "progress.reviewed": "office",
    "inspection.planned": "office", "inspection.recorded": "office", "lag.declared": "office",
    "adjustment.requested": "unit", "adjustment.decided": "leader", "withdrawal.requested": "unit",
    "withdrawal.decided": "chief", "rectification.reported": "unit", "rectification.reviewed": "office",
    "interview.confirmed": "office", "interview.held": "office", "notice.acknowledged": "unit",
    "item.reassigned": "office", "policy.adopted": "office", "appeal.lodged": "unit", "appeal.decided": "office",
    "blockage.raised": "unit", "blockage.answered": "office",
}  # fmt: skip


class Objections(Alarm):
    """A check for each type of act, as things stand."""

    def reasons(self, act: Act) -> list[str]:
        return sorted(set(self.looked_at(act)), key=REASONS.index)

    def looked_at(self, act: Act) -> Iterator[str]:
        wanted = ROLE_OF[act.type]
        if act.role != wanted:
            yield "wrong_role"
        elif wanted == "unit" and act.person != self.item["lead_unit"]:
            yield "not_lead_unit"
        elif wanted == "leader" and act.person != self.item["leader"]:
            yield "not_own_leader"
        if self.withdrawn:
            yield "item_withdrawn"
            return
        if any(name not in self.periods for name in _periods_named(act)):
            yield "unknown_period"
            return
        check = getattr(self, "check_" + act.type.replace(".", "_"), None)
        if check is not None:
            yield from check(act)

    def check_plan_submitted(self, _act: Act) -> Iterator[str]:
        if self.confirmed_plan():
            yield "plan_already_confirmed"

    def check_plan_decided(self, _act: Act) -> Iterator[str]:
        if not self.waiting_plan():
            yield "nothing_to_decide"

    def check_progress_reported(self, act: Act) -> Iterator[str]:
        known = {target["indicator"] for node in self.nodes().values() for target in node.get("targets") or []}
        if any(str(indicator) not in known for indicator in act.data.get("measures") or {}):
            yield "indicator_not_in_plan"
        if act.data["claim"] == "completed" and self.lacks_evidence(act):
            yield "completed_without_evidence"
        if act.at < self.periods[act.data["period"]].opens:
            yield "period_not_open"

    def check_progress_reviewed(self, act: Act) -> Iterator[str]:
        if self.counting(self.periods[act.data["period"]]) is None:
            yield "nothing_to_review"

    def check_inspection_recorded(self, act: Act) -> Iterator[str]:
        plans = [a.data for a in self.of("inspection.planned") if a.data["plan"] == act.data["plan"]]
        visited = day(act.data["visited_on"])
        if not plans or not plans[-1]["approved"] or not day(plans[-1]["from"]) <= visited <= day(plans[-1]["to"]):
            yield "no_valid_inspection_plan"
        yield from self.check_progress_reviewed(act)

    def check_adjustment_requested(self, act: Act) -> Iterator[str]:
        if not self.timely(act, self.periods[act.data["period"]]):
            yield "period_settled"

    def check_adjustment_decided(self, act: Act) -> Iterator[str]:
        asked = self.waiting("adjustment.requested", act.data["adjustment"])
        if asked is None:
            yield "nothing_to_decide"
        elif act.data["decision"] == "approved" and not self.timely(act, self.periods[asked.data["period"]]):
            yield "period_settled"

    def check_withdrawal_decided(self, _act: Act) -> Iterator[str]:
        last = self.of("withdrawal.requested", "withdrawal.decided")[-1:]
        if not last or last[0].type != "withdrawal.requested":
            yield "nothing_to_decide"

    def check_rectification_reported(self, _act: Act) -> Iterator[str]:
        if not self.current("rectification"):
            yield "no_open_escalation"

    def check_rectification_reviewed(self, _act: Act) -> Iterator[str]:
        rectification = self.current("rectification")
        if rectification is None:
            yield "no_open_escalation"
        elif len(rectification.reports) <= rectification.reviewed:
            yield "nothing_to_review"

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

    def check_appeal_lodged(self, act: Act) -> Iterator[str]:
        against = act.data["against"]
        if "light" in against:
            if against["light"] not in self.quarters:
                yield "unknown_period"
                return
            if self.lights[against["light"]] not in NOTICE_OF:
                yield "no_open_escalation"
                return
        elif not self.appealed(against):
            yield "no_open_escalation"
            return
        cause = self.appealed(against)
        signed = cause.acknowledged if cause is not None else None
        if signed is not None and act.at.date() > signed.date() + timedelta(days=self.policy["appeal_days"]):
            yield "appeal_out_of_time"

    def appealed(self, against: Json) -> Cause | None:
        if "light" in against:
            return self.notice_of_light(against["light"])
        found = self.notice(against["level"], str(against["for"]))
        return found[1][-1] if found else None

    def check_appeal_decided(self, act: Act) -> Iterator[str]:
        appeal = self.waiting("appeal.lodged", act.data["appeal"])
        if appeal is None:
            yield "nothing_to_decide"
        elif act.person in self.involved(appeal):
            yield "decider_involved"

    def involved(self, appeal: Act) -> set[str]:
        """Who took part in what is appealed."""
        subject = self.subject(appeal)
        people: set[str] = set()
        for act in self.acts:
            about: Any = None
            if act.type in ("progress.reviewed", "inspection.recorded"):
                about = self.periods[act.data["period"]].quarter
            elif act.type == "lag.declared":
                about = ("rectification", "lag")
            elif act.type == "appeal.decided" and act.decides:
                about = self.subject(act.decides)
            if about == subject:
                people.add(act.person)
        if appeal.notice:
            escalation, causes = appeal.notice
            people.update(escalation.reviewers)
            for cause in causes:
                people.update(cause.source.reviewers if cause.source else [])
        return people

    def subject(self, appeal: Act) -> Any:
        """A period, whether by its light or by a notice; else a level and a cause."""
        against = appeal.data["against"]
        about = str(against.get("light", against.get("for")))
        return about if about in self.quarters else (against["level"], about)


def _periods_named(act: Act) -> list[str]:
    if act.type == "plan.submitted":
        return list(act.data["nodes"])
    return [act.data["period"]] if "period" in act.data else []
