"""A log of each kind, for tests of what every log must do, and waiting without sleeping."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

import pytest
from kafka.admin import KafkaAdminClient
from kafka.structs import TopicPartition

from eventlog.log.kafka import KafkaLog
from eventlog.log.log import Follower, Log
from eventlog.log.memory import MemoryLog
from eventlog.log.memory_topics import MemoryTopics
from eventlog.log.provisioning import TopicSpec, apply
from eventlog.log.record import Place, Record
from eventlog.log.settings import KafkaSettings
from tests.eventlog.undecodable import append_undecodable

PARTITIONS = 4
CONFIG = {
    "cleanup.policy": "delete",
    "retention.ms": "-1",
    "message.timestamp.type": "LogAppendTime",
    "max.message.bytes": "1000000",
}
TOPICS = ("submissions", "rulings")


class Bench(Protocol):
    """A log with four partitions of `submissions` and `rulings`, and the means to harm it."""

    log: Log

    def client(self) -> Log:
        """Another client of the same topics."""
        ...

    async def trim(self, topic: str, partition: int, first: int) -> None:
        """Lose what lies before `first`."""
        ...

    async def spoil(self, topic: str, partition: int) -> int:
        """Append a record that no client can decode; returns its offset."""
        ...

    async def remove(self, topic: str) -> None:
        """Delete a topic."""
        ...

    async def create(self, topic: str) -> None:
        """Create it anew, empty."""
        ...


@dataclass
class MemoryBench:
    topics: MemoryTopics
    log: Log

    @classmethod
    def of(cls, topics: MemoryTopics) -> MemoryBench:
        return cls(topics, MemoryLog(topics))

    def client(self) -> Log:
        return MemoryLog(self.topics)

    async def trim(self, topic: str, partition: int, first: int) -> None:
        self.topics.trim(topic, partition, first)

    async def spoil(self, topic: str, partition: int) -> int:
        offset = await self.log.append(topic, partition, b"k", [b"cannot be decoded"])
        self.topics.undecodable.add((topic, partition, offset))
        return offset

    async def remove(self, topic: str) -> None:
        self.topics.gone.add(topic)
        for partition in range(self.topics.partitions):
            self.topics.cut(topic, partition, 0)

    async def create(self, topic: str) -> None:
        self.topics.gone.discard(topic)


@dataclass
class KafkaBench:
    settings: KafkaSettings
    log: Log
    clients: list[Log]

    def client(self) -> Log:
        self.clients.append(KafkaLog(self.settings))
        return self.clients[-1]

    async def trim(self, topic: str, partition: int, first: int) -> None:
        place = TopicPartition(self.settings.physical(topic), partition)
        admin = KafkaAdminClient(bootstrap_servers=self.settings.bootstrap_servers)
        try:
            admin.delete_records({place: first})
        finally:
            admin.close()

    async def spoil(self, topic: str, partition: int) -> int:
        return await append_undecodable(self.settings, topic, partition)

    async def remove(self, topic: str) -> None:
        await asyncio.to_thread(delete_topics, self.settings, [topic])

    async def create(self, topic: str) -> None:
        await asyncio.to_thread(create_topics, self.settings, [topic])


@pytest.fixture
def kafka_settings(kafka: str, topic_prefix: str) -> KafkaSettings:
    """Settings of a real Kafka with this test's own topics."""
    settings = KafkaSettings(
        bootstrap_servers=kafka, topic_prefix=topic_prefix, fetch_wait_seconds=0.1, fetch_wait_at_rest_seconds=0.1
    )
    create_topics(settings, TOPICS)
    return settings


def create_topics(settings: KafkaSettings, topics: Iterable[str]) -> None:
    """Make topics of four partitions."""
    names = [settings.physical(topic) for topic in topics]
    apply(settings.bootstrap_servers, [TopicSpec(name=name, partitions=PARTITIONS, config=CONFIG) for name in names])


def delete_topics(settings: KafkaSettings, topics: Iterable[str]) -> None:
    """Delete topics."""
    admin = KafkaAdminClient(bootstrap_servers=settings.bootstrap_servers)
    try:
        admin.delete_topics([settings.physical(topic) for topic in topics])
    finally:
        admin.close()


@pytest.fixture
async def kafka_bench(kafka_settings: KafkaSettings) -> AsyncIterator[KafkaBench]:
    """A log on a real Kafka."""
    bench = KafkaBench(kafka_settings, KafkaLog(kafka_settings), [])
    yield bench
    for log in [bench.log, *bench.clients]:
        await log.close()


@pytest.fixture(params=["memory", pytest.param("kafka", marks=pytest.mark.services)])
def bench(request: pytest.FixtureRequest) -> Bench:
    """Each kind of log in turn."""
    if request.param == "kafka":
        on_kafka: KafkaBench = request.getfixturevalue("kafka_bench")
        return on_kafka
    topics = MemoryTopics(partitions=PARTITIONS)
    return MemoryBench.of(topics)


async def read(follower: Follower, place: Place, count: int) -> list[Record]:
    """The next `count` records of a partition, within a minute."""
    records: list[Record] = []
    deadline = time.monotonic() + 60
    while len(records) < count:
        assert time.monotonic() < deadline, f"only {len(records)} of {count} records came from {place}"
        records.extend((await follower.poll(0.2)).get(place, []))
    return records


async def until(holds: Callable[[], object], what: str, seconds: float = 120) -> None:
    """Wait until `holds()`, at most `seconds`."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"did not come about: {what}"
        await asyncio.sleep(0.005)
