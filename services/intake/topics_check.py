"""Whether the broker's topics are what the contract says: asked at the start and every minute, sooner after trouble."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from contracts.topics import PARTITIONS, RULINGS, SUBMISSIONS, TOPIC_CONFIG
from eventlog.backoff import Backoff
from eventlog.log import provisioning
from eventlog.log.log import LogUnavailable

EVERY_SECONDS = 60.0
AGAIN_SECONDS = 2.0
"""The first pause while something is wrong; pauses double, so that a broker that is gone for long costs little."""
_PATIENCE: Final = {"bootstrap_timeout_ms": 5000, "request_timeout_ms": 5000}
"""A broker that hangs must hold up neither the start nor the stop."""


class TopicsCheck:
    """`trouble` is what readiness tells: the drift found, or that the broker could not be asked."""

    def __init__(self, bootstrap_servers: str, prefix: str) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._wanted = provisioning.specs((SUBMISSIONS, RULINGS), PARTITIONS, TOPIC_CONFIG, prefix=prefix)
        self.trouble: Sequence[str] = ("topics: not checked yet",)

    async def run(self) -> None:
        """Ask until cancelled."""
        backoff = Backoff(AGAIN_SECONDS, EVERY_SECONDS)
        while True:
            await self.ask()
            if not self.trouble:
                backoff.reset()
            await asyncio.sleep(backoff.next() if self.trouble else EVERY_SECONDS)

    async def ask(self) -> None:
        """Ask once."""
        try:
            self.trouble = await asyncio.to_thread(
                provisioning.check, self._bootstrap_servers, self._wanted, **_PATIENCE
            )
        except Exception as error:  # not asked is not ready; asked again soon
            self.trouble = (f"topics: {error!r}"[:300],)

    async def require(self) -> None:
        """Refuse to start on drift; a broker that is down is no drift. Raises TopicDrift."""
        try:
            await provisioning.require(self._bootstrap_servers, self._wanted, **_PATIENCE)
        except LogUnavailable as error:
            self.trouble = (f"topics: {error}"[:300],)
        else:
            self.trouble = ()
