"""The plan of the year: which item behaves how, and everything that people will do, in order of time; pure."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from contracts.submissions import ItemAssigned
from contracts.topics import split_subject
from contracts.values import Light
from programmes.programme import ProgrammeFile, expand
from sandbox.year.days import SHANGHAI
from sandbox.year.planned_act import PlannedAbsence, PlannedAct, Way
from sandbox.year.stories.behaviours import Behaviour, table
from sandbox.year.stories.circumstances import YearCircumstances
from sandbox.year.stories.habits import habits_of
from sandbox.year.stories.programme_acts import KNOWN_UNTIL, acts_of_programme
from sandbox.year.stories.story import ItemStory
from sandbox.year.stories.targets import targets_of

PUBLISHED_AT = datetime(2024, 3, 19, 9, 30, tzinfo=SHANGHAI)
ENDS_AT = datetime(2025, 1, 20, 18, 0, tzinfo=SHANGHAI)
AWAY_FROM, AWAY_UNTIL = date(2024, 3, 21), date(2024, 4, 3)
CHIEF_APPROVES_FROM = date(2024, 6, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class YearPlan:
    """What one programme lives through: its cast, and its acts in order of time (per item: in order of its story)."""

    programme: str
    quarters: tuple[str, ...]
    cast: Mapping[str, Behaviour]
    acts: Sequence[PlannedAct]
    absence: PlannedAbsence | None = None
    by_hand: bool = False
    """Whether its people do it, through pages; else programs do everything."""

    def lights(self) -> dict[str, Counter[Light]]:
        """Expected lights at the end of the year, counted by quarter, from the table alone."""
        return {q: Counter(b.light(i) for b in self.cast.values()) for i, q in enumerate(self.quarters)}

    def rated(self) -> dict[str, Counter[Light]]:
        """Expected lights as first settled, counted by quarter, from the table alone."""
        return {q: Counter(b.first_rated(i) for b in self.cast.values()) for i, q in enumerate(self.quarters)}

    def escalations(self) -> Counter[str]:
        """Expected escalations, counted by `level state [overdue]`, from the table alone."""
        return Counter(e for b in self.cast.values() for e in b.escalations)

    def ways(self) -> Counter[Way]:
        """How many submissions about items come in by each way."""
        found: Counter[Way] = Counter()
        for act in self.acts:
            if act.item or act.items:
                found[act.way] += act.submissions
        return found

    def verdicts(self) -> Counter[tuple[str, str]]:
        """Expected rulings on what is about items, counted by type and verdict (`accepted` or `rejected`)."""
        found: Counter[tuple[str, str]] = Counter()
        for act in self.acts:
            if act.item or act.items:
                found[act.type, "accepted" if act.expected == "accepted" else "rejected"] += act.submissions
        return found


def plan(
    programme: ProgrammeFile, seed: str, published_at: datetime = PUBLISHED_AT, *, by_hand: bool = False
) -> YearPlan:
    """The year of a programme: the same programme and seed always make the same plan.

    `by_hand`: people act as themselves, through the pages that they have; else programs do everything.
    """
    items: dict[str, ItemAssigned] = {}
    for subject, data in expand(programme, published_at):
        _, item = split_subject(subject)
        if item is not None and isinstance(data, ItemAssigned):
            items[item] = data
    cast = _cast(programme.programme, items, seed)
    leads = sorted({assigned.lead_unit for assigned in items.values()})
    habits = habits_of(leads, by_hand=by_hand)
    circumstances = YearCircumstances(
        programme=programme.programme,
        seed=seed,
        absence=_absence(programme, items.values()),
        leads=leads,
        habits=habits,
        chief_approves_from=CHIEF_APPROVES_FROM if by_hand else None,
        returned_once=next(
            (item for item, one in items.items() if habits[one.lead_unit] == "signs" and cast[item].whole_year is None),
            "",
        ),
    )
    acts: list[PlannedAct] = []
    quarters: set[str] = set()
    for item, assigned in items.items():
        story = ItemStory(circumstances, item, assigned, cast[item].name)
        cast[item].play(story)
        acts += story.acts
        quarters |= set(story.quarters)
    acts += acts_of_programme(programme, circumstances, items, acts)
    return YearPlan(
        programme=programme.programme,
        quarters=tuple(sorted(quarters)),
        cast=cast,
        acts=sorted(acts, key=lambda act: act.at),
        absence=circumstances.absence,
        by_hand=by_hand,
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
    others = [*leading[1:], *(one.id for one in programme.leaders if one.id not in leading)]
    if not leading or not others:
        return None
    return PlannedAbsence(principal=leading[0], deputy=others[0], from_on=AWAY_FROM, until_on=AWAY_UNTIL)


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
