"""What is left of a log, and for how long: told by readiness while a service reads what was there before it."""

from __future__ import annotations

import asyncio
import math
import time
from types import SimpleNamespace

import pytest

from eventlog.at.at_rule import AtRule, CountedAnswer
from eventlog.at.guarded_append import GuardedPartition
from eventlog.follow import follow_loop
from eventlog.follow.counted import CountedAnswers
from eventlog.follow.follow_loop import FollowLoop
from eventlog.log.memory import MemoryLog
from eventlog.log.memory_topics import MemoryTopics
from eventlog.remainder import Remainder, remainder, together
from tests.eventlog.conftest import until
from tests.eventlog.owning import owning, ruled
from tests.eventlog.slow_log import SlowLog
from tests.eventlog.toy import submit


def test_the_time_left_follows_from_the_rate_so_far_and_is_not_told_before_there_is_one() -> None:
    assert str(remainder(30_000, 90_001, 1.0)) == "90001 records left, 30000 a second, about 4 s"
    assert str(remainder(0, 7, 1.0)) == "7 records left"
    assert remainder(0, 7, 1.0).seconds is None


def test_partitions_that_are_read_side_by_side_are_told_as_one() -> None:
    assert together([Remainder(60, 10.0), Remainder(40, 10.0), Remainder(0, 50.0)]) == Remainder(100, 20.0)
    assert together([Remainder(0, 5.0)]) is None


def test_nothing_longer_than_an_hour_is_foretold_and_nothing_where_nothing_is_left() -> None:
    assert remainder(1, 7201, 2.0).seconds == 3600
    assert str(remainder(10, 72010, 1.0)) == "72010 records left, 10 a second, an hour or more"
    assert remainder(10, 0, 1.0).seconds is None
    assert str(remainder(10, -3, 1.0)) == "0 records left"


async def written() -> MemoryTopics:
    """A log with three submissions, ruled on."""
    topics = MemoryTopics()
    submit(topics, [1, 2, 3])
    async with owning(MemoryLog(topics)):
        await ruled(topics)
    return topics


def counting() -> CountedAnswers:
    return CountedAnswers("rulings", 1, lambda *_: None)


async def test_a_follower_tells_what_is_left_until_it_has_caught_up(monkeypatch: pytest.MonkeyPatch) -> None:
    topics = await written()
    clock = SimpleNamespace(now=time.monotonic())
    monkeypatch.setattr(follow_loop, "time", SimpleNamespace(monotonic=lambda: clock.now))
    log, records = SlowLog(topics, "rulings"), len(topics.records("rulings", 0))
    loop = FollowLoop("rulings", log, counting())
    following = asyncio.create_task(loop.run())
    await until(lambda: loop.left is not None and loop.left.records < records, "the first record")
    clock.now += 0.5
    assert loop.left == Remainder(records - 1, 2.0)
    seconds = math.ceil((records - 1) / 2)
    assert loop.problems() == [f"rulings: catching up, {records - 1} records left, 2 a second, about {seconds} s"]
    log.go_on.set()
    await until(lambda: loop.caught_up, "caught up")
    assert loop.left is None
    assert loop.problems() == []
    following.cancel()


async def test_the_rate_begins_with_the_first_record_however_long_the_broker_was_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    topics = await written()
    topics.gone.add("rulings")
    log = SlowLog(topics, "rulings")
    loop = FollowLoop("rulings", log, counting())
    guarded = GuardedPartition[CountedAnswer](SlowLog(topics, "rulings"), "rulings", 0, AtRule(), lambda _: None)
    following = asyncio.create_task(loop.run())
    await until(lambda: loop.stopped, "the outage")
    real = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: real() + 7200)
    topics.gone.clear()
    await until(lambda: loop.left is not None, "the ends")
    assert loop.left is not None
    assert loop.left.per_second > 0.01
    reading = asyncio.create_task(guarded.catch_up())
    await until(lambda: guarded.expected == 1, "the first record")
    assert guarded.left is not None
    assert guarded.left.per_second > 0.01
    following.cancel()
    reading.cancel()
