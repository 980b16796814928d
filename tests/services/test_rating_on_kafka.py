"""Rating as a real process on a real Kafka: killed, stopped, doubled, it leaves one counting ruling per submission."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from kafka import KafkaProducer
from rating_house import (
    LEADER,
    LOG,
    OFFICE,
    PROOF,
    PUBLISHED,
    QUARTERS,
    UNIT,
    assigned,
    at,
    report,
    subjects,
    submitted,
    until,
)

from contracts.submissions import PlanDecided, PlanSubmitted
from contracts.topics import PARTITIONS, RULINGS, SUBMISSIONS, TOPIC_CONFIG, TOPICS, partition_of
from contracts.values import Node
from eventlog import provision
from eventlog.clock import set_driven
from eventlog.kafka import KafkaLog
from eventlog.settings import KafkaSettings
from sandbox.leash import free_port
from services.audit import replay
from services.audit.__main__ import main as audit_command
from services.audit.finding import Kind, Report, Verdict

pytestmark = pytest.mark.services
ITEMS = [subject for partition in range(PARTITIONS) for subject in subjects(partition, 2)]


@dataclass
class Town:
    """Processes of rating on one log, and the people who submit to it."""

    bootstrap: str
    prefix: str
    folder: Path
    processes: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Topics, a clock at the publication, a client for the people."""
        provision.apply(self.bootstrap, provision.specs(TOPICS, PARTITIONS, TOPIC_CONFIG, prefix=self.prefix))
        self.clock = self.folder / "clock"
        set_driven(self.clock, PUBLISHED)
        self.log = KafkaLog(KafkaSettings(bootstrap_servers=self.bootstrap, topic_prefix=self.prefix))
        self.http = httpx.AsyncClient(timeout=5)
        self.positions = dict.fromkeys(range(PARTITIONS), 0)

    @property
    def env(self) -> dict[str, str]:
        """The environment of every process."""
        return {
            **os.environ,
            "KAFKA_BOOTSTRAP_SERVERS": self.bootstrap,
            "LIANGDENG_LOG": LOG,
            "LIANGDENG_TOPIC_PREFIX": self.prefix,
            "LIANGDENG_CLOCK": str(self.clock),
            "RATING_SESSION_TIMEOUT_SECONDS": "2",
            "RATING_QUARANTINE": str(self.folder / "quarantine"),
        }

    def rate(self, **settings: str) -> int:
        """Start a process of rating; its port."""
        port = free_port()
        with (self.folder / f"rating-{port}.log").open("wb") as out:
            self.processes[port] = subprocess.Popen(
                [sys.executable, "-m", "services.rating"],
                env={**self.env, "RATING_PORT": str(port), **settings},
                stdout=out,
                stderr=out,
                cwd=Path(__file__).parents[2],
            )
        return port

    def hit(self, port: int, signal_: signal.Signals) -> None:
        """Send a signal to a process, and bury it if that ends it."""
        self.processes[port].send_signal(signal_)
        if signal_ in (signal.SIGKILL, signal.SIGTERM):
            self.processes.pop(port).wait(20)

    async def close(self) -> None:
        """End everything."""
        for process in self.processes.values():
            process.kill()
            process.wait()
        await self.http.aclose()
        await self.log.close()

    async def put(self, subject: str, value: bytes) -> int:
        """Submit, where the subject lies."""
        partition = partition_of(subject)
        offset = await self.log.append(SUBMISSIONS, partition, subject.encode(), [value])
        self.positions[partition] = max(self.positions[partition], offset + 1)
        return offset

    async def open(self) -> None:
        """Publish two items on every partition, with confirmed plans."""
        nodes = {quarter: Node(text="建成") for quarter in QUARTERS}
        acts: list[Callable[[str], bytes]] = [
            lambda s: submitted(s, assigned(), OFFICE, "open", PUBLISHED),
            lambda s: submitted(s, PlanSubmitted(nodes=nodes, evidence=PROOF), UNIT, "plan", PUBLISHED),
            lambda s: submitted(s, PlanDecided(decision="confirmed"), LEADER, "confirm", PUBLISHED),
        ]
        for act in acts:
            await asyncio.gather(*(self.put(subject, act(subject)) for subject in ITEMS))

    async def report(self, period: str, when: datetime) -> None:
        """Every item reports, twice with the same key."""
        for subject in ITEMS * 2:
            await self.put(subject, submitted(subject, report(period), UNIT, period, when))

    async def progress(self) -> dict[int, dict[str, Any]]:
        """What the living processes tell together: per partition, the one that is furthest."""
        found: dict[int, dict[str, Any]] = {}
        for port in list(self.processes):
            try:
                answer = await self.http.get(f"http://127.0.0.1:{port}/v1/progress")
            except httpx.HTTPError:
                continue
            for name, told in answer.json()["partitions"].items():
                if told["announced_until"] and told["position"] >= found.get(int(name), {"position": -1})["position"]:
                    found[int(name)] = told
        return found

    async def live_until(self, instant: datetime) -> None:
        """Move the clock on, and wait until all that was submitted is ruled on and every alarm up to it announced."""
        set_driven(self.clock, instant)
        deadline = time.monotonic() + 40
        while True:
            found = await self.progress()
            behind = [
                partition
                for partition in range(PARTITIONS)
                if partition not in found
                or found[partition]["position"] < self.positions[partition]
                or datetime.fromisoformat(found[partition]["announced_until"]) < instant
            ]
            if not behind:
                return
            assert time.monotonic() < deadline, f"partitions {behind} are behind {instant}: {found}\n{self.logs()}"
            await asyncio.sleep(0.005)

    async def owns_everything(self, port: int) -> None:
        """Wait until one process follows every partition."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.HTTPError):
                answer = await self.http.get(f"http://127.0.0.1:{port}/readyz")
                if answer.is_success and len(answer.json()["partitions"]) == PARTITIONS:
                    return
            await asyncio.sleep(0.05)
        raise AssertionError(f"{port} does not own everything\n{self.logs()}")

    def logs(self) -> str:
        """The last lines that the processes wrote."""
        files = sorted(self.folder.glob("rating-*.log"))
        return "\n".join(f"--- {file.name}\n{file.read_text()[-2500:]}" for file in files)

    async def audit(self) -> Report:
        """Replay with the independent client."""
        return await asyncio.to_thread(replay.run, self.bootstrap, self.prefix, LOG, wait=5)


@pytest.fixture
async def town(kafka: str, topic_prefix: str, tmp_path: Path) -> AsyncIterator[Town]:
    town = Town(kafka, topic_prefix, tmp_path)
    yield town
    await town.close()


async def proved(town: Town, verdicts: dict[str, int] | None = None) -> Report:
    """The replay proves the log; returns what it read."""
    found = await town.audit()
    assert found.verdict is Verdict.PROVED, found.findings[:2] or found.problem
    if verdicts:
        assert {name: found.verdicts.get(name) for name in verdicts} == verdicts
    return found


async def test_half_a_year_on_real_kafka_is_proved_and_stays_so_after_a_restart(
    town: Town, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    port = town.rate()
    await town.open()
    await town.report("2024Q1", at("2024-04-09 10:00"))
    began = time.monotonic()
    await town.live_until(at("2024-04-11 00:10"))
    await town.live_until(at("2024-07-11 00:10"))
    took = time.monotonic() - began
    found = await proved(town, {"repeated": len(ITEMS)})
    metrics = (await town.http.get(f"http://127.0.0.1:{port}/metrics")).text
    assert f'rating_lights{{colour="green"}} {len(ITEMS)}.0' in metrics
    assert f'rating_lights{{colour="yellow"}} {len(ITEMS)}.0' in metrics
    assert (await town.http.get(f"http://127.0.0.1:{port}/readyz")).status_code == 200
    town.hit(port, signal.SIGTERM)
    town.rate()
    await town.live_until(at("2024-10-11 00:10"))
    assert (await proved(town)).rulings > found.rulings
    assert took < 60
    for name, value in town.env.items():
        monkeypatch.setenv(name, value)
    assert audit_command(["replay", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "proved"


async def test_a_process_killed_at_any_moment_is_followed_by_one_that_goes_on(town: Town) -> None:
    await town.open()
    reports = asyncio.create_task(town.report("2024Q1", at("2024-04-09 10:00")))
    for moment in (0.8, 1.2, 1.6, 2.0):
        port = town.rate()
        await asyncio.sleep(moment)
        town.hit(port, signal.SIGKILL)
    await reports
    town.rate()
    await town.live_until(at("2024-07-11 00:10"))
    await proved(town, {"repeated": len(ITEMS)})


async def test_a_process_stopped_beyond_its_session_and_continued_rules_on_nothing_twice(town: Town) -> None:
    first = town.rate()
    await town.open()
    await town.live_until(at("2024-04-02 00:00"))
    reports = asyncio.create_task(town.report("2024Q1", at("2024-04-02 10:00")))
    await asyncio.sleep(0.05)
    town.hit(first, signal.SIGSTOP)
    await reports
    stopped = town.processes.pop(first)
    town.rate()
    await town.live_until(at("2024-04-11 00:10"))
    town.processes[first] = stopped
    town.hit(first, signal.SIGCONT)
    await town.report("2024Q2", at("2024-04-12 10:00"))
    await town.live_until(at("2024-07-11 00:10"))
    assert (await proved(town)).verdicts["repeated"] >= 2 * len(ITEMS)


async def test_two_groups_that_own_everything_twice_leave_one_ruling_each(town: Town) -> None:
    for group in ("one", "two"):
        await town.owns_everything(town.rate(RATING_GROUP=group))
    await town.open()
    await town.report("2024Q1", at("2024-04-09 10:00"))
    await town.live_until(at("2024-07-11 00:10"))
    found = await proved(town)
    assert found.verdicts["repeated"] >= len(ITEMS)
    assert found.void > 0, "the owners never met: the test shows nothing"


async def test_a_ruling_that_was_forged_so_that_it_counts_is_found(town: Town) -> None:
    subject = ITEMS[0]
    port = town.rate()
    await town.open()
    await town.live_until(PUBLISHED)
    town.hit(port, signal.SIGTERM)
    offset = await town.put(subject, submitted(subject, report("2024Q1"), UNIT, "k", at("2024-04-09 10:00")))
    partition = partition_of(subject)
    place = await town.log.end(RULINGS, partition)
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
        "rules": "1",
        "policy": "house@1",
        "data": {"reasons": ["not_lead_unit"]},
    }
    assert await town.log.append(RULINGS, partition, None, [orjson.dumps(forged)]) == place
    found = await town.audit()
    assert (found.verdict, found.findings[0].kind) == (Verdict.CONTRADICTED, Kind.DIFFERENT)
    town.rate()
    await until(lambda: "the log was cut" in town.logs(), "rating, too, seeing that it rules on something else", 30)


async def test_records_that_no_intake_would_write_are_ruled_unreadable(town: Town) -> None:
    town.rate()
    await town.open()
    producer = KafkaProducer(bootstrap_servers=town.bootstrap)
    topic = town.prefix + SUBMISSIONS
    producer.send(topic, partition=3, value=None, key=b"k")
    producer.send(topic, partition=3, value=b"\xff", headers=[("trace", b"\xff\xfe")])
    producer.send(topic, partition=3, value=b"{}").get(10)
    producer.close()
    await town.report("2024Q1", at("2024-04-09 10:00"))
    await town.live_until(at("2024-04-11 00:10"))
    await proved(town, {"unreadable": 3, "repeated": len(ITEMS)})
    assert len(list((town.folder / "quarantine").glob("*.json"))) == 3


async def test_topics_that_are_not_what_they_must_be_are_refused_at_the_start(kafka: str, tmp_path: Path) -> None:
    town = Town.__new__(Town)
    town.bootstrap, town.prefix, town.folder, town.processes = kafka, "nowhere-", tmp_path, {}
    town.clock = tmp_path / "clock"
    set_driven(town.clock, PUBLISHED + timedelta(days=1))
    port = town.rate()
    assert await asyncio.to_thread(town.processes[port].wait, 30) != 0
    assert "nowhere-submissions: does not exist" in town.logs()
