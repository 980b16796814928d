"""All items on the log by programme and id; those whose year is over rest in few bytes, and are unpacked when asked."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import Final

from services.intake.who.item import KnownItem
from services.intake.who.packed_item import ItemPacker, PackedItem

Key = tuple[str, str]
"""A programme and an item."""
MOST_UNPACKED: Final = 1024
"""Items whose year is over that are at hand as they are, 14 KB each: all of a district's for nine years."""


class KnownItems(Mapping[Key, KnownItem]):
    """What was asked for of the items at rest stays at hand for a while; nothing else about them differs."""

    def __init__(self, most_unpacked: int = MOST_UNPACKED) -> None:
        self._most = most_unpacked
        self.active: dict[Key, KnownItem] = {}
        """Those whose year is not over."""
        self._resting: dict[Key, PackedItem] = {}
        """As they are now; of what changed since it was unpacked there is none."""
        self._unpacked: OrderedDict[Key, KnownItem] = OrderedDict()
        """Items at rest that are at hand, whoever was asked for last at the end."""
        self._packer = ItemPacker()

    def __getitem__(self, key: Key) -> KnownItem:
        """The item, for reading. Raises KeyError."""
        return self.active.get(key) or self._at_rest(key)

    def __contains__(self, key: object) -> bool:
        return key in self.active or key in self._unpacked or key in self._resting

    def __iter__(self) -> Iterator[Key]:
        yield from [*self.active, *self._unpacked, *(key for key in self._resting if key not in self._unpacked)]

    def __len__(self) -> int:
        both = sum(key in self._resting for key in self._unpacked)
        return len(self.active) + len(self._unpacked) + len(self._resting) - both

    def open(self, item: KnownItem) -> None:
        """Take in an item that was just published."""
        key = (item.programme, item.id)
        self._resting.pop(key, None)
        self._unpacked.pop(key, None)
        self.active[key] = item

    def changing(self, key: Key) -> KnownItem | None:
        """The item, for changing; None where there is none."""
        item = self.active.get(key)
        if item is None and key in self:
            item = self._at_rest(key)
            self._resting.pop(key, None)
        return item

    def let_rest(self, item: KnownItem) -> None:
        """Its year is over: it may be packed from now on."""
        key = (item.programme, item.id)
        if self.active.pop(key, None) is not None:
            self._put_at_hand(key, item)

    def _at_rest(self, key: Key) -> KnownItem:
        item = self._unpacked.get(key)
        if item is not None:
            self._unpacked.move_to_end(key)
            return item
        item = self._packer.unpack(self._resting[key])
        self._put_at_hand((item.programme, item.id), item)
        return item

    def _put_at_hand(self, key: Key, item: KnownItem) -> None:
        self._unpacked[key] = item
        while len(self._unpacked) > self._most:
            former, packed = self._unpacked.popitem(last=False)
            if former not in self._resting:
                self._resting[former] = self._packer.pack(packed)
