"""A log that grows: recorded years are appended to `submissions` a few at a time, and rating itself rules on them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final

from bench.logs import fill_entries, keyed, recorded_years
from contracts.topics import PARTITIONS, RULINGS, SUBMISSIONS
from embedded.stack import Stack
from eventlog.log.kafka import KafkaLog
from eventlog.log.settings import KafkaSettings

PORTION: Final = 5
LOOK_SECONDS: Final = 0.5
STALLED_SECONDS: Final = 300.0


class GrowingLog:
    """`submissions` and `rulings` as long as they are; so many programmes' years, nothing of them in memory."""

    def __init__(self, stack: Stack, say: Callable[[str], None]) -> None:
        self.programmes = self.submissions = self.rulings = 0
        self._say = say
        servers = stack.env["KAFKA_BOOTSTRAP_SERVERS"]
        self._log = KafkaLog(KafkaSettings(bootstrap_servers=servers, client_id="liangdeng-bench"))

    async def grow(self, programmes: int) -> None:
        """Append until the years of so many programmes are there and ruled on. Raises RuntimeError: rating stalls."""
        began = time.monotonic()
        while self.programmes < programmes:
            portion = min(PORTION, programmes - self.programmes)
            recorded = await asyncio.to_thread(recorded_years, portion, self.programmes)
            for number, entries in keyed(recorded).items():
                await fill_entries(self._log, SUBMISSIONS, number, entries)
                self.submissions += len(entries)
            self.rulings += len(recorded.events)
            self.programmes += portion
            self._say(
                f"{self.programmes} of {programmes} programmes, {self.submissions:,} submissions, "
                f"{time.monotonic() - began:.0f} s"
            )
        await self._ruled()

    async def close(self) -> None:
        """Let go of the broker."""
        await self._log.close()

    async def _ruled(self) -> None:
        """Wait until every submission has its ruling; the recorded years tell how many events that makes."""
        ends, moved = 0, time.monotonic()
        while ends != self.rulings:
            await asyncio.sleep(LOOK_SECONDS)
            now = sum([await self._log.end(RULINGS, partition) for partition in range(PARTITIONS)])
            if now != ends:
                ends, moved = now, time.monotonic()
            elif time.monotonic() - moved > STALLED_SECONDS:
                raise RuntimeError(f"rating made {ends} events, {self.rulings} were recorded")
