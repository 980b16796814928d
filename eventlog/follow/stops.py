"""The partitions that are not read on: where each stands, why, and when it is looked at again."""

from __future__ import annotations

import logging
import math
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
    waits: bool
    """The partition is not there or not served, so that nothing is known against its content."""
    backoff: Backoff
    again_at: float | None
    """When it is looked at again, by the monotonic clock; None while it is."""


class Stops:
    """Stopped partitions; each is looked at again by itself, with a back-off, until it was read past its offset."""

    def __init__(self, make_backoff: Callable[[], Backoff], troubles: TroubleLog) -> None:
        self.by_place: dict[Place, Stop] = {}
        self.why: dict[Place, str] = {}
        """What readiness tells of each, with topic, partition and offset."""
        self.next_at = math.inf
        """When the next one is to be looked at again, by the monotonic clock; infinity while none is."""
        self._make_backoff = make_backoff
        self._troubles = troubles

    def stop(self, place: Place, offset: int, error: Exception, *, waits: bool) -> None:
        """Read it no longer, until the pause whose turn it is has passed."""
        before = self.by_place.get(place)
        backoff = before.backoff if before else self._make_backoff()
        self.by_place[place] = Stop(offset, waits, backoff, time.monotonic() + backoff.next())
        self.why[place] = str(error)
        self._set_next()
        level = logging.WARNING if waits else logging.ERROR
        self._troubles.trouble(_name(place), error, level, traceback=error.__cause__ is not None)

    def pauses(self, place: Place) -> bool:
        """Whether it is stopped and not being read again."""
        return place in self.by_place and self.by_place[place].again_at is not None

    def look_again(self) -> list[Place]:
        """Those whose pause has passed: they are read again, and over when they were read past what stopped them."""
        now = time.monotonic()
        due = [place for place, stop in self.by_place.items() if stop.again_at is not None and stop.again_at <= now]
        for place in due:
            self.by_place[place].again_at = None
        self._set_next()
        return due

    def passed(self, place: Place, position: int, end: int) -> None:
        """A stopped partition was read up to `position`: past what stopped it, or to the end of what is there."""
        if position > self.by_place[place].offset or position >= end:
            del self.by_place[place], self.why[place]
            self._set_next()
            self._troubles.over(_name(place))

    def _set_next(self) -> None:
        times = (stop.again_at for stop in self.by_place.values())
        self.next_at = min((again_at for again_at in times if again_at is not None), default=math.inf)


def _name(place: Place) -> str:
    return f"{place[0]}-{place[1]}"
