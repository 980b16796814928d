"""The owner of partitions when processes, clients and the log itself fail."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Self

import pytest

from eventlog.clock import FixedClock
from eventlog.log.memory import AppendFault, MemoryLog
from eventlog.log.memory_topics import MemoryFollower, MemoryTopics
from eventlog.log.record import Entry, Place, Record
from eventlog.owner.assignment import FixedAssignment
from eventlog.owner.owner import Owner
from eventlog.owner.partition import Phase
from eventlog.owner.partition_loop import PartitionOwner
from tests.eventlog.conftest import until
from tests.eventlog.owning import FAST, NOON, expected, owning, ruled, told
from tests.eventlog.toy import Toy, submission, submit


@pytest.mark.parametrize("fault", list(AppendFault))
@pytest.mark.parametrize("after", [0, 1, 3])
async def test_whatever_happens_to_an_append_each_submission_keeps_one_right_ruling(
    fault: AppendFault, after: int
) -> None:
    topics = MemoryTopics()
    submit(topics, range(1, 12))
    first = MemoryLog(topics)
    async with owning(first) as owner:
        await ruled(topics)
        first.fail_next("rulings", fault)
        submit(topics, range(20, 20 + 3))
        if fault is AppendFault.HELD:
            await first.held()
        elif fault in (AppendFault.CRASH_BEFORE, AppendFault.CRASH_AFTER):
            await until(lambda: first.dead, "the crash")
        else:
            await until(lambda: owner.status.position == 14, "the first owner's rulings")
        async with owning(MemoryLog(topics)):
            submit(topics, range(30, 30 + after))
            await ruled(topics)
            first.release()
            first.land()
            submit(topics, [1, 2, 3])
            await ruled(topics)
            if fault not in (AppendFault.CRASH_BEFORE, AppendFault.CRASH_AFTER):
                await until(lambda: owner.status.position == len(topics.records("submissions", 0)), "the first owner")
    assert told(topics) == expected(topics)


async def test_a_stale_owner_with_a_decided_batch_in_hand_is_void_and_decides_again() -> None:
    topics = MemoryTopics()
    submit(topics, [5, 6])
    stale = MemoryLog(topics)
    stale.fail_next("rulings", AppendFault.HELD)
    async with owning(stale) as owner:
        await stale.held()
        async with owning(MemoryLog(topics)):
            submit(topics, [7])
            await ruled(topics)
        submit(topics, [8])
        stale.release()
        await ruled(topics)
        assert owner.status.lost_races == 1
        assert owner.status.void > 0


async def test_two_owners_for_ever_agree() -> None:
    topics = MemoryTopics()
    async with owning(MemoryLog(topics)) as one, owning(MemoryLog(topics)) as other:
        for start in range(0, 200, 10):
            submit(topics, range(start, start + 10))
            await asyncio.sleep(0.002)
        await ruled(topics)
        await until(lambda: one.status.position == other.status.position == 200, "both have seen all")
        assert one.status.lost_races + other.status.lost_races > 0


@pytest.mark.parametrize("end", [0, 3, 4])
async def test_submissions_cut_below_what_was_ruled_stop_the_partition(end: int) -> None:
    topics = MemoryTopics()
    submit(topics, range(5))
    async with owning(MemoryLog(topics)):
        await ruled(topics)
    topics.cut("submissions", 0, end)
    before = list(topics.records("rulings", 0))
    async with owning(MemoryLog(topics)) as owner:
        await until(lambda: owner.status.phase is Phase.CUT, "the cut is noticed")
        topics.place("submissions", 0, [Entry(b"k", submission("another", 9))])
        await asyncio.sleep(0.1)
        assert owner.status.phase is Phase.CUT
    assert topics.records("rulings", 0) == before


async def test_submissions_cut_and_their_offsets_used_again_stop_the_partition() -> None:
    topics = MemoryTopics()
    submit(topics, range(5))
    async with owning(MemoryLog(topics)):
        await ruled(topics)
    topics.cut("submissions", 0, 3)
    for name in ("other 3", "other 4", "other 5"):
        topics.place("submissions", 0, [Entry(b"k", submission(name, 1))])
    before = list(topics.records("rulings", 0))
    async with owning(MemoryLog(topics)) as owner:
        await until(lambda: owner.status.phase is Phase.CUT, "the cut is noticed")
    assert topics.records("rulings", 0) == before


class Odd(MemoryFollower):
    """A follower that behaves as clients do when they break: once, and without an error."""

    harm = "none"

    async def poll(self, timeout: float = 0.5, max_records: int | None = None) -> dict[Place, list[Record]]:  # noqa: ASYNC109
        if self.harm == "cancels":
            Odd.harm = "none"
            raise asyncio.CancelledError
        if self.harm == "gives nothing":
            await asyncio.sleep(timeout)
            return {}
        return await super().poll(timeout, max_records)

    async def __aenter__(self) -> Self:
        if self.harm == "gives nothing" and Odd.opened_again:
            Odd.harm = "none"
        Odd.opened_again = True
        return await super().__aenter__()

    opened_again = False


class OddLog(MemoryLog):
    def follow(self, positions: Mapping[Place, int]) -> MemoryFollower:
        return Odd(self.topics, positions)


async def test_a_client_that_cancels_its_own_work_does_not_end_the_owner() -> None:
    topics = MemoryTopics()
    submit(topics, [1, 2])
    async with owning(OddLog(topics)) as owner:
        await ruled(topics)
        Odd.harm = "cancels"
        await until(lambda: Odd.harm == "none", "cancelled")
        submit(topics, [3])
        await ruled(topics)
        await until(lambda: owner.status.healthy, "healthy again")


async def test_a_follower_that_gives_nothing_of_what_is_there_is_opened_anew() -> None:
    topics = MemoryTopics()
    submit(topics, [1, 2])
    async with owning(OddLog(topics), replace(FAST, stall_seconds=0.1)):
        await ruled(topics)
        Odd.opened_again = False
        Odd.harm = "gives nothing"
        await asyncio.sleep(0.05)
        submit(topics, [3])
        Odd.opened_again = True
        await ruled(topics)
        assert Odd.harm == "none"


async def test_submissions_cut_under_a_running_owner_stop_the_partition() -> None:
    topics = MemoryTopics()
    submit(topics, range(5))
    async with owning(MemoryLog(topics)) as owner:
        await until(lambda: owner.status.idle and owner.status.position == 5, "idle")
        topics.cut("submissions", 0, 3)
        await until(lambda: owner.status.phase is Phase.CUT, "the cut is noticed")


@pytest.mark.parametrize("lost", [1, 5])
@pytest.mark.parametrize("idle", [True, False])
async def test_rulings_cut_under_a_running_owner_stop_the_partition(idle: bool, lost: int) -> None:
    topics = MemoryTopics()
    submit(topics, range(5))
    settings = FAST if idle else replace(FAST, check_seconds=3600)
    async with owning(MemoryLog(topics), settings) as owner:
        await until(lambda: owner.status.idle and owner.status.position == 5, "idle")
        topics.cut("rulings", 0, topics.end("rulings", 0) - lost)
        if not idle:
            submit(topics, range(10))
        await until(lambda: owner.status.phase is Phase.CUT, "the cut is noticed")


async def stays_cut(owner: PartitionOwner, topics: MemoryTopics) -> None:
    """It is looked at again and again, and nothing is appended to it."""
    before = list(topics.records("rulings", 0))
    for _ in range(3):
        await until(lambda: owner.status.phase is Phase.CUT, "the cut is noticed")
        await asyncio.sleep(FAST.max_backoff_seconds)
    assert owner.status.phase is Phase.CUT
    assert topics.records("rulings", 0) == before


async def test_rulings_cut_and_written_anew_by_another_are_not_taken_for_those_that_were_read() -> None:
    topics = MemoryTopics()
    submit(topics, range(5))
    async with owning(MemoryLog(topics)) as owner:
        await until(lambda: owner.status.idle and owner.status.position == 5, "idle")
        lost = list(topics.records("rulings", 0))
        topics.cut("rulings", 0, 1)
        await until(lambda: owner.status.phase is Phase.CUT, "the cut is noticed")
        for number in range(20):
            topics.place("rulings", 0, [Entry(b"k", b"another %d" % number)])
        await stays_cut(owner, topics)
        assert "another record lies there now" in (owner.status.problem or "")
        topics.records("rulings", 0)[:] = lost
        submit(topics, [6])
        await ruled(topics)
        await until(lambda: owner.status.healthy, "healthy again")


async def test_submissions_cut_and_written_anew_under_a_running_owner_are_other_ones() -> None:
    topics = MemoryTopics()
    submit(topics, range(5))
    async with owning(MemoryLog(topics)) as owner:
        await until(lambda: owner.status.idle and owner.status.position == 5, "idle")
        topics.cut("submissions", 0, 3)
        await until(lambda: owner.status.phase is Phase.CUT, "the cut is noticed")
        submit(topics, [7, 8, 9])
        await stays_cut(owner, topics)


async def test_a_submission_that_cannot_be_decoded_stops_its_partition_and_is_named() -> None:
    topics = MemoryTopics()
    submit(topics, range(5))
    topics.undecodable.add(("submissions", 0, 3))
    async with owning(MemoryLog(topics)) as owner:
        await until(lambda: "submissions-0@3 cannot be decoded" in (owner.status.problem or ""), "the problem")
        assert told(topics) == expected(topics)[:3]
        topics.undecodable.clear()
        await ruled(topics)
        await until(lambda: owner.status.healthy, "healthy again")


async def test_stopping_is_bounded_while_an_append_hangs() -> None:
    topics = MemoryTopics()
    log = MemoryLog(topics)
    log.fail_next("rulings", AppendFault.HELD)
    owner = Owner(log, FixedAssignment([0]), lambda _: Toy(), FixedClock(NOON), FAST)
    await owner.start()
    submit(topics, [1])
    await log.held()
    await asyncio.wait_for(owner.stop(), FAST.stop_seconds + 1)
