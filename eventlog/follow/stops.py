"""The partitions that are not read on: where each stands, why, and when it is looked at again."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from eventlog.backoff import Backoff
from eventlog.log.record import Place
from eventlog.trouble_log import TroubleLog


@dataclass(slots=True)
class Stop:
    """One stopped partition."""

    offset: int
    """Where its reader stands."""
    why: str
    """With topic, partition and offset, for readiness."""
    waits: bool
    """The partition is not there or not served, so that nothing is known against its content."""
    backoff: Backoff
    again_at: float | None
    """When it is looked at again, by the monotonic clock; None while it is."""


class Stops:
    """Stopped partitions; each is looked at again by itself, with a back-off, until it was read past its offset."""

    def __init__(self, make_backoff: Callable[[], Backoff], troubles: TroubleLog) -> None:
        self._stopped: dict[Place, Stop] = {}
        self._make_backoff = make_backoff
        self._troubles = troubles

    def __contains__(self, place: Place) -> bool:
        """Whether a partition is stopped."""
        return place in self._stopped

    def why(self) -> dict[Place, str]:
        """What readiness tells."""
        return {place: stop.why for place, stop in sorted(self._stopped.items())}

    def waits(self, place: Place) -> bool:
        """Whether it is stopped only until it is there again."""
        return place in self._stopped and self._stopped[place].waits

    def stop(self, place: Place, offset: int, error: Exception, *, waits: bool) -> None:
        """Read it no longer, until the pause whose turn it is has passed."""
        before = self._stopped.get(place)
        backoff = before.backoff if before else self._make_backoff()
        self._stopped[place] = Stop(offset, str(error), waits, backoff, time.monotonic() + backoff.next())
        level = logging.WARNING if waits else logging.ERROR
        self._troubles.trouble(_name(place), error, level, traceback=error.__cause__ is not None)

    def pauses(self, place: Place) -> bool:
        """Whether it is stopped and not being read again."""
        return place in self._stopped and self._stopped[place].again_at is not None

    @property
    def next_at(self) -> float:
        """When the next one is due, by the monotonic clock; infinity while none is stopped."""
        times = (stop.again_at for stop in self._stopped.values())
        return min((again_at for again_at in times if again_at is not None), default=float("inf"))

    def look_again(self) -> list[Place]:
        """Those whose pause has passed: they are read again, and over when they were read past what stopped them."""
        now = time.monotonic()
        due = [place for place, stop in self._stopped.items() if stop.again_at is not None and stop.again_at <= now]
        for place in due:
            self._stopped[place].again_at = None
        return due

    def passed(self, place: Place, position: int, end: int | None) -> None:
        """The reader of a partition stands at `position`: past what stopped it, or at the end of what is there."""
        stop = self._stopped.get(place)
        if stop is not None and end is not None and (position > stop.offset or position >= end):
            del self._stopped[place]
            self._troubles.over(_name(place))


def _name(place: Place) -> str:
    return f"{place[0]}-{place[1]}"
