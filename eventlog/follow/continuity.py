"""Sees that what is read of a partition follows on what was read before: no hole, and no other log in its place."""

from __future__ import annotations

from eventlog.log.log import Hole, LogCut
from eventlog.log.record import Place, Record


class Continuity:
    """Where each partition stands, and the record before that: the log must still hold it when it is opened anew."""

    def __init__(self) -> None:
        self.next: dict[Place, int] = {}
        """The offset to be handed over next of each partition that is read."""
        self._last: dict[Place, Record] = {}
        self._unverified: set[Place] = set()
        self._holes: dict[Place, int] = {}

    def begin(self, place: Place, position: int) -> int:
        """Where to read a partition from: one record earlier if that is known, to see whether it lies there still."""
        self.next[place] = position
        last = self._last.get(place)
        if last is None or last.offset != position - 1:
            self._unverified.discard(place)
            return position
        self._unverified.add(place)
        return last.offset

    def following(self, place: Place, records: list[Record]) -> tuple[list[Record], Hole | None]:
        """Those of `records` that come next, and the hole after which the others lie, the first time it is met.

        Raises:
            LogCut: another record lies where the one before was.
            Hole: it is still there, read a second time.
        """
        if place in self._unverified:
            last = self._last[place]
            if records[0] != last:
                raise LogCut(f"{last}: another record lies there now", place, last.offset)
            self._unverified.discard(place)
        expected = self.next[place]
        following: list[Record] = []
        for record in records:
            if record.offset > expected:
                hole = Hole(expected, record)
                if self._holes.get(place) == expected:
                    raise hole
                self._holes[place] = expected
                return following, hole
            if record.offset == expected:
                following.append(record)
                expected += 1
        return following, None

    def handed_over(self, place: Place, records: list[Record]) -> None:
        """These were taken in."""
        self._last[place] = records[-1]
        self.next[place] = records[-1].offset + 1

    def verified(self, place: Place, end: int | None) -> bool:
        """Whether the partition was seen to hold what was read before. Raises LogCut if it ends before that."""
        if place not in self._unverified:
            return True
        last = self._last[place]
        if end is not None and end <= last.offset:
            raise LogCut(f"{last} was read, the partition ends at {end}", place, last.offset)
        return False
