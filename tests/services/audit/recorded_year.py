"""Recorded years for the tests of what-if: stories and the catalogue's plan as they would lie on a log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from bench.recorded import Recorded
from contracts.rulings import Verdict
from contracts.submission import encode_submission, new_submission
from contracts.submissions import SubmissionData
from contracts.topics import SUBMISSIONS, partition_of
from contracts.values import Actor
from eventlog.log.record import Record
from programmes import FOLDER
from programmes.policy_file import read_policy
from sandbox.year.plan import ENDS_AT
from services.audit.recorded_acts import RecordedYear, read_year
from services.rating.scenario_book.book import Scenario, read_book
from services.rating.scenario_book.runner import ScenarioRun, play

PROGRAMMES = FOLDER
POLICIES = PROGRAMMES / "policies"
YUANCHENG, OUHAI, TEMPLATE = (
    read_policy(POLICIES / f"{name}.yaml") for name in ("yuancheng-2024", "ouhai-like", "template")
)
PROGRAMME, SUBJECT, LOG = "441602-2024", "441602-2024/S00", "scenarios"
STORIES: dict[str, Scenario] = {
    story.id: story
    for name in ("scenarios.yaml", "scenarios-fine-print.yaml")
    for story in read_book(PROGRAMMES / name)
}


@dataclass
class Shelf:
    """Submissions on partitions, read as by `services.audit.reader.RecordReader`."""

    partitions: dict[int, list[Record]] = field(default_factory=dict)

    def put(self, value: bytes | None, at: datetime, subject: str = SUBJECT, partition: int | None = None) -> None:
        where = partition_of(subject) if partition is None else partition
        kept = self.partitions.setdefault(where, [])
        kept.append(Record(SUBMISSIONS, where, len(kept), int(at.timestamp() * 1000), subject.encode(), value))

    def start(self, topic: str, partition: int) -> int:
        assert (topic, partition) >= (SUBMISSIONS, 0)
        return 0

    def end(self, topic: str, partition: int) -> int:
        assert topic == SUBMISSIONS
        return len(self.partitions.get(partition, []))

    def records(self, topic: str, partition: int, start: int, end: int) -> Iterator[Record]:
        assert topic == SUBMISSIONS
        yield from self.partitions.get(partition, [])[start:end]

    def year(self, programme: str = PROGRAMME, log: str = LOG) -> RecordedYear:
        """What people did, read back."""
        return read_year(self, log, programme)

    def lines(self) -> bytes:
        """The same as a file of submissions."""
        return b"".join((record.value or b"") + b"\n" for kept in self.partitions.values() for record in kept)


def written(actor: Actor, key: str, at: datetime, data: SubmissionData, subject: str = SUBJECT) -> bytes:
    """A submission as intake or the alarm writes it."""
    return encode_submission(new_submission(LOG, actor, key, subject, data, at))


@dataclass
class Recording(ScenarioRun):
    """A scenario on its way that lays everything down as it comes, the alarm's announcements included."""

    shelf: Shelf = field(default_factory=Shelf)

    def submit(
        self, number: int | None, actor: Actor, key: str, at: datetime, logged_at: datetime, data: SubmissionData
    ) -> Verdict:
        self.shelf.put(written(actor, key, at, data), logged_at)
        return super().submit(number, actor, key, at, logged_at, data)


def recording(story: Scenario) -> Recording:
    """A story of a book, lived through and recorded."""
    going = Recording()
    assert story.item is not None
    play(story.item, story, going)
    return going


def shelved(recorded: Recorded) -> Shelf:
    """A year in memory as it lies on a log that was written long afterwards, as a demo's is."""
    shelf = Shelf()
    for partition, kept in recorded.partitions.items():
        for value in kept.submissions:
            shelf.put(value, ENDS_AT.replace(year=2026), partition=partition)
    return shelf
