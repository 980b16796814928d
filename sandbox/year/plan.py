"""The plan of the year: which item behaves how, and everything that people will do, in order of time; pure."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.submissions import ItemAssigned
from contracts.topics import split_subject
from contracts.values import Light
from programmes.programme import ProgrammeFile, expand
from sandbox.year.behaviours import Behaviour, table
from sandbox.year.days import SHANGHAI
from sandbox.year.story import ItemStory, PlannedAct
from sandbox.year.targets import targets_of

PUBLISHED_AT = datetime(2024, 3, 19, 9, 30, tzinfo=SHANGHAI)
ENDS_AT = datetime(2025, 1, 20, 18, 0, tzinfo=SHANGHAI)


@dataclass(frozen=True, slots=True, kw_only=True)
class YearPlan:
    """What one programme lives through: its cast, and its acts in order of time (per item: in order of its story)."""

    programme: str
    quarters: tuple[str, ...]
    cast: Mapping[str, Behaviour]
    acts: Sequence[PlannedAct]

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
        return Counter((a.type, "accepted" if a.expected == "accepted" else "rejected") for a in self.acts)


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
    for item, assigned in items.items():
        story = ItemStory(programme.programme, item, assigned, cast[item].name, seed)
        cast[item].play(story)
        acts += story.acts
        quarters |= set(story.quarters)
    return YearPlan(
        programme=programme.programme,
        quarters=tuple(sorted(quarters)),
        cast=cast,
        acts=sorted(acts, key=lambda act: act.at),
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
