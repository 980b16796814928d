"""The owner of partitions: catching up, answering, defects, a changing assignment."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import orjson

from eventlog.clock import FixedClock
from eventlog.log.memory import AppendFault, MemoryLog
from eventlog.log.memory_topics import MemoryTopics
from eventlog.log.record import Entry, Record
from eventlog.owner.assignment import FixedAssignment
from eventlog.owner.owner import Owner
from eventlog.owner.partition import Phase
from tests.eventlog.conftest import until
from tests.eventlog.owning import FAST, NOON, owning, ruled, rulings, told
from tests.eventlog.toy import CANNOT_DECIDE, Toy, submit


async def test_every_submission_gets_one_ruling_in_order() -> None:
    topics = MemoryTopics()
    submit(topics, range(1, 24))
    async with owning(MemoryLog(topics)) as owner:
        await ruled(topics)
        submit(topics, [7, 8])
        await ruled(topics)
        await until(lambda: owner.status.idle, "idle")
        assert owner.status.position == 25
        assert owner.status.answers == 25
        assert owner.status.healthy
        assert (owner.status.lag, owner.status.void) == (0, 0)


async def test_an_owner_catches_up_before_it_decides() -> None:
    topics = MemoryTopics()
    submit(topics, range(1, 10))
    async with owning(MemoryLog(topics)):
        await ruled(topics)
    submit(topics, range(10))
    async with owning(MemoryLog(topics)):
        await ruled(topics)
    assert len(topics.records("rulings", 0)) == sum(len(ruling.events) for ruling in rulings(topics))


async def test_a_ruling_is_never_split_over_batches() -> None:
    topics = MemoryTopics()
    submit(topics, range(40))
    batches: list[int] = []

    class Watching(MemoryLog):
        async def append_entries(self, topic: str, partition: int, entries: Sequence[Entry]) -> int:
            bodies = [orjson.loads(entry.value or b"") for entry in entries]
            assert bodies[0]["ordinal"] == 0
            assert bodies[-1]["ordinal"] == bodies[-1]["of"] - 1
            batches.append(len({body["causeoffset"] for body in bodies}))
            return await super().append_entries(topic, partition, entries)

    bytes_for_three = replace(FAST, max_batch_answers=500, max_batch_bytes=1000)
    async with owning(Watching(topics), bytes_for_three):
        await ruled(topics)
    assert 1 <= max(batches) < 10


async def test_an_idle_owner_learns_of_rulings_by_another() -> None:
    topics = MemoryTopics()
    submit(topics, [1])
    log = MemoryLog(topics)
    async with owning(log) as owner:
        await until(lambda: owner.status.idle and owner.status.position == 1, "idle")
        topics.place("rulings", 0, [Entry(None, b"stray")])
        await until(lambda: owner.status.void == 1, "the stray is seen")
        submit(topics, [2])
        await ruled(topics)
        assert owner.status.lost_races == 0


async def test_a_stray_record_is_void_and_holds_nobody_up() -> None:
    topics = MemoryTopics()
    submit(topics, [1, 2])
    topics.place("rulings", 0, [Entry(None, None), Entry(None, b"{"), Entry(b"k", b'{"at":"2","causeoffset":"9"}')])
    async with owning(MemoryLog(topics)):
        await ruled(topics)


async def test_what_cannot_be_decided_stops_its_partition_and_no_other_and_is_never_skipped() -> None:
    topics = MemoryTopics()
    submit(topics, [1, 2, CANNOT_DECIDE, 4])
    submit(topics, [1, 2, 3], partition=1)
    owner = Owner(MemoryLog(topics), FixedAssignment([0, 1]), lambda _: Toy(), FixedClock(NOON), FAST)
    await owner.start()
    await ruled(topics, 1)
    await until(lambda: owner.statuses()[0].defects > 1, "the defect is met again and again")
    assert told(topics) == [(0, 1), (1, 3)]
    assert owner.statuses()[0].phase is Phase.WAITING
    assert "ZeroDivisionError" in (owner.statuses()[0].problem or "")
    assert "submissions-0@2" in (owner.statuses()[0].problem or "")
    assert owner.statuses()[1].healthy
    assert not owner.ready
    submit(topics, [5], partition=1)
    await ruled(topics, 1)
    await owner.stop()


async def test_a_partition_goes_on_once_its_defect_is_mended() -> None:
    class Mended(Toy):
        mended = False

        def answer(self, submission: Record, at: int) -> Sequence[Entry]:
            if not self.mended and submission.offset == 2:
                raise LookupError("a type of tomorrow")
            return super().answer(submission, at)

    topics = MemoryTopics()
    submit(topics, [1, 2, 3, 4])
    async with owning(MemoryLog(topics), make=Mended) as owner:
        await until(lambda: owner.status.defects > 0, "the defect")
        Mended.mended = True
        await ruled(topics)
        await until(lambda: owner.status.healthy, "healthy again")


async def test_records_that_the_author_itself_misplaces_are_not_appended() -> None:
    class Confused(Toy):
        def answer(self, submission: Record, at: int) -> Sequence[Entry]:
            return super().answer(submission, at + 1)

    topics = MemoryTopics()
    submit(topics, [1])
    async with owning(MemoryLog(topics), make=Confused) as owner:
        await until(lambda: owner.status.defects > 0, "the defect")
    assert topics.records("rulings", 0) == []


async def test_partitions_follow_the_assignment() -> None:
    topics = MemoryTopics()
    here, there = FixedAssignment([0, 1]), FixedAssignment([])
    owners = [Owner(MemoryLog(topics), one, lambda _: Toy(), FixedClock(NOON), FAST) for one in (here, there)]
    for owner in owners:
        await owner.start()
    for partition in (0, 1):
        submit(topics, [1, 2, 3], partition)
        await ruled(topics, partition)
    here.give([0])
    there.give([1])
    await until(lambda: list(owners[0].statuses()) == [0] and list(owners[1].statuses()) == [1], "one partition each")
    for partition in (0, 1):
        submit(topics, [4, 5], partition)
        await ruled(topics, partition)
    assert len(topics.records("rulings", 1)) == sum(len(ruling.events) for ruling in rulings(topics, 1))
    here.give([0, 1])
    there.give([])
    await until(lambda: list(owners[0].statuses()) == [0, 1] and owners[0].ready and owners[1].ready, "given back")
    for owner in owners:
        await owner.stop()


async def test_a_partition_lost_and_given_back_at_once_is_owned_anew() -> None:
    topics = MemoryTopics()
    log = MemoryLog(topics)
    assignment = FixedAssignment([0])
    owner = Owner(log, assignment, lambda _: Toy(), FixedClock(NOON), FAST)
    await owner.start()
    log.fail_next("rulings", AppendFault.HELD)
    submit(topics, [1])
    await log.held()
    assignment.give([])
    await asyncio.sleep(0.05)
    assignment.give([0])
    await asyncio.sleep(0.05)
    log.release()
    submit(topics, [2])
    await ruled(topics)
    await until(lambda: owner.ready and owner.statuses()[0].position == 2, "owned anew")
    await owner.stop()
