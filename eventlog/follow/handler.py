"""What a service gives the follow loop, and how it says that a partition cannot be read on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from eventlog.log.record import Place, Record


class PartitionStopped(Exception):
    """A partition holds something at `offset` that cannot be taken in; what came before it was."""

    def __init__(self, place: Place, offset: int, why: str) -> None:
        super().__init__(f"{place[0]}-{place[1]}@{offset}: {why}")
        self.place = place
        self.offset = offset
        self.why = why


class PositionsMoved(Exception):
    """Another instance has moved the positions on: ask for them again, at once."""


class RecordHandler(Protocol):
    """Takes records in. What it holds is never reset: after any error it tells from where it goes on."""

    async def positions(self) -> Mapping[Place, int]:
        """The partitions to follow and the offset to be read next of each; asked whenever the log is opened (anew)."""
        ...

    def position(self, place: Place) -> int:
        """The offset to be read next of a partition that was stopped and is looked at again."""
        ...

    async def take(self, records: Mapping[Place, list[Record]]) -> Iterable[PartitionStopped]:
        """Take in what one poll gave, perhaps nothing; return the partitions that cannot be read on.

        Of each partition the records follow each other without a hole, and on what was taken before. A returned
        partition is read again from its `position` after a pause, the others go on.

        Raises:
            PositionsMoved: nothing was taken; positions are asked for again.
            Exception: nothing was taken, for want of something that all partitions need (the database); tried again.
        """
        ...
