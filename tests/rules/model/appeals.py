"""Appeals, who may decide them and overturn again, and replies (rulebook: Fairness; Right of reply)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from tests.rules.model.days import Calendar, Json
from tests.rules.model.ladder import NOTICE_OF
from tests.rules.model.records import Act, Cause
from tests.rules.model.terms import Terms

FINDINGS = ("progress.reviewed", "inspection.recorded")


class Appeals(Terms):
    """What the unit says against it."""

    def __init__(self, scenario: Json, policy: Json, calendar: Calendar) -> None:
        super().__init__(scenario, policy, calendar)
        self.replies: dict[Any, Any] = {}

    def stands(self, about: Json) -> Iterator[str]:
        """Why there is nothing to say against: no such period, no such colour, no such notice."""
        if "light" in about:
            if about["light"] not in self.quarters:
                yield "unknown_period"
            elif self.lights[about["light"]] not in NOTICE_OF:
                yield "no_open_escalation"
        elif not self.notice(about["level"], str(about["for"])):
            yield "no_open_escalation"

    def check_appeal_lodged(self, act: Act) -> Iterator[str]:
        against = act.data["against"]
        missing = list(self.stands(against))
        if missing:
            yield from missing
            return
        if any(self.same(against, other) for other in self.open_appeals()):
            yield "appeal_already_open"
        cause = self.appealed(against)
        signed = cause.acknowledged if cause is not None else None
        predecessor = act.person != self.item["lead_unit"] and act.person == self.concerned(against)
        if signed is None or (predecessor and self.led_at(signed) != act.person):
            return
        if act.at.date() > signed.date() + timedelta(days=self.policy["appeal_days"]):
            yield "appeal_out_of_time"

    def open_appeals(self) -> list[Act]:
        decided = [a.decides for a in self.acts if a.decides is not None]
        return [a for a in self.of("appeal.lodged") if a not in decided]

    def same(self, against: Json, other: Act) -> bool:
        """Whether an appeal is against the same light, or the same cause of the same notice."""
        if "light" in against:
            return bool(other.data["against"].get("light") == against["light"])
        found = self.notice(against["level"], str(against["for"]))
        same_notice = found is not None and other.notice is not None and other.notice[0] is found[0]
        return same_notice and str(other.data["against"]["for"]) == str(against["for"])

    def appealed(self, against: Json) -> Cause | None:
        if "light" in against:
            return self.notice_of_light(against["light"])
        found = self.notice(against["level"], str(against["for"]))
        return found[1][-1] if found else None

    def do_appeal_lodged(self, act: Act) -> None:
        against = act.data["against"]
        act.notice = None if "light" in against else self.notice(against["level"], str(against["for"]))

    def check_appeal_decided(self, act: Act) -> Iterator[str]:
        name = act.data["appeal"]
        if self.waiting("appeal.lodged", name) is None:
            yield "nothing_to_decide"
            return
        appeal = self.waiting("appeal.lodged", name, act.of)
        if appeal is None:
            yield "superseded"
        elif act.person in self.involved(appeal):
            yield "decider_involved"

    def do_appeal_decided(self, act: Act) -> None:
        assert act.decides is not None
        if act.data["decision"] == "upheld" and act.decides.notice is not None:
            escalation, causes = act.decides.notice
            self.take_away(escalation, [c for c in causes if c.standing])
            self.close_if_answered(escalation)

    def involved(self, appeal: Act) -> set[str]:
        """Who took part in what is appealed."""
        subject = self.subject(appeal)
        people: set[str] = set()
        for act in self.acts:
            about: Any = None
            if act.type in FINDINGS:
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

    def barred(self, act: Act) -> Iterator[str]:
        """Who overturned a report of the period before an appeal about it was upheld may not overturn again."""
        if act.data["finding"] != "overturned":
            return
        quarter = self.periods[act.data["period"]].quarter
        people: set[str] = set()
        for before in self.acts:
            if before.type in FINDINGS and before.data["finding"] == "overturned":
                if self.periods[before.data["period"]].quarter == quarter:
                    people.add(before.person)
            elif before.type == "appeal.decided" and before.decides and before.data["decision"] == "upheld":
                about_it = self.subject(before.decides) == quarter
                if about_it and act.person in people:
                    yield "decider_involved"
                    return

    def check_reply_given(self, act: Act) -> Iterator[str]:
        yield from self.stands(act.data)
        if len(act.data["text"]) > 500 and ("light" not in act.data or act.data["light"] in self.quarters):
            yield "too_large"

    def do_reply_given(self, act: Act) -> None:
        about = act.data.get("light") or (act.data["level"], str(act.data["for"]))
        self.replies[about] = act.key

    def check_reply_published(self, act: Act) -> Iterator[str]:
        if act.of not in self.replies.values():
            yield "superseded" if self.replies else "nothing_to_decide"

    check_reply_withheld = check_reply_published
