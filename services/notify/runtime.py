"""The running parts of one notify process: starts them, stops them, and says why it is not ready."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from eventlog.backoff import Backoff
from eventlog.log.log import Log, LogUnavailable
from eventlog.log.provisioning import TopicDrift
from eventlog.remainder import Remainder, together
from services.notify.delivery.sender import Sender
from services.notify.dispatch.workers import Workers
from services.notify.notices.directory import Directory
from services.notify.notices.gatherer import Gatherer


class DirectoryUnknown(Exception):
    """Nobody's address was ever read: what was sent now would be refused for good."""


@dataclass(slots=True, kw_only=True)
class Runtime:
    """The running parts of one process."""

    log: Log
    gatherer: Gatherer
    workers: Workers
    senders: Mapping[str, Sender]
    directory: Directory
    stop_seconds: float
    topics: Callable[[], Awaitable[None]] | None = None
    """Raises TopicDrift or LogUnavailable while the broker's topics are not what they must be."""
    _gathering: asyncio.Task[None] | None = field(default=None)
    _opening: asyncio.Task[None] | None = field(default=None)
    _closed_because: str | None = None

    async def open(self) -> None:
        """Start as soon as the topics are right and the directory was read once; what is down is waited for.

        Raises TopicDrift.
        """
        try:
            await self._start_when_possible()
        except (LogUnavailable, DirectoryUnknown) as error:
            self._closed_because = _told(error)
            self._opening = asyncio.create_task(self._keep_opening(), name="opening")

    async def _keep_opening(self) -> None:
        backoff = Backoff()
        while True:
            await asyncio.sleep(backoff.next())
            try:
                await self._start_when_possible()
            except (LogUnavailable, TopicDrift, DirectoryUnknown) as error:
                self._closed_because = _told(error)
            else:
                return

    async def _start_when_possible(self) -> None:
        if self.topics is not None:
            await self.topics()
        if not self.directory.source.known:
            raise DirectoryUnknown(self.directory.source.problem)
        self._closed_because = None
        await self.start()

    async def start(self) -> None:
        """Begin to read rulings and to work."""
        self._gathering = asyncio.create_task(self.gatherer.run(), name="gatherer")
        await self.workers.start()

    async def stop(self) -> None:
        """Claim nothing more, take back what is not being sent yet, wait for outcomes; bounded by `stop_seconds`."""
        if self._opening is not None:
            self._opening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._opening
        self.workers.retire()
        for sender in self.senders.values():
            sender.recall()
        await self.workers.stop(self.stop_seconds)
        for sender in self.senders.values():
            await sender.stop(self.stop_seconds)
        if self._gathering is not None:
            self._gathering.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._gathering
        await self.log.close()

    def reasons(self) -> list[str]:
        """Why it is not ready; empty when it is."""
        if self._closed_because is not None:
            return [self._closed_because]
        found = list(self.gatherer.problems)
        if self._gathering is not None and self._gathering.done():
            found.append("rulings: the reader has ended")
        workers = sorted(self.workers.by_partition.items())
        problems = [f"dispatches-{partition}: {w.status.problem}" for partition, w in workers if w.status.problem]
        found += problems
        found += [f"dispatches-{partition}: an append has no answer yet" for partition, w in workers if w.stuck]
        if not self.workers.ready and not problems:
            found.append("dispatches: joining or catching up")
        if self.directory.source.problem is not None:
            found.append(f"directory: {self.directory.source.problem}")
        return found

    @property
    def left(self) -> Remainder | None:
        """What is left to be read of rulings and of the dispatches owned here; None where nothing is."""
        parts = [self.gatherer.left, *(worker.guarded.left for worker in self.workers.by_partition.values())]
        return together(part for part in parts if part is not None)

    @property
    def idle(self) -> bool:
        """Nothing is due, under way or waiting for another try on the partitions owned here."""
        return all(
            not self.gatherer.due[partition] and not worker.busy and not worker.open_deliveries
            for partition, worker in self.workers.by_partition.items()
        )


def _told(error: Exception) -> str:
    return f"{'directory' if isinstance(error, DirectoryUnknown) else 'topics'}: {error}"
