"""Follows partitions apart from each other: one in trouble stops alone, and is looked at again; nothing is reset."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from eventlog.backoff import FIRST_SECONDS, LONGEST_SECONDS, Backoff
from eventlog.follow.continuity import Continuity
from eventlog.follow.handler import PartitionStopped, PositionsMoved, RecordHandler
from eventlog.follow.stops import Stops
from eventlog.log.log import Follower, Log, LogCut, LogError, LogUnavailable, LogUnreadable
from eventlog.log.record import Place, Record
from eventlog.log.stop_within import cancelled_from_outside
from eventlog.remainder import Remainder, remainder
from eventlog.trouble_log import TroubleLog

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowSettings:
    """How the log is followed."""

    poll_seconds: float = 0.5
    """How long one look waits for something; a stop takes as long."""
    max_records: int | None = None
    """What the handler is given at a time, so that others on the event loop have their turn."""
    first_backoff_seconds: float = FIRST_SECONDS
    max_backoff_seconds: float = LONGEST_SECONDS


class FollowLoop:
    """Reads from where `handler` stands and hands it what follows, each partition in order and without holes."""

    def __init__(
        self,
        name: str,
        log: Log,
        handler: RecordHandler,
        settings: FollowSettings | None = None,
        on_caught_up: Callable[[], None] = lambda: None,
    ) -> None:
        self.settings = settings or FollowSettings()
        self.trouble: str | None = "not read yet"
        """Why nothing at all is read (the broker, the handler's database); None while it is."""
        self.catch_up_seconds: float | None = None
        """How long it took until everything was read that lay there when it began; None before."""
        self.ends: dict[Place, int] = {}
        """The end of each partition as last heard."""
        self._name = name
        self._log = log
        self._handler = handler
        self._on_caught_up = on_caught_up
        self._troubles = TroubleLog(logger)
        self._stops = Stops(self._new_backoff, self._troubles)
        self.stopped: Mapping[Place, str] = self._stops.why
        """The partitions that are not read on, and why, with topic, partition and offset."""
        self._backoff = self._new_backoff()
        self._continuity = Continuity()
        self._starts: dict[Place, int] = {}
        self._goals: dict[Place, int] = {}
        self._failed = False
        self._began = time.monotonic()
        self._first_came: float | None = None

    @property
    def caught_up(self) -> bool:
        """Whether what lay there when it began was read; a partition that cannot be read is not waited for."""
        return self.catch_up_seconds is not None

    @property
    def left(self) -> Remainder | None:
        """What is left of what lay there when it began; None before its ends are known, and once it is read."""
        if self.caught_up or not self._goals:
            return None
        at = self._continuity.next
        read = sum(at.get(place, start) - start for place, start in self._starts.items())
        left = sum(max(0, goal - at.get(place, goal)) for place, goal in self._goals.items())
        seconds = 0.0 if self._first_came is None else time.monotonic() - self._first_came
        return remainder(read, left, seconds)

    def problems(self) -> list[str]:
        """Why it is not ready, for people; empty when everything is read as it comes."""
        found = [f"{self._name}: {self.trouble}"] if self.trouble else []
        found += [why for _, why in sorted(self.stopped.items())]
        if not found and not self.caught_up:
            found.append(f"{self._name}: catching up, {self.left}" if self.left else f"{self._name}: catching up")
        return found

    async def run(self) -> None:
        """Follow until cancelled."""
        self._began = time.monotonic()
        while True:
            try:
                await self._follow()
            except PositionsMoved:
                continue
            except asyncio.CancelledError as error:
                if cancelled_from_outside():
                    raise
                self._give_up(LogUnavailable(f"a client cancelled its own work: {error!r}"))
            except Exception as error:
                self._give_up(error)
            await asyncio.sleep(self._backoff.next())

    def _give_up(self, error: Exception) -> None:
        self.trouble, self._failed = f"{type(error).__name__}: {error}"[:500], True
        self._troubles.trouble(self._name, error, traceback=not isinstance(error, LogError | OSError))

    async def _follow(self) -> None:
        positions = await self._handler.positions()
        self._starts = self._starts or dict(positions)
        self._continuity.next.clear()
        begin = self._continuity.begin
        starts = {
            place: begin(place, position) for place, position in positions.items() if not self._stops.pauses(place)
        }
        async with self._log.follow(starts) as follower:
            while True:
                pause = min(self.settings.poll_seconds, self._stops.next_at - time.monotonic())
                if pause <= 0:
                    again = self._stops.look_again()
                    await follower.add({place: begin(place, self._handler.position(place)) for place in again})
                    continue
                try:
                    polled = await follower.poll(pause, self.settings.max_records)
                except LogError as error:
                    if error.place is None:
                        raise
                    self._stop(follower, error.place, error)
                    continue
                await self._hand_over(follower, polled)
                self._look_round(follower, positions)

    async def _hand_over(self, follower: Follower, polled: Mapping[Place, list[Record]]) -> None:
        following: dict[Place, list[Record]] = {}
        if self._first_came is None and polled:
            self._first_came = time.monotonic()
        for place, records in polled.items():
            try:
                next_ones, hole = self._continuity.following(place, records)
            except LogError as error:
                self._stop(follower, place, error)
                continue
            if next_ones:
                following[place] = next_ones
            if hole is not None:
                follower.seek(*place, hole.expected)
        stopped = {stop.place: stop for stop in await self._handler.take(following)}
        for place, records in following.items():
            if place not in stopped:
                self._continuity.handed_over(place, records)
        for place, stop in stopped.items():
            self._stop(follower, place, stop)
        if following:
            self._works()

    def _look_round(self, follower: Follower, positions: Mapping[Place, int]) -> None:
        """See how far each partition has come, after all that was polled was taken in."""
        for place, position in list(self._continuity.next.items()):
            end = follower.end(*place)
            try:
                verified = self._continuity.verified(place, end)
            except LogCut as error:
                self._stop(follower, place, error)
                continue
            if end is not None and verified:
                self.ends[place] = max(end, position)
                self._goals.setdefault(place, end)
                if place in self._stops.by_place:
                    self._stops.passed(place, position, end)
        following = self._continuity.next.items()
        # After a failure nothing works again while every partition is stopped.
        known = bool(following) or not self._failed
        if self.trouble and known and all(at >= self.ends.get(place, math.inf) for place, at in following):
            self._works()
        if not self.caught_up and all(self._reached(place) for place in positions):
            self.catch_up_seconds = time.monotonic() - self._began
            self._on_caught_up()

    def _works(self) -> None:
        self.trouble = None
        if self._failed:
            self._failed = False
            self._backoff.reset()
            self._troubles.over(self._name)

    def _reached(self, place: Place) -> bool:
        if place in self._goals and self._continuity.next.get(place, -1) >= self._goals[place]:
            return True
        return place in self._stops.by_place and not self._stops.by_place[place].waits

    def _stop(self, follower: Follower, place: Place, error: LogError | PartitionStopped) -> None:
        waits = isinstance(error, LogUnavailable) and not isinstance(error, LogUnreadable)
        position = self._continuity.next.pop(place)
        self._stops.stop(place, position if error.offset is None else error.offset, error, waits=waits)
        follower.drop(*place)

    def _new_backoff(self) -> Backoff:
        return Backoff(self.settings.first_backoff_seconds, self.settings.max_backoff_seconds)
