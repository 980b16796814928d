"""Intake in this process for the tests: real Kafka, tokens of the sandbox's issuer, and rulings written by hand."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import time
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from contracts.ruling import RulingEvent, encode_ruling
from contracts.rulings import ItemOpened, ProgrammeOpened, RulingData, SubmissionAccepted
from contracts.submission import Submission, decode_submission
from contracts.submissions import ItemAssigned, ProgrammePublished
from contracts.topics import PARTITIONS, RULINGS, SUBMISSIONS, TOPIC_CONFIG, TOPICS
from eventlog.log import provisioning
from eventlog.log.kafka import KafkaLog
from eventlog.log.record import Record
from eventlog.log.settings import KafkaSettings
from programmes import FOLDER
from programmes.programme import ProgrammeFile
from programmes.programme_file import load_programme
from sandbox.mint import Issuer
from sandbox.people import Account, people
from services.intake.app import build
from services.intake.dependencies import Dependencies
from services.intake.settings import IntakeSettings
from tests.web.desk import ISSUER, POSITION_KEY, Desk, desk

LIBRARY = FOLDER
YUANCHENG = LIBRARY / "yuancheng-2024.yaml"
RECEIPT_KEY = "a secret that receipts are signed with"
ACCEPTED = SubmissionAccepted()
REPORT: dict[str, Any] = {"type": "progress.reported", "data": {"period": "2024Q1", "claim": "in_progress"}}


async def until(reached: Callable[[], bool], missing: str, seconds: float = 120) -> None:
    """Poll until something holds; fail with what was missing."""
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, f"after {seconds} s: {missing}"
        await asyncio.sleep(0.02)


@dataclass
class RatingStandIn:
    """Stands in for rating: rules that every publication and assignment is accepted, and whatever it is told."""

    log: KafkaLog
    ruled: dict[int, int] = field(default_factory=dict)
    ends: dict[int, int] = field(default_factory=dict)

    async def records(self, partition: int) -> list[Record]:
        """All submissions of a partition."""
        end = await self.log.end(SUBMISSIONS, partition)
        found: list[Record] = []
        if not end:
            return found
        async with self.log.follow({(SUBMISSIONS, partition): 0}) as follower:
            while len(found) < end:
                found += (await follower.poll(1.0)).get((SUBMISSIONS, partition), [])
        return found

    async def submissions(self) -> list[Submission]:
        """Everything on the log."""
        return [decode_submission(r.value) for p in range(PARTITIONS) for r in await self.records(p)]

    async def rule(
        self, *more: RulingData, verdict: RulingData = ACCEPTED, of: Callable[[Submission], bool] = bool
    ) -> int:
        """Give all submissions not ruled yet this verdict; `more` follows from those about an item. How many.

        `of`: those of which it holds (all of them, if nothing is said) have it, all others are accepted.
        """
        number = 0
        for partition in range(PARTITIONS):
            for record in (await self.records(partition))[self.ruled.get(partition, 0) :]:
                theirs = verdict if of(decode_submission(record.value)) else ACCEPTED
                await self._answer(record, more, theirs)
                self.ruled[partition] = record.offset + 1
                number += 1
        return number

    async def _answer(self, record: Record, more: Sequence[RulingData], verdict: RulingData) -> None:
        submission = decode_submission(record.value)
        opens = isinstance(verdict, SubmissionAccepted)
        events: list[RulingData] = [verdict, *(_opened(submission.data) if opens else ())]
        if opens and not isinstance(submission.data, ProgrammePublished | ItemAssigned):
            events += more
        at = self.ends.get(record.partition, 0)
        values = [
            encode_ruling(
                RulingEvent(
                    log=submission.log,
                    partition=record.partition,
                    subject=submission.subject,
                    time=submission.received_at,
                    causeid=submission.id,
                    causedigest=submission.digest,
                    causeoffset=record.offset,
                    ordinal=ordinal,
                    of=len(events),
                    at=at + ordinal,
                    rules="test",
                    policy="",
                    data=data,
                )
            )
            for ordinal, data in enumerate(events)
        ]
        assert await self.log.append(RULINGS, record.partition, record.key, values) == at
        self.ends[record.partition] = at + len(values)


def _opened(data: Any) -> list[RulingData]:
    if isinstance(data, ProgrammePublished):
        fields = {name: getattr(data, name) for name in data.__dataclass_fields__}
        return [ProgrammeOpened(**fields)]
    if isinstance(data, ItemAssigned):
        fields = {name: getattr(data, name) for name in data.__dataclass_fields__}
        return [ItemOpened(**fields, void=())]
    return []


class RunningIntake:
    """Intake over HTTP, its people, and its log."""

    def __init__(self, settings: IntakeSettings, issuer: Issuer, programme: ProgrammeFile, desk: Desk | None) -> None:
        self.settings = settings
        self.desk = desk
        self.programme = programme
        self.log = KafkaLog(
            KafkaSettings(bootstrap_servers=settings.bootstrap_servers, topic_prefix=settings.topic_prefix)
        )
        self.rating = RatingStandIn(self.log)
        self.app = build(settings)
        self._issuer = issuer
        self._people = people([programme])
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        self.http = httpx.AsyncClient(transport=transport, base_url="http://intake", timeout=60)
        operator = httpx.ASGITransport(self.app.state.operator, raise_app_exceptions=False)
        self.ops = httpx.AsyncClient(transport=operator, base_url="http://operator", timeout=60)

    @property
    def dependencies(self) -> Dependencies:
        """The parts that it was built from."""
        dependencies: Dependencies = self.app.state.dependencies
        return dependencies

    def token(self, person: str, seconds: int = 600) -> str:
        """A person's token."""
        return self.mint(self._people[person], seconds)

    def mint(self, person: Account, seconds: int = 600, **more: bool) -> str:
        """The token of whoever somebody claims to be."""
        return self._issuer.mint(person, seconds, **more)

    def program(self, person: str, key: str) -> dict[str, str]:
        """Headers of a request by a program that acts as a person."""
        token = self._issuer.mint(self._people[person], 600, program=True)
        return {"Authorization": f"Bearer {token}", "Idempotency-Key": key}

    async def cookie(self, person: str) -> dict[str, str]:
        """Headers of a browser in which a person is signed in."""
        assert self.desk is not None
        return await self.desk.cookie(person)

    def headers(self, person: str, key: str | None = None, **more: str) -> dict[str, str]:
        """Headers of a person's request."""
        keyed = {} if key is None else {"Idempotency-Key": key}
        return {"Authorization": f"Bearer {self.token(person)}", **keyed, **more}

    async def publish(self, key: str = "publication", person: str = "o1", **query: str) -> httpx.Response:
        """Post the real programme file."""
        headers = self.headers(person, key, **{"Content-Type": "application/yaml"})
        return await self.http.post("/v1/programmes", content=YUANCHENG.read_bytes(), headers=headers, params=query)

    async def publish_and_rule(self) -> None:
        """Publish, rule, and wait until the roster knows all items."""
        answer = await self.publish()
        assert answer.status_code == 202, answer.text
        await self.rating.rule()
        await until(lambda: len(self.dependencies.roster.items) == 108, "the roster does not know the 108 items")

    async def submit(self, person: str, item: str, body: Any, key: str) -> httpx.Response:
        """Submit something about an item."""
        url = f"/v1/programmes/{self.programme.programme}/items/{item}/submissions"
        return await self.http.post(url, json=body, headers=self.headers(person, key))

    async def upload(self, person: str, content: bytes) -> str:
        """Upload evidence; its SHA-256."""
        sha256 = hashlib.sha256(content).hexdigest()
        answer = await self.http.put(f"/v1/evidence/{sha256}", content=content, headers=self.headers(person))
        assert answer.status_code in (200, 201), answer.text
        return sha256


def settings_for(bootstrap_servers: str, prefix: str, folder: Path, **more: Any) -> IntakeSettings:
    """Settings of an intake whose files lie in `folder`."""
    chosen = {
        "bootstrap_servers": bootstrap_servers,
        "topic_prefix": prefix,
        "jwks": str(folder / "issuer" / "jwks.json"),
        "issuer": ISSUER,
        "position_key": POSITION_KEY,
        "receipt_key": RECEIPT_KEY,
        "hosts": "intake",
        "evidence_folder": folder / "evidence",
        "library": LIBRARY,
        **more,
    }
    return IntakeSettings(**chosen)


def make_topics(bootstrap_servers: str, prefix: str) -> None:
    """The topics as the contract wants them."""
    provisioning.apply(bootstrap_servers, provisioning.specs(TOPICS, PARTITIONS, TOPIC_CONFIG, prefix=prefix))


@contextlib.asynccontextmanager
async def running(
    settings: IntakeSettings, folder: Path, *, ready: bool = True, desk: Desk | None = None
) -> AsyncIterator[RunningIntake]:
    """Intake from its start to its stop; without `ready` its start is not waited for. They sign in at `desk`."""
    intake = RunningIntake(settings, Issuer(folder / "issuer", ISSUER), load_programme(YUANCHENG), desk)
    async with intake.app.router.lifespan_context(intake.app), intake.http, intake.ops:
        if ready:
            parts = intake.dependencies
            await until(lambda: parts.producer.connected and parts.roster.caught_up, "intake is not ready")
        yield intake
    await intake.log.close()


@contextlib.asynccontextmanager
async def with_desk(
    bootstrap_servers: str, database_url: str, folder: Path, **more: Any
) -> AsyncIterator[RunningIntake]:
    """Intake on topics of its own, and a desk where people sign in; `more` are settings."""
    prefix = f"t{uuid.uuid4().hex[:10]}-"
    make_topics(bootstrap_servers, prefix)
    async with (
        desk(folder / "issuer", database_url) as people,
        running(
            settings_for(bootstrap_servers, prefix, folder, **more, **people.settings), folder, desk=people
        ) as made,
    ):
        yield made
