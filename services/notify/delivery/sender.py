"""Sends what was claimed, a channel at a time for itself: a slow one never holds up another."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable

from services.notify.delivery.channels.channel import Channel, Limit, Parcel
from services.notify.delivery.outcome import Ambiguous, Outcome, Unsent

logger = logging.getLogger(__name__)
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0


class Sender:
    """One channel's tries under way: at most `concurrency` at a time, `backlog` claimed ahead.

    While the channel as a whole cannot be used, one try at a time finds out whether it can again.
    """

    def __init__(self, channel: Channel, concurrency: int, backlog: int) -> None:
        self.channel = channel
        self.seconds = 0.0
        """Time spent sending, for the mean."""
        self.tries: Counter[str] = Counter()
        self._turn = asyncio.Semaphore(concurrency)
        self._backlog = backlog
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting: dict[asyncio.Task[None], Callable[[Outcome], None]] = {}
        self._pause = 0.0
        self._paused_until = 0.0

    @property
    def under_way(self) -> int:
        """Claimed messages whose outcome is not known yet."""
        return len(self._tasks)

    @property
    def in_trouble(self) -> bool:
        """The channel could not be used the last time."""
        return self._pause > 0

    def room(self) -> int:
        """How many more messages may be claimed now."""
        if self._pause and (time.monotonic() < self._paused_until or self._tasks):
            return 0
        return 1 if self._pause else max(0, self._backlog - len(self._tasks))

    def launch(self, parcel: Parcel, limit: Limit, done: Callable[[Outcome], None]) -> None:
        """Send a claimed message as soon as it is its turn, and tell `done` what it came to."""
        task = asyncio.create_task(self._send(parcel, limit, done), name=f"send-{parcel.delivery}")
        self._tasks.add(task)
        self._waiting[task] = done
        task.add_done_callback(self._tasks.discard)

    def recall(self) -> None:
        """Take back what waits for its turn: it is told as unsent, so that nobody need doubt it later."""
        waiting, self._waiting = self._waiting, {}
        for task, done in waiting.items():
            task.cancel()
            done(Unsent("taken back before its turn"))

    async def stop(self, seconds: float) -> None:
        """Wait for what is under way, at most `seconds`, then give up on it and close the channel."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self.channel.close()

    async def _send(self, parcel: Parcel, limit: Limit, done: Callable[[Outcome], None]) -> None:
        async with self._turn:
            self._waiting.pop(asyncio.current_task(), None)  # type: ignore[arg-type]
            if limit.left <= 0:
                outcome: Outcome = Unsent("the claim ran out while it waited for its turn")
            else:
                started = time.monotonic()
                try:
                    outcome = await self.channel.send(parcel, limit)
                except Exception as error:
                    logger.exception("the channel %s failed on %s", self.channel.name, parcel.delivery)
                    outcome = Ambiguous(f"defect in the channel: {type(error).__name__}")
                self.seconds += time.monotonic() - started
            self.tries[type(outcome).__name__.lower()] += 1
            self._heed(outcome)
        done(outcome)

    def _heed(self, outcome: Outcome) -> None:
        if isinstance(outcome, Unsent) and outcome.trouble:
            if time.monotonic() >= self._paused_until:
                self._pause = min(self._pause * 2 or FIRST_PAUSE, LONGEST_PAUSE)
                self._paused_until = time.monotonic() + self._pause
        elif not isinstance(outcome, Unsent):
            self._pause = 0.0
