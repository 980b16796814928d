"""The follow loop in memory as on Kafka: a partition in trouble stops alone, is named and looked at again."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

import pytest

from eventlog.log.log import Log, LogUnavailable
from eventlog.log.memory import MemoryLog
from eventlog.log.memory_topics import MemoryFollower, MemoryTopics
from eventlog.log.record import Place, Record
from tests.eventlog.conftest import Bench, MemoryBench, until
from tests.eventlog.follow.following import FAST, OTHER, SOUND, Kept, following


async def write(log: Log, place: tuple[str, int], *values: bytes) -> None:
    await log.append(*place, b"k", values)


async def test_every_partition_is_handed_over_whole_and_in_order_and_then_it_has_caught_up(bench: Bench) -> None:
    kept = Kept(SOUND, OTHER)
    await write(bench.log, SOUND, b"0", b"1")
    async with following(bench.log, kept) as loop:
        assert loop.problems() == ["rulings: not read yet"]
        await until(lambda: loop.caught_up, "caught up")
        assert kept.values == {SOUND: [b"0", b"1"], OTHER: []}
        await write(bench.log, OTHER, b"a")
        await write(bench.log, SOUND, b"2")
        await until(lambda: kept.values == {SOUND: [b"0", b"1", b"2"], OTHER: [b"a"]}, "what came afterwards")
        await until(lambda: loop.ends == {SOUND: 3, OTHER: 1}, "the ends")
        assert loop.problems() == []


async def goes_on(bench: Bench, kept: Kept) -> None:
    """The sound partition is still followed."""
    before = len(kept.values[SOUND])
    await write(bench.log, SOUND, b"more", b"and more")
    await until(lambda: len(kept.values[SOUND]) == before + 2, "the sound partition to go on")


async def test_a_partition_that_ends_below_its_position_stops_alone_and_is_named(bench: Bench) -> None:
    kept = Kept(SOUND, OTHER, start=2)
    await write(bench.log, SOUND, b"0", b"1")
    await write(bench.log, OTHER, b"0")
    async with following(bench.log, kept) as loop:
        await until(lambda: loop.stopped, "the cut")
        assert list(loop.stopped) == [OTHER]
        assert "rulings-1@2" in loop.stopped[OTHER]
        await until(lambda: loop.caught_up, "the others have caught up")
        assert loop.problems() == list(loop.stopped.values())
        await goes_on(bench, kept)
        await write(bench.log, OTHER, b"1", b"2")
        await until(lambda: kept.values[OTHER] == [b"2"], "the partition that was looked at again")
        await until(lambda: not loop.problems(), "readiness")


async def test_a_log_that_holds_something_else_where_it_was_read_is_not_read_on_however_long_it_grows(
    bench: Bench,
) -> None:
    kept = Kept(SOUND, OTHER)
    await write(bench.log, SOUND, b"0", b"1", b"2")
    async with following(bench.log, kept) as loop:
        await until(lambda: len(kept.values[SOUND]) == 3, "all read")
        await bench.remove("rulings")
        await until(loop.problems, "the removal", 120)
        await bench.create("rulings")
        await write(bench.log, SOUND, b"x")
        await until(lambda: "rulings-0@" in loop.stopped.get(SOUND, ""), "the cut", 120)
        await write(bench.log, SOUND, b"y", b"z", b"0", b"1")
        await write(bench.log, OTHER, b"a")
        await until(lambda: kept.values[OTHER] == [b"a"], "the empty partition goes on", 120)
        await until(lambda: "another record" in loop.stopped.get(SOUND, ""), "the partition was looked at again")
        assert kept.values[SOUND] == [b"0", b"1", b"2"]


async def test_a_cut_partition_whose_records_come_back_is_read_on() -> None:
    topics = MemoryTopics()
    bench, kept = MemoryBench.of(topics), Kept(SOUND, OTHER)
    await write(bench.log, OTHER, b"0", b"1")
    async with following(bench.log, kept) as loop:
        await until(lambda: len(kept.values[OTHER]) == 2, "all read")
        lost = list(topics.records(*OTHER))
        topics.cut(*OTHER, 1)
        await until(lambda: OTHER in loop.stopped, "the cut")
        await goes_on(bench, kept)
        topics.records(*OTHER)[:] = lost
        await write(bench.log, OTHER, b"2")
        await until(lambda: kept.values[OTHER] == [b"0", b"1", b"2"], "what was lost and came back")
        await until(lambda: not loop.problems(), "readiness")


async def test_a_partition_cut_by_its_last_record_is_seen_when_it_is_opened_anew() -> None:
    topics = MemoryTopics()
    bench, kept = MemoryBench.of(topics), Kept(SOUND, OTHER)
    await write(bench.log, OTHER, b"0", b"1")
    async with following(bench.log, kept) as loop:
        await until(lambda: len(kept.values[OTHER]) == 2, "all read")
        topics.gone.add("rulings")
        await until(lambda: len(loop.stopped) == 2, "the outage")
        topics.cut(*OTHER, 1)
        topics.gone.clear()
        await until(lambda: "the partition ends at 1" in loop.stopped.get(OTHER, ""), "the cut")
        await goes_on(bench, kept)


async def test_a_record_that_cannot_be_decoded_stops_its_partition_alone(bench: Bench) -> None:
    kept = Kept(SOUND, OTHER)
    await write(bench.log, OTHER, b"0", b"1")
    await bench.spoil(*OTHER)
    await write(bench.log, OTHER, b"3")
    async with following(bench.log, kept) as loop:
        await until(lambda: loop.stopped, "the record")
        assert "rulings-1@2" in loop.stopped[OTHER]
        assert kept.values[OTHER] == [b"0", b"1"]
        for _ in range(3):
            await goes_on(bench, kept)
        assert kept.values[OTHER] == [b"0", b"1"]
        assert loop.caught_up
        if isinstance(bench, MemoryBench):
            bench.topics.undecodable.clear()
            await until(lambda: len(kept.values[OTHER]) == 4, "what another client could decode")
            await until(lambda: not loop.problems(), "readiness")


async def test_what_the_handler_cannot_take_in_stops_its_partition_alone_until_it_can(bench: Bench) -> None:
    kept = Kept(SOUND, OTHER)
    kept.refused = {(*OTHER, 1)}
    await write(bench.log, OTHER, b"0", b"1", b"2")
    async with following(bench.log, kept) as loop:
        await until(lambda: loop.stopped == {OTHER: "rulings-1@1: not known here"}, "the stop")
        await goes_on(bench, kept)
        assert kept.values[OTHER] == [b"0"]
        kept.refused.clear()
        await until(lambda: kept.values[OTHER] == [b"0", b"1", b"2"], "the rest")
        await until(lambda: not loop.problems(), "readiness")


async def test_a_handler_without_its_database_is_given_the_same_again(bench: Bench) -> None:
    kept = Kept(SOUND)
    kept.broken = ConnectionError("the database is away")
    await write(bench.log, SOUND, b"0", b"1")
    async with following(bench.log, kept) as loop:
        await until(lambda: loop.problems() == ["rulings: ConnectionError: the database is away"], "the trouble")
        asked = kept.asked
        await until(lambda: kept.asked > asked, "another try")
        assert not loop.caught_up
        kept.broken = None
        await until(lambda: loop.caught_up and not loop.problems(), "caught up")
        assert kept.values[SOUND] == [b"0", b"1"]


async def test_a_record_that_a_client_passed_over_is_read_again() -> None:
    class Careless(MemoryFollower):
        lost = False

        async def poll(self, timeout: float = 0.5, max_records: int | None = None) -> dict[Place, list[Record]]:  # noqa: ASYNC109
            found = await super().poll(timeout, max_records)
            for records in found.values():
                if len(records) > 2 and not Careless.lost:
                    Careless.lost = True
                    del records[1]
            return found

    class CarelessLog(MemoryLog):
        def follow(self, positions: Mapping[Place, int]) -> MemoryFollower:
            return Careless(self.topics, positions)

    kept = Kept(SOUND, OTHER)
    log = CarelessLog(MemoryTopics())
    await write(log, SOUND, b"0", b"1", b"2", b"3")
    async with following(log, kept) as loop:
        await until(lambda: kept.values[SOUND] == [b"0", b"1", b"2", b"3"], "all of them")
        assert Careless.lost
        await until(lambda: loop.caught_up and not loop.problems(), "readiness")


async def test_positions_that_another_instance_moved_are_asked_for_again(bench: Bench) -> None:
    kept = Kept(SOUND)
    async with following(bench.log, kept) as loop:
        await until(lambda: loop.caught_up, "caught up")
        await write(bench.log, SOUND, b"0", b"1", b"2")
        kept.values[SOUND] = [b"0", b"1"]
        kept.moved = True
        await until(lambda: kept.values[SOUND] == [b"0", b"1", b"2"], "what is left")
        assert not loop.problems()


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name.startswith("eventlog.follow")]


async def test_a_topic_that_is_gone_is_looked_for_again_and_told_once(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    kept = Kept(SOUND, ("submissions", 0))
    async with following(bench.log, kept) as loop:
        await until(lambda: loop.caught_up, "caught up")
        await bench.remove("submissions")
        with caplog.at_level(logging.INFO, "eventlog.follow"):
            await until(lambda: "submissions-0@0" in loop.stopped.get(("submissions", 0), ""), "the removal", 120)
            await goes_on(bench, kept)
            await until(lambda: kept.looked_again > 3, "more tries")
            assert len(told(caplog)) == 1
            await bench.create("submissions")
            await write(bench.log, ("submissions", 0), b"0")
            await until(lambda: kept.values["submissions", 0] == [b"0"], "the topic that is there again", 120)
            await until(lambda: len(told(caplog)) == 2, "the end of the trouble")


async def test_while_nothing_can_be_read_tries_double_their_pauses() -> None:
    topics = MemoryTopics()
    opened: list[float] = []

    class Counting(MemoryLog):
        def follow(self, _: Mapping[Place, int]) -> MemoryFollower:
            opened.append(time.monotonic())
            raise LogUnavailable("no broker")

    kept = Kept(SOUND)
    async with following(
        Counting(topics), kept, replace(FAST, first_backoff_seconds=0.02, max_backoff_seconds=10)
    ) as loop:
        await until(lambda: len(opened) == 6, "six tries")
        assert not loop.caught_up
    pauses = [later - earlier for earlier, later in pairwise(opened)]
    assert all(pause >= 0.8 * 0.02 * 2**turn for turn, pause in enumerate(pauses)), pauses


async def test_nothing_works_again_while_every_partition_is_stopped(caplog: pytest.LogCaptureFixture) -> None:
    topics = MemoryTopics()
    topics.gone.add("rulings")
    tries: list[None] = []

    class AwayAtFirst(MemoryLog):
        def follow(self, positions: Mapping[Place, int]) -> MemoryFollower:
            tries.append(None)
            if len(tries) == 1:
                raise LogUnavailable("no broker")
            return super().follow(positions)

    kept = Kept(SOUND, OTHER)
    with caplog.at_level(logging.INFO, "eventlog.follow.follow_loop"):
        async with following(AwayAtFirst(topics), kept) as loop:
            await until(lambda: kept.looked_again > 3, "looks at both")
            assert loop.trouble is not None
            assert "rulings works again" not in caplog.messages
            topics.gone.clear()
            await until(lambda: not loop.problems(), "readiness")
            assert "rulings works again" in caplog.messages
