"""Deadlines that move, limits that are extended, a calendar that grows, an item that goes (rulebook: Deadlines)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from tests.rules.model.days import DAY, day, midnight
from tests.rules.model.records import Act, Escalation
from tests.rules.model.who import Who


class Terms(Who):
    """What the office, the unit and its leader do about dates."""

    def check_deadline_moved(self, act: Act) -> Iterator[str]:
        periods = list(self.periods.values())
        period = self.periods[act.data["period"]]
        if period.void or not self.timely(act, period):
            yield "period_settled"
            return
        due_on, to = (period.due - DAY).date(), day(act.data["due_on"])
        reach = [self.calendar.shift(due_on, self.policy["report_move_days"])]
        reach += [(following.due - DAY).date() for following in periods[periods.index(period) + 1 :][:1]]
        if period.moved or not due_on < to <= min(reach):
            yield "extension_too_long"

    def do_deadline_moved(self, act: Act) -> None:
        period = self.periods[act.data["period"]]
        period.due, period.moved, period.since = midnight(day(act.data["due_on"]) + DAY), True, act.at

    def too_long(self, there: Escalation, until: date, act: Act) -> Iterator[str]:
        assert there.due is not None
        if act.at >= there.due:
            yield "limit_passed"
            return
        due_on = (there.due - DAY).date()
        reach = self.calendar.shift(due_on, self.policy["extension_days"])
        if there.extended >= self.policy["extensions"] or not due_on < until <= reach:
            yield "extension_too_long"

    def check_extension_requested(self, act: Act) -> Iterator[str]:
        there = self.current("rectification")
        if there is None:
            yield "no_open_escalation"
        else:
            yield from self.too_long(there, day(act.data["until_on"]), act)

    def do_extension_requested(self, act: Act) -> None:
        there = self.current("rectification")
        assert there is not None
        act.notice = there, []

    def check_extension_decided(self, act: Act) -> Iterator[str]:
        name = act.data["extension"]
        if self.waiting("extension.requested", name) is None:
            yield "nothing_to_decide"
            return
        asked = self.waiting("extension.requested", name, act.of)
        if asked is None:
            yield "superseded"
        elif act.data["decision"] == "approved":
            there = self.current("rectification")
            if there is None or asked.notice is None or asked.notice[0] is not there:
                yield "no_open_escalation"
            else:
                yield from self.too_long(there, day(asked.data["until_on"]), act)

    def do_extension_decided(self, act: Act) -> None:
        assert act.decides is not None
        if act.data["decision"] == "approved":
            there = self.current("rectification")
            assert there is not None
            there.due, there.since = midnight(day(act.decides.data["until_on"]) + DAY), act.at
            there.extended += 1

    def check_calendar_extended(self, act: Act) -> Iterator[str]:
        if any(day(named) <= act.at.date() for named in act.data["days"]):
            yield "already_published"

    def do_calendar_extended(self, act: Act) -> None:
        ended = self.calendar.ends
        self.calendar.learn(act.data["days"])
        for period in self.periods.values():
            provisional = self.item["category"] == "livelihood" and (period.due - DAY).date() > ended
            if provisional and not period.moved and period.name not in self.announced:
                following = midnight((period.opens + timedelta(days=31)).date().replace(day=1))
                period.due = midnight(self.calendar.shift((following - DAY).date(), 3) + DAY)
            period.since = act.at
        for one in self.escalations:
            if one.runs() and one.due is not None and act.at < one.due and not one.extended:
                assert one.began is not None
                one.due = max(one.due, midnight(self.calendar.shift(one.began.date(), one.days) + DAY))
            one.since = act.at

    def do_item_cancelled(self, _act: Act) -> None:
        if not self.announced:
            self.leave()

    def waiting_cancellation(self) -> Act | None:
        """The last one, if it did not take effect at once."""
        return next(reversed(self.of("item.cancelled")), None)

    def check_cancellation_approved(self, act: Act) -> Iterator[str]:
        waits = self.waiting_cancellation()
        if waits is None:
            yield "nothing_to_decide"
        elif act.of not in (None, waits.key):
            yield "superseded"

    def do_cancellation_approved(self, _act: Act) -> None:
        self.leave()
