"""Owning partitions of a log in memory for a while, and what must then lie on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

from eventlog.at.at_rule import AtRule, CountedAnswer
from eventlog.log.log import Log
from eventlog.log.memory import Crash
from eventlog.log.memory_topics import MemoryTopics
from eventlog.owner.owner import Owner
from eventlog.owner.partition import OwnerSettings
from eventlog.owner.partition_loop import PartitionOwner
from tests.eventlog.conftest import until
from tests.eventlog.toy import Toy, totals

NOON = datetime(2024, 4, 10, 12, tzinfo=UTC)
FAST = OwnerSettings(
    questions="submissions",
    answers="rulings",
    tick_seconds=0.01,
    poll_seconds=0.02,
    check_seconds=0.05,
    max_batch_answers=5,
    first_backoff_seconds=0.02,
    max_backoff_seconds=0.05,
    stop_seconds=1,
)


def rulings(topics: MemoryTopics, partition: int = 0) -> list[CountedAnswer]:
    return AtRule().fold(topics.records("rulings", partition))


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
            await asyncio.wait_for(running, 60)
