"""The desks of one process: one per partition of `dispatches` that it owns, and those that wait for an outcome."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from dataclasses import dataclass

from eventlog.log.log import LogCut, LogUnavailable
from eventlog.owner.assignment import Assignment
from services.notify.dispatch.context import Office
from services.notify.dispatch.partition_worker import Desk

logger = logging.getLogger(__name__)
TICK_SECONDS = 0.5
LOOK_SECONDS = 2.0
FIRST_BACKOFF = 0.5
MAX_BACKOFF = 30.0


@dataclass(slots=True)
class DeskStatus:
    """What is known about one desk, for readiness and metrics."""

    partition: int
    ready: bool = False
    problem: str | None = None
    catch_up_seconds: float = 0.0
    defects: int = 0


class Desks:
    """Starts a desk when its partition is assigned; stops it when that is taken away and its own claims are settled."""

    def __init__(self, office: Office, assignment: Assignment) -> None:
        self.desks: dict[int, Desk] = {}
        self.statuses: dict[int, DeskStatus] = {}
        self._office = office
        self._assignment = assignment
        self._owned: frozenset[int] = frozenset()
        self._settled = False
        self._running: dict[int, asyncio.Task[None]] = {}
        self._ticker: asyncio.Task[None] | None = None
        self._stopping = False

    @property
    def ready(self) -> bool:
        """The assignment is settled and every owned partition is worked on without a problem."""
        return self._settled and all(
            partition in self.statuses and self.statuses[partition].ready for partition in self._owned
        )

    @property
    def owned(self) -> frozenset[int]:
        """The partitions assigned now."""
        return self._owned

    def wake(self) -> None:
        """Have every desk look whether there is something to do."""
        for desk in self.desks.values():
            desk.wake.set()

    async def start(self) -> None:
        """Join the assignment and begin."""
        await self._assignment.start()
        self._ticker = asyncio.create_task(self._tick(), name="desks-ticker")

    def retire(self) -> None:
        """Claim and issue nothing more."""
        self._stopping = True
        for desk in self.desks.values():
            desk.active = False
            desk.wake.set()

    async def stop(self, seconds: float) -> None:
        """Wait at most `seconds` for outcomes under way to count, then leave."""
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
                    self._walk(owned)
            except Exception:
                logger.exception("the assignment could not be walked; tried again")
            await asyncio.sleep(TICK_SECONDS)

    def _walk(self, owned: frozenset[int]) -> None:
        for partition, task in list(self._running.items()):
            if task.done():
                del self._running[partition], self.desks[partition], self.statuses[partition]
            else:
                self.desks[partition].active = partition in owned
        for partition in sorted(owned - self._running.keys()):
            self.desks[partition] = Desk(self._office, partition)
            self.statuses[partition] = DeskStatus(partition)
            self._running[partition] = asyncio.create_task(self._run(partition), name=f"desk-{partition}")

    async def _run(self, partition: int) -> None:
        status = self.statuses[partition]
        delay = FIRST_BACKOFF
        while True:
            desk = self.desks[partition]
            try:
                await self._work(desk, status)
            except LogUnavailable as error:
                status.ready, status.problem = False, repr(error)
                await asyncio.sleep(FIRST_BACKOFF)
                if not desk.active and not desk.busy:
                    return
            except LogCut as error:
                status.ready, status.problem = False, f"cut: {error}"
                logger.error("dispatches-%d was cut, nothing is sent from it: %s", partition, error)
                await asyncio.Event().wait()
            except Exception as error:
                status.ready, status.problem = False, repr(error)
                status.defects += 1
                logger.exception("dispatches-%d waits %.1f s", partition, delay)
                await asyncio.sleep(delay)
                delay = min(delay * 2, MAX_BACKOFF)
                if self._stopping or not desk.active:
                    return
                # Afresh from the log; what the old desk has under way comes back to it as outcomes of its claims.
                self.desks[partition] = desk.successor()
            else:
                return

    async def _work(self, desk: Desk, status: DeskStatus) -> None:
        started = time.monotonic()
        await desk.catch_up()
        status.catch_up_seconds = time.monotonic() - started
        if status.problem is not None:
            logger.info("dispatches-%d is worked on again", desk.partition)
        status.ready, status.problem = True, None
        looked = time.monotonic()
        while desk.active or desk.busy:
            if time.monotonic() - looked > LOOK_SECONDS:
                await desk.catch_up()
                looked = time.monotonic()
            while await desk.work():
                pass
            await desk.rest()
