"""What is done about a whole programme: a deputy is named, days announced, a policy adopted, bulletins composed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from hashlib import sha256
from typing import Final

from contracts.submissions import ItemAssigned
from contracts.values import Actor
from programmes.programme import ProgrammeFile
from sandbox.year.days import SHANGHAI, instant
from sandbox.year.planned_act import Json, PlannedAct, Way
from sandbox.year.stories.circumstances import YearCircumstances
from sandbox.year.stories.item_days import ItemDays
from sandbox.year.stories.story import DECLARER, REVIEWER

KNOWN_UNTIL: Final = date(2024, 12, 31)
"""The last day whose being a holiday was known at the publication."""
NAMED_AT: Final = datetime(2024, 3, 20, 9, 0, tzinfo=SHANGHAI)
CALENDAR_AT: Final = datetime(2024, 11, 13, 9, 0, tzinfo=SHANGHAI)
"""The day after the State Council's notice about the holidays of 2025."""
_POLICY_HOUR, _BULLETIN_HOUR, _APPROVAL_HOUR = time(9, 0), time(9, 5), time(16, 40)
"""A bulletin is composed before all other acts of its day, when the reminders of nine o'clock are out."""
_BULLETIN_DAYS: Final = 22
"""Working days after a quarter has settled: by then notices are answered."""
_BULLETINS: Final = 3


def acts_of_programme(
    programme: ProgrammeFile,
    circumstances: YearCircumstances,
    items: Mapping[str, ItemAssigned],
    acts: Iterable[PlannedAct],
) -> list[PlannedAct]:
    """Everything of the year that is about many items, or about the programme; `acts` are those about single items."""
    left = {act.item: act.at for act in acts if act.type == "withdrawal.decided"}
    whole = _Whole(programme, circumstances, items, left)
    return [*whole.deputy(), *whole.calendar(), *whole.policy(), *whole.bulletins()]


class _Whole:
    """A programme's own acts; `left` says when an item left the assessment."""

    def __init__(
        self,
        programme: ProgrammeFile,
        circumstances: YearCircumstances,
        items: Mapping[str, ItemAssigned],
        left: Mapping[str, datetime],
    ) -> None:
        self._programme = programme
        self._circumstances = circumstances
        self._items = items
        self._left = left

    def deputy(self) -> Iterable[PlannedAct]:
        """A leader who is going to be away names who stands in."""
        absence = self._circumstances.absence
        if absence is None:
            return
        naming = {
            "principal": f"leader:{absence.principal}",
            "deputy": f"leader:{absence.deputy}",
            "from_on": absence.from_on.isoformat(),
            "until_on": absence.until_on.isoformat(),
            "reason": "外出学习（模拟）",
        }
        own = tuple(item for item, assigned in self._items.items() if assigned.leader == absence.principal)
        who = Actor(role="leader", id=absence.principal)
        yield self._act(NAMED_AT, who, "deputy.named", naming, door="deputies", items=own, way="change")

    def calendar(self) -> Iterable[PlannedAct]:
        """In November the office names next year's days, up to the day to which all is known by then."""
        known = self._programme.calendar
        days = {day.isoformat(): "holiday" for day in known.holidays if day > KNOWN_UNTIL}
        days |= {day.isoformat(): "working" for day in known.working_weekends if day > KNOWN_UNTIL}
        if not days:
            return
        days.setdefault(known.last_on.isoformat(), "working" if known.last_on.isoweekday() < 6 else "holiday")
        office = Actor(role="office", id=REVIEWER)
        there = self._there(CALENDAR_AT)
        yield self._act(
            CALENDAR_AT, office, "calendar.extended", {"days": days}, door="calendar", items=there, way="change"
        )

    def policy(self) -> Iterable[PlannedAct]:
        """In summer a second version of the policy: inspection plans need the chief leader's approval."""
        from_on = self._circumstances.chief_approves_from
        if from_on is None:
            return
        at, before = instant(from_on, _POLICY_HOUR), self._programme.policy
        told = self._programme.model_dump(mode="json", by_alias=True, exclude_none=True)["policy"]
        policy = {**told, "version": before.version + 1, "inspection_approval": "chief"}
        office, there = Actor(role="office", id=REVIEWER), self._there(at)
        yield self._act(at, office, "policy.adopted", {"policy": policy}, door="policies", items=there, way="api")

    def bulletins(self) -> Iterable[PlannedAct]:
        """A bulletin for each of the first quarters, composed by the office, approved by the chief leader."""
        if not self._circumstances.by_hand:
            return
        first = next(iter(self._items.values()))
        days = ItemDays(first, self._circumstances.rng("bulletins"))
        for quarter in days.quarters[:_BULLETINS]:
            name, on = f"{quarter}-1", days.shift(days.settles(quarter), _BULLETIN_DAYS)
            text = f"《源城政务督查》{quarter} 通报（模拟）"
            composed = {
                "bulletin": name,
                "kind": "quarterly",
                "period": quarter,
                "position": "",
                "sha256": sha256(text.encode()).hexdigest(),
                "names_units": True,
            }
            yield self._act(
                instant(on, _BULLETIN_HOUR), Actor(role="office", id=DECLARER), "bulletin.composed", composed
            )
            approved, chief = instant(days.shift(on, 1), _APPROVAL_HOUR), Actor(role="chief", id="chief")
            yield self._act(approved, chief, "bulletin.approved", {"bulletin": name}, way="decisions")

    def _there(self, at: datetime) -> tuple[str, ...]:
        """The items that are still assessed."""
        return tuple(item for item in self._items if item not in self._left or self._left[item] >= at)

    def _act(
        self,
        at: datetime,
        actor: Actor,
        type_: str,
        data: Json,
        *,
        door: str = "",
        items: tuple[str, ...] = (),
        way: Way = "api",
    ) -> PlannedAct:
        by_hand, period = self._circumstances.by_hand, data.get("bulletin", "")
        return PlannedAct(
            at=at,
            actor=actor,
            programme=self._programme.programme,
            item="",
            type=type_,
            data=data,
            key=f"year-{self._circumstances.seed}-{type_}{f'-{period}' if period else ''}",
            behaviour="programme",
            door=door,
            items=items,
            way=way if by_hand else "api",
        )
