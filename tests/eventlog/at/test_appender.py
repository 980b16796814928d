"""Compare-and-append for topics on which many tasks write."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import orjson
import pytest

from eventlog.at.appender import Appender
from eventlog.at.at_rule import Counted, SingleAtRule
from eventlog.at.guarded_append import GuardedPartition, Misplaced
from eventlog.log.log import Log, LogCut
from eventlog.log.memory import AppendFault, MemoryLog
from eventlog.log.memory_topics import MemoryTopics
from eventlog.log.record import Entry
from tests.eventlog.conftest import Bench

TOPIC = "rulings"


class Numbers:
    """Gives out numbers without a gap, and nobody's name twice: the state is the fold of the topic."""

    def __init__(self, log: Log) -> None:
        self.given: list[tuple[int, str]] = []
        self.appender = Appender(GuardedPartition(log, TOPIC, 0, SingleAtRule(), self.take))

    def take(self, counted: list[Counted]) -> None:
        self.given.extend((one.body["number"], one.body["name"]) for one in counted)

    async def give(self, name: str) -> bool:
        def build(at: int) -> Sequence[Entry]:
            if any(name == one for _, one in self.given):
                return []
            return [Entry(b"k", orjson.dumps({"at": str(at), "number": len(self.given) + 1, "name": name}))]

        return await self.appender.append(build)


async def test_tasks_and_processes_at_once_give_numbers_without_gap_or_double(bench: Bench) -> None:
    offices = [Numbers(bench.log), Numbers(bench.client())]
    names = [f"n{number}" for number in range(25)]
    given = await asyncio.gather(*(office.give(name) for name in names for office in offices))
    for office in offices:
        await office.appender.catch_up()
        assert [number for number, _ in office.given] == list(range(1, 26))
        assert sorted(name for _, name in office.given) == sorted(names)
    assert offices[0].given == offices[1].given
    assert sum(given) == 25


@pytest.mark.parametrize("fault", [AppendFault.LOST, AppendFault.UNANSWERED, AppendFault.ZOMBIE])
async def test_an_unanswered_append_is_looked_up_before_it_is_made_again(fault: AppendFault) -> None:
    log = MemoryLog(MemoryTopics())
    office = Numbers(log)
    log.fail_next(TOPIC, fault)
    known = await office.give("once")
    log.land()
    assert await office.give("twice")
    assert office.given == [(1, "once"), (2, "twice")]
    assert known is (fault is not AppendFault.UNANSWERED)
    assert office.appender.guarded.rule.void == (2 if fault is AppendFault.ZOMBIE else 0)


async def test_what_its_author_misplaces_is_refused_unsent() -> None:
    topics = MemoryTopics()
    office = Numbers(MemoryLog(topics))
    with pytest.raises(Misplaced):
        await office.appender.append(lambda at: [Entry(b"k", orjson.dumps({"at": str(at + 1)}))])
    assert topics.records(TOPIC, 0) == []
    assert await office.give("the next one passes")


async def test_a_log_cut_under_a_writer_is_told() -> None:
    topics = MemoryTopics()
    office = Numbers(MemoryLog(topics))
    for name in ("a", "b", "c"):
        await office.give(name)
    topics.cut(TOPIC, 0, 1)
    with pytest.raises(LogCut):
        await office.give("d")
    with pytest.raises(LogCut):
        await office.appender.catch_up()
