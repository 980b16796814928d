"""How far the read model has come: positions per partition, as something one can wait for, and what changed up to them.

What was folded of an item holds as long as the item's version does.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final, NamedTuple

from psycopg import AsyncConnection
from psycopg.rows import TupleRow, class_row

from contracts.position_vector import LastOffsets, NextOffsets
from contracts.topics import PARTITIONS, RULINGS, SUBMISSIONS, TOPICS
from eventlog.log.record import Place
from services.query.read_model.results import StandingRow
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
_FORGOTTEN: Final = 20_000
"""So many new records, and it is forgotten what was kept: after a night, or while a log is read from its start."""
_LISTING: Final = frozenset({"programme.opened", "programme.enlarged"})
"""The events that change what the list of programmes shows."""
_NEW: Final = (
    "SELECT e.part, e.pos, e.programme, coalesce(e.item, '') AS item, e.type "
    "FROM unnest(%s::bigint[]) WITH ORDINALITY AS read (next, place) "
    "JOIN event e ON e.part = read.place - 1 AND e.pos >= read.next ORDER BY e.part, e.pos"
)


def positions_of(rows: Iterable[PositionRow | StandingRow]) -> ReadPositions:
    """The positions that the rows of the table say, per partition."""
    return {(row.topic, row.part): ReadPosition(next=row.next, last=row.last, counted=row.counted) for row in rows}


def next_offsets(positions: ReadPositions, topic: str) -> list[int]:
    """The offset to read next, of each partition of a topic."""
    return [positions.get((topic, part), ReadPosition()).next for part in range(PARTITIONS)]


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


class NewEvent(NamedTuple):
    """An event that was taken in since the last look; `item` is empty where it is about the programme itself."""

    part: int
    pos: int
    programme: str
    item: str
    type: str


class ProgrammeVersion(NamedTuple):
    """The items of a programme that changed, each with the offset of its last event; `number` grows with each look."""

    number: int = 0
    items: Mapping[str, int] = MappingProxyType({})

    def differing(self, other: ProgrammeVersion) -> list[str]:
        """The items that are not the same in the two."""
        if self.number == other.number:
            return []
        both = self.items.keys() | other.items.keys()
        return [item for item in both if self.items.get(item) != other.items.get(item)]


_UNCHANGED: Final = ProgrammeVersion()


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions of all programmes in one snapshot; nothing kept outlives its `epoch`.

    `listing` is another number as soon as the list of programmes is another one.
    """

    epoch: int = 0
    listing: int = 0
    programmes: Mapping[str, ProgrammeVersion] = field(default_factory=dict)

    def of(self, programme: str) -> ProgrammeVersion:
        """The version of a programme."""
        return self.programmes.get(programme, _UNCHANGED)


class VersionLog:
    """Tells the versions of one snapshot after the other, later ones later; reads only what is new since the last.

    Another epoch begins where that cannot be: at first, with other tables (a rebuild was swapped in), when positions
    went back (an older copy was put in place), or when too much is new.
    """

    def __init__(self) -> None:
        self._versions = Versions()
        self._tables = 0
        self._next: Sequence[int] = ()

    async def up_to(self, connection: AsyncConnection[TupleRow], positions: ReadPositions, tables: int) -> Versions:
        """The versions in the snapshot that this connection sees; `tables` is the identity of its tables."""
        now = next_offsets(positions, RULINGS)
        if self._begins_anew(now, tables):
            self._versions = Versions(self._versions.epoch + 1)
        elif now != self._next:
            cursor = connection.cursor(row_factory=class_row(NewEvent))
            await cursor.execute(_NEW, [list(self._next)])
            self._versions = _after(self._versions, await cursor.fetchall())
        self._next, self._tables = now, tables
        return self._versions

    def _begins_anew(self, now: Sequence[int], tables: int) -> bool:
        if not self._next or tables != self._tables:
            return True
        went_back = any(one < before for one, before in zip(now, self._next, strict=True))
        return went_back or sum(now) - sum(self._next) > _FORGOTTEN


def _after(versions: Versions, new: Iterable[NewEvent]) -> Versions:
    listing, changed = versions.listing, dict[str, dict[str, int]]()
    for event in new:
        changed.setdefault(event.programme, {})[event.item] = event.pos
        listing += event.type in _LISTING
    moved = {
        programme: ProgrammeVersion(before.number + 1, {**before.items, **items})
        for programme, items in changed.items()
        for before in [versions.of(programme)]
    }
    return replace(versions, listing=listing, programmes={**versions.programmes, **moved})
