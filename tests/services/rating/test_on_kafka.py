"""Rating as a real process on a real Kafka: killed, stopped, doubled, it leaves one counting ruling per submission."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import orjson
import pytest
from kafka import KafkaProducer

from contracts.topics import PARTITIONS, RULINGS, SUBMISSIONS, TOPIC_CONFIG, TOPICS, partition_of
from eventlog.clock import set_driven
from eventlog.log import provisioning
from eventlog.log.kafka import KafkaLog
from eventlog.log.settings import KafkaSettings
from services.audit import replay
from services.audit.__main__ import main as audit_command
from services.audit.finding import AuditVerdict, FindingKind, ReplayReport
from services.rating.rules.version import RULES
from tests.services.rating.acts import (
    LOG,
    PUBLISHED,
    UNIT,
    at,
    report,
    submitted,
    until,
    until_grown,
)
from tests.services.rating.rating_processes import ITEMS, RatingProcesses

pytestmark = [pytest.mark.services, pytest.mark.timeout(300)]


@pytest.fixture
async def running(kafka: str, topic_prefix: str, tmp_path: Path) -> AsyncIterator[RatingProcesses]:
    running = RatingProcesses(kafka, topic_prefix, tmp_path)
    yield running
    await running.close()


HALF_A_YEAR = len(ITEMS) * 8
"""What is accepted by July: an item's opening, plan, decision and first report, and two dates of each quarter."""


async def proved(running: RatingProcesses, accepted: int | None = None) -> ReplayReport:
    """The replay proves the log, and so much of it was accepted; returns what it read.

    How much was repeated is not told beforehand: an alarm that does not know whether it appended does so again.
    """
    found = await running.audit()
    assert found.verdict is AuditVerdict.PROVED, found.findings[:2] or found.problem
    assert accepted in (None, found.verdicts["accepted"])
    return found


async def test_half_a_year_on_real_kafka_is_proved_and_stays_so_after_a_restart(
    running: RatingProcesses, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    port = running.start()
    await running.open()
    await running.report("2024Q1", at("2024-04-09 10:00"))
    await running.live_until(at("2024-04-11 00:10"))
    await running.live_until(at("2024-07-11 00:10"))
    found = await proved(running, HALF_A_YEAR)
    assert found.verdicts["repeated"] >= len(ITEMS)
    metrics = (await running.http.get(f"http://127.0.0.1:{port}/metrics")).text
    assert f'rating_lights{{colour="green"}} {len(ITEMS)}.0' in metrics
    assert f'rating_lights{{colour="yellow"}} {len(ITEMS)}.0' in metrics
    assert (await running.http.get(f"http://127.0.0.1:{port}/readyz")).status_code == 200
    running.hit(port, signal.SIGTERM)
    running.start()
    await running.live_until(at("2024-10-11 00:10"))
    assert (await proved(running)).rulings > found.rulings
    for name, value in running.env.items():
        monkeypatch.setenv(name, value)
    assert audit_command(["replay", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "proved"


async def test_a_process_killed_at_any_moment_is_followed_by_one_that_goes_on(running: RatingProcesses) -> None:
    await running.open()
    reports = asyncio.create_task(running.report("2024Q1", at("2024-04-09 10:00"), pause=0.1))
    for rulings in (1, 20):
        port = running.start()
        await until(partial(running.follows, port), "a process that works", 120)
        await until_grown(running.appended, rulings)
        running.hit(port, signal.SIGKILL)
    await reports
    running.start()
    await running.live_until(at("2024-07-11 00:10"))
    assert (await proved(running, HALF_A_YEAR)).verdicts["repeated"] >= len(ITEMS)


async def test_a_process_stopped_beyond_its_session_and_continued_rules_on_nothing_twice(
    running: RatingProcesses,
) -> None:
    first = running.start()
    await running.open()
    await running.live_until(at("2024-04-02 00:00"))
    reports = asyncio.create_task(running.report("2024Q1", at("2024-04-02 10:00")))
    await until_grown(running.appended, 1)
    running.hit(first, signal.SIGSTOP)
    await reports
    stopped = running.processes.pop(first)
    running.start()
    await running.live_until(at("2024-04-11 00:10"))
    running.processes[first] = stopped
    running.hit(first, signal.SIGCONT)
    await running.report("2024Q2", at("2024-04-12 10:00"))
    await running.live_until(at("2024-07-11 00:10"))
    assert (await proved(running)).verdicts["repeated"] >= 2 * len(ITEMS)


async def test_two_groups_that_own_everything_twice_leave_one_ruling_each(running: RatingProcesses) -> None:
    for group in ("one", "two"):
        await running.owns_everything(running.start(RATING_GROUP=group))
    await running.open()
    await running.report("2024Q1", at("2024-04-09 10:00"))
    await running.live_until(at("2024-07-11 00:10"))
    found = await proved(running, HALF_A_YEAR)
    assert found.verdicts["repeated"] >= len(ITEMS)
    assert found.void > 0, "the owners never met: the test shows nothing"


async def test_a_ruling_that_was_forged_so_that_it_counts_is_found(running: RatingProcesses) -> None:
    subject = ITEMS[0]
    port = running.start()
    await running.open()
    await running.live_until(PUBLISHED)
    running.hit(port, signal.SIGTERM)
    offset = await running.put(subject, submitted(subject, report("2024Q1"), UNIT, "k", at("2024-04-09 10:00")))
    partition = partition_of(subject)
    place = await running.log.end(RULINGS, partition)
    forged = {
        "specversion": "1.0",
        "id": "forged",
        "source": f"//liangdeng/{LOG}/rating",
        "type": "liangdeng.submission.rejected.v1",
        "subject": subject,
        "time": PUBLISHED.isoformat(),
        "causeid": "x",
        "causedigest": "x",
        "causeoffset": str(offset),
        "ordinal": 0,
        "of": 1,
        "at": str(place),
        "rules": RULES,
        "policy": "house@1",
        "data": {"reasons": ["not_lead_unit"]},
    }
    assert await running.log.append(RULINGS, partition, None, [orjson.dumps(forged)]) == place
    found = await running.audit()
    assert (found.verdict, found.findings[0].kind) == (AuditVerdict.CONTRADICTED, FindingKind.DIFFERENT)
    running.start()
    await until(lambda: "the log was cut" in running.logs(), "rating, too, seeing that it rules on something else", 120)


async def test_records_that_no_intake_would_write_are_ruled_unreadable(running: RatingProcesses) -> None:
    running.start()
    await running.open()
    producer = KafkaProducer(bootstrap_servers=running.bootstrap)
    topic = running.prefix + SUBMISSIONS
    producer.send(topic, partition=3, value=None, key=b"k")
    producer.send(topic, partition=3, value=b"\xff", headers=[("trace", b"\xff\xfe")])
    producer.send(topic, partition=3, value=b"{}").get(10)
    producer.close()
    await running.report("2024Q1", at("2024-04-09 10:00"))
    await running.live_until(at("2024-04-11 00:10"))
    found = await proved(running)
    assert found.verdicts["unreadable"] == 3
    assert found.verdicts["repeated"] >= len(ITEMS)
    assert len(list((running.folder / "quarantine").glob("*.json"))) == 3


async def test_topics_that_are_not_what_they_must_be_are_refused_at_the_start(kafka: str, tmp_path: Path) -> None:
    running = RatingProcesses.__new__(RatingProcesses)
    running.bootstrap, running.prefix, running.folder, running.processes = kafka, "nowhere-", tmp_path, {}
    running.clock = tmp_path / "clock"
    set_driven(running.clock, PUBLISHED + timedelta(days=1))
    port = running.start()
    assert await asyncio.to_thread(running.processes[port].wait, 30) != 0
    assert "nowhere-submissions: does not exist" in running.logs()


async def test_an_audit_that_cannot_read_the_log_as_it_must_be_decides_nothing(kafka: str, topic_prefix: str) -> None:
    missing = await asyncio.to_thread(replay.run, kafka, "nowhere-", LOG)
    assert (missing.verdict, missing.problem) == (AuditVerdict.UNDECIDED, "nowhere-submissions has no partition 0")
    stamped_by_clients = {**TOPIC_CONFIG, "message.timestamp.type": "CreateTime"}
    provisioning.apply(kafka, provisioning.specs(TOPICS, PARTITIONS, stamped_by_clients, prefix=topic_prefix))
    log = KafkaLog(KafkaSettings(bootstrap_servers=kafka, topic_prefix=topic_prefix))
    await log.append(SUBMISSIONS, 0, None, [b"{}"])
    await log.close()
    found = await asyncio.to_thread(replay.run, kafka, topic_prefix, LOG, wait=0)
    assert found.verdict is AuditVerdict.UNDECIDED
    assert "was not stamped by the broker" in (found.problem or "")
