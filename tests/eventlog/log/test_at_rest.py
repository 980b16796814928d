"""What a follower asks of a real broker while nothing comes, and how soon it has what does come."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from aiokafka.protocol.fetch import FetchRequest

from eventlog.log.kafka import KafkaLog
from eventlog.log.kafka_follower import KafkaFollower
from eventlog.log.settings import KafkaSettings
from tests.eventlog.conftest import PARTITIONS, TOPICS, create_topics, read

pytestmark = pytest.mark.services
EVERYWHERE = [(topic, partition) for topic in TOPICS for partition in range(PARTITIONS)]
ALONE = EVERYWHERE[:1]


@pytest.fixture
def as_it_is_used(kafka: str, topic_prefix: str) -> KafkaSettings:
    """The settings that services have, on a real Kafka."""
    settings = KafkaSettings(bootstrap_servers=kafka, topic_prefix=topic_prefix)
    create_topics(settings, TOPICS)
    return settings


@contextmanager
def counted(follower: KafkaFollower) -> Iterator[Counter[int]]:
    """How many fetches ask for so many partitions, while it lasts."""
    assert follower._consumer is not None
    client, asked = follower._consumer._client, Counter[int]()
    real = client.send

    async def send(node: int, request: Any, **options: Any) -> Any:
        if isinstance(request, FetchRequest):
            asked[sum(len(partitions) for _, partitions in request.topics)] += 1
        return await real(node, request, **options)

    client.send = send
    try:
        yield asked
    finally:
        client.send = real


async def rest(follower: KafkaFollower, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        assert await follower.poll(0.5) == {}


@pytest.mark.parametrize("places", [ALONE, EVERYWHERE], ids=["one partition", "several"])
async def test_a_follower_at_rest_asks_for_all_of_its_partitions_some_times_in_ten_seconds(
    as_it_is_used: KafkaSettings, places: Iterable[tuple[str, int]]
) -> None:
    async with KafkaFollower(as_it_is_used, dict.fromkeys(places, 0)) as follower:
        await rest(follower, 2.5)
        with counted(follower) as asked:
            await rest(follower, 5)
    assert asked.keys() == {len(list(places))}
    assert asked.total() <= 3


@pytest.mark.parametrize("places", [ALONE, EVERYWHERE], ids=["one partition", "several"])
async def test_a_follower_knows_the_ends_of_a_log_that_rests_within_a_second(
    as_it_is_used: KafkaSettings, places: Iterable[tuple[str, int]]
) -> None:
    async with KafkaFollower(as_it_is_used, dict.fromkeys(places, 0)) as follower:
        await rest(follower, 1)
        assert [follower.end(*place) for place in places] == [0 for _ in places]


async def test_what_comes_after_a_rest_comes_at_once_from_one_partition_after_the_other(
    as_it_is_used: KafkaSettings,
) -> None:
    log = KafkaLog(as_it_is_used)
    for place in EVERYWHERE:
        await log.append(*place, b"k", [b"before"])
    seldom = replace(as_it_is_used, fetch_wait_at_rest_seconds=10.0, stall_seconds=30.0)
    async with KafkaFollower(seldom, dict.fromkeys(EVERYWHERE, 1)) as follower:
        await rest(follower, 2.5)
        for place in (EVERYWHERE[3], EVERYWHERE[3], EVERYWHERE[0], EVERYWHERE[6]):
            reading = asyncio.create_task(read(follower, place, 1))
            await log.append(*place, b"k", [b"after"])
            began = time.monotonic()
            await reading
            assert time.monotonic() - began < seldom.fetch_wait_at_rest_seconds / 2
    await log.close()


async def test_a_partition_that_is_sent_back_while_it_rests_is_not_kept_waiting_by_the_others_for_long(
    as_it_is_used: KafkaSettings,
) -> None:
    log = KafkaLog(as_it_is_used)
    await log.append(*EVERYWHERE[0], b"k", [b"0"])
    async with KafkaFollower(as_it_is_used, dict.fromkeys(EVERYWHERE[1:], 0) | {EVERYWHERE[0]: 1}) as follower:
        await rest(follower, 2.5)
        began = time.monotonic()
        follower.seek(*EVERYWHERE[0], 0)
        assert (await read(follower, EVERYWHERE[0], 1))[0].value == b"0"
        assert time.monotonic() - began < as_it_is_used.stall_seconds
    await log.close()


async def test_a_follower_that_gathers_asks_seldom_while_records_come_and_is_given_all_of_them(
    as_it_is_used: KafkaSettings,
) -> None:
    gathering = replace(as_it_is_used, gather_bytes=1024 * 1024, fetch_wait_at_rest_seconds=10.0, stall_seconds=30.0)
    log, number = KafkaLog(as_it_is_used), 60

    async def write() -> None:
        for index in range(number):
            await log.append(*EVERYWHERE[index % len(EVERYWHERE)], b"k", [b"one"])
            await asyncio.sleep(0.02)

    async with KafkaFollower(gathering, dict.fromkeys(EVERYWHERE, 0)) as follower:
        with counted(follower) as asked:
            began, found, writing = time.monotonic(), 0, asyncio.create_task(write())
            while found < number:
                found += sum(map(len, (await follower.poll(0.5)).values()))
            seconds = time.monotonic() - began
        await writing
        assert found == number
        assert asked.total() <= 2 + 2 * seconds / gathering.fetch_wait_seconds
        await rest(follower, 2.5)
        reading = asyncio.create_task(read(follower, EVERYWHERE[0], 1))
        began = time.monotonic()
        await log.append(*EVERYWHERE[0], b"k", [b"after a rest"])
        await reading
        assert time.monotonic() - began < gathering.fetch_wait_at_rest_seconds / 2
    await log.close()
