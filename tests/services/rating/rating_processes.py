"""Processes of rating on a real Kafka, and the people who submit to them."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from contracts.submissions import PlanDecided, PlanSubmitted
from contracts.topics import PARTITIONS, RULINGS, SUBMISSIONS, TOPIC_CONFIG, TOPICS, partition_of
from contracts.values import Node
from embedded.child_process import free_port
from eventlog.clock import set_driven
from eventlog.log import provisioning
from eventlog.log.kafka import KafkaLog
from eventlog.log.settings import KafkaSettings
from services.audit import replay
from services.audit.finding import ReplayReport
from tests.services.rating.acts import (
    LEADER,
    LOG,
    OFFICE,
    PROOF,
    PUBLISHED,
    QUARTERS,
    UNIT,
    assigned,
    report,
    subjects,
    submitted,
)

ITEMS = [subject for partition in range(PARTITIONS) for subject in subjects(partition, 2)]

START_SECONDS = 120.0
"""A process that was just started, on a busy machine, tells of its first partition by then."""
STILL_SECONDS = 40.0
"""So long nothing moves before something must be wrong."""


@dataclass
class RatingProcesses:
    """Processes of rating on one log, and the people who submit to it."""

    bootstrap: str
    prefix: str
    folder: Path
    processes: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)
    sent: int = 0
    """How many submissions people made; the alarm makes others."""

    def __post_init__(self) -> None:
        """Topics, a clock at the publication, a client for the people."""
        provisioning.apply(self.bootstrap, provisioning.specs(TOPICS, PARTITIONS, TOPIC_CONFIG, prefix=self.prefix))
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

    def start(self, **settings: str) -> int:
        """Start a process of rating; its port."""
        port = free_port()
        with (self.folder / f"rating-{port}.log").open("wb") as out:
            self.processes[port] = subprocess.Popen(
                [sys.executable, "-m", "services.rating"],
                env={**self.env, "RATING_OPS_PORT": str(port), **settings},
                stdout=out,
                stderr=out,
                cwd=Path(__file__).parents[3],
            )
        return port

    def hit(self, port: int, signal_: signal.Signals) -> None:
        """Send a signal to a process, and bury it if that ends it."""
        self.processes[port].send_signal(signal_)
        if signal_ in (signal.SIGKILL, signal.SIGTERM):
            self.processes.pop(port).wait(60)

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
        self.sent += 1
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

    async def report(self, period: str, when: datetime, pause: float = 0.0) -> None:
        """Every item reports, twice with the same key."""
        for subject in ITEMS * 2:
            await asyncio.sleep(pause)
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
        told: dict[int, dict[str, Any]] = {}
        deadline = time.monotonic() + START_SECONDS
        while True:
            found = await self.progress()
            if found and found != told:
                told, deadline = found, time.monotonic() + STILL_SECONDS
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

    async def ruled(self) -> bool:
        """Whether some process has ruled on everything that was submitted."""
        found = await self.progress()
        return all(found.get(p, {"position": -1})["position"] >= end for p, end in self.positions.items())

    async def appended(self) -> int:
        """How many records of rulings lie on the log."""
        return sum(await asyncio.gather(*(self.log.end(RULINGS, partition) for partition in range(PARTITIONS))))

    async def owns_everything(self, port: int, seconds: float = 120) -> None:
        """Wait until one process follows every partition."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.HTTPError):
                answer = await self.http.get(f"http://127.0.0.1:{port}/readyz")
                if answer.is_success and len(answer.json()["partitions"]) == PARTITIONS:
                    return
            await asyncio.sleep(0.05)
        raise AssertionError(f"{port} does not own everything\n{self.logs()}")

    def follows(self, port: int) -> bool:
        """Whether a process has begun to answer."""
        with contextlib.suppress(httpx.HTTPError):
            told = httpx.get(f"http://127.0.0.1:{port}/v1/progress").json()["partitions"].values()
            return any(one["position"] for one in told)
        return False

    def logs(self) -> str:
        """The last lines that the processes wrote."""
        files = sorted(self.folder.glob("rating-*.log"))
        return "\n".join(f"--- {file.name}\n{file.read_text()[-2500:]}" for file in files)

    async def audit(self) -> ReplayReport:
        """Replay with the independent client."""
        return await asyncio.to_thread(replay.run, self.bootstrap, self.prefix, LOG, wait=5)
