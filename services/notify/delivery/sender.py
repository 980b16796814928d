"""Sends claimed messages; every channel has a sender of its own, so that a slow channel holds up no other."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable

from services.notify.delivery.channels.channel import Channel, Lease, Message
from services.notify.delivery.outcome import Ambiguous, SendOutcome, Unsent

logger = logging.getLogger(__name__)
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0


class Sender:
    """The tries of one channel: at most `concurrency` at a time, at most `backlog` claimed and not yet ended.

    While the channel cannot be used at all, one message at a time is tried, with growing pauses, until one passes.
    """

    def __init__(self, channel: Channel, concurrency: int, backlog: int) -> None:
        self.channel = channel
        self.seconds = 0.0
        """Seconds spent sending, all tries together."""
        self.tries: Counter[str] = Counter()
        self._turn = asyncio.Semaphore(concurrency)
        self._backlog = backlog
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting: dict[asyncio.Task[None], Callable[[SendOutcome], None]] = {}
        self._pause = 0.0
        self._paused_until = 0.0

    @property
    def under_way(self) -> int:
        """Messages claimed and launched whose outcome is not known yet."""
        return len(self._tasks)

    @property
    def in_trouble(self) -> bool:
        """The last try found that the channel cannot be used at all."""
        return self._pause > 0

    def room(self) -> int:
        """How many more messages may be claimed now."""
        if self._pause and (time.monotonic() < self._paused_until or self._tasks):
            return 0
        return 1 if self._pause else max(0, self._backlog - len(self._tasks))

    def launch(self, message: Message, lease: Lease, done: Callable[[SendOutcome], None]) -> None:
        """Send a claimed message when its turn comes, and call `done` with the outcome."""
        task = asyncio.create_task(self._send(message, lease, done), name=f"send-{message.delivery}")
        self._tasks.add(task)
        self._waiting[task] = done
        task.add_done_callback(self._tasks.discard)

    def recall(self) -> None:
        """Take back the messages that wait for their turn: they count as unsent, so nobody doubts them later."""
        waiting, self._waiting = self._waiting, {}
        for task, done in waiting.items():
            task.cancel()
            done(Unsent("taken back before its turn"))

    async def stop(self, seconds: float) -> None:
        """Wait at most `seconds` for what is under way, cancel the rest, and close the channel."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self.channel.close()

    async def _send(self, message: Message, lease: Lease, done: Callable[[SendOutcome], None]) -> None:
        async with self._turn:
            self._waiting.pop(asyncio.current_task(), None)  # type: ignore[arg-type]
            if lease.left <= 0:
                outcome: SendOutcome = Unsent("the claim ran out while it waited for its turn")
            else:
                started = time.monotonic()
                try:
                    outcome = await self.channel.send(message, lease)
                except Exception as error:
                    logger.exception("the channel %s failed on %s", self.channel.name, message.delivery)
                    outcome = Ambiguous(f"defect in the channel: {type(error).__name__}")
                self.seconds += time.monotonic() - started
            self.tries[type(outcome).__name__.lower()] += 1
            self._adjust_pause(outcome)
        done(outcome)

    def _adjust_pause(self, outcome: SendOutcome) -> None:
        if isinstance(outcome, Unsent) and outcome.trouble:
            if time.monotonic() >= self._paused_until:
                self._pause = min(self._pause * 2 or FIRST_PAUSE, LONGEST_PAUSE)
                self._paused_until = time.monotonic() + self._pause
        elif not isinstance(outcome, Unsent):
            self._pause = 0.0
