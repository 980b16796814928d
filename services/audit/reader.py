"""Reads partitions with kafka-python: assigned by hand, without a group, from one offset to another."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Final, Protocol, Self

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import CorruptRecordError, KafkaError

from eventlog.log.record import Record
from services.audit.fetched_batch import FetchedBatch, WholeBatches

STALL_SECONDS: Final = 30.0
"""If a partition has more records and none comes for so long, it cannot be read."""
POLL_MS: Final = 500
BOOTSTRAP_MS: Final = 10_000


Progress = Callable[[int, int], None]
"""Is called with what is done and what there is to do in all."""


class CannotReadLog(Exception):
    """The log cannot be read as it must be: nothing can be decided."""


class RecordReader(Protocol):
    """Reads the partitions of a log, one at a time."""

    def start(self, topic: str, partition: int) -> int:
        """The offset of the first record kept. Raises CannotReadLog."""
        ...

    def end(self, topic: str, partition: int) -> int:
        """The offset after the last record, now. Raises CannotReadLog."""
        ...

    def records(self, topic: str, partition: int, start: int, end: int) -> Iterator[Record]:
        """Records from `start` up to, without, `end`, as they lie there. Raises CannotReadLog."""
        ...


class KafkaReader:
    """As `RecordReader`, on Kafka; a context manager that connects and closes its client."""

    def __init__(self, bootstrap_servers: str, prefix: str, **options: Any) -> None:
        self._prefix = prefix
        self._options = {"bootstrap_servers": bootstrap_servers, **options}
        self._consumer: Any = None

    def __enter__(self) -> Self:
        """Connect. Raises CannotReadLog."""
        try:
            self._consumer = KafkaConsumer(
                group_id=None,
                enable_auto_commit=False,
                auto_offset_reset="none",
                client_id="liangdeng-audit",
                fetch_max_bytes=16 * 1024 * 1024,
                max_partition_fetch_bytes=8 * 1024 * 1024,
                bootstrap_timeout_ms=BOOTSTRAP_MS,
                **self._options,
            )
        except (KafkaError, OSError) as error:
            raise CannotReadLog(f"no broker at {self._options['bootstrap_servers']}: {error!r}") from error
        # The client has no setting for what a fetch is decoded by.
        self._consumer._fetcher.PartitionRecords = WholeBatches
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self._consumer.close()

    def end(self, topic: str, partition: int) -> int:
        """As `RecordReader.end`."""
        place = self._place(topic, partition)
        return self._asked("end_offsets", place)

    def start(self, topic: str, partition: int) -> int:
        """As `RecordReader.start`."""
        place = self._place(topic, partition)
        if partition not in (self._consumer.partitions_for_topic(place.topic) or ()):
            raise CannotReadLog(f"{place.topic} has no partition {partition}")
        return self._asked("beginning_offsets", place)

    def records(self, topic: str, partition: int, start: int, end: int) -> Iterator[Record]:
        """As `RecordReader.records`.

        Raises:
            CannotReadLog: it stalls, an offset is missing, a record is damaged, or was not stamped by the broker.
        """
        try:
            yield from self._records(topic, partition, start, end)
        except CorruptRecordError as error:
            raise CannotReadLog(str(error)) from error

    def _records(self, topic: str, partition: int, start: int, end: int) -> Iterator[Record]:
        place = self._place(topic, partition)
        self._consumer.assign([place])
        self._consumer.seek(place, start)
        expected, moved = start, time.monotonic()
        while expected < end:
            before = expected
            for batch in self._polled(place):
                for record in batch.records(topic, partition):
                    if record.offset >= end:
                        return
                    if record.offset != expected:
                        raise CannotReadLog(f"{topic}-{partition}@{expected} is missing, {record.offset} comes next")
                    if not batch.stamped:
                        raise CannotReadLog(f"{topic}-{partition}@{expected} was not stamped by the broker")
                    yield record
                    expected += 1
            if expected > before:
                moved = time.monotonic()
            elif time.monotonic() - moved > STALL_SECONDS:
                raise CannotReadLog(f"{topic}-{partition} gives nothing from {expected} on")

    def _place(self, topic: str, partition: int) -> TopicPartition:
        return TopicPartition(self._prefix + topic, partition)

    def _asked(self, what: str, place: TopicPartition) -> int:
        try:
            return int(getattr(self._consumer, what)([place])[place])
        except (KafkaError, OSError, KeyError) as error:
            raise CannotReadLog(f"{place.topic}-{place.partition}: {error!r}") from error

    def _polled(self, place: TopicPartition) -> list[FetchedBatch]:
        try:
            found: list[FetchedBatch] = self._consumer.poll(timeout_ms=POLL_MS).get(place, [])
        except (KafkaError, OSError) as error:
            raise CannotReadLog(f"{place.topic}-{place.partition}: {error!r}") from error
        return found
