"""Following Kafka's partitions apart from each other: no group, no committed offsets, no reset."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from eventlog.log.log import LogUnavailable
from eventlog.log.paced_consumer import PacedConsumer
from eventlog.log.partition_reader import PartitionReader
from eventlog.log.record import Place, Record
from eventlog.log.settings import KafkaSettings
from eventlog.log.stop_within import stop_within


class KafkaFollower:
    """As `Follower`; one consumer of its own, asked for each partition by itself.

    aiokafka's consumer forgets what it decoded of other partitions when one record cannot be decoded, and doesn't say
    where that lies; asked for one partition it concerns that one alone.
    """

    def __init__(self, settings: KafkaSettings, positions: Mapping[Place, int]) -> None:
        self._settings = settings
        self._consumer: PacedConsumer | None = None
        self._positions = positions
        self._readings: dict[Place, PartitionReader] = {}
        self._missing: set[Place] = set()

    async def poll(self, timeout: float = 0.5, max_records: int | None = None) -> dict[Place, list[Record]]:  # noqa: ASYNC109
        """As `Follower.poll`."""
        consumer = self._opened()
        self._check_silence()
        began = time.monotonic()
        self._collect(consumer)
        if not (found := self._given(max_records)):
            await self._wait(consumer, timeout)
            found = self._given(max_records)
        waited = min(time.monotonic() - began, 2 * timeout)
        for reading in self._assigned():
            reading.listen(consumer, waited)
        if not found and self._at_rest(consumer):
            consumer.rest()
        return found

    def seek(self, topic: str, partition: int, offset: int) -> None:
        """As `Follower.seek`."""
        reading = self._readings[topic, partition]
        reading.forget(offset)
        consumer = self._opened()
        consumer.hurry()
        consumer.seek(reading.tp, offset)

    async def add(self, positions: Mapping[Place, int]) -> None:
        """As `Follower.add`."""
        consumer = self._opened()
        consumer.hurry()
        try:
            # A consumer that is given a partition that does not exist looks for it without a pause.
            known = await consumer.topics()
        except (KafkaError, OSError) as error:
            raise LogUnavailable(repr(error)) from error
        for (topic, partition), position in positions.items():
            tp = TopicPartition(self._settings.physical(topic), partition)
            self._readings[topic, partition] = PartitionReader(tp, (topic, partition), position)
            if tp.topic not in known:
                self._missing.add((topic, partition))
        self._assign(consumer)

    def drop(self, topic: str, partition: int) -> None:
        """As `Follower.drop`."""
        reading = self._readings.pop((topic, partition))
        reading.forget()
        if (topic, partition) in self._missing:
            self._missing.discard((topic, partition))
        elif reading.silent_seconds > self._settings.stall_seconds:
            self._assign(self._opened(), anew=True)
        else:
            # Fetches of the others that are under way go on.
            self._opened().pause(reading.tp)

    def end(self, topic: str, partition: int) -> int | None:
        """As `Follower.end`."""
        reading = self._readings.get((topic, partition))
        if reading is None or reading.place in self._missing:
            return None
        end: int | None = self._opened().highwater(reading.tp)
        return end

    async def close(self) -> None:
        """As `Follower.close`."""
        for reading in self._readings.values():
            reading.forget()
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            await stop_within(consumer, self._settings.stop_seconds)

    async def __aenter__(self) -> Self:
        """As `Follower.__aenter__`."""
        longest = self._settings.stall_seconds / 2
        consumer = PacedConsumer(
            short=min(self._settings.fetch_wait_seconds, longest),
            long=min(self._settings.fetch_wait_at_rest_seconds, longest),
            gather_bytes=self._settings.gather_bytes,
            bootstrap_servers=self._settings.bootstrap_servers,
            client_id=self._settings.client_id,
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="none",
            request_timeout_ms=int(self._settings.request_timeout_seconds * 1000),
            retry_backoff_ms=int(self._settings.retry_seconds * 1000),
            **self._settings.client_options,
        )
        self._consumer = consumer
        try:
            await consumer.start()
            await self.add(self._positions)
        except BaseException as error:
            await self.close()
            if isinstance(error, KafkaError | OSError):
                raise LogUnavailable(repr(error)) from error
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """As `Follower.__aexit__`."""
        await self.close()

    def _assign(self, consumer: PacedConsumer, *, anew: bool = False) -> None:
        """Have the consumer read what is followed; what it reads already goes on, unless it has to be given anew."""
        assigned = {reading.tp: reading for reading in self._assigned()}
        if anew or not assigned.keys() <= consumer.assignment():
            for reading in assigned.values():
                reading.forget()
            consumer.assign(list(assigned))
            # Before the next await, and so before the first fetch.
            for tp, reading in assigned.items():
                consumer.seek(tp, reading.position)
            return
        for tp in consumer.paused() & assigned.keys():
            consumer.seek(tp, assigned[tp].position)
            consumer.resume(tp)

    def _at_rest(self, consumer: PacedConsumer) -> bool:
        """Whether all ends are known, nothing waits to be given, and nothing has come for a while."""
        readings = self._assigned()
        quiet = len(readings) == 1 or time.monotonic() - consumer.hurried_at >= self._settings.rest_after_seconds
        return quiet and not any(reading.records or consumer.highwater(reading.tp) is None for reading in readings)

    def _assigned(self) -> list[PartitionReader]:
        return [reading for place, reading in self._readings.items() if place not in self._missing]

    async def _wait(self, consumer: PacedConsumer, seconds: float) -> None:
        """Until something came, at most so long. Raises LogError with a place; what came of others is kept."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            asking = [reading.ask(consumer) for reading in self._assigned()]
            if not asking:
                await asyncio.sleep(left)
                return
            await asyncio.wait(asking, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            if self._collect(consumer):
                return

    def _collect(self, consumer: PacedConsumer) -> bool:
        errors = [error for reading in self._assigned() if (error := reading.collect(consumer)) is not None]
        for error in errors:
            raise error
        return any(reading.records for reading in self._readings.values())

    def _given(self, max_records: int | None) -> dict[Place, list[Record]]:
        found: dict[Place, list[Record]] = {}
        left = max_records
        for place, reading in self._readings.items():
            if left != 0 and (records := reading.give(left)):
                left = None if left is None else left - len(records)
                found[place] = records
        for place in found:
            # Last in turn next time.
            self._readings[place] = self._readings.pop(place)
        return found

    def _check_silence(self) -> None:
        for place in self._missing:
            reading = self._readings[place]
            raise LogUnavailable(f"{reading}: there is no such topic", place, reading.position)
        readings = self._readings.values()
        silent = [reading for reading in readings if reading.silent_seconds > self._settings.stall_seconds]
        if silent and len(silent) == len(readings):
            raise LogUnavailable("the broker answers no fetch")
        for reading in silent:
            raise LogUnavailable(f"{reading}: the broker answers no fetch", reading.place, reading.position)

    def _opened(self) -> PacedConsumer:
        if self._consumer is None:
            raise RuntimeError("a follower is used inside `async with`")
        return self._consumer
