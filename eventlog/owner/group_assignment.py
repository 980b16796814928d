"""Assignment by a consumer group that is used for nothing else: it reads nothing and commits nothing."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError

from eventlog.backoff import Backoff
from eventlog.log.paced_consumer import LOOK_ROUND_MS
from eventlog.log.settings import KafkaSettings
from eventlog.log.stop_within import stop_within
from eventlog.owner.assignment import LetGo, Settled, hold_on, look_later
from eventlog.trouble_log import TroubleLog

logger = logging.getLogger(__name__)
NEVER_MS = 2**31 - 1
HEARTBEAT_MS = 1000


class GroupAssignment(ConsumerRebalanceListener):  # type: ignore[misc]  # the client has no types
    """The partitions of `topic` that the group gives this instance; keeps joining while the broker is down.

    With an `instance`, a name that a restart keeps, the group waits for it until its session ends, and then it has the
    partitions that it had: nothing moves when it is restarted. Without, the others take over as soon as it leaves.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        group: str,
        topic: str,
        session_timeout_seconds: float = 10.0,
        instance: str | None = None,
    ) -> None:
        self._instance = instance
        self._let_go: LetGo = hold_on
        self._told: Settled = look_later
        self._moving = False
        self._settings = settings
        self._group = settings.physical(group)
        self._topic = settings.physical(topic)
        self._session_ms = int(session_timeout_seconds * 1000)
        self._consumer: AIOKafkaConsumer | None = None
        self._joining: asyncio.Task[None] | None = None

    async def start(self, let_go: LetGo = hold_on, settled: Settled = look_later) -> None:
        """Begin to join; returns at once."""
        self._let_go, self._told = let_go, settled
        self._joining = asyncio.create_task(self._join(), name=f"join-{self._group}")

    def owned(self) -> frozenset[int] | None:
        """As `Assignment.owned`; None until the group has answered for the first time, and while partitions move."""
        if self._consumer is None or self._moving:
            return None
        return frozenset(place.partition for place in self._consumer.assignment())

    async def stop(self) -> None:
        """Leave the group, so that the others need not wait for the session to end."""
        if self._joining is not None:
            self._joining.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._joining

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """The group is about to give out its partitions anew; it does once this has returned."""
        self._moving = True
        if revoked:
            await self._let_go()

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:  # noqa: ARG002
        """It has; they are read from `owned`."""
        self._moving = False
        self._told()

    async def _join(self) -> None:
        """Take part for good: what the group throws out, for whatever reason, joins anew."""
        backoff, troubles = Backoff(), TroubleLog(logger)
        while True:
            consumer = self._new_consumer()
            try:
                await consumer.start()
                troubles.over(f"joining group {self._group}")
                self._consumer = consumer
                await self._take_part(consumer, backoff)
            except (KafkaError, OSError) as error:
                troubles.trouble(f"joining group {self._group}", error)
                await self._leave(consumer)
                await asyncio.sleep(backoff.next())
            except BaseException:
                await self._leave(consumer)
                raise

    async def _take_part(self, consumer: AIOKafkaConsumer, backoff: Backoff) -> None:
        """Until the group throws this instance out: raises the KafkaError that says why.

        The client keeps such an error for whoever asks for records next, and does nothing more until then. So it is
        asked for those of a partition that nobody has.
        """
        nothing = TopicPartition(self._topic, -1)
        while True:
            await asyncio.sleep(self._session_ms / 1000)
            await consumer.getmany(nothing, timeout_ms=0)
            backoff.reset()

    async def _leave(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer, self._moving = None, False
        await stop_within(consumer, self._settings.stop_seconds)

    def _new_consumer(self) -> AIOKafkaConsumer:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._settings.bootstrap_servers,
            client_id=self._settings.client_id,
            group_id=self._group,
            group_instance_id=self._instance,
            enable_auto_commit=False,
            # Without committed offsets it then fetches nothing.
            auto_offset_reset="none",
            max_poll_interval_ms=NEVER_MS,
            session_timeout_ms=self._session_ms,
            # An instance that works hears with its next heartbeat that another one waits for partitions.
            heartbeat_interval_ms=min(self._session_ms // 5, HEARTBEAT_MS),
            rebalance_timeout_ms=self._session_ms,
            consumer_timeout_ms=LOOK_ROUND_MS,
            retry_backoff_ms=int(self._settings.retry_seconds * 1000),
            **self._settings.client_options,
        )
        consumer.subscribe([self._topic], listener=self)
        return consumer
