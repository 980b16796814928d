"""Owns the partitions of an assignment: a ticker starts, stops and announces, one task each does the work."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from functools import partial

from eventlog.clock import Clock
from eventlog.log.log import Log
from eventlog.owner.assignment import Assignment
from eventlog.owner.partition import OwnerSettings, PartitionHandler, PartitionStatus
from eventlog.owner.partition_loop import PartitionOwner
from eventlog.remainder import Remainder, together

logger = logging.getLogger(__name__)


class Owner:
    """Runs a `PartitionOwner` per assigned partition; `start` and `stop` are called by the service's lifespan."""

    def __init__(
        self,
        log: Log,
        assignment: Assignment,
        make: Callable[[int], PartitionHandler],
        clock: Clock,
        settings: OwnerSettings,
    ) -> None:
        self.settings = settings
        self._log = log
        self._assignment = assignment
        self._make = make
        self._clock = clock
        self._owners: dict[int, PartitionOwner] = {}
        self._running: dict[int, asyncio.Task[None]] = {}
        self._announcing: dict[int, asyncio.Task[None]] = {}
        self._ticker: asyncio.Task[None] | None = None
        self._settled = False
        self._moved = asyncio.Event()
        self._said: dict[int, str] = {}

    async def start(self) -> None:
        """Join the assignment and begin to work; returns before any partition has caught up."""
        await self._assignment.start(self._let_go, self._moved.set)
        self._ticker = asyncio.create_task(self._tick(), name="owner-ticker")

    async def stop(self) -> None:
        """End every loop, waiting at most `stop_seconds` for batches in flight, then leave the assignment."""
        if self._ticker:
            self._ticker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._ticker
        for owner in self._owners.values():
            owner.stop()
        tasks = [*self._running.values(), *self._announcing.values()]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=self.settings.stop_seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await self._assignment.stop()

    def statuses(self) -> dict[int, PartitionStatus]:
        """What is known about each partition owned now."""
        return {partition: owner.status for partition, owner in sorted(self._owners.items())}

    @property
    def left(self) -> Remainder | None:
        """What is left to be read before all of them follow; None where nothing is."""
        return together(left for owner in self._owners.values() if (left := owner.left) is not None)

    @property
    def ready(self) -> bool:
        """The assignment is settled and every owned partition follows without a problem."""
        return self._settled and all(
            owner.status.healthy and not self._running[partition].done() for partition, owner in self._owners.items()
        )

    async def _tick(self) -> None:
        while True:
            try:
                self._walk()
            except Exception:
                logger.exception("the assignment could not be walked; tried again")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._moved.wait(), self.settings.tick_seconds)
            self._moved.clear()

    async def _let_go(self) -> None:
        """Answer what is in flight; then nothing, until it is known which partitions are owned."""
        working = [asyncio.create_task(owner.let_go()) for owner in self._owners.values()]
        if working:
            _, late = await asyncio.wait(working, timeout=self.settings.let_go_seconds)
            for task in late:
                task.cancel()

    def _walk(self) -> None:
        owned = self._assignment.owned()
        self._settled = owned is not None
        if owned is not None:
            self._settle(owned)
        now = self._clock.now()
        for partition, owner in self._owners.items():
            if partition not in self._announcing:
                task = asyncio.create_task(owner.announce(now), name=f"announce-{partition}")
                self._announcing[partition] = task
                task.add_done_callback(partial(self._announced, partition))

    def _settle(self, owned: frozenset[int]) -> None:
        for partition, owner in list(self._owners.items()):
            if partition in owned:
                owner.go_on()
            else:
                owner.stop()
            if owner.stopping and self._running[partition].done():
                del self._owners[partition], self._running[partition]
        for partition in sorted(owned - self._owners.keys()):
            owner = PartitionOwner(self._log, partition, self._make, self.settings)
            self._owners[partition] = owner
            self._running[partition] = asyncio.create_task(owner.run(), name=f"owner-{partition}")

    def _announced(self, partition: int, task: asyncio.Task[None]) -> None:
        self._announcing.pop(partition, None)
        error = None if task.cancelled() else task.exception()
        if error is not None and self._said.get(partition) != repr(error):
            logger.error("partition %d could not announce: %r", partition, error, exc_info=error)
        self._said[partition] = repr(error)
