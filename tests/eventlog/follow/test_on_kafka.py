"""What only a real broker can show of the follow loop: a restart, an offset that no record has, silence."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from embedded.kafka import KafkaServer
from eventlog.log.kafka import KafkaLog
from eventlog.log.settings import KafkaSettings
from tests.eventlog.conftest import KafkaBench, create_topics, until
from tests.eventlog.follow.following import FAST, OTHER, SOUND, Kept, following

pytestmark = [pytest.mark.services, pytest.mark.timeout(180)]


async def test_after_a_restart_of_the_broker_everything_is_read_and_nothing_twice(tmp_path: Path) -> None:
    server = KafkaServer(tmp_path / "kafka")
    servers = await asyncio.to_thread(server.start)
    try:
        settings = KafkaSettings(bootstrap_servers=servers, fetch_wait_seconds=0.1, stall_seconds=1, retry_seconds=0.2)
        create_topics(settings, ["rulings"])
        log, kept = KafkaLog(settings), Kept(SOUND, OTHER)
        await log.append(*SOUND, b"k", [b"0"])
        async with following(log, kept, replace(FAST, max_backoff_seconds=1)) as loop:
            await until(lambda: loop.caught_up and kept.values[SOUND] == [b"0"], "caught up", 120)
            await asyncio.to_thread(server.stop)
            await until(lambda: loop.trouble is not None, "the outage is told", 120)
            server = KafkaServer(tmp_path / "kafka", port=server.port)
            await asyncio.to_thread(server.start)
            await log.append(*SOUND, b"k", [b"1", b"2"])
            await log.append(*OTHER, b"k", [b"a"])
            await until(lambda: kept.values == {SOUND: [b"0", b"1", b"2"], OTHER: [b"a"]}, "what came after it", 120)
            await until(lambda: not loop.problems(), "readiness", 120)
        await log.close()
    finally:
        await asyncio.to_thread(server.stop)


async def test_an_offset_that_holds_no_record_stops_its_partition_alone(kafka_bench: KafkaBench) -> None:
    settings = kafka_bench.settings
    producer = AIOKafkaProducer(bootstrap_servers=settings.bootstrap_servers, transactional_id=settings.topic_prefix)
    await producer.start()
    async with producer.transaction():
        await producer.send_and_wait(settings.physical("rulings"), b"0", partition=OTHER[1])
    await producer.stop()
    # The transaction's marker, which comes by itself, takes offset 1.
    while await kafka_bench.log.end(*OTHER) < 2:
        await asyncio.sleep(0.05)
    await kafka_bench.log.append(*OTHER, b"k", [b"2"])
    kept = Kept(SOUND, OTHER)
    async with following(kafka_bench.log, kept) as loop:
        await until(lambda: loop.stopped, "the hole", 120)
        assert loop.stopped == {OTHER: "rulings-1@1: no record, rulings-1@2 comes next"}
        await kafka_bench.log.append(*SOUND, b"k", [b"0"])
        await until(lambda: kept.values == {SOUND: [b"0"], OTHER: [b"0"]}, "the sound partition goes on", 120)
