"""Gives out `at` on a partition that many tasks want to write to: one compare-and-append after the other."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from eventlog.at.guarded_append import GuardedPartition, race_pause
from eventlog.log.log import AppendUnknown, LogUnavailable
from eventlog.log.record import Entry

T = TypeVar("T")
FIRST_BACKOFF = 0.1
MAX_BACKOFF = 5.0


class Appender(Generic[T]):
    """The one writer of a guarded partition in this process; others in other processes are met by the `at` rule."""

    def __init__(self, guarded: GuardedPartition[T]) -> None:
        self.guarded = guarded
        self._turn = asyncio.Lock()

    async def append(self, build: Callable[[int], Sequence[Entry]]) -> bool:
        """Append what `build(at)` makes of the state folded so far, and again until it counts.

        `build` is called anew, after catching up, whenever the batch was void or its answer unknown; it returns
        nothing once the state shows that there is nothing (left) to append. True: a batch of this call is known to
        count. False: `build` had nothing to append; whether an unanswered one counted is what the state shows.

        Raises:
            LogCut, Misplaced: as `GuardedPartition.append`.
        """
        async with self._turn:
            delay = FIRST_BACKOFF
            losses = 0
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
                    await asyncio.sleep(delay * random.uniform(0.5, 1.0))
                    delay = min(delay * 2, MAX_BACKOFF)

    async def catch_up(self) -> int:
        """Fold what others appended; returns the number of records read."""
        async with self._turn:
            return await self.guarded.catch_up()
