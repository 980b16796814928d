"""What asks for something that is away asks less and less often, up to a limit, and says so once."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Any

import pytest
from aiokafka.errors import KafkaConnectionError
from faststream.kafka import KafkaBroker

from contracts.topics import DISPATCHES
from embedded.child_process import free_port
from eventlog.backoff import Backoff
from eventlog.log.log import LogUnavailable
from eventlog.log.memory import MemoryLog
from services.intake import topics_check
from services.intake.metrics import IntakeMetrics
from services.intake.submitting.producer import LONGEST_PAUSE_SECONDS, SubmissionProducer
from services.intake.topics_check import TopicsCheck
from tests.services.notify.running_notify import Stage, mailbox, notify_on, settings, until

TRIES = 9


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that were meant, none of which is waited for."""
    meant: list[float] = []
    before = Backoff.next

    def told(backoff: Backoff) -> float:
        meant.append(before(backoff))
        return 0.0

    monkeypatch.setattr(Backoff, "next", told)
    return meant


@contextlib.asynccontextmanager
async def task(run: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run something until the end of the block."""
    running = asyncio.create_task(run)
    yield
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


class Absent(KafkaBroker):
    """A client whose broker is away; the real one leaves what it tried to the garbage collector."""

    def __init__(self) -> None:
        super().__init__(logger=None)

    async def start(self) -> None:
        raise KafkaConnectionError


def doubled(pauses: list[float], longest: float) -> bool:
    """Whether each pause is about twice the one before, until the limit is reached."""
    grown = all(after >= 1.5 * before or after >= 0.8 * longest for before, after in itertools.pairwise(pauses))
    return grown and 0.8 * longest <= max(pauses) <= longest


async def test_intakes_producer(pauses: list[float], caplog: pytest.LogCaptureFixture) -> None:
    producer = SubmissionProducer(Absent, "t", within=1, max_waiting=1, metrics=IntakeMetrics())
    async with task(producer.run()):
        await until(lambda: len(pauses) >= TRIES, "tries to connect")
    assert doubled(pauses[:TRIES], LONGEST_PAUSE_SECONDS)
    ours = [one for one in caplog.records if one.name == "services.intake.submitting.producer"]
    assert [one.levelno for one in ours] == [logging.WARNING]


async def test_intakes_check_of_the_topics(pauses: list[float]) -> None:
    check = TopicsCheck(f"127.0.0.1:{free_port()}", "")
    async with task(check.run()):
        await until(lambda: len(pauses) >= TRIES, "tries to ask")
    assert doubled(pauses[:TRIES], topics_check.EVERY_SECONDS)


async def test_notifys_opening(pauses: list[float], tmp_path: Path) -> None:
    async def away() -> None:
        raise LogUnavailable("nobody is there")

    async with mailbox(tmp_path) as mail:
        stage = Stage(mail, tmp_path)
        notify = notify_on(MemoryLog(stage.topics), settings(tmp_path, smtp_port=mail.port))
        notify.topics = away
        await notify.open()
        await until(lambda: len(pauses) >= TRIES, "tries to open")
        await notify.stop()
    assert doubled(pauses[:TRIES], 60)


async def test_notifys_worker_of_a_partition(pauses: list[float], tmp_path: Path) -> None:
    async with mailbox(tmp_path) as mail:
        stage = Stage(mail, tmp_path)
        stage.topics.gone.add(DISPATCHES)
        notify = notify_on(MemoryLog(stage.topics), settings(tmp_path, smtp_port=mail.port))
        await notify.workers.start()
        await until(lambda: len(notify.workers.by_partition) > 0, "the workers")
        await until(lambda: len(pauses) >= TRIES * len(notify.workers.by_partition), "looks at the partitions")
        notify.workers.retire()
        await notify.workers.stop(1)
    by_turn = sorted(pauses[: TRIES * len(notify.workers.by_partition)])
    assert by_turn[0] < 0.5
    assert by_turn[-1] > 40
