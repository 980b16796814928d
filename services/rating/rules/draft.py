"""A ruling in the making: the events told so far, and the state that they lead to."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from contracts.rulings import RulingData
from contracts.submission import Submission
from services.rating.rules.state.evolve import fold_item
from services.rating.rules.state.frame import Scheme
from services.rating.rules.state.state import Escalation, Item


class Event(NamedTuple):
    """One event of a ruling before it has an id and a place: its business time and its data."""

    time: datetime
    data: RulingData


class Draft:
    """What a submission leads to; `at` is the time that counts for it (rulebook: Fine print)."""

    __slots__ = ("_folded", "_item", "at", "events", "submission")

    def __init__(self, item: Item | None, submission: Submission, at: datetime) -> None:
        """Start from `item`, with nothing told yet."""
        self.submission: Final = submission
        self.at: Final = at
        self.events: Final[list[Event]] = []
        self._item = item
        self._folded = 0

    def tell(self, data: RulingData) -> None:
        """Add an event to the ruling."""
        self.events.append(Event(self.at, data))

    @property
    def item(self) -> Item:
        """The item as it stands after what was told; folded only when it is asked for."""
        item = self._item
        if item is None:
            raise LookupError(f"{self.submission.subject}: no item was opened")
        while self._folded < len(self.events):
            item = self._item = fold_item(item, self.at, self.events[self._folded].data)
            self._folded += 1
        return item

    @property
    def scheme(self) -> Scheme:
        """The item's frame."""
        return self.item.scheme

    @property
    def because(self) -> tuple[str, ...]:
        """The submission that all of this follows from."""
        return (self.submission.id,)

    def escalation(self, escalation_id: str) -> Escalation:
        """An escalation as it stands now."""
        return next(e for e in self.item.escalations if e.id == escalation_id)
