"""Rating on a log in memory: one item per subject, people who act, instances that come and go, and an audit."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from contracts.ruling import RulingEvent, ruling_from
from contracts.rulings import LightChanged, LightSettled
from contracts.submission import Submission
from contracts.submissions import PlanDecided, PlanSubmitted, SubmissionData
from contracts.topics import RULINGS, SUBMISSIONS, partition_of
from contracts.values import Actor, Node
from eventlog.at.at_rule import AtRule
from eventlog.clock import FixedClock
from eventlog.log.log import Log
from eventlog.log.memory import MemoryLog
from eventlog.log.memory_topics import MemoryTopics
from eventlog.log.record import Record
from eventlog.owner.assignment import FixedAssignment
from eventlog.owner.partition import PartitionStatus
from services.audit.finding import ReplayReport
from services.audit.replay import replay
from services.rating.app import Rating
from services.rating.rules.envelope import Rules
from services.rating.settings import RatingSettings
from tests.services.rating.acts import (
    LEADER,
    LOG,
    OFFICE,
    PROOF,
    PUBLISHED,
    QUARTERS,
    UNIT,
    assigned,
    submitted,
    until,
)


def status(rating: Rating, partition: int) -> PartitionStatus:
    """What an instance knows of a partition; nothing before it owns it."""
    return rating.statuses().get(partition, PartitionStatus(partition))


@dataclass
class MemoryReader:
    """As `services.audit.reader.RecordReader`."""

    topics: MemoryTopics

    def start(self, topic: str, partition: int) -> int:
        return self.topics.first(topic, partition)

    def end(self, topic: str, partition: int) -> int:
        return self.topics.end(topic, partition)

    def records(self, topic: str, partition: int, start: int, end: int) -> Iterator[Record]:
        yield from self.topics.records(topic, partition)[start:end]


@dataclass
class RunningRating:
    """A log in memory with a driven clock, on which any number of instances of rating work."""

    folder: Path
    simulated: bool = True
    clock: FixedClock = field(default_factory=lambda: FixedClock(PUBLISHED))
    topics: MemoryTopics = field(default_factory=MemoryTopics)
    instances: list[Rating] = field(default_factory=list)

    def __post_init__(self) -> None:
        """People write through a client of their own."""
        self.people = MemoryLog(self.topics)

    async def start(
        self, *partitions: int, rules: Rules | None = None, log: Log | None = None, **settings: Any
    ) -> Rating:
        """Start an instance that owns these partitions (all by default)."""
        given: dict[str, Any] = {
            "bootstrap_servers": "memory",
            "log": LOG,
            "clock": "driven" if self.simulated else "",
            "tick_seconds": 0.005,
            "poll_seconds": 0.05,
            "first_backoff_seconds": 0.02,
            "max_backoff_seconds": 0.1,
            "quarantine": self.folder / "quarantine",
        }
        owned = FixedAssignment(partitions or range(12))
        rating = Rating(
            RatingSettings(**{**given, **settings}), log or MemoryLog(self.topics), owned, self.clock, rules=rules
        )
        self.instances.append(rating)
        await rating.owner.start()
        return rating

    async def close(self) -> None:
        """Stop every instance."""
        await asyncio.gather(*(rating.owner.stop() for rating in self.instances))
        self.instances.clear()

    async def put(self, subject: str, *values: bytes | None, partition: int | None = None) -> int:
        """Append records to `submissions`, by default where the subject lies; the offset of the last one."""
        where = partition_of(subject) if partition is None else partition
        for value in values:
            offset = await self.people.append(SUBMISSIONS, where, subject.encode(), [value])  # type: ignore[list-item]
        return offset

    async def say(self, subject: str, data: SubmissionData, actor: Actor, when: datetime, key: str = "") -> int:
        """Somebody submits something, received at `when`."""
        value = submitted(subject, data, actor, key or f"{type(data).__name__}-{when.isoformat()}", when)
        return await self.put(subject, value)

    async def open(self, *opened: str) -> None:
        """Publish items with a confirmed plan for all quarters."""
        for subject in opened:
            await self.say(subject, assigned(simulated=self.simulated), OFFICE, PUBLISHED)
            nodes = {quarter: Node(text="建成") for quarter in QUARTERS}
            await self.say(subject, PlanSubmitted(nodes=nodes, evidence=PROOF), UNIT, PUBLISHED + timedelta(days=1))
            await self.say(subject, PlanDecided(decision="confirmed"), LEADER, PUBLISHED + timedelta(days=2))

    async def ruled(self, seconds: float = 120) -> None:
        """Wait until every submission has its ruling."""
        await until(self.is_ruled, "a ruling on every submission", seconds)

    def is_ruled(self) -> bool:
        """Whether every submission has a ruling that counts."""
        return all(self.counting(p).last == self.topics.end(SUBMISSIONS, p) - 1 for p in range(12))

    async def live_until(self, instant: datetime) -> None:
        """Rule on what is there, move the clock on, and wait until everything due by then is announced and ruled on."""
        await self.ruled()
        self.clock.set(instant)
        await until(lambda: self.announced(instant), f"every alarm up to {instant}")

    def announced(self, instant: datetime) -> bool:
        """Whether some instance has announced every partition up to an instant."""
        reached: dict[int, bool] = {}
        for rating in self.instances:
            for partition in rating.statuses():
                known = rating.announced_until(partition)
                reached[partition] = reached.get(partition, False) or (known is not None and known >= instant)
        return bool(reached) and all(reached.values())

    def counting(self, partition: int) -> AtRule:
        """The count of a partition of rulings, folded anew."""
        counting = AtRule()
        counting.fold(self.topics.records(RULINGS, partition))
        return counting

    def events(self, subject: str | None = None, partition: int | None = None) -> list[RulingEvent]:
        """The events that count, of one subject or of a partition, in their order."""
        where = partition_of(subject or "") if partition is None else partition
        rulings = AtRule().fold(self.topics.records(RULINGS, where))
        events = [ruling_from(counted.body, where) for ruling in rulings for counted in ruling.events]
        return [event for event in events if subject is None or event.subject == subject]

    def verdicts(self, subject: str | None = None, partition: int | None = None) -> list[str]:
        """Short words of the verdicts, in the order of the log, with their reasons."""
        return [_word(event) for event in self.events(subject, partition) if event.ordinal == 0]

    def lights(self, subject: str) -> dict[str, str]:
        """The lights as they stand."""
        changes = [event.data for event in self.events(subject) if isinstance(event.data, LightChanged)]
        return {change.period: change.to for change in changes}

    def settlements(self, subject: str) -> list[str]:
        """Periods in the order in which they settled."""
        return [event.data.period for event in self.events(subject) if isinstance(event.data, LightSettled)]

    def void(self) -> int:
        """Void records on all partitions."""
        return sum(self.counting(partition).void for partition in range(12))

    def audit(self, rules: Rules | None = None) -> ReplayReport:
        """Replay the log as it is now."""
        return replay(MemoryReader(self.topics), MemoryReader(self.topics), LOG, rules=rules)


def _word(event: RulingEvent) -> str:
    word = event.type.removeprefix("liangdeng.submission.").removesuffix(".v1")
    reasons = getattr(event.data, "reasons", ())
    return " ".join([word, *reasons])


def broken_for(subject: str) -> Rules:
    """Rules with a defect: they raise for one item."""
    good = Rules()

    def decide(state: Any, submission: Submission, logged_at: datetime) -> Any:
        if submission.subject == subject:
            raise ZeroDivisionError("a defect")
        return good.decide(state, submission, logged_at)

    return Rules(decide=decide, reads_back=False)
