"""A log in memory whose reader is given one record, and the next ones once it may go on: to look at it meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from eventlog.log.memory import MemoryLog
from eventlog.log.memory_topics import MemoryFollower, MemoryTopics
from eventlog.log.record import Place, Record


class SlowLog(MemoryLog):
    """Of `topic` one record is given; what follows comes once `go_on` is set."""

    def __init__(self, topics: MemoryTopics, topic: str) -> None:
        super().__init__(topics)
        self.go_on = asyncio.Event()
        self._slow = topic

    def follow(self, positions: Mapping[Place, int]) -> MemoryFollower:
        """As `Log.follow`."""
        follower = super().follow(positions)
        if self._slow not in {topic for topic, _ in positions}:
            return follower
        poll, given = follower.poll, False

        async def slowly(timeout: float = 0.5, max_records: int | None = None) -> dict[Place, list[Record]]:  # noqa: ASYNC109, ARG001
            nonlocal given
            if given:
                await self.go_on.wait()
            found = await poll(timeout, 1)
            given = given or bool(found)
            return found

        follower.poll = slowly  # type: ignore[method-assign]
        return follower
