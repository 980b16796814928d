"""What the rows of a batch are about, for those who follow changes."""

from __future__ import annotations

from typing import Final

from services.query.read_model.position import Change
from services.query.read_model.rows import Rows

_REMEMBERED: Final = 100_000
"""Submissions without a ruling whose type is remembered."""


class BatchChanges:
    """Tells the changes of one batch after the other; remembers the types of submissions until they are ruled on."""

    def __init__(self) -> None:
        self._types: dict[tuple[int, int], str] = {}

    def of(self, rows: Rows) -> set[Change]:
        """What the rows of a committed batch are about."""
        if len(self._types) > _REMEMBERED:
            self._types.clear()
        found = {Change(row.programme, row.item, row.type) for row in rows.submission}
        self._types.update(((row.part, row.pos), row.type) for row in rows.submission)
        for ruling in rows.ruling:
            type_ = self._types.pop((ruling.part, ruling.cause), "unknown")
            found.add(Change(ruling.programme, ruling.item, type_))
        found |= {Change(row.programme, row.item or None, row.type) for row in rows.event}
        found |= {Change(row.programme, row.item, "notice.issued") for row in rows.notice}
        found |= {Change(row.programme, None, "delivery") for row in rows.delivery}
        return found
