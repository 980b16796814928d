"""One partition as a follower reads it from aiokafka's consumer: what came of it, and why nothing comes."""

from __future__ import annotations

import asyncio
import math
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import ConsumerStoppedError, OffsetOutOfRangeError, TopicAuthorizationFailedError

from eventlog.log.log import LogCut, LogError, LogUnavailable, LogUnreadable
from eventlog.log.paced_consumer import PacedConsumer
from eventlog.log.record import Place, Record

ASK_MS = 5000
"""How long one request for a partition's records stands; polls that are shorter leave it standing. It asks the client
alone: where the partition ends is told by the broker's answers to its fetches."""

_OF_THE_PARTITION = (
    OffsetOutOfRangeError,
    TopicAuthorizationFailedError,
    ConsumerStoppedError,
    asyncio.CancelledError,
)
"""Anything else is the trouble of one record."""


class PartitionReader:
    """What came and was not given yet, the request for more, and for how long the broker has been silent."""

    def __init__(self, tp: TopicPartition, place: Place, position: int) -> None:
        self.tp = tp
        self.place = place
        self.position = position
        """The offset to give next."""
        self.records: list[Record] = []
        self.asking: asyncio.Task[list[Any]] | None = None
        self.silent_seconds = 0.0
        """For how long polls have waited since the broker last answered a fetch of this partition."""
        self._singly = False
        self._answered_at: int | None = None

    def __str__(self) -> str:
        """Its position as text, such as `submissions-3@120`."""
        return f"{self.place[0]}-{self.place[1]}@{self.position}"

    def ask(self, consumer: PacedConsumer) -> asyncio.Task[list[Any]]:
        """The standing request for more records."""
        if self.asking is None:
            self.asking = asyncio.create_task(self._ask(consumer))
        return self.asking

    def collect(self, consumer: PacedConsumer) -> LogError | None:
        """Take what the request has brought; an error that this partition cannot get past.

        A record that cannot be decoded makes the client forget those before it in its fetch, and it doesn't say which
        one it is. So they are fetched again and taken one at a time, up to that one.
        """
        if self.asking is None or not self.asking.done():
            return None
        asked, self.asking = self.asking, None
        error = asyncio.CancelledError() if asked.cancelled() else asked.exception()
        if error is None:
            topic, partition = self.place
            self.records = [
                Record(topic, partition, r.offset, r.timestamp, r.key, r.value, r.headers) for r in asked.result()
            ]
            self._singly = self._singly and bool(self.records)
            return None
        consumer.seek(self.tp, self.position)
        if isinstance(error, _OF_THE_PARTITION) or self._singly:
            return self._trouble(error)
        self._singly = True
        return None

    def give(self, most: int | None) -> list[Record]:
        """The next records, at most so many; they are then behind its position."""
        given, self.records = self.records[:most], [] if most is None else self.records[most:]
        if given:
            self.position = given[-1].offset + 1
        return given

    def listen(self, consumer: PacedConsumer, seconds: float) -> None:
        """Note that a poll waited so long, and whether the broker answered meanwhile."""
        answered_at = consumer.last_poll_timestamp(self.tp)
        silent = answered_at == self._answered_at and not self.records
        self.silent_seconds = self.silent_seconds + seconds if silent else 0.0
        self._answered_at = answered_at
        if answered_at is not None and consumer.partitions_for_topic(self.tp.topic) is None:
            # It was there and is gone; the consumer would look for it without a pause.
            self.silent_seconds = math.inf

    def forget(self, position: int | None = None) -> None:
        """Throw away what came; go on from where records were given to, or from `position`."""
        self.records = []
        if self.asking is not None and not self.asking.cancel() and not self.asking.cancelled():
            self.asking.exception()
        self.asking = None
        if position is not None:
            self.position, self._singly = position, False

    async def _ask(self, consumer: PacedConsumer) -> list[Any]:
        found = await consumer.getmany(self.tp, timeout_ms=ASK_MS, max_records=1 if self._singly else None)
        records: list[Any] = found.get(self.tp, [])
        if records:
            # Before the client sends its next fetch.
            consumer.hurry()
        return records

    def _trouble(self, error: BaseException) -> LogError:
        if isinstance(error, OffsetOutOfRangeError):
            return LogCut(f"{self}: nothing lies there", self.place, self.position)
        if isinstance(error, _OF_THE_PARTITION):
            return LogUnavailable(f"{self}: {error!r}", self.place, self.position)
        return LogUnreadable(f"{self} cannot be decoded: {error!r}", self.place, self.position)
