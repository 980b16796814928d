"""How far the read model has come: positions per partition, as text and as something one can wait for."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from contracts.topics import DISPATCHES, PARTITIONS, RULINGS, SUBMISSIONS, TOPICS
from eventlog.log.record import Place

_ENTRY: Final = re.compile(r"(submissions|rulings|dispatches)-(\d{1,2})@(\d{1,18})")


class ReadPosition(NamedTuple):
    """Where reading of a partition resumes: next offset, last counted `causeoffset`, records counted so far."""

    next: int = 0
    last: int = -1
    counted: int = 0


ReadPositions = dict[Place, ReadPosition]
Vector = Mapping[Place, int]
"""The last offset taken in, per partition (inclusive)."""

PLACES: Final[tuple[Place, ...]] = tuple((topic, part) for topic in TOPICS for part in range(PARTITIONS))


class MalformedPosition(ValueError):
    """A text that is no position vector."""


def parse_vector(text: str) -> dict[Place, int]:
    """Read `submissions-3@120,rulings-3@351`. Raises MalformedPosition."""
    vector: dict[Place, int] = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        match = _ENTRY.fullmatch(entry)
        if match is None or int(match[2]) >= PARTITIONS:
            raise MalformedPosition(f"{entry[:80]!r}: write topic-partition@offset, such as submissions-3@120")
        place = (match[1], int(match[2]))
        vector[place] = max(vector.get(place, -1), int(match[3]))
    return vector


def vector_of(positions: ReadPositions) -> dict[Place, int]:
    """What these positions hold: a submission counts as taken in once its ruling is."""
    vector = {}
    for place, position in positions.items():
        taken = position.next - 1
        if place[0] == SUBMISSIONS:
            taken = min(taken, positions.get((RULINGS, place[1]), ReadPosition()).last)
        if taken >= 0:
            vector[place] = taken
    return vector


def vector_text(vector: Vector) -> str:
    """A vector as text, in the order of topics and partitions."""
    order = {topic: index for index, topic in enumerate((SUBMISSIONS, RULINGS, DISPATCHES))}
    places = sorted(vector, key=lambda place: (order[place[0]], place[1]))
    return ",".join(f"{topic}-{part}@{vector[(topic, part)]}" for topic, part in places)


class Progress:
    """The positions that this process knows to be committed, and those who wait for more."""

    def __init__(self) -> None:
        self.positions: ReadPositions = {}
        self._moved = asyncio.Condition()

    async def advance(self, positions: Iterable[tuple[Place, ReadPosition]]) -> None:
        """Note what was committed and wake those who wait."""
        async with self._moved:
            self.positions.update(positions)
            self._moved.notify_all()

    def missing(self, wanted: Vector) -> dict[Place, int]:
        """The entries of `wanted` that are not reached yet."""
        held = vector_of(self.positions)
        return {place: offset for place, offset in wanted.items() if held.get(place, -1) < offset}

    async def moved(self, beyond: str, seconds: float) -> str:
        """The position as text once it is another than `beyond`, or as it stands after so long."""

        def now() -> str:
            return vector_text(vector_of(self.positions))

        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds), self._moved:
                await self._moved.wait_for(lambda: now() != beyond)
        return now()

    async def reach(self, wanted: Vector, seconds: float) -> bool:
        """Wait until `wanted` is in the read model, at most so long."""
        if not self.missing(wanted):
            return True
        try:
            async with asyncio.timeout(seconds), self._moved:
                await self._moved.wait_for(lambda: not self.missing(wanted))
        except TimeoutError:
            return False
        return True
