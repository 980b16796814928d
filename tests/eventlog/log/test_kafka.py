"""What only a real broker, or its absence, can show."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import GroupAuthorizationFailedError, NodeNotReadyError
from aiokafka.structs import RecordMetadata
from kafka.admin import KafkaAdminClient
from kafka.structs import OffsetAndMetadata, TopicPartition

from eventlog.at.at_rule import AtRule
from eventlog.clock import SystemClock
from eventlog.log.kafka import KafkaLog
from eventlog.log.kafka_follower import KafkaFollower
from eventlog.log.log import AppendUnknown, Log, LogUnavailable
from eventlog.log.record import Entry
from eventlog.log.settings import KafkaSettings
from eventlog.owner.assignment import Assignment, FixedAssignment
from eventlog.owner.group_assignment import GroupAssignment
from eventlog.owner.owner import Owner
from tests.eventlog.conftest import PARTITIONS, KafkaBench, read, until
from tests.eventlog.owning import FAST
from tests.eventlog.toy import Toy, submission, totals

pytestmark = pytest.mark.services

PLACE = ("rulings", 2)


async def test_a_batch_that_the_broker_refuses_costs_a_producer_and_the_next_small_one_passes(
    kafka_settings: KafkaSettings,
) -> None:
    log = KafkaLog(replace(kafka_settings, max_batch_bytes=3_000_000))
    assert await log.append(*PLACE, b"k", [b"before"]) == 0
    with pytest.raises(AppendUnknown, match="MessageSizeTooLarge"):
        await log.append(*PLACE, b"k", [b"x" * 2_000_000])
    assert await log.append(*PLACE, b"k", [b"after"]) == 1
    assert log.producers == 2
    await log.close()


@pytest.mark.parametrize("offset", [-1, None])
async def test_an_answer_without_an_offset_is_unknown_and_costs_a_producer(
    kafka_bench: KafkaBench, monkeypatch: pytest.MonkeyPatch, offset: int | None
) -> None:
    log = KafkaLog(kafka_bench.settings)
    kafka_bench.clients.append(log)
    real = AIOKafkaProducer.send_batch

    async def without_offset(self: AIOKafkaProducer, *args: Any, **options: Any) -> Any:
        await (await real(self, *args, **options))
        answer = asyncio.get_running_loop().create_future()
        answer.set_result(None if offset is None else RecordMetadata("t", 0, None, offset, -1, 0, 0))
        return answer

    assert await log.append(*PLACE, b"k", [b"0"]) == 0
    with monkeypatch.context() as broken:
        broken.setattr(AIOKafkaProducer, "send_batch", without_offset)
        with pytest.raises(AppendUnknown, match="offset"):
            await log.append(*PLACE, b"k", [b"1"])
    assert await log.append(*PLACE, b"k", [b"2"]) == 2
    assert log.producers == 2


async def test_one_partitions_error_leaves_batches_under_way_to_others_their_answers(
    kafka_settings: KafkaSettings,
) -> None:
    log = KafkaLog(replace(kafka_settings, max_batch_bytes=3_000_000))
    for partition in range(PARTITIONS):
        await log.append("rulings", partition, b"k", [b"first"])
    sizes = [2_000_000 if number % 10 == 5 else 1000 for number in range(40)]

    async def write(partition: int) -> list[int | None]:
        answers: list[int | None] = []
        for size in sizes if partition == 0 else [1000] * 40:
            try:
                answers.append(await log.append("rulings", partition, b"k", [b"x" * size]))
            except AppendUnknown:
                answers.append(None)
        return answers

    for partition, answers in enumerate(await asyncio.gather(*map(write, range(PARTITIONS)))):
        async with log.follow({("rulings", partition): 0}) as follower:
            end = await log.end("rulings", partition)
            lying = {record.offset for record in await read(follower, ("rulings", partition), end)}
        known = [answer for answer in answers if answer is not None]
        assert len(known) == len(set(known))
        assert set(known) <= lying
        assert partition == 0 or None not in answers or len(known) >= 36
    await log.close()


@asynccontextmanager
async def black_hole() -> AsyncIterator[str]:
    """A server that takes everything and answers nothing."""

    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(65536):
            pass
        writer.close()

    server = await asyncio.start_server(swallow, "127.0.0.1", 0)
    yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()


async def test_closing_is_bounded_while_no_broker_answers() -> None:
    async with black_hole() as servers:
        log = KafkaLog(KafkaSettings(bootstrap_servers=servers, stop_seconds=0.3, request_timeout_seconds=60))
        appending = asyncio.create_task(log.append(*PLACE, b"k", [b"0"]))
        await asyncio.sleep(0.1)
        began = time.monotonic()
        await log.close()
        assert time.monotonic() - began < 3
        with pytest.raises(AppendUnknown):
            await appending


async def test_a_broker_that_is_not_there_is_unavailable_and_found_when_it_comes(kafka_settings: KafkaSettings) -> None:
    log = KafkaLog(KafkaSettings(bootstrap_servers="127.0.0.1:1", stop_seconds=0.3))
    with pytest.raises(LogUnavailable):
        await log.end(*PLACE)
    with pytest.raises(LogUnavailable):
        async with log.follow({PLACE: 0}):
            pass
    with pytest.raises(AppendUnknown):
        await log.append(*PLACE, b"k", [b"0"])
    log.settings = kafka_settings
    assert await log.append(*PLACE, b"k", [b"0"]) == 0
    await log.close()


async def test_a_compressed_batch_is_read_back(kafka_settings: KafkaSettings) -> None:
    log = KafkaLog(replace(kafka_settings, compression="gzip"))
    assert await log.append(*PLACE, b"k", [b"x" * 100_000, b"y" * 100_000]) == 0
    async with log.follow({PLACE: 1}) as follower:
        assert (await read(follower, PLACE, 1))[0].value == b"y" * 100_000
    await log.close()


async def test_a_consumer_that_no_longer_fetches_is_told(kafka_settings: KafkaSettings) -> None:
    async with KafkaFollower(replace(kafka_settings, stall_seconds=0.5), {PLACE: 0}) as follower:
        assert await follower.poll(0.2) == {}
        assert follower._consumer is not None
        follower._consumer._fetcher._fetch_task.cancel()
        with pytest.raises(LogUnavailable, match="answers no fetch"):
            await read(follower, PLACE, 1)


async def test_a_consumer_stopped_while_it_waits_to_fetch_again_cancels_nobody_else(kafka_bench: KafkaBench) -> None:
    async def refuse(*_: Any, **__: Any) -> None:
        raise NodeNotReadyError("the broker was killed")

    async with KafkaFollower(kafka_bench.settings, {PLACE: 0}) as follower:
        assert follower._consumer is not None
        follower._consumer._client.send = refuse
        assert await follower.poll(0.3) == {}
        assert await follower.poll(0.05) == {}


async def test_a_group_shares_the_partitions_and_commits_nothing(kafka_settings: KafkaSettings) -> None:
    one, other = (GroupAssignment(kafka_settings, "rating", "submissions", 3) for _ in range(2))
    everything = frozenset(range(PARTITIONS))
    assert one.owned() is None
    await one.start()
    await until(lambda: one.owned() == everything, "one owns all")
    await other.start()
    await until(lambda: len(one.owned() or ()) == len(other.owned() or ()) == PARTITIONS / 2, "half each")
    assert (one.owned() or frozenset()) | (other.owned() or frozenset()) == everything
    await one.stop()
    await until(lambda: other.owned() == everything, "the other owns all")
    assert await asyncio.to_thread(committed, kafka_settings, "rating") == {}
    await other.stop()


async def test_who_was_thrown_out_of_the_group_joins_anew(kafka_settings: KafkaSettings) -> None:
    async def refuse(*_: Any, **__: Any) -> None:
        raise GroupAuthorizationFailedError("the right was taken away")

    one, other = (GroupAssignment(kafka_settings, "rating", "submissions", 3) for _ in range(2))
    everything = frozenset(range(PARTITIONS))
    await one.start()
    await until(lambda: one.owned() == everything, "one owns all")
    assert one._consumer is not None
    coordinator = one._consumer._coordinator
    one._consumer._client.send = refuse
    await until(lambda: coordinator._pending_exception is not None, "one is thrown out")
    await other.start()
    await until(lambda: len(one.owned() or ()) == len(other.owned() or ()) == PARTITIONS / 2, "one has joined anew")
    assert (one.owned() or frozenset()) | (other.owned() or frozenset()) == everything
    await one.stop()
    await other.stop()


def committed(settings: KafkaSettings, group: str) -> dict[Any, Any]:
    admin = KafkaAdminClient(bootstrap_servers=settings.bootstrap_servers)
    try:
        return dict(admin.list_group_offsets({settings.physical(group): None})[settings.physical(group)])
    finally:
        admin.close()


def move_offsets(settings: KafkaSettings, group: str) -> None:
    admin = KafkaAdminClient(bootstrap_servers=settings.bootstrap_servers)
    try:
        moved = {
            TopicPartition(settings.physical("submissions"), partition): OffsetAndMetadata(3, "", None)
            for partition in range(PARTITIONS)
        }
        admin.alter_group_offsets(settings.physical(group), moved)
    finally:
        admin.close()


async def submit(log: Log, partition: int, start: int, count: int) -> None:
    for number in range(start, start + count):
        await log.append("submissions", partition, b"k", [submission(f"s{partition}-{number}", number)])


async def ruled(log: Log, partition: int, count: int) -> None:
    """Read both topics from the beginning; every submission must have exactly one counted ruling, the right one."""
    deadline = time.monotonic() + 60
    counting = AtRule()
    told: list[tuple[int, int]] = []
    async with log.follow({("submissions", partition): 0}) as follower:
        submissions = await read(follower, ("submissions", partition), count)
    async with log.follow({("rulings", partition): 0}) as follower:
        while len(told) < count:
            assert time.monotonic() < deadline, f"{len(told)} of {count} submissions of partition {partition} ruled"
            for ruling in counting.fold((await follower.poll(0.2)).get(("rulings", partition), [])):
                told.append((ruling.causeoffset, ruling.events[0].body["total"]))
    assert told == totals(submissions)


def owner(log: Log, assignment: Assignment) -> Owner:
    return Owner(log, assignment, lambda _: Toy(), SystemClock(), FAST)


async def test_two_owners_of_every_partition_leave_one_right_ruling_each(kafka_bench: KafkaBench) -> None:
    owners = [owner(kafka_bench.client(), FixedAssignment(range(PARTITIONS))) for _ in range(2)]
    for one in owners:
        await one.start()
    await asyncio.gather(*(submit(kafka_bench.log, partition, 0, 60) for partition in range(PARTITIONS)))
    for partition in range(PARTITIONS):
        await ruled(kafka_bench.log, partition, 60)
    await until(lambda: all(one.ready for one in owners), "both ready")
    for one in owners:
        await one.stop()


async def test_partitions_move_to_whoever_is_left_and_group_offsets_do_not_matter(kafka_bench: KafkaBench) -> None:
    settings = kafka_bench.settings
    await asyncio.to_thread(move_offsets, settings, "rating")
    one, other = (owner(kafka_bench.client(), GroupAssignment(settings, "rating", "submissions", 3)) for _ in range(2))
    await one.start()
    await asyncio.gather(*(submit(kafka_bench.log, partition, 0, 10) for partition in range(PARTITIONS)))
    await until(lambda: len(one.statuses()) == PARTITIONS, "one owns all")
    await other.start()
    await until(lambda: len(other.statuses()) == 2 and len(one.statuses()) == 2, "half each")
    await asyncio.gather(*(submit(kafka_bench.log, partition, 10, 10) for partition in range(PARTITIONS)))
    await one.stop()
    await asyncio.gather(*(submit(kafka_bench.log, partition, 20, 10) for partition in range(PARTITIONS)))
    for partition in range(PARTITIONS):
        await ruled(kafka_bench.log, partition, 30)
    await until(lambda: len(other.statuses()) == PARTITIONS and other.ready, "the other owns all")
    await other.stop()


async def test_a_stray_record_written_by_hand_is_void(kafka_bench: KafkaBench) -> None:
    await kafka_bench.log.append_entries(
        "rulings", 0, [Entry(None, None), Entry(b"k", b'{"at":"0","causeoffset":"0"}')]
    )
    running = owner(kafka_bench.client(), FixedAssignment([0]))
    await running.start()
    await submit(kafka_bench.log, 0, 0, 5)
    await ruled(kafka_bench.log, 0, 5)
    await running.stop()
