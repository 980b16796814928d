"""The owner of partitions announces what is due."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import orjson
import pytest

from eventlog.clock import FixedClock
from eventlog.log.memory import AppendFault, MemoryLog
from eventlog.log.memory_topics import MemoryTopics
from eventlog.log.record import Entry
from eventlog.owner.assignment import FixedAssignment
from eventlog.owner.owner import Owner
from tests.eventlog.conftest import until
from tests.eventlog.owning import FAST, NOON, announced, expected, ruled, told
from tests.eventlog.toy import Toy, submission, submit


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
    log.fail_next("rulings", AppendFault.HELD)
    topics.place("submissions", 0, [Entry(b"k", submission("s1", 1, NOON))])
    await log.held()
    log.release()
    log.fail_next("rulings", AppendFault.HELD)
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
    log.fail_next("submissions", AppendFault.HELD)
    topics.place("submissions", 0, [Entry(b"k", submission("s1", 1, NOON))])
    await log.held()
    assert owner.statuses()[0].position == 2
    assert owner.statuses()[0].announced_until is None
    log.release()
    await until(lambda: announced(owner, 3, NOON), "announced and ruled")
    await owner.stop()


@pytest.mark.parametrize("fault", [AppendFault.LOST, AppendFault.UNANSWERED])
async def test_an_announcement_without_an_answer_is_made_again(fault: AppendFault) -> None:
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
