"""Before partitions move an owner answers what is in flight and nothing more; what stays with it goes on."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

from eventlog.log.memory import AppendFault, MemoryLog
from eventlog.log.memory_topics import MemoryTopics
from tests.eventlog.conftest import until
from tests.eventlog.owning import FAST, owning, ruled, rulings
from tests.eventlog.toy import submit


async def test_letting_go_waits_for_the_batch_in_flight_and_nothing_is_answered_until_it_goes_on() -> None:
    topics = MemoryTopics()
    log = MemoryLog(topics)
    async with owning(log) as owner:
        log.fail_next("rulings", AppendFault.HELD)
        submit(topics, [1])
        await log.held()
        letting_go = asyncio.create_task(owner.let_go())
        await asyncio.sleep(0.05)
        assert not letting_go.done()
        log.release()
        await letting_go
        submit(topics, [2, 3])
        await asyncio.sleep(0.1)
        assert len(rulings(topics)) == 1
        owner.go_on()
        await ruled(topics)


async def test_what_another_owner_answered_meanwhile_is_folded_and_nothing_is_void() -> None:
    topics = MemoryTopics()
    submit(topics, [1])
    async with owning(MemoryLog(topics)) as owner:
        await ruled(topics)
        await owner.let_go()
        async with owning(MemoryLog(topics)):
            submit(topics, [2, 3])
            await ruled(topics)
        owner.go_on()
        submit(topics, [4])
        await ruled(topics)
        await until(lambda: owner.status.position == 4, "its own position")
        assert (owner.status.void, owner.status.lost_races) == (0, 0)


async def test_an_owner_that_hears_nothing_more_goes_on_by_itself() -> None:
    topics = MemoryTopics()
    async with owning(MemoryLog(topics), replace(FAST, rest_seconds=0.05)) as owner:
        await owner.let_go()
        submit(topics, [1])
        await ruled(topics)


async def test_neither_a_stop_nor_letting_go_waits_for_the_end_of_a_poll() -> None:
    topics = MemoryTopics()
    submit(topics, [1])
    async with owning(MemoryLog(topics), replace(FAST, poll_seconds=60)) as owner:
        await ruled(topics)
        async with owning(MemoryLog(topics)) as other:
            await owner.let_go()
            submit(topics, [2])
            await ruled(topics)
            await other.let_go()
        owner.go_on()
        submit(topics, [3])
        await ruled(topics)
        await until(lambda: owner.status.position == 3, "its own position")
        began = time.monotonic()
    assert time.monotonic() - began < 30
    assert (owner.status.void, owner.status.lost_races) == (0, 0)
