"""An item as few bytes, and back: what it has alike with others stays as it is, the rest is pickled and compressed."""

from __future__ import annotations

import pickle
import zlib
from dataclasses import replace
from typing import Any, Final, NamedTuple

from services.intake.who.item import KnownItem

_PROTOCOL: Final = 5
_LEVEL: Final = 1


class PackedItem(NamedTuple):
    """Large parts that other items have, too, and everything else in some hundred bytes; of this process alone."""

    alike: tuple[Any, ...]
    own: bytes


class ItemPacker:
    """Packs items of one process; the first one is what the others are compressed beside."""

    def __init__(self) -> None:
        self._beside = b""
        self._alike: dict[tuple[int, ...], tuple[Any, ...]] = {}

    def pack(self, item: KnownItem) -> PackedItem:
        """The item, packed."""
        opened, lights, assignment = item.opened, item.lights, item.assignment
        alike = (
            *(opened.periods, opened.calendar, opened.policy, opened.units, opened.leaders),
            *(lights.parts, lights.quarter_of, lights.deadlines, assignment.policy),
        )
        left: Any = None
        own = replace(
            item,
            opened=replace(opened, periods=left, calendar=left, policy=left, units=left, leaders=left),
            lights=lights._replace(parts=left, quarter_of=left, deadlines=left),
            assignment=assignment._replace(policy=left, nodes=assignment.nodes or {}),
        )
        written = pickle.dumps(own, _PROTOCOL)
        self._beside = self._beside or written
        compressor = zlib.compressobj(_LEVEL, zdict=self._beside)
        kept = self._alike.setdefault(tuple(map(id, alike)), alike)
        return PackedItem(kept, compressor.compress(written) + compressor.flush())

    def unpack(self, packed: PackedItem) -> KnownItem:
        """An item equal to the one that was packed."""
        item: KnownItem = pickle.loads(zlib.decompressobj(zdict=self._beside).decompress(packed.own))
        periods, calendar, policy, units, leaders, parts, quarter_of, deadlines, in_force = packed.alike
        item.opened = replace(
            item.opened, periods=periods, calendar=calendar, policy=policy, units=units, leaders=leaders
        )
        item.lights = item.lights._replace(parts=parts, quarter_of=quarter_of, deadlines=deadlines)
        item.assignment = item.assignment._replace(policy=in_force)
        return item
