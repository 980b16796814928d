"""Replays a log: rules on every submission again, and looks for rulings that are missing, surplus or different."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import islice
from typing import Final

from contracts.topics import PARTITIONS, RULINGS, SUBMISSIONS
from services import cycles
from services.audit.counted_rulings import CountedRulings
from services.audit.finding import ReplayReport
from services.audit.partition_replay import PartitionReplay
from services.audit.reader import CannotReadLog, KafkaReader, Progress, RecordReader
from services.rating.rules.envelope import Rules
from services.rating.rules.several import runs

TOGETHER: Final = 100
"""So many submissions are read before the first of them is ruled on: the same code over again is faster."""


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
        # Thousands of records come at once, and nothing of them is a cycle: 3 to 7 % of a replay.
        with (
            cycles.seldom_within(),
            KafkaReader(bootstrap, prefix) as submissions,
            KafkaReader(bootstrap, prefix) as rulings,
        ):
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
                progress(self._report.submissions, sum(ends))
            self._report.position[f"{SUBMISSIONS}-{partition}"] = end
        progress(self._report.submissions, sum(ends))

    def _partition(self, partition: int, end: int) -> Iterator[None]:
        replayed = PartitionReplay(partition, self._report, self._rules)
        rulings = CountedRulings(self._rulings, partition, end, self._deadline)
        submissions = self._submissions.records(SUBMISSIONS, partition, 0, end)
        while some := list(islice(submissions, TOGETHER)):
            for run in runs([replayed.read(one) for one in some]):
                replayed.compare(run, rulings)
            yield
        beyond = list(iter(rulings.next, None))
        end_now = self._submissions.end(SUBMISSIONS, partition)
        for ruling in beyond:
            if ruling.causeoffset >= end_now:
                replayed.surplus(ruling)
        self._report.void += rulings.rule.seen - rulings.rule.counted
        self._report.position[f"{RULINGS}-{partition}"] = rulings.rule.seen
