"""The row types by table, and rows to add to the read model, a list per table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from services.query.read_model.dispatch_tables import AddressedRow, DeliveryRow, NoticeRow
from services.query.read_model.tables import (
    AwaitedRow,
    EscalationRow,
    EventRow,
    HolderRow,
    ItemRow,
    LightRow,
    PositionRow,
    ProgrammeRow,
    RulingRow,
    SubmissionRow,
)

Row = (
    SubmissionRow
    | RulingRow
    | EventRow
    | ProgrammeRow
    | ItemRow
    | HolderRow
    | LightRow
    | EscalationRow
    | AwaitedRow
    | NoticeRow
    | AddressedRow
    | DeliveryRow
)

FILLED: Final[Mapping[str, type[Row]]] = {
    "submission": SubmissionRow,
    "ruling": RulingRow,
    "event": EventRow,
    "programme": ProgrammeRow,
    "item": ItemRow,
    "holder": HolderRow,
    "light": LightRow,
    "escalation": EscalationRow,
    "awaited": AwaitedRow,
    "notice": NoticeRow,
    "addressed": AddressedRow,
    "delivery": DeliveryRow,
}
"""Row types by table, as far as the projection fills them."""

TABLES: Final[Mapping[str, type[PositionRow | Row]]] = {"position": PositionRow, **FILLED}
"""Row types of all tables."""


@dataclass(slots=True)
class Rows:
    """Rows to add: a list per table that the projection fills."""

    submission: list[SubmissionRow] = field(default_factory=list)
    ruling: list[RulingRow] = field(default_factory=list)
    event: list[EventRow] = field(default_factory=list)
    programme: list[ProgrammeRow] = field(default_factory=list)
    item: list[ItemRow] = field(default_factory=list)
    holder: list[HolderRow] = field(default_factory=list)
    light: list[LightRow] = field(default_factory=list)
    escalation: list[EscalationRow] = field(default_factory=list)
    awaited: list[AwaitedRow] = field(default_factory=list)
    notice: list[NoticeRow] = field(default_factory=list)
    addressed: list[AddressedRow] = field(default_factory=list)
    delivery: list[DeliveryRow] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many rows these are."""
        return sum(len(rows) for _, rows in self.by_table())

    def by_table(self) -> Iterator[tuple[str, list[Row]]]:
        """The tables that get rows, each with its rows."""
        for table in FILLED:
            rows: list[Row] = getattr(self, table)
            if rows:
                yield table, rows

    def extend(self, more: Rows) -> None:
        """Take over all rows of `more`."""
        for table, rows in more.by_table():
            getattr(self, table).extend(rows)
