"""What is done in one go at an instant: acts that one person does together, and what is about a partition in turn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from contracts.topics import PARTITIONS, partition_of, subject_of
from sandbox.year.planned_act import PlannedAct, Way

Kind = Literal["do", "prepare", "send_back", "prepare_again"]
_TOGETHER: Final[frozenset[Way]] = frozenset({"signed", "decisions", "table"})
EVERYWHERE: Final = frozenset(range(PARTITIONS))


@dataclass(frozen=True, slots=True)
class YearStep:
    """Something that happens at an instant; `do` is what comes onto the log."""

    at: datetime
    kind: Kind
    act: PlannedAct


@dataclass(slots=True)
class YearErrand:
    """What one person does in one go."""

    kind: Kind
    acts: list[PlannedAct] = field(default_factory=list)

    @property
    def way(self) -> Way:
        """By which way it comes in."""
        return self.acts[0].way

    @property
    def partitions(self) -> frozenset[int]:
        """Where it comes to lie; what is about the whole programme may come to lie anywhere."""
        if self.acts[0].items:
            return EVERYWHERE
        return frozenset(partition_of(subject_of(act.programme, act.item or None)) for act in self.acts)


def steps_of(acts: Iterable[PlannedAct], *, papers: bool) -> list[YearStep]:
    """Everything that happens, in order of time; with `papers` also what is prepared before it is signed."""
    found = []
    for act in acts:
        found.append(YearStep(act.at, "do", act))
        paper = act.paper if papers else None
        if paper is None:
            continue
        found.append(YearStep(paper.prepared_at, "prepare", act))
        if paper.returned_at is not None and paper.again_at is not None:
            found += [YearStep(paper.returned_at, "send_back", act), YearStep(paper.again_at, "prepare_again", act)]
    return sorted(found, key=lambda step: step.at)


def errands_of(steps: Sequence[YearStep], *, together: bool) -> list[YearErrand]:
    """The steps of one instant, those that one person does together as one; what is about many items goes first.

    An item's acts stay in their order.
    """
    first = [step for step in steps if step.act.items]
    found: list[YearErrand] = [YearErrand(step.kind, [step.act]) for step in first]
    open_: dict[object, int] = {}
    last: dict[str, int] = {}
    for step in (one for one in steps if not one.act.items):
        act, key = step.act, _key(step)
        number = open_.get(key, -1) if together and key is not None else -1
        if number < last.get(act.item, -1) or (number >= 0 and not _joins(found[number], act)):
            number = -1
        if number < 0:
            found.append(YearErrand(step.kind))
            number = len(found) - 1
            open_[key] = number
        found[number].acts.append(act)
        last[act.item] = number
    return found


def _key(step: YearStep) -> object:
    """What is done together: by one person, of one type, with the same answer."""
    act = step.act
    if step.kind != "do" or act.way not in _TOGETHER:
        return None
    if act.way == "signed":
        return act.actor.id, act.way
    return act.actor.id, act.way, act.type, act.programme, act.data.get("decision"), act.data.get("reason")


def _joins(errand: YearErrand, act: PlannedAct) -> bool:
    """A table files its rows side by side: each has a partition of its own, so that the log is the same every time."""
    if act.way != "table":
        return True
    return partition_of(subject_of(act.programme, act.item)) not in errand.partitions
