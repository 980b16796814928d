"""What people did to the items of one programme, as it lies on the log or in a file of submissions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from contracts.envelope import UnknownType, Unreadable
from contracts.submission import Submission, decode_submission
from contracts.submissions import DeadlinePassed, ItemAssigned
from contracts.topics import PARTITIONS, SUBMISSIONS, partition_of, split_subject
from services.audit.reader import Progress, RecordReader
from services.rating.rules.envelope import LoggedSubmission, cause_of, objection_to_envelope


class NotRecorded(LookupError):
    """The log or the file holds no item of the programme, or what these rules do not know."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} · {en}")
        self.zh: Final = zh
        self.en: Final = en


@dataclass(frozen=True, slots=True)
class RecordedAct:
    """A submission about an item and when it reached the log; one of the alarm tells how far the clock had come."""

    submission: Submission
    logged_at: datetime

    @property
    def is_alarm(self) -> bool:
        """Whether the alarm announced a deadline, rather than somebody did something."""
        return isinstance(self.submission.data, DeadlinePassed)


@dataclass(frozen=True, slots=True)
class RecordedYear:
    """A recorded year: each item as it was published first, and its acts in the order of the log.

    `simulated`: people acted by a driven clock, so the receipt tells the time and not the log.
    """

    programme: str
    items: Mapping[str, ItemAssigned]
    acts: Mapping[str, tuple[RecordedAct, ...]]
    simulated: bool

    def instant(self, act: RecordedAct) -> datetime:
        """The time at which something happened."""
        return act.submission.received_at if self.simulated else act.logged_at


def read_year(reader: RecordReader, log: str, programme: str, progress: Progress | None = None) -> RecordedYear:
    """The year of a programme on a log, up to the ends as of now. Raises NotRecorded, `reader.Unreadable`."""
    ends = [reader.end(SUBMISSIONS, partition) for partition in range(PARTITIONS)]
    starts = [reader.start(SUBMISSIONS, partition) for partition in range(PARTITIONS)]
    if any(starts):
        raise NotRecorded("日志的开头已不存在", "the beginning of the log is gone")
    done, total, found = 0, sum(ends), list[RecordedAct]()
    name = programme.encode()
    for partition, end in enumerate(ends):
        for record in reader.records(SUBMISSIONS, partition, 0, end):
            done += 1
            if record.value is not None and name in record.value:
                logged = LoggedSubmission(partition, record.offset, record.timestamp_ms, record.value)
                found += _act(log, logged, programme)
            if progress is not None:
                progress(done, total)
    return _year(programme, found)


def read_file(path: Path, programme: str) -> RecordedYear:
    """The year of a programme in a file of submissions, one CloudEvent a line, as they lie on the log.

    Such a file does not tell when a submission reached the log; its receipt stands for that.
    Raises NotRecorded, OSError.
    """
    found: list[RecordedAct] = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        if not line.strip():
            continue
        try:
            submission = decode_submission(line)
        except (Unreadable, UnknownType) as error:
            raise NotRecorded(f"第 {number} 行无法读取：{error}", f"line {number} cannot be read: {error}") from None
        if split_subject(submission.subject)[0] == programme:
            logged_ms = -int(-submission.received_at.timestamp() * 1000 // 1)
            logged = LoggedSubmission(partition_of(submission.subject), number, logged_ms, line)
            found += _act(submission.log, logged, programme)
    return _year(programme, found)


def unknown_type(place: str, error: UnknownType) -> NotRecorded:
    """What is said of a record whose type these rules do not know."""
    return NotRecorded(
        f"{place} 的类型 {error} 本版规则不认识", f"{place} is of a type that these rules do not know: {error}"
    )


def _act(log: str, logged: LoggedSubmission, programme: str) -> list[RecordedAct]:
    """The act, unless rating refused it before the rules were asked. Raises NotRecorded: its type is unknown."""
    try:
        cause = cause_of(log, logged)
    except UnknownType as error:
        raise unknown_type(f"{SUBMISSIONS}-{logged.partition}@{logged.offset}", error) from None
    submission = cause.submission
    owner, item = split_subject(cause.subject)
    if submission is None or owner != programme or item is None:
        return []
    if objection_to_envelope(submission, cause.source, logged) is not None:
        return []
    return [RecordedAct(submission, logged.logged_at)]


def _year(programme: str, found: Iterable[RecordedAct]) -> RecordedYear:
    acts: dict[str, list[RecordedAct]] = defaultdict(list)
    items: dict[str, ItemAssigned] = {}
    for act in found:
        subject, data = act.submission.subject, act.submission.data
        acts[subject].append(act)
        if isinstance(data, ItemAssigned) and act.submission.actor.role == "office":
            items.setdefault(subject, data)
    if not items:
        raise NotRecorded(f"没有方案 {programme} 的事项记录", f"no item of the programme {programme} is recorded")
    return RecordedYear(
        programme,
        items={subject: items[subject] for subject in sorted(items)},
        acts={subject: tuple(acts[subject]) for subject in sorted(items)},
        simulated=any(item.simulated for item in items.values()),
    )
