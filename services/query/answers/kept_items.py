"""What was folded of the items of programmes, kept until their next event, the programmes asked for last."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, Generic, NamedTuple, TypeVar

from services.query.read_model.position import ProgrammeVersion
from services.query.read_model.snapshot import Snapshot
from services.query.read_model.tables import EventRow

_AT_ONCE: Final = 200
"""Events that are folded in a turn of the loop."""
T = TypeVar("T")
G = TypeVar("G")
Fold = Callable[[Snapshot, str, Sequence[str] | None], Awaitable[Mapping[str, T]]]
"""What some items of a programme come to (None: all) in a snapshot, whoever asks; of "", the programme itself."""


def fold_of_events(types: Sequence[str], folded: Callable[[Sequence[EventRow]], Mapping[str, T]]) -> Fold[T]:
    """The fold of the items' events of these types, in the order of the log; a whole year's is made beside the loop."""

    async def fold(seen: Snapshot, programme: str, some: Sequence[str] | None) -> Mapping[str, T]:
        rows = await seen.events(programme, some, types)
        return await asyncio.to_thread(folded, rows) if len(rows) > _AT_ONCE else folded(rows)

    return fold


class _Kept(NamedTuple, Generic[T, G]):
    version: ProgrammeVersion
    items: Mapping[str, T]
    gathered: G


class KeptItems(Generic[T, G]):
    """One fold of items, gathered by programme: of what was asked for before only changed items are folded again.

    What an answer gets is what a fold of all rows in its snapshot gives, however old or new that is. Nothing in it may
    depend on who asks. `most` items are kept, those of programmes asked for last; each time looked at has its own,
    unless the fold is the same `at_any_time`.
    """

    def __init__(
        self, fold: Fold[T], gather: Callable[[str, Mapping[str, T]], G], most: int, *, at_any_time: bool = False
    ) -> None:
        self._fold = fold
        self._gather = gather
        self._most = most
        self._at_any_time = at_any_time
        self._epoch = 0
        self._number = 0
        self._kept: OrderedDict[tuple[str, str], _Kept[T, G]] = OrderedDict()

    async def of(self, seen: Snapshot, programme: str) -> G:
        """What the items of a programme come to in this snapshot."""
        self._forget(seen.versions.epoch)
        key, version = (programme, "" if self._at_any_time else seen.as_of.text), seen.versions.of(programme)
        kept = self._kept.get(key) if seen.versions.epoch == self._epoch else None
        if kept is None:
            found = await self._fold(seen, programme, None)
        elif differing := version.differing(kept.version):
            fresh = await self._fold(seen, programme, differing)
            found = {**{item: one for item, one in kept.items.items() if item not in differing}, **fresh}
        else:
            self._kept.move_to_end(key)
            return kept.gathered
        return self._keep(seen.versions.epoch, key, _Kept(version, found, self._gather(programme, found)))

    def _forget(self, epoch: int) -> None:
        if epoch > self._epoch:
            self._kept.clear()
            self._epoch, self._number = epoch, 0

    def _keep(self, epoch: int, key: tuple[str, str], fresh: _Kept[T, G]) -> G:
        """Keep it, unless something newer is there, which another request folded meanwhile."""
        there = self._kept.get(key)
        if epoch == self._epoch and (there is None or there.version.number <= fresh.version.number):
            self._number += _size(fresh) - (_size(there) if there else 0)
            self._kept[key] = fresh
            self._kept.move_to_end(key)
            while self._number > self._most and len(self._kept) > 1:
                _, dropped = self._kept.popitem(last=False)
                self._number -= _size(dropped)
        return fresh.gathered


def _size(kept: _Kept[T, G]) -> int:
    """Its items, and one: a programme of which nothing is kept takes its place, too."""
    return len(kept.items) + 1
