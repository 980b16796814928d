"""The partition workers of this process: one for each partition of `dispatches` that is assigned to it."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from eventlog.owner.assignment import Assignment
from services.notify.dispatch.context import DispatchContext
from services.notify.dispatch.partition_worker import PartitionWorker

logger = logging.getLogger(__name__)
TICK_SECONDS = 0.5


class Workers:
    """Starts a worker when its partition is assigned.

    When the partition is taken away the worker goes on until the outcomes of its own claims count.
    """

    def __init__(self, context: DispatchContext, assignment: Assignment) -> None:
        self.by_partition: dict[int, PartitionWorker] = {}
        self._context = context
        self._assignment = assignment
        self._owned: frozenset[int] = frozenset()
        self._settled = False
        self._moved = asyncio.Event()
        self._running: dict[int, asyncio.Task[None]] = {}
        self._ticker: asyncio.Task[None] | None = None
        self._stopping = False

    @property
    def ready(self) -> bool:
        """The assignment is settled and every owned partition is worked on without a problem."""
        return self._settled and all(
            partition in self.by_partition and self.by_partition[partition].status.ready for partition in self._owned
        )

    @property
    def owned(self) -> frozenset[int]:
        """The partitions assigned now."""
        return self._owned

    async def start(self) -> None:
        """Join the assignment and begin."""
        await self._assignment.start(settled=self._moved.set)
        self._ticker = asyncio.create_task(self._tick(), name="workers-ticker")

    def retire(self) -> None:
        """Claim and issue nothing more."""
        self._stopping = True
        for worker in self.by_partition.values():
            worker.active = False
            worker.wake.set()

    async def stop(self, seconds: float) -> None:
        """Wait at most `seconds` for outcomes under way to count, then leave the assignment."""
        self.retire()
        if self._ticker is not None:
            self._ticker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._ticker
        tasks = list(self._running.values())
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._assignment.stop()

    async def _tick(self) -> None:
        while not self._stopping:
            try:
                owned = self._assignment.owned()
                if owned is not None:
                    self._owned, self._settled = owned, True
                    self._match(owned)
            except Exception:
                logger.exception("the workers could not be matched to the assignment; tried again")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._moved.wait(), TICK_SECONDS)
            self._moved.clear()

    def _match(self, owned: frozenset[int]) -> None:
        for partition, task in list(self._running.items()):
            if task.done():
                del self._running[partition], self.by_partition[partition]
            else:
                worker = self.by_partition[partition]
                if worker.active != (partition in owned):
                    worker.active = partition in owned
                    worker.wake.set()
        for partition in sorted(owned - self._running.keys()):
            worker = self.by_partition[partition] = PartitionWorker(self._context, partition)
            self._running[partition] = asyncio.create_task(worker.run(), name=f"dispatches-{partition}")
