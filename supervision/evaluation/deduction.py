"""A deduction of the annual evaluation (rulebook), and the events of the log that it follows from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Literal, NamedTuple, get_args

from contracts.rulings import RulingData
from contracts.values import Identifier
from supervision.words import Word

DeductionKind = Literal["yellow", "red", "missing_report", "lapsed_rectification", "chief_interview"]
KINDS: Final[tuple[DeductionKind, ...]] = get_args(DeductionKind)


class Source(NamedTuple):
    """An event of a ruling that something rests on: its id, its short type, its place and that of its cause."""

    id: str
    type: str
    position: str
    cause: str


class SourcedEvent(NamedTuple):
    """A counted event of a ruling about an item, or, without one, about the programme itself."""

    item: str | None
    time: datetime
    source: Source
    data: RulingData


@dataclass(frozen=True, slots=True, kw_only=True)
class Deduction:
    """Points (negative) against the unit that led the item when this arose, by the policy that held then.

    `about` is a period or an escalation's id, `why` says what is wrong with it as it stands; `sources` are the events
    that it follows from, the first the oldest, and `arose_at` is told by the policy's clock.
    """

    unit: Identifier
    item: str
    kind: DeductionKind
    about: str
    points: Decimal
    policy: str
    arose_at: datetime
    why: Word
    sources: tuple[Source, ...]
    under_appeal: bool = False

    def shown(self) -> dict[str, Any]:
        """The deduction in JSON primitives."""
        return {
            "item": self.item,
            "kind": self.kind,
            "about": self.about,
            "points": format(self.points, "f"),
            "policy": self.policy,
            "arose_at": self.arose_at.isoformat(),
            "why": self.why._asdict(),
            "under_appeal": self.under_appeal,
            "events": [source._asdict() for source in self.sources],
        }
