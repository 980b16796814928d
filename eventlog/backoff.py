"""Pauses between tries: they double up to a limit and differ at random, so that nothing tries in step."""

from __future__ import annotations

import random

FIRST_SECONDS = 1.0
LONGEST_SECONDS = 60.0
"""Pauses double, so that what was away for t seconds is found again after at most another t, or this."""


class Backoff:
    """How long to wait before the next try of one thing."""

    def __init__(self, first: float = FIRST_SECONDS, longest: float = LONGEST_SECONDS) -> None:
        self._first = first
        self._longest = longest
        self._next = first

    def next(self) -> float:
        """Seconds to wait now, at random 0.8 to 1.0 of the pause that it is the turn of."""
        pause, self._next = self._next, min(self._next * 2, self._longest)
        return pause * random.uniform(0.8, 1.0)

    def reset(self) -> None:
        """It went well: begin with the shortest pause again."""
        self._next = self._first
