"""Files that what waits for a signature cites: they stay citable, and are not cleared away, until it is filed."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Collection
from typing import Final

from services.intake.prepared.queue_sizes import QueueSizes
from services.intake.prepared.submissions import PreparedSubmissions
from services.intake.problem import IntakeProblem

EVERY: Final = 60.0
"""Seconds after which another instance's preparations are known here, at the latest."""


class HeldEvidence:
    """Their hashes, in memory."""

    def __init__(self, prepared: PreparedSubmissions, sizes: QueueSizes) -> None:
        self._prepared = prepared
        self._sizes = sizes
        self._hashes: frozenset[str] = frozenset()

    def holds(self, sha256: str) -> bool:
        """Whether something that waits cites it, as far as was read."""
        return sha256 in self._hashes

    async def read(self) -> Collection[str]:
        """Read them anew. Raises IntakeProblem `prepared_unavailable`: then nothing may be cleared away."""
        self._hashes = await self._prepared.cited()
        return self._hashes

    async def run(self) -> None:
        """Every minute, until cancelled; with it how much waits."""
        while True:
            with contextlib.suppress(IntakeProblem):  # what was read before holds; whoever prepares is told
                await self.read()
            await self._sizes.read()
            await asyncio.sleep(EVERY)
