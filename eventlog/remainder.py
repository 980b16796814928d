"""How much is left of a log that is being read, and for how long that takes at the rate so far."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final, NamedTuple

AN_HOUR: Final = 3600
"""Seconds: nothing longer is foretold."""


class Remainder(NamedTuple):
    """Records that are left to be read, and how many were read a second so far (0: not known yet)."""

    records: int
    per_second: float

    @property
    def seconds(self) -> int | None:
        """For how long that takes, an hour at most; None while it is not known, and where nothing is left."""
        if self.records <= 0 or self.per_second <= 0:
            return None
        return math.ceil(min(self.records / self.per_second, AN_HOUR))

    def __str__(self) -> str:
        """As readiness tells it."""
        if self.seconds is None:
            return f"{self.records} records left"
        told = f"about {self.seconds} s" if self.seconds < AN_HOUR else "an hour or more"
        return f"{self.records} records left, {self.per_second:.0f} a second, {told}"


def remainder(read: int, left: int, seconds: float) -> Remainder:
    """What is left after `read` records were read in so many seconds since the first of them came."""
    return Remainder(max(0, left), read / seconds if read and seconds > 0 else 0.0)


def together(parts: Iterable[Remainder]) -> Remainder | None:
    """What is left of several partitions that are read side by side; None where nothing is."""
    found = [part for part in parts if part.records]
    if not found:
        return None
    return Remainder(sum(part.records for part in found), sum(part.per_second for part in found))
