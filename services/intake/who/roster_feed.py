"""Feeds the roster: follows all partitions of `rulings`, counts by the `at` rule, and says when it has caught up."""

from __future__ import annotations

import asyncio
import logging

from contracts.envelope import Unreadable
from contracts.topics import PARTITIONS, RULINGS
from eventlog.at.at_rule import AtRule
from eventlog.log.log import Hole, Log, LogCut, LogUnavailable
from eventlog.log.record import Place, Record
from services.intake.who.roster import Roster

logger = logging.getLogger(__name__)
FIRST_BACKOFF = 0.2
MAX_BACKOFF = 5.0


class RosterFeed:
    """One task; `trouble` is None while it follows, else what readiness tells."""

    def __init__(self, log: Log, roster: Roster) -> None:
        self._log = log
        self._roster = roster
        self.counting = [AtRule() for _ in range(PARTITIONS)]
        self.trouble: str | None = "rulings: not read yet"

    async def run(self) -> None:
        """Follow until cancelled; a broker that is down is asked again, a log that was cut is not."""
        delay = FIRST_BACKOFF
        while True:
            try:
                await self._follow()
            except LogUnavailable as error:
                self.trouble = f"rulings cannot be read: {error}"[:300]
                await asyncio.sleep(delay)
                delay = min(delay * 2, MAX_BACKOFF)
            except (LogCut, Unreadable) as error:
                self._stop(error)
                return
            except Exception as error:
                self._stop(error)
                raise
            else:
                delay = FIRST_BACKOFF

    def _stop(self, error: Exception) -> None:
        logger.error("the roster stops: %r", error)
        self.trouble = f"the roster stopped: {error!r}"[:300]
        self._roster.caught_up = False

    async def _follow(self) -> None:
        ends = [await self._log.end(RULINGS, partition) for partition in range(PARTITIONS)]
        positions: dict[Place, int] = {(RULINGS, p): counting.seen for p, counting in enumerate(self.counting)}
        async with self._log.follow(positions) as follower:
            while True:
                read = (counting.seen >= end for counting, end in zip(self.counting, ends, strict=True))
                if self._roster.caught_up or all(read):
                    self._roster.caught_up, self.trouble = True, None
                for (topic, partition), records in (await follower.poll(0.5)).items():
                    try:
                        self._fold(partition, records)
                    except Hole as hole:
                        follower.seek(topic, partition, hole.expected)

    def _fold(self, partition: int, records: list[Record]) -> None:
        for ruling in self.counting[partition].fold(records):
            for event in ruling.events:
                self._roster.evolve(event.body, partition)
