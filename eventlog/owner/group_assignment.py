"""Assignment by a consumer group that is used for nothing else: it reads nothing and commits nothing."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from eventlog.backoff import Backoff
from eventlog.log.settings import KafkaSettings
from eventlog.log.stop_within import stop_within
from eventlog.trouble_log import TroubleLog

logger = logging.getLogger(__name__)
NEVER_MS = 2**31 - 1


class GroupAssignment:
    """The partitions of `topic` that the group gives this instance; keeps joining while the broker is down."""

    def __init__(self, settings: KafkaSettings, group: str, topic: str, session_timeout_seconds: float = 10.0) -> None:
        self._settings = settings
        self._group = settings.physical(group)
        self._topic = settings.physical(topic)
        self._session_ms = int(session_timeout_seconds * 1000)
        self._consumer: AIOKafkaConsumer | None = None
        self._joining: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to join; returns at once."""
        self._joining = asyncio.create_task(self._join(), name=f"join-{self._group}")

    def owned(self) -> frozenset[int] | None:
        """As `Assignment.owned`; None until the group has answered for the first time."""
        if self._consumer is None:
            return None
        return frozenset(place.partition for place in self._consumer.assignment())

    async def stop(self) -> None:
        """Leave the group, so that the others need not wait for the session to end."""
        if self._joining is not None:
            self._joining.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._joining
        if self._consumer is not None:
            await stop_within(self._consumer, self._settings.stop_seconds)
            self._consumer = None

    async def _join(self) -> None:
        backoff, troubles = Backoff(), TroubleLog(logger)
        while self._consumer is None:
            consumer = AIOKafkaConsumer(
                self._topic,
                bootstrap_servers=self._settings.bootstrap_servers,
                client_id=self._settings.client_id,
                group_id=self._group,
                enable_auto_commit=False,
                # Without committed offsets it then fetches nothing: it is never polled.
                auto_offset_reset="none",
                max_poll_interval_ms=NEVER_MS,
                session_timeout_ms=self._session_ms,
                heartbeat_interval_ms=self._session_ms // 5,
                rebalance_timeout_ms=self._session_ms,
                retry_backoff_ms=int(self._settings.retry_seconds * 1000),
                **self._settings.client_options,
            )
            try:
                await consumer.start()
            except (KafkaError, OSError) as error:
                troubles.trouble(f"joining group {self._group}", error)
                await stop_within(consumer, self._settings.stop_seconds)
                await asyncio.sleep(backoff.next())
            except BaseException:
                await stop_within(consumer, self._settings.stop_seconds)
                raise
            else:
                troubles.over(f"joining group {self._group}")
                self._consumer = consumer
