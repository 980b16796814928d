"""The owner of partitions: catching up, answering, announcing, defects, crashes and lost ownership."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Self

import orjson
import pytest

from eventlog.answering import OwnerSettings, Phase
from eventlog.clock import FixedClock
from eventlog.counting import Counting, Ruling
from eventlog.log import Log
from eventlog.memory import Crash, Fault, MemoryFollower, MemoryLog, MemoryTopics
from eventlog.owner import Owner
from eventlog.ownership import FixedAssignment
from eventlog.partition_owner import PartitionOwner
from eventlog.record import Entry, Place, Record
from tests.eventlog.conftest import until
from tests.eventlog.toy import CANNOT_DECIDE, Toy, submission, submit, totals

NOON = datetime(2024, 4, 10, 12, tzinfo=UTC)
FAST = OwnerSettings(
    tick_seconds=0.01,
    poll_seconds=0.02,
    check_seconds=0.05,
    max_batch_rulings=5,
    first_backoff_seconds=0.02,
    max_backoff_seconds=0.05,
    stop_seconds=1,
)


def rulings(topics: MemoryTopics, partition: int = 0) -> list[Ruling]:
    return Counting().fold(topics.records("rulings", partition))


def told(topics: MemoryTopics, partition: int = 0) -> list[tuple[int, int]]:
    return [(ruling.causeoffset, ruling.events[0].body["total"]) for ruling in rulings(topics, partition)]


def expected(topics: MemoryTopics, partition: int = 0) -> list[tuple[int, int]]:
    return totals(topics.records("submissions", partition))


def announced(owner: Owner, position: int, instant: datetime) -> bool:
    """Whether everything due by `instant` was announced, with everything before `position` ruled."""
    status = owner.statuses()[0]
    return status.position == position and status.announced_until == instant


async def ruled(topics: MemoryTopics, partition: int = 0) -> None:
    """Wait until every submission has exactly one counted ruling, the right one."""
    await until(
        lambda: len(told(topics, partition)) >= len(topics.records("submissions", partition)),
        f"{len(told(topics, partition))} of {len(topics.records('submissions', partition))} submissions ruled",
    )
    assert told(topics, partition) == expected(topics, partition)


@asynccontextmanager
async def owning(
    log: Log, settings: OwnerSettings = FAST, make: Callable[[], Toy] = Toy
) -> AsyncIterator[PartitionOwner]:
    """Partition 0, owned for a while."""
    owner = PartitionOwner(log, 0, lambda _: make(), settings)
    running = asyncio.create_task(owner.run())
    try:
        yield owner
    finally:
        owner.stop()
        with suppress(Crash):
            await asyncio.wait_for(running, 5)


async def test_every_submission_gets_one_ruling_in_order() -> None:
    topics = MemoryTopics()
    submit(topics, range(1, 24))
    async with owning(MemoryLog(topics)) as owner:
        await ruled(topics)
        submit(topics, [7, 8])
        await ruled(topics)
        await until(lambda: owner.status.idle, "idle")
        assert owner.status.position == 25
        assert owner.status.rulings == 25
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

    bytes_for_three = OwnerSettings(poll_seconds=0.02, max_batch_bytes=1000)
    async with owning(Watching(topics), bytes_for_three):
        await ruled(topics)
    assert 1 <= max(batches) < 10


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("after", [0, 1, 3])
async def test_whatever_happens_to_an_append_each_submission_keeps_one_right_ruling(fault: Fault, after: int) -> None:
    topics = MemoryTopics()
    submit(topics, range(1, 12))
    first = MemoryLog(topics)
    async with owning(first) as owner:
        await ruled(topics)
        first.fail_next("rulings", fault)
        submit(topics, range(20, 20 + 3))
        if fault is Fault.HELD:
            await first.held()
        elif fault in (Fault.CRASH_BEFORE, Fault.CRASH_AFTER):
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
            if fault not in (Fault.CRASH_BEFORE, Fault.CRASH_AFTER):
                await until(lambda: owner.status.position == len(topics.records("submissions", 0)), "the first owner")
    assert told(topics) == expected(topics)


async def test_a_stale_owner_with_a_decided_batch_in_hand_is_void_and_decides_again() -> None:
    topics = MemoryTopics()
    submit(topics, [5, 6])
    stale = MemoryLog(topics)
    stale.fail_next("rulings", Fault.HELD)
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
        submit(topics, [9])
        await asyncio.sleep(0.1)
        assert not owner.status.healthy
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
    settings = FAST if idle else OwnerSettings(poll_seconds=0.02, check_seconds=3600)
    async with owning(MemoryLog(topics), settings) as owner:
        await until(lambda: owner.status.idle and owner.status.position == 5, "idle")
        topics.cut("rulings", 0, topics.end("rulings", 0) - lost)
        if not idle:
            submit(topics, range(10))
        await until(lambda: owner.status.phase is Phase.CUT, "the cut is noticed")


async def test_records_that_the_author_itself_misplaces_are_not_appended() -> None:
    class Confused(Toy):
        def answer(self, submission: Record, at: int) -> Sequence[Entry]:
            return super().answer(submission, at + 1)

    topics = MemoryTopics()
    submit(topics, [1])
    async with owning(MemoryLog(topics), make=Confused) as owner:
        await until(lambda: owner.status.defects > 0, "the defect")
    assert topics.records("rulings", 0) == []


async def test_a_passed_deadline_is_announced_once_also_on_a_quiet_partition() -> None:
    clock = FixedClock(NOON)
    topics = MemoryTopics(clock)
    topics.place("submissions", 0, [Entry(b"k", submission("s0", 1, NOON + timedelta(hours=1)))])
    owner = Owner(MemoryLog(topics), FixedAssignment([0]), lambda _: Toy(), clock, FAST)
    await owner.start()
    await until(lambda: owner.statuses() and announced(owner, 1, NOON), "nothing due at noon")
    assert len(topics.records("submissions", 0)) == 1
    await owner.stop()

    owner = Owner(MemoryLog(topics), FixedAssignment([0]), lambda _: Toy(), clock, FAST)
    await owner.start()
    clock.set(NOON + timedelta(hours=2))
    await until(lambda: owner.statuses() and announced(owner, 2, clock.now()), "announced and ruled")
    assert owner.statuses()[0].idle
    await owner.stop()
    assert [orjson.loads(record.value or b"")["id"] for record in topics.records("submissions", 0)] == [
        "s0",
        "s0 passed",
    ]
    assert told(topics) == expected(topics)


async def test_nothing_is_announced_again_while_its_ruling_is_under_way() -> None:
    topics = MemoryTopics()
    log = MemoryLog(topics)
    owner = Owner(log, FixedAssignment([0]), lambda _: Toy(), FixedClock(NOON), FAST)
    await owner.start()
    topics.place("submissions", 0, [Entry(b"k", submission("s0", 1, NOON + timedelta(hours=1)))])
    await until(lambda: owner.statuses() and announced(owner, 1, NOON), "ruled")
    log.fail_next("rulings", Fault.HELD)
    topics.place("submissions", 0, [Entry(b"k", submission("s1", 1, NOON))])
    await log.held()
    log.release()
    log.fail_next("rulings", Fault.HELD)
    await until(lambda: len(topics.records("submissions", 0)) == 3, "announced")
    await asyncio.sleep(10 * FAST.tick_seconds)
    assert len(topics.records("submissions", 0)) == 3
    log.release()
    await until(lambda: announced(owner, 3, NOON), "ruled")
    await owner.stop()


async def test_what_was_announced_is_told_for_the_position_that_was_looked_at() -> None:
    topics = MemoryTopics()
    log = MemoryLog(topics)
    owner = Owner(log, FixedAssignment([0]), lambda _: Toy(), FixedClock(NOON), FAST)
    await owner.start()
    submit(topics, [1])
    await until(lambda: owner.statuses() and announced(owner, 1, NOON), "nothing is due")
    log.fail_next("submissions", Fault.HELD)
    topics.place("submissions", 0, [Entry(b"k", submission("s1", 1, NOON))])
    await log.held()
    assert owner.statuses()[0].position == 2
    assert owner.statuses()[0].announced_until is None
    log.release()
    await until(lambda: announced(owner, 3, NOON), "announced and ruled")
    await owner.stop()


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.UNANSWERED])
async def test_an_announcement_without_an_answer_is_made_again(fault: Fault) -> None:
    clock = FixedClock(NOON)
    topics = MemoryTopics(clock)
    topics.place("submissions", 0, [Entry(b"k", submission("s0", 1, NOON))])
    log = MemoryLog(topics)
    log.fail_next("submissions", fault)
    owner = Owner(log, FixedAssignment([0]), lambda _: Toy(), clock, FAST)
    await owner.start()
    await until(owner.statuses, "taken")
    await until(lambda: announced(owner, max(2, len(topics.records("submissions", 0))), NOON), "announced and ruled")
    await until(lambda: owner.ready, "ready")
    await owner.stop()
    assert told(topics) == expected(topics)
    assert len(topics.records("submissions", 0)) in (2, 3)


async def test_a_defect_in_what_is_due_is_told_and_rulings_go_on() -> None:
    class Alarmed(Toy):
        def due(self, now: datetime) -> Sequence[Entry]:
            raise ArithmeticError(f"cannot tell the time at {now}")

    topics = MemoryTopics()
    owner = Owner(MemoryLog(topics), FixedAssignment([0]), lambda _: Alarmed(), FixedClock(NOON), FAST)
    await owner.start()
    submit(topics, [1, 2])
    await ruled(topics)
    await until(lambda: owner.statuses()[0].alarm_problem, "the defect is told")
    assert not owner.ready
    await owner.stop()


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
    log.fail_next("rulings", Fault.HELD)
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


async def test_stopping_is_bounded_while_an_append_hangs() -> None:
    topics = MemoryTopics()
    log = MemoryLog(topics)
    log.fail_next("rulings", Fault.HELD)
    owner = Owner(log, FixedAssignment([0]), lambda _: Toy(), FixedClock(NOON), FAST)
    await owner.start()
    submit(topics, [1])
    await log.held()
    await asyncio.wait_for(owner.stop(), FAST.stop_seconds + 1)
