"""Events of rulings as answers read them: the row, and the data as its type says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from contracts.ruling import RULING_TYPES
from contracts.rulings import RulingData
from services.query.read_model.tables import EventRow


class KnownEvent(NamedTuple):
    """An event of a ruling."""

    row: EventRow
    data: RulingData

    @property
    def place(self) -> tuple[int, int]:
        """The partition of rulings and the offset that it lies on."""
        return self.row.part, self.row.pos


def known(rows: Iterable[EventRow]) -> Iterator[KnownEvent]:
    """The events with their data."""
    for row in rows:
        data: RulingData = RULING_TYPES.load(RULING_TYPES.by_short_name(row.type), row.data)
        yield KnownEvent(row, data)
