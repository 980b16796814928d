"""The running parts of notify, as its doors and its metrics look at them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from eventlog.log import Log
from services.notify.desks import Desks
from services.notify.directory import Directory
from services.notify.gatherer import Gatherer
from services.notify.sender import Sender


@dataclass(slots=True, kw_only=True)
class House:
    """Everything that runs in one process."""

    log: Log
    gatherer: Gatherer
    desks: Desks
    senders: Mapping[str, Sender]
    directory: Directory
    stop_seconds: float
    _gathering: asyncio.Task[None] | None = field(default=None)

    async def start(self) -> None:
        """Begin to read and to work."""
        self._gathering = asyncio.create_task(self.gatherer.run(), name="gatherer")
        await self.desks.start()

    async def stop(self) -> None:
        """Claim nothing more, wait for outcomes, let go; bounded."""
        await self.desks.stop(self.stop_seconds)
        for sender in self.senders.values():
            await sender.stop(self.stop_seconds)
        if self._gathering is not None:
            self._gathering.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._gathering
        await self.log.close()

    def reasons(self) -> list[str]:
        """Why it is not ready; empty when it is."""
        found = [f"rulings-{partition}: {problem}" for partition, problem in sorted(self.gatherer.problems.items())]
        if self.gatherer.trouble is not None:
            found.append(f"rulings: {self.gatherer.trouble}")
        elif not self.gatherer.caught_up:
            found.append("rulings: catching up")
        if self._gathering is not None and self._gathering.done():
            found.append("rulings: the reader has ended")
        statuses = self.desks.statuses.items()
        found += [f"dispatches-{partition}: {s.problem}" for partition, s in sorted(statuses) if s.problem]
        if not self.desks.ready and not any(status.problem for _, status in statuses):
            found.append("dispatches: joining or catching up")
        if self.directory.problem is not None:
            found.append(f"directory: {self.directory.problem}")
        return found

    @property
    def idle(self) -> bool:
        """Nothing is due, under way or waiting for another try on the partitions owned here."""
        return all(
            not self.gatherer.due[partition] and not desk.busy and not desk.open_deliveries()
            for partition, desk in self.desks.desks.items()
        )
