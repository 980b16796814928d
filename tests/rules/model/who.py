"""Who may act, who led the item when, and whose matter something is (rulebook: Who; Annual evaluation)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from tests.rules.model.alarm import Alarm
from tests.rules.model.days import Calendar, Json, day
from tests.rules.model.records import Act

ROLE_OF = {
    "plan.submitted": "unit", "plan.decided": "leader", "progress.reported": "unit", "progress.reviewed": "office",
    "inspection.planned": "office", "inspection.recorded": "office", "inspection.approved": "chief",
    "lag.declared": "office", "adjustment.requested": "unit", "adjustment.decided": "leader",
    "withdrawal.requested": "unit", "withdrawal.decided": "chief", "rectification.reported": "unit",
    "rectification.reviewed": "office", "interview.confirmed": "office", "interview.held": "office",
    "notice.acknowledged": "unit", "item.reassigned": "office", "policy.adopted": "office", "appeal.lodged": "unit",
    "appeal.decided": "office", "blockage.raised": "unit", "blockage.answered": "office", "item.assigned": "office",
    "item.corrected": "office", "programme.extended": "office", "item.cancelled": "office",
    "cancellation.approved": "chief", "calendar.extended": "office", "deadline.moved": "office",
    "extension.requested": "unit", "extension.decided": "leader", "deputy.named": "office", "deputy.ended": "office",
    "reply.given": "unit", "reply.published": "office", "reply.withheld": "office",
}  # fmt: skip
CONCERNED = ("appeal.lodged", "reply.given")
"""What the unit concerned may do, whoever leads by now."""


class Who(Alarm):
    """Rights, by the order of the log."""

    def __init__(self, scenario: Json, policy: Json, calendar: Calendar) -> None:
        super().__init__(scenario, policy, calendar)
        self.handed: list[tuple[str, datetime]] = []  # who led until when
        self.deputies: list[Json] = []
        self.units = self.programme.get("units")
        self.leaders = self.programme.get("leaders")

    def led_at(self, instant: datetime) -> str:
        before = [unit for unit, until in self.handed if instant < until]
        return before[0] if before else str(self.item["lead_unit"])

    def led_to(self, due: datetime) -> str:
        """Who led until a deadline was over; a hand-over at that instant comes behind it."""
        before = [unit for unit, until in self.handed if due <= until]
        return before[0] if before else str(self.item["lead_unit"])

    def who(self, act: Act) -> Iterator[str]:
        """What stands against the one who acts."""
        if act.deputy is not None and not self.stands_in(act):
            yield "wrong_role" if act.role == "chief" else "not_own_leader"
        else:
            yield from self.right(act)
        if act.role == "unit" and act.type in (self.policy["signed"]) and not act.signed:
            yield "not_signed"

    def right(self, act: Act) -> Iterator[str]:
        wanted = ROLE_OF[act.type]
        if act.type == "interview.held" and act.role != "office":
            wanted = "leader" if act.data["level"] == "interview" else "chief"
        if act.type in ("deputy.named", "deputy.ended") and act.role != "office":
            principal = act.data["principal"]
            if (principal == "chief") != (act.role == "chief") or act.role not in ("chief", "leader"):
                yield "wrong_role"
            elif act.role == "leader" and principal != f"leader:{act.person}":
                yield "not_own_leader"
        elif act.role != wanted:
            yield "wrong_role"
        elif wanted == "unit" and act.person not in self.rightful(act):
            yield "not_lead_unit"
        elif wanted == "leader" and act.person != self.item["leader"]:
            yield "not_own_leader"

    def rightful(self, act: Act) -> list[str]:
        """The units that may."""
        if act.type == "reply.given":
            return [self.concerned(act.data)]
        if act.type == "appeal.lodged":
            return [self.item["lead_unit"], self.concerned(act.data["against"])]
        return [self.item["lead_unit"]]

    def stands_in(self, act: Act) -> bool:
        """Whether a naming is in force; a deputy names nobody."""
        principal = act.role if act.role == "chief" else f"{act.role}:{act.person}"
        in_force = any(
            one["principal"] == principal
            and one["deputy"] == act.deputy
            and day(one["from_on"]) <= act.at.date() <= day(one["until_on"])
            for one in self.deputies
        )
        return in_force and act.type not in ("deputy.named", "deputy.ended")

    def concerned(self, about: Json) -> str:
        """The unit that answers for a light, or for a cause of a notice."""
        name = str(about.get("light", about.get("for")))
        if name in self.quarters:
            last = self.last_of(name)
            return str(self.item["lead_unit"]) if last.void else self.led_to(last.due)
        found = self.notice(about["level"], name) if "level" in about else None
        if found is not None and found[0].led is not None:
            return found[0].led
        if found is not None and name == "rectification_overdue":
            return self.led_to(found[1][0].source.due)
        return str(self.item["lead_unit"])

    def check_item_reassigned(self, act: Act) -> Iterator[str]:
        if self.units is not None and act.data["lead_unit"] not in self.units:
            yield "unknown_unit"
        if self.leaders is not None and act.data["leader"] not in self.leaders:
            yield "unknown_leader"

    def do_item_reassigned(self, act: Act) -> None:
        if act.data["lead_unit"] != self.item["lead_unit"]:
            self.handed.append((self.item["lead_unit"], act.at))
        self.item["lead_unit"], self.item["leader"] = act.data["lead_unit"], act.data["leader"]

    def do_programme_extended(self, act: Act) -> None:
        if self.units is not None:
            self.units = [*self.units, *(act.data.get("units") or [])]
        if self.leaders is not None:
            self.leaders = [*self.leaders, *(act.data.get("leaders") or [])]

    def of_pair(self, data: Json) -> list[Json]:
        return [d for d in self.deputies if (d["principal"], d["deputy"]) == (data["principal"], data["deputy"])]

    def check_deputy_ended(self, act: Act) -> Iterator[str]:
        if not any(day(one["until_on"]) >= act.at.date() for one in self.of_pair(act.data)):
            yield "nothing_to_decide"

    def do_deputy_named(self, act: Act) -> None:
        self.deputies.append(act.data)

    def do_deputy_ended(self, act: Act) -> None:
        ended = self.of_pair(act.data)
        self.deputies = [one for one in self.deputies if one not in ended]

    def sheets(self) -> Json:
        """How often each deduction stands on each unit's sheet."""
        found: dict[str, dict[str, int]] = {}

        def deduct(unit: str, kind: str) -> None:
            kinds = found.setdefault(unit, {})
            kinds[kind] = kinds.get(kind, 0) + 1

        for period in self.periods.values():
            if period.name in self.announced:
                reports = [a for a in self.of("progress.reported") if a.data["period"] == period.name]
                if not reports and not self.upheld(period.quarter):
                    deduct(self.led_to(period.due), "missing_report")
                light = self.lights[period.quarter]
                if period is self.last_of(period.quarter) and light in ("yellow", "red"):
                    deduct(self.led_to(period.due), light)
        for one in self.escalations:
            stood = one.state != "withdrawn" or any(cause.left for cause in one.causes)
            if stood and one.level == "rectification" and one.overdue and one.due is not None:
                deduct(self.led_to(one.due), "lapsed_rectification")
            if stood and one.level == "chief_interview" and one.state != "proposed" and one.due is not None:
                assert one.led is not None
                deduct(one.led, "chief_interview")
        return found
