"""Partitions move between two processes of rating on a real Kafka without a race: nothing is void, all is ruled on."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from contracts.topics import PARTITIONS
from services.audit.finding import AuditVerdict
from tests.services.rating.acts import PUBLISHED, UNIT, at, report, submitted, until
from tests.services.rating.counted import announcements
from tests.services.rating.rating_processes import ITEMS, RatingProcesses

pytestmark = [pytest.mark.services, pytest.mark.timeout(600)]
A_BATCH = 200
"""Records that a single lost race may leave; two owners at work on one partition leave many of them."""
SESSION = {"RATING_SESSION_TIMEOUT_SECONDS": "60"}
"""Nobody is taken for dead on a slow machine: partitions move because somebody comes or leaves."""


@pytest.fixture
async def running(kafka: str, topic_prefix: str, tmp_path: Path) -> AsyncIterator[RatingProcesses]:
    running = RatingProcesses(kafka, topic_prefix, tmp_path)
    yield running
    await running.close()


class Load:
    """Reports that come in on every partition, a hundred a second at most, until it is ended."""

    def __init__(self, running: RatingProcesses) -> None:
        self.running, self.sent, self.ended = running, 0, False
        self.task = asyncio.create_task(self.send())

    async def send(self) -> None:
        while not self.ended:
            self.sent += 1
            when = at("2024-04-02 10:00")
            values = [(one, submitted(one, report("2024Q1"), UNIT, f"load-{self.sent}", when)) for one in ITEMS]
            await asyncio.gather(*(self.running.put(subject, value) for subject, value in values))
            await asyncio.sleep(len(ITEMS) / 100)

    async def more(self) -> None:
        """Until some more were sent."""
        before = self.sent
        await until(lambda: self.sent >= before + 5, "more reports", 120)

    async def end(self) -> None:
        self.ended = True  # not cancelled: what is on its way is on the log, and counted
        await self.task


async def owned(running: RatingProcesses, port: int) -> frozenset[str]:
    """The partitions that a process owns and follows; none while it is not there."""
    with contextlib.suppress(httpx.HTTPError):
        told = (await running.http.get(f"http://127.0.0.1:{port}/readyz")).json()["partitions"]
        return frozenset(name for name, one in told.items() if one["phase"] == "following")
    return frozenset()


async def shared(running: RatingProcesses, ports: tuple[int, int]) -> tuple[frozenset[str], frozenset[str]]:
    """Wait until each of two processes follows half of the partitions."""
    for _ in range(1200):
        one, other = [await owned(running, port) for port in ports]
        if len(one) == len(other) == PARTITIONS / 2 and not one & other:
            return one, other
        await asyncio.sleep(0.1)
    raise AssertionError(f"not half each: {one}, {other}\n{running.logs()}")


async def all_is_ruled_and_little_void(running: RatingProcesses) -> int:
    await until(running.ruled, "a ruling on every submission", 240)
    found = await running.audit()
    assert found.verdict is AuditVerdict.PROVED, found.findings[:2] or found.problem
    of_alarm = await asyncio.to_thread(announcements, running.bootstrap, running.prefix, found.position)
    assert found.rulings == found.submissions == running.sent + of_alarm
    return found.void


async def test_a_rolling_restart_under_load_moves_partitions_without_a_race(running: RatingProcesses) -> None:
    ports = running.start(**SESSION), running.start(**SESSION)
    await running.open()
    await shared(running, ports)
    await running.live_until(PUBLISHED)
    load = Load(running)
    await load.more()
    await asyncio.to_thread(running.hit, ports[1], signal.SIGTERM)
    await running.owns_everything(ports[0])
    await load.more()
    await shared(running, (ports[0], running.start(**SESSION)))
    await load.more()
    await load.end()
    void = await all_is_ruled_and_little_void(running)
    assert void <= A_BATCH, f"{void} of {load.sent * len(ITEMS)}"


async def test_an_instance_with_a_name_has_its_own_partitions_again_and_nothing_moves(running: RatingProcesses) -> None:
    ports = tuple(running.start(RATING_INSTANCE=f"rating-{number}", **SESSION) for number in range(2))
    await running.open()
    one, other = await shared(running, (ports[0], ports[1]))
    await running.live_until(PUBLISHED)
    load = Load(running)
    await load.more()
    await asyncio.to_thread(running.hit, ports[1], signal.SIGTERM)
    await load.more()
    assert await owned(running, ports[0]) == one
    again = running.start(RATING_INSTANCE="rating-1", **SESSION)
    assert await shared(running, (ports[0], again)) == (one, other)
    await load.end()
    assert await all_is_ruled_and_little_void(running) == 0
