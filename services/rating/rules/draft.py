"""A ruling in the making: the events emitted so far, and the state that they lead to."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from contracts.rulings import RulingData
from contracts.submission import Submission
from services.rating.rules.state.evolve import evolve_item
from services.rating.rules.state.frame import Frame
from services.rating.rules.state.ladder import Escalation
from services.rating.rules.state.state import Item


class Event(NamedTuple):
    """One event of a ruling before it has an id and a place: its business time and its data."""

    time: datetime
    data: RulingData


class Draft:
    """What a submission leads to; `at` is the time that counts for it (rulebook: Fine print)."""

    __slots__ = ("_evolved", "_item", "at", "because", "events", "quiet", "submission")

    def __init__(
        self,
        item: Item | None,
        submission: Submission,
        at: datetime,
        *,
        quiet: bool = False,
        because: tuple[str, ...] | None = None,
    ) -> None:
        """Start from `item`, with no event yet.

        `quiet`: nothing is raised or joined any more (Closing day). `because` are the submissions that it follows
        from, if not the one that is ruled on.
        """
        self.quiet: Final = quiet
        self.submission: Final = submission
        self.at: Final = at
        self.events: Final[list[Event]] = []
        self.because: Final = (submission.id,) if because is None else because
        self._item = item
        self._evolved = 0

    def emit(self, data: RulingData) -> None:
        """Add an event to the ruling."""
        self.events.append(Event(self.at, data))

    @property
    def item(self) -> Item:
        """The item after the events so far, worked out only when it is asked for. Raises LookupError: there is none."""
        item = self._item
        if item is None:
            raise LookupError(f"{self.submission.subject}: no item was opened")
        while self._evolved < len(self.events):
            item = self._item = evolve_item(item, self.at, self.events[self._evolved].data, self.submission.id)
            self._evolved += 1
        return item

    @property
    def frame(self) -> Frame:
        """The item's frame."""
        return self.item.frame

    def escalation(self, escalation_id: str) -> Escalation:
        """An escalation as it stands now. Raises StopIteration: the item has none of that id."""
        return next(e for e in self.item.escalations if e.id == escalation_id)
