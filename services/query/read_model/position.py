"""How far the read model has come: positions per partition, as text and as something one can wait for."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Collection, Iterable, Iterator
from typing import Final, NamedTuple

from contracts.position_vector import LastOffsets, NextOffsets
from contracts.topics import PARTITIONS, RULINGS, SUBMISSIONS, TOPICS
from eventlog.log.record import Place
from services.query.read_model.tables import PositionRow


class ReadPosition(NamedTuple):
    """Where reading of a partition resumes: next offset, last counted `causeoffset`, records counted so far."""

    next: int = 0
    last: int = -1
    counted: int = 0

    def resumes_as(self, other: ReadPosition | None) -> bool:
        """Whether reading resumes from both in the same way, whatever was counted."""
        return other is not None and (self.next, self.last) == (other.next, other.last)


ReadPositions = dict[Place, ReadPosition]

PLACES: Final[tuple[Place, ...]] = tuple((topic, part) for topic in TOPICS for part in range(PARTITIONS))


def positions_of(rows: Iterable[PositionRow]) -> ReadPositions:
    """The positions that the rows of the table say, per partition."""
    return {(row.topic, row.part): ReadPosition(next=row.next, last=row.last, counted=row.counted) for row in rows}


def taken_in(positions: ReadPositions) -> LastOffsets:
    """What these positions hold: a submission counts as taken in once its ruling is."""
    read = NextOffsets({place: position.next for place, position in positions.items()}).last_offsets()
    ruled = {part: position.last for (topic, part), position in positions.items() if topic == RULINGS}
    held = {
        (topic, part): min(offset, ruled.get(part, -1)) if topic == SUBMISSIONS else offset
        for (topic, part), offset in read.offsets.items()
    }
    return LastOffsets({place: offset for place, offset in held.items() if offset >= 0})


class Change(NamedTuple):
    """That something was added about an item, or (None) about a programme itself.

    `type` is that of a submission, of an event of a ruling, `notice.issued`, or `delivery`; `unknown` of a ruling on a
    submission that was read before this process began.
    """

    programme: str
    item: str | None
    type: str


class Listener:
    """Collects changes until they are taken."""

    def __init__(self) -> None:
        self._changed: set[Change] = set()
        self._told = asyncio.Event()

    def tell(self, changed: Collection[Change]) -> None:
        """Add changes."""
        self._changed.update(changed)
        self._told.set()

    async def take(self, seconds: float) -> set[Change]:
        """What changed since the last time, as soon as there is something; nothing after so long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._told.wait()
        found, self._changed = self._changed, set()
        self._told.clear()
        return found


class Progress:
    """The positions that this process knows to be committed, and those who wait for more."""

    def __init__(self) -> None:
        self.positions: ReadPositions = {}
        self._moved = asyncio.Condition()
        self._listeners: set[Listener] = set()

    async def advance(self, positions: Iterable[tuple[Place, ReadPosition]], changed: Collection[Change] = ()) -> None:
        """Note what was committed and wake those who wait; `changed` is what the rows are about."""
        async with self._moved:
            self.positions.update(positions)
            self._moved.notify_all()
        for listener in self._listeners if changed else ():
            listener.tell(changed)

    @property
    def position(self) -> LastOffsets:
        """Up to where everything was taken in."""
        return taken_in(self.positions)

    @contextlib.contextmanager
    def listener(self) -> Iterator[Listener]:
        """Somebody who is told of everything that changes from now on."""
        made = Listener()
        self._listeners.add(made)
        try:
            yield made
        finally:
            self._listeners.discard(made)

    async def reach(self, wanted: LastOffsets, seconds: float) -> bool:
        """Wait until `wanted` is in the read model, at most so long."""
        if self._has(wanted):
            return True
        try:
            async with asyncio.timeout(seconds), self._moved:
                await self._moved.wait_for(lambda: self._has(wanted))
        except TimeoutError:
            return False
        return True

    def _has(self, wanted: LastOffsets) -> bool:
        return not self.position.missing(wanted).offsets
