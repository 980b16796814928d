"""A log of each kind, for tests of what every log must do, and waiting without sleeping."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Protocol

import pytest
from kafka.admin import KafkaAdminClient
from kafka.structs import TopicPartition

from eventlog.log.kafka import KafkaLog
from eventlog.log.log import Follower, Log
from eventlog.log.memory import MemoryLog, MemoryTopics
from eventlog.log.provisioning import TopicSpec, apply
from eventlog.log.record import Place, Record
from eventlog.log.settings import KafkaSettings

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


@dataclass
class MemoryBench:
    topics: MemoryTopics
    log: Log

    def client(self) -> Log:
        return MemoryLog(self.topics)

    async def trim(self, topic: str, partition: int, first: int) -> None:
        self.topics.trim(topic, partition, first)


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


@pytest.fixture
def kafka_settings(kafka: str, topic_prefix: str) -> KafkaSettings:
    """Settings of a real Kafka with this test's own topics."""
    apply(kafka, [TopicSpec(name=topic_prefix + name, partitions=PARTITIONS, config=CONFIG) for name in TOPICS])
    return KafkaSettings(bootstrap_servers=kafka, topic_prefix=topic_prefix, fetch_wait_seconds=0.1)


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
    return MemoryBench(topics, MemoryLog(topics))


async def read(follower: Follower, place: Place, count: int) -> list[Record]:
    """The next `count` records of a partition, within ten seconds."""
    records: list[Record] = []
    deadline = time.monotonic() + 10
    while len(records) < count:
        assert time.monotonic() < deadline, f"only {len(records)} of {count} records came from {place}"
        records.extend((await follower.poll(0.2)).get(place, []))
    return records


async def until(holds: Callable[[], object], what: str, seconds: float = 10) -> None:
    """Wait until `holds()`, at most `seconds`."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"did not come about: {what}"
        await asyncio.sleep(0.005)
