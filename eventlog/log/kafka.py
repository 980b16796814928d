"""The log on Kafka: one idempotent producer, batches appended whole, offsets as the broker answered them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from eventlog.log.client_logs import limit_client_logs
from eventlog.log.kafka_follower import KafkaFollower
from eventlog.log.log import AppendUnknown, BatchTooLarge, LogUnavailable
from eventlog.log.record import Entry, Place, size_of
from eventlog.log.settings import KafkaSettings
from eventlog.log.stop_within import stop_within


class KafkaLog:
    """A client of the log; connects at its first use, so that it can be made while the broker is down."""

    def __init__(self, settings: KafkaSettings) -> None:
        self.settings = settings
        self.producers = 0
        """How many producers were made: one, and one more after every produce error."""
        self._producer: AIOKafkaProducer | None = None
        self._asker: AIOKafkaConsumer | None = None
        self._turn = asyncio.Lock()
        self._asking = asyncio.Lock()
        self._sending: set[asyncio.Task[int]] = set()
        self._retiring: set[asyncio.Task[None]] = set()
        self._closed = False
        limit_client_logs()

    async def append(self, topic: str, partition: int, key: bytes | None, values: Sequence[bytes]) -> int:
        """As `Log.append`."""
        return await self.append_entries(topic, partition, [Entry(key, value) for value in values])

    async def append_entries(self, topic: str, partition: int, entries: Sequence[Entry]) -> int:
        """As `Log.append_entries`; any produce error or unexpected answer retires the producer."""
        if not entries:
            raise ValueError("an empty batch has no offset")
        if size_of(entries) > self.settings.max_batch_bytes:
            raise BatchTooLarge(f"{size_of(entries)} bytes in one batch; at most {self.settings.max_batch_bytes}")
        if self._closed:
            raise AppendUnknown(f"{topic}-{partition}: the log is closed; nothing was sent")
        # A task of its own: a caller that is cancelled leaves the batch in flight, answered or not.
        sending = asyncio.create_task(self._send(topic, partition, entries))
        self._sending.add(sending)
        sending.add_done_callback(self._sent)
        try:
            return await asyncio.shield(sending)
        except asyncio.CancelledError:
            if sending.cancelled():
                raise AppendUnknown(f"{topic}-{partition}: no answer until the log was closed") from None
            raise

    async def start(self, topic: str, partition: int) -> int:
        """As `Log.start`."""
        return await self._ask("beginning_offsets", topic, partition)

    async def end(self, topic: str, partition: int) -> int:
        """As `Log.end`."""
        return await self._ask("end_offsets", topic, partition)

    def follow(self, positions: Mapping[Place, int]) -> KafkaFollower:
        """As `Log.follow`."""
        return KafkaFollower(self.settings, positions)

    async def close(self) -> None:
        """As `Log.close`; waits `stop_seconds` for answers under way."""
        self._closed = True
        if self._sending:
            await asyncio.wait(self._sending, timeout=self.settings.stop_seconds)
        if self._producer is not None:
            self._retire(self._producer)
        ending = set(self._retiring)
        if self._asker is not None:
            ending.add(asyncio.create_task(stop_within(self._asker, self.settings.stop_seconds)))
        if ending:
            await asyncio.wait(ending, timeout=self.settings.stop_seconds)
        left = [*self._sending, *ending]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _send(self, topic: str, partition: int, entries: Sequence[Entry]) -> int:
        where = f"{topic}-{partition}"
        producer: AIOKafkaProducer | None = None
        try:
            producer = await self._producer_now()
            batch = producer.create_batch()
            for entry in entries:
                if batch.append(timestamp=None, key=entry.key, value=entry.value, headers=list(entry.headers)) is None:
                    raise BatchTooLarge(f"{where}: {len(entries)} records do not fit into one batch")
            batch.close()
            answer = await producer.send_batch(batch, self.settings.physical(topic), partition=partition)
            metadata = await answer
        except BatchTooLarge:
            raise
        except Exception as error:
            self._retire(producer)
            raise AppendUnknown(f"{where}: {error!r}") from error
        offset = None if metadata is None else metadata.offset
        if offset is None or offset < 0:
            self._retire(producer)
            raise AppendUnknown(f"{where}: answered with offset {offset}")
        return int(offset)

    def _sent(self, sending: asyncio.Task[int]) -> None:
        self._sending.discard(sending)
        if not sending.cancelled():
            sending.exception()

    async def _producer_now(self) -> AIOKafkaProducer:
        async with self._turn:
            if self._producer is None:
                producer = AIOKafkaProducer(
                    bootstrap_servers=self.settings.bootstrap_servers,
                    client_id=self.settings.client_id,
                    acks="all",
                    enable_idempotence=True,
                    compression_type=self.settings.compression,
                    max_batch_size=self.settings.max_batch_bytes,
                    request_timeout_ms=int(self.settings.request_timeout_seconds * 1000),
                    **self.settings.client_options,
                )
                try:
                    await producer.start()
                except BaseException:
                    await stop_within(producer, self.settings.stop_seconds)
                    raise
                self._producer = producer
                self.producers += 1
            return self._producer

    def _retire(self, producer: AIOKafkaProducer | None) -> None:
        # What other partitions have in flight with it is still answered: `stop` flushes first.
        if producer is not None and self._producer is producer:
            self._producer = None
            task = asyncio.create_task(_stop(producer))
            self._retiring.add(task)
            task.add_done_callback(self._retiring.discard)

    async def _ask(self, what: str, topic: str, partition: int) -> int:
        place = TopicPartition(self.settings.physical(topic), partition)
        try:
            async with self._asking:
                if self._asker is None:
                    self._asker = await self._connect()
            async with asyncio.timeout(self.settings.answer_seconds):
                found: Mapping[Any, int] = await getattr(self._asker, what)([place])
        except (KafkaError, OSError) as error:
            raise LogUnavailable(f"{topic}-{partition}: {error!r}", (topic, partition)) from error
        return int(found[place])

    async def _connect(self) -> AIOKafkaConsumer:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.settings.bootstrap_servers,
            client_id=self.settings.client_id,
            group_id=None,
            enable_auto_commit=False,
            request_timeout_ms=int(self.settings.request_timeout_seconds * 1000),
            retry_backoff_ms=int(self.settings.retry_seconds * 1000),
            **self.settings.client_options,
        )
        try:
            await consumer.start()
        except BaseException:
            await stop_within(consumer, self.settings.stop_seconds)
            raise
        return consumer


async def _stop(producer: AIOKafkaProducer) -> None:
    with contextlib.suppress(Exception):
        await producer.stop()
