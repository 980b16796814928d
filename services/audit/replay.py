"""Replays a log: rules on every submission again, and looks for rulings that are missing, surplus or different."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Final

from contracts.topics import PARTITIONS, RULINGS, SUBMISSIONS
from eventlog.at.at_rule import AtRule, CountedAnswer
from services.audit.finding import ReplayReport
from services.audit.partition_replay import PartitionReplay
from services.audit.reader import CannotReadLog, KafkaReader, Progress, RecordReader
from services.rating.rules.envelope import Rules

STEP: Final = 100
"""Progress is reported after so many submissions."""
PAUSE_SECONDS: Final = 0.2
"""Between two looks for rulings that are still to come."""


def run(
    bootstrap: str,
    prefix: str = "",
    log: str = "1",
    *,
    wait: float = 10.0,
    progress: Progress | None = None,
    rules: Rules | None = None,
) -> ReplayReport:
    """Replay everything that is on the log now; submissions that have no ruling yet are given `wait` seconds for it.

    `progress` is called with the submissions compared and those in all. Never raises for what is on the log or the
    broker: `ReplayReport.verdict` is the exit code.
    """
    try:
        with KafkaReader(bootstrap, prefix) as submissions, KafkaReader(bootstrap, prefix) as rulings:
            return replay(submissions, rulings, log, wait=wait, progress=progress, rules=rules)
    except CannotReadLog as error:
        return ReplayReport(log=log, rules=(rules or Rules()).version, problem=str(error))


def replay(
    submissions: RecordReader,
    rulings: RecordReader,
    log: str,
    *,
    wait: float = 0.0,
    progress: Progress | None = None,
    rules: Rules | None = None,
) -> ReplayReport:
    """As `run`, with two readers, one for each topic."""
    began = time.monotonic()
    rules = rules or Rules()
    report = ReplayReport(log=log, rules=rules.version)
    try:
        _LogReplay(submissions, rulings, report, rules, began + wait).run(progress or _no_progress)
    except CannotReadLog as error:
        report.problem = str(error)
    report.seconds = time.monotonic() - began
    return report


def _no_progress(done: int, total: int) -> None:
    """Nobody asked for it."""


class _LogReplay:
    def __init__(
        self, submissions: RecordReader, rulings: RecordReader, report: ReplayReport, rules: Rules, deadline: float
    ) -> None:
        self._submissions = submissions
        self._rulings = rulings
        self._report = report
        self._rules = rules
        self._deadline = deadline

    def run(self, progress: Progress) -> None:
        """Replay all partitions, up to the ends of `submissions` as of now. Raises CannotReadLog."""
        for reader, topic in ((self._submissions, SUBMISSIONS), (self._rulings, RULINGS)):
            for partition in range(PARTITIONS):
                if first := reader.start(topic, partition):
                    raise CannotReadLog(f"{topic}-{partition} begins at {first}: what lay before it is gone")
        ends = [self._submissions.end(SUBMISSIONS, partition) for partition in range(PARTITIONS)]
        for partition, end in enumerate(ends):
            for _ in self._partition(partition, end):
                if self._report.submissions % STEP == 0:
                    progress(self._report.submissions, sum(ends))
            self._report.position[f"{SUBMISSIONS}-{partition}"] = end
        progress(self._report.submissions, sum(ends))

    def _partition(self, partition: int, end: int) -> Iterator[None]:
        replayed = PartitionReplay(partition, self._report, self._rules)
        counted = self._counted(partition, end)
        for submission in self._submissions.records(SUBMISSIONS, partition, 0, end):
            replayed.compare(submission, next(counted, None))
            yield
        beyond = list(counted)
        end_now = self._submissions.end(SUBMISSIONS, partition)
        for ruling in beyond:
            if ruling.causeoffset >= end_now:
                replayed.surplus(ruling)

    def _counted(self, partition: int, end: int) -> Iterator[CountedAnswer]:
        """The rulings that count, read until the last of `end` submissions is ruled on or the wait is over."""
        rule = AtRule()
        while True:
            upto = self._rulings.end(RULINGS, partition)
            for record in self._rulings.records(RULINGS, partition, rule.seen, upto):
                yield from rule.fold([record])
            if rule.last >= end - 1 or time.monotonic() > self._deadline:
                break
            time.sleep(PAUSE_SECONDS)
        self._report.void += rule.seen - rule.counted
        self._report.position[f"{RULINGS}-{partition}"] = rule.seen
