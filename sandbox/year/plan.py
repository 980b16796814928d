"""The plan of the year: which item behaves how, and everything that people will do, in order of time; pure."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from contracts.submissions import ItemAssigned
from contracts.topics import split_subject
from contracts.values import Actor, Light
from programmes.programme import ProgrammeFile, expand
from sandbox.year.behaviours import Behaviour, table
from sandbox.year.days import SHANGHAI
from sandbox.year.story import REVIEWER, ItemStory, Json, PlannedAbsence, PlannedAct
from sandbox.year.targets import targets_of

PUBLISHED_AT = datetime(2024, 3, 19, 9, 30, tzinfo=SHANGHAI)
ENDS_AT = datetime(2025, 1, 20, 18, 0, tzinfo=SHANGHAI)
KNOWN_UNTIL = date(2024, 12, 31)
"""The last day whose being a holiday was known at the publication."""
NAMED_AT = datetime(2024, 3, 20, 9, 0, tzinfo=SHANGHAI)
AWAY_FROM, AWAY_UNTIL = date(2024, 3, 21), date(2024, 4, 3)
CALENDAR_AT = datetime(2024, 11, 13, 9, 0, tzinfo=SHANGHAI)
"""The day after the State Council's notice about the holidays of 2025."""


@dataclass(frozen=True, slots=True, kw_only=True)
class YearPlan:
    """What one programme lives through: its cast, and its acts in order of time (per item: in order of its story)."""

    programme: str
    quarters: tuple[str, ...]
    cast: Mapping[str, Behaviour]
    acts: Sequence[PlannedAct]
    absence: PlannedAbsence | None = None

    def lights(self) -> dict[str, Counter[Light]]:
        """Expected lights at the end of the year, counted by quarter, from the table alone."""
        return {q: Counter(b.light(i) for b in self.cast.values()) for i, q in enumerate(self.quarters)}

    def rated(self) -> dict[str, Counter[Light]]:
        """Expected lights as first settled, counted by quarter, from the table alone."""
        return {q: Counter(b.first_rated(i) for b in self.cast.values()) for i, q in enumerate(self.quarters)}

    def escalations(self) -> Counter[str]:
        """Expected escalations, counted by `level state [overdue]`, from the table alone."""
        return Counter(e for b in self.cast.values() for e in b.escalations)

    def verdicts(self) -> Counter[tuple[str, str]]:
        """Expected rulings on the acts, counted by type and verdict (`accepted` or `rejected`)."""
        found: Counter[tuple[str, str]] = Counter()
        for act in self.acts:
            found[act.type, "accepted" if act.expected == "accepted" else "rejected"] += len(act.items) or 1
        return found


def plan(programme: ProgrammeFile, seed: str, published_at: datetime = PUBLISHED_AT) -> YearPlan:
    """The year of a programme: the same programme and seed always make the same plan."""
    items: dict[str, ItemAssigned] = {}
    for subject, data in expand(programme, published_at):
        _, item = split_subject(subject)
        if item is not None and isinstance(data, ItemAssigned):
            items[item] = data
    cast = _cast(programme.programme, items, seed)
    acts: list[PlannedAct] = []
    quarters: set[str] = set()
    absence = _absence(programme, items.values())
    leads = sorted({assigned.lead_unit for assigned in items.values()})
    for item, assigned in items.items():
        story = ItemStory(programme.programme, item, assigned, cast[item].name, seed, absence=absence, leads=leads)
        cast[item].play(story)
        acts += story.acts
        quarters |= set(story.quarters)
    acts += _about_many(programme, items, absence, acts, seed)
    return YearPlan(
        programme=programme.programme,
        quarters=tuple(sorted(quarters)),
        cast=cast,
        acts=sorted(acts, key=lambda act: act.at),
        absence=absence,
    )


def as_published(programme: ProgrammeFile) -> ProgrammeFile:
    """The programme as the office knew it in March: next year's holidays were not named yet."""
    calendar = programme.calendar
    last_on = min(calendar.last_on, KNOWN_UNTIL)
    known = replace(
        calendar,
        last_on=last_on,
        holidays=tuple(day for day in calendar.holidays if day <= last_on),
        working_weekends=tuple(day for day in calendar.working_weekends if day <= last_on),
    )
    return programme.model_copy(update={"calendar": known})


def _absence(programme: ProgrammeFile, items: Iterable[ItemAssigned]) -> PlannedAbsence | None:
    """The first leader who has items is away when most plans come in; another one stands in."""
    leading = sorted({item.leader for item in items})
    others = [leader.id for leader in programme.leaders if leader.id not in leading[:1]]
    if not leading or not others:
        return None
    return PlannedAbsence(principal=leading[0], deputy=others[0], from_on=AWAY_FROM, until_on=AWAY_UNTIL)


def _about_many(
    programme: ProgrammeFile,
    items: Mapping[str, ItemAssigned],
    absence: PlannedAbsence | None,
    acts: Iterable[PlannedAct],
    seed: str,
) -> list[PlannedAct]:
    """A leader names a deputy, and in November the office names next year's holidays."""
    found = []
    if absence is not None:
        naming = {
            "principal": f"leader:{absence.principal}",
            "deputy": f"leader:{absence.deputy}",
            "from_on": absence.from_on.isoformat(),
            "until_on": absence.until_on.isoformat(),
            "reason": "外出学习（模拟）",
        }
        own = tuple(item for item, assigned in items.items() if assigned.leader == absence.principal)
        who = Actor(role="leader", id=absence.principal)
        found.append(_spread(programme, NAMED_AT, who, "deputy.named", naming, "deputies", own, seed))
    days = {day.isoformat(): "holiday" for day in programme.calendar.holidays if day > KNOWN_UNTIL}
    days |= {day.isoformat(): "working" for day in programme.calendar.working_weekends if day > KNOWN_UNTIL}
    if days:
        left = {act.item for act in acts if act.type == "withdrawal.decided" and act.at < CALENDAR_AT}
        there = tuple(item for item in items if item not in left)
        who = Actor(role="office", id=REVIEWER)
        found.append(_spread(programme, CALENDAR_AT, who, "calendar.extended", {"days": days}, "calendar", there, seed))
    return found


def _spread(
    programme: ProgrammeFile,
    at: datetime,
    actor: Actor,
    type_: str,
    data: Json,
    door: str,
    items: tuple[str, ...],
    seed: str,
) -> PlannedAct:
    return PlannedAct(
        at=at,
        actor=actor,
        programme=programme.programme,
        item="",
        type=type_,
        data=data,
        key=f"year-{seed}-{type_}",
        behaviour="programme",
        door=door,
        items=items,
    )


def _cast(programme: str, items: Mapping[str, ItemAssigned], seed: str) -> dict[str, Behaviour]:
    cast: dict[str, Behaviour] = {}
    for category, behaviours in table().items():
        mine = [item for item, assigned in items.items() if assigned.category == category]
        counted = {item for item in mine if targets_of(items[item].annual_targets, "2024Q2")}
        cast |= _deal(mine, counted, behaviours, random.Random(f"{seed}/{programme}/{category}"))
    return {item: cast[item] for item in items}


def _deal(
    items: Sequence[str], counted: set[str], behaviours: Sequence[Behaviour], rng: random.Random
) -> dict[str, Behaviour]:
    """Deal the roles out, those that need figures first; the table's first behaviour fills what is left."""
    numbers = _apportion([b.share for b in behaviours], len(items))
    waiting = rng.sample(items, len(items))
    cast: dict[str, Behaviour] = {}
    for behaviour, number in sorted(zip(behaviours, numbers, strict=True), key=lambda row: not row[0].counted):
        able = [item for item in waiting if item in counted or not behaviour.counted][:number]
        cast |= dict.fromkeys(able, behaviour)
        waiting = [item for item in waiting if item not in cast]
    return cast | dict.fromkeys(waiting, behaviours[0])


def _apportion(shares: Sequence[int], number: int) -> list[int]:
    """Shares scaled to `number` places by largest remainder, earlier rows first."""
    total = sum(shares)
    whole = [share * number // total for share in shares]
    by_rest = sorted(range(len(shares)), key=lambda i: -(shares[i] * number % total))
    for index in by_rest[: number - sum(whole)]:
        whole[index] += 1
    return whole
