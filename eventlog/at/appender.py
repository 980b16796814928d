"""Many tasks write to one partition: their batches are appended one after the other, each with its own `at`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from eventlog.at.guarded_append import GuardedPartition, race_pause
from eventlog.backoff import Backoff
from eventlog.log.log import AppendUnknown, LogUnavailable
from eventlog.log.record import Entry

T = TypeVar("T")
FIRST_BACKOFF = 0.2
"""A batch without an answer often lies there: caught up within a moment, its claim is still fresh."""


class Appender(Generic[T]):
    """The only writer of a partition in this process. Writers elsewhere are harmless: they fail the `at` check."""

    def __init__(self, guarded: GuardedPartition[T]) -> None:
        self.guarded = guarded
        self._turn = asyncio.Lock()
        self._backoff = Backoff(FIRST_BACKOFF)

    async def append(self, build: Callable[[int], Sequence[Entry]]) -> bool:
        """Append what `build(at)` returns, and try again until it counts.

        `build` decides on the state folded so far. It is called again, after catching up, when its batch was void or
        not answered; it returns nothing when nothing is left to append. True: a batch of this call is known to count.
        False: `build` returned nothing (an unanswered batch may count; the state tells).

        Raises:
            LogCut, Misplaced: as `GuardedPartition.append`.
        """
        async with self._turn:
            losses = failures = 0
            behind = False
            while True:
                try:
                    if behind:
                        await self.guarded.catch_up()
                    behind = True
                    entries = build(self.guarded.expected)
                    if not entries:
                        return False
                    if await self.guarded.append(entries):
                        return True
                    losses += 1
                    await asyncio.sleep(race_pause(losses))
                except (AppendUnknown, LogUnavailable):
                    if not failures:
                        self._backoff.reset()
                    failures += 1
                    await asyncio.sleep(self._backoff.next())

    async def catch_up(self) -> int:
        """Fold what others appended; returns the number of records read."""
        async with self._turn:
            return await self.guarded.catch_up()
