"""What an accepted act does to what is remembered beside the list of acts."""

from __future__ import annotations

from datetime import date

from tests.rules.model.days import DAY, day
from tests.rules.model.files import policy_of
from tests.rules.model.objections import Objections
from tests.rules.model.records import Act, Cause, Escalation


class Deeds(Objections):
    """A method for each act that does something."""

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

    def do_policy_adopted(self, act: Act) -> None:
        self.policy = policy_of(act.data["policy"])
        self.since = max(self.since, act.at)

    def do_lag_declared(self, act: Act) -> None:
        self.escalate("rectification", Cause("lag"), act.at)

    def do_withdrawal_decided(self, act: Act) -> None:
        if act.data["decision"] == "approved":
            self.leave()

    def do_rectification_reported(self, act: Act) -> list[str]:
        rectification = self.current("rectification")
        assert rectification is not None
        assert rectification.due is not None
        rectification.reports.append((act.at, act, False))
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
        proposal.led = self.led_at(act.at)
        proposal.began, proposal.days = act.at, self.policy["chief_interview_days"]
        proposal.reviewers.append(act.person)

    def do_interview_held(self, act: Act) -> None:
        held = self.current(act.data["level"])
        assert held is not None
        on = act.data.get("held_on")
        relieved = on is not None and held.overdue and self.held_in_time(held, day(on), act)
        held.state = "closed"
        if relieved:
            held.overdue = False
            for other in self.escalations:
                self.take_away(other, [c for c in other.causes if c.source is held and c.standing])

    def held_in_time(self, held: Escalation, on: date, act: Act) -> bool:
        """The day named lies within the limit, and the minutes came soon enough after it."""
        assert held.due is not None
        assert held.began is not None
        soon = act.at.date() <= self.calendar.shift(on, self.policy["minutes_days"])
        return held.began.date() <= on <= (held.due - DAY).date() and on <= act.at.date() and soon

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
