"""Notify as real processes on real Kafka, killed and stopped at bad moments: no mail lost, doubled only marked."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from contracts.dispatch import Dispatch
from contracts.dispatches import DeliveryAccepted, DeliveryClaimed, NoticeIssued
from contracts.topics import DISPATCHES, PARTITIONS, TOPIC_CONFIG, TOPICS, partition_of
from eventlog.log import provisioning
from eventlog.log.kafka import KafkaLog
from eventlog.log.record import Record
from eventlog.log.settings import KafkaSettings
from tests.services.notify.running_notify import (
    DIRECTORY,
    LOG,
    PROGRAMME,
    Mailbox,
    Rulings,
    dispatches,
    mailbox,
    reminder,
    until,
)

pytestmark = [pytest.mark.services, pytest.mark.chaos]
PLACE = partition_of(PROGRAMME)
SESSION = 6.0
LEASE = 4


class KafkaUnderTest:
    """The log of one test, and what lies on it."""

    def __init__(self, bootstrap_servers: str, prefix: str) -> None:
        self.bootstrap_servers = bootstrap_servers
        self.prefix = prefix
        provisioning.apply(bootstrap_servers, provisioning.specs(TOPICS, PARTITIONS, TOPIC_CONFIG, prefix=prefix))
        self.log = KafkaLog(KafkaSettings(bootstrap_servers=bootstrap_servers, topic_prefix=prefix))
        self.rulings = Rulings(self.log)
        self._records: list[Record] = []

    async def dispatched(self) -> list[Dispatch]:
        """All dispatches that count on the programme's partition."""
        place = (DISPATCHES, PLACE)
        end = await self.log.end(*place)
        if end > len(self._records):
            async with self.log.follow({place: len(self._records)}) as follower:
                while len(self._records) < end:
                    self._records += (await follower.poll(1.0)).get(place, [])
        return dispatches({PLACE: self._records})

    async def count(self, kind: type) -> int:
        """How many dispatches of a kind count."""
        return sum(isinstance(one.data, kind) for one in await self.dispatched())

    async def until(self, kind: type, least: int, seconds: float = 120) -> None:
        """Wait until at least so many dispatches of a kind count."""
        async with asyncio.timeout(seconds):
            while await self.count(kind) < least:
                await asyncio.sleep(0.02)


@pytest.fixture
async def log(kafka: str, topic_prefix: str) -> AsyncIterator[KafkaUnderTest]:
    made = KafkaUnderTest(kafka, topic_prefix)
    yield made
    await made.log.close()


@pytest.fixture
async def mail(tmp_path: Path) -> AsyncIterator[Mailbox]:
    async with mailbox(tmp_path) as made:
        yield made


class NotifyProcess:
    """`python -m services.notify`."""

    def __init__(self, log: KafkaUnderTest, mail: Mailbox, folder: Path, **changes: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        directory = folder / "directory.yaml"
        directory.write_text(DIRECTORY)
        self.url = f"http://127.0.0.1:{port}"
        environment = {
            **os.environ,
            "KAFKA_BOOTSTRAP_SERVERS": log.bootstrap_servers,
            "LIANGDENG_LOG": LOG,
            "LIANGDENG_TOPIC_PREFIX": log.prefix,
            "NOTIFY_OPS_PORT": str(port),
            "NOTIFY_DIRECTORY": str(directory),
            "NOTIFY_MAIL_FROM": "ducha@office.test",
            "NOTIFY_SMTP_PORT": str(mail.port),
            "NOTIFY_SMTP_SECURITY": "none",
            "NOTIFY_SESSION_TIMEOUT": str(SESSION),
            "NOTIFY_LEASE": str(LEASE),
            "NOTIFY_SKEW": "1",
            "NOTIFY_RETRY_FIRST": "0.1",
            "NOTIFY_SMTP_BACKLOG": "10",
            "NOTIFY_MAX_TRIES": "30",
            **changes,
        }
        self.log_file = folder / f"notify-{port}.log"
        with self.log_file.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "services.notify"], env=environment, stdout=output, stderr=output
            )

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        """Ask it to end, and see that it does so in an orderly way (uvicorn then dies of the same signal)."""
        self.signal(signal.SIGTERM)
        assert self.process.wait(60) == -signal.SIGTERM
        assert "Application shutdown complete" in self.log_file.read_text()

    async def ready(self) -> None:
        """Wait until it is ready."""
        await self.reaches("/readyz", lambda told: told["ready"], "readiness")

    async def idle(self) -> None:
        """Wait until nothing is left to do."""
        await self.reaches("/v1/progress", lambda told: told["idle"] and PLACE in told["owned"], "idleness")

    async def reaches(self, path: str, holds, missing: str) -> None:  # type: ignore[no-untyped-def]
        last: object = None
        async with httpx.AsyncClient(trust_env=False) as client:
            try:
                async with asyncio.timeout(120):
                    while True:
                        try:
                            last = (await client.get(self.url + path)).json()
                            if holds(last):
                                return
                        except (httpx.HTTPError, ValueError):
                            pass
                        await asyncio.sleep(0.1)
            except TimeoutError:
                raise AssertionError(f"no {missing}: {last}\n{self.log_file.read_text()[-3000:]}") from None


@contextmanager
def running(log: KafkaUnderTest, mail: Mailbox, folder: Path, **changes: str) -> Iterator[NotifyProcess]:
    """Run one, and end it."""
    process = NotifyProcess(log, mail, folder, **changes)
    try:
        yield process
    finally:
        process.signal(signal.SIGCONT)
        process.kill()


async def reminders(log: KafkaUnderTest, number: int) -> None:
    """So many notices to one recipient each."""
    await log.rulings.opened("k-001")
    for index in range(number):
        await log.rulings.rule(f"{PROGRAMME}/k-001", reminder(days=index + 1))


async def nothing_lost(log: KafkaUnderTest, mail: Mailbox, number: int) -> None:
    """Every notice issued once, numbered without a gap; every mail there; no original twice."""
    told = [one.data for one in await log.dispatched() if isinstance(one.data, NoticeIssued)]
    assert [one.number for one in told] == [f"源督催〔2024〕{n}号" for n in range(1, number + 1)]
    counts = mail.counts()
    assert len(counts) == number
    assert all(one["originals"] <= 1 for one in counts.values()), "an original came twice"
    assert all(sum(one.values()) for one in counts.values()), "a mail was lost"


async def test_a_process_on_kafka_delivers_and_tells_about_it(
    log: KafkaUnderTest, mail: Mailbox, tmp_path: Path
) -> None:
    await reminders(log, 30)
    with running(log, mail, tmp_path) as process:
        await process.ready()
        await until(lambda: mail.originals == 30, "30 mails", 120)
        await process.idle()
        async with httpx.AsyncClient(trust_env=False) as client:
            metrics = (await client.get(f"{process.url}/metrics")).text
            assert (await client.get(f"{process.url}/v1/undelivered")).json() == []
        assert 'notify_notices_issued_total{kind="reminder"} 30.0' in metrics
        assert 'notify_deliveries_total{channel="mail",outcome="accepted"} 30.0' in metrics
        process.end()
    await nothing_lost(log, mail, 30)
    assert mail.copies == 0


async def test_a_process_killed_again_and_again_loses_no_mail(
    log: KafkaUnderTest, mail: Mailbox, tmp_path: Path
) -> None:
    await reminders(log, 60)
    mail.smtp.faults.delay_seconds = 0.15
    for round_ in range(3):
        with running(log, mail, tmp_path) as process:
            await log.until(DeliveryAccepted, 8 * (round_ + 1))
            process.kill()
    mail.smtp.faults.delay_seconds = 0
    with running(log, mail, tmp_path) as process:
        await until(lambda: len(mail.counts()) == 60, "all 60 mails", 120)
        await process.idle()
    await nothing_lost(log, mail, 60)
    assert mail.copies > 0, "no kill met a claim without an outcome"


async def test_a_process_stopped_past_until_sends_nothing_when_it_goes_on(
    log: KafkaUnderTest, mail: Mailbox, tmp_path: Path
) -> None:
    await reminders(log, 40)
    mail.smtp.faults.delay_seconds = 0.2
    with ExitStack() as stack:
        first = stack.enter_context(running(log, mail, tmp_path, NOTIFY_SMTP_CONCURRENCY="1"))
        await log.until(DeliveryClaimed, 15)
        first.signal(signal.SIGSTOP)
        mail.smtp.faults.delay_seconds = 0
        second = stack.enter_context(running(log, mail, tmp_path))
        await until(lambda: len(mail.counts()) == 40, "all 40 mails by the other", 120)
        await second.idle()
        before = mail.store.count()
        first.signal(signal.SIGCONT)
        await first.ready()
        await asyncio.sleep(LEASE)
        assert mail.store.count() == before, "it sent something that others had already resolved"
    await nothing_lost(log, mail, 40)
    assert mail.copies > 0, "nothing was claimed when it was stopped"


async def test_two_processes_share_the_work_and_number_without_a_gap(
    log: KafkaUnderTest, mail: Mailbox, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        first = stack.enter_context(running(log, mail, tmp_path))
        second = stack.enter_context(running(log, mail, tmp_path))
        await first.ready()
        await second.ready()
        await reminders(log, 40)
        await until(lambda: mail.originals == 40, "40 mails", 120)
        first.end()
        second.end()
    await nothing_lost(log, mail, 40)
    assert mail.copies == 0


async def test_a_broker_that_is_down_is_waited_for_aloud(mail: Mailbox, tmp_path: Path) -> None:
    class Nowhere:
        bootstrap_servers, prefix = "127.0.0.1:1", ""

    with running(Nowhere(), mail, tmp_path) as process:  # type: ignore[arg-type]
        await process.reaches("/readyz", lambda told: told["reasons"][0].startswith("topics: "), "reason")
        async with httpx.AsyncClient(trust_env=False) as client:
            assert (await client.get(f"{process.url}/healthz")).status_code == 200
            assert (await client.get(f"{process.url}/readyz")).status_code == 503
        process.end()
