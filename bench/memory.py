"""What an item's state takes in memory: the objects that it alone holds, as the interpreter sizes them."""

from __future__ import annotations

import gc
import sys
from collections import Counter
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any, Final, NamedTuple

from bench.recorded import Recorded
from contracts.topics import split_subject

_CODE: Final = (type, ModuleType, FunctionType, BuiltinFunctionType)


class Sizes(NamedTuple):
    """Bytes per item: on average and the largest; and what several items share, in all."""

    items: int
    mean: float
    largest: int
    largest_item: str
    shared: int

    def line(self) -> str:
        """As the bench prints it."""
        return (
            f"state per item, {self.items} items at the end of their year: {self.mean / 1024:.1f} KB on average, "
            f"{self.largest / 1024:.1f} KB the largest ({self.largest_item}); shared by several, in all: "
            f"{self.shared / 1024:.0f} KB (aim: 8 KB)"
        )


def measure(recorded: Recorded) -> Sizes:
    """Size the items of one programme; an object that several of them refer to (a calendar, a policy) is shared."""
    states = {
        subject: state
        for partition in recorded.partitions.values()
        for subject, state in partition.states.items()
        if state.item is not None
    }
    programme = split_subject(min(states))[0]
    held = {
        subject: _reached((state.item, state.answered))
        for subject, state in states.items()
        if split_subject(subject)[0] == programme
    }
    holders = Counter(identity for objects in held.values() for identity in objects)
    own = {
        subject: sum(sys.getsizeof(value) for identity, value in objects.items() if holders[identity] == 1)
        for subject, objects in held.items()
    }
    every = {identity: value for objects in held.values() for identity, value in objects.items()}
    largest = max(own, key=lambda subject: own[subject])
    return Sizes(
        items=len(own),
        mean=sum(own.values()) / len(own),
        largest=own[largest],
        largest_item=largest,
        shared=sum(sys.getsizeof(value) for identity, value in every.items() if holders[identity] > 1),
    )


def _reached(root: object) -> dict[int, Any]:
    """Every object that can be reached from one, code aside, by its identity."""
    seen: dict[int, Any] = {}
    waiting = [*gc.get_referents(root)]
    while waiting:
        value = waiting.pop()
        if id(value) in seen or isinstance(value, _CODE):
            continue
        seen[id(value)] = value
        waiting += gc.get_referents(value)
    return seen
