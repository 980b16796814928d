"""Replays a log: reads it with an independent client, rules on everything again, compares both ways."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Final

from contracts.topics import PARTITIONS, RULINGS, SUBMISSIONS
from eventlog.at.at_rule import AtRule, CountedAnswer
from services.audit.comparison import Comparing
from services.audit.finding import Report
from services.audit.reader import Reader, Reading, Unreadable
from services.rating.rules.envelope import Rules

Progress = Callable[[int, int], None]
"""Told (submissions compared, submissions in all) now and then, and at the end."""

STEP: Final = 100
PAUSE_SECONDS: Final = 0.2


def run(
    bootstrap: str,
    prefix: str = "",
    log: str = "1",
    *,
    wait: float = 10.0,
    progress: Progress | None = None,
    rules: Rules | None = None,
) -> Report:
    """Replay everything that is on the log now; submissions that have no ruling yet are given `wait` seconds for it.

    Never raises for what is on the log or the broker: `Report.verdict` is the exit code.
    """
    try:
        with Reader(bootstrap, prefix) as submissions, Reader(bootstrap, prefix) as rulings:
            return replay(submissions, rulings, log, wait=wait, progress=progress, rules=rules)
    except Unreadable as error:
        return Report(log=log, rules=(rules or Rules()).version, problem=str(error))


def replay(
    submissions: Reading,
    rulings: Reading,
    log: str,
    *,
    wait: float = 0.0,
    progress: Progress | None = None,
    rules: Rules | None = None,
) -> Report:
    """As `run`, with two readers, one for each topic."""
    began = time.monotonic()
    rules = rules or Rules()
    report = Report(log=log, rules=rules.version)
    try:
        _Replay(submissions, rulings, report, rules, began + wait).everything(progress or _silent)
    except Unreadable as error:
        report.problem = str(error)
    report.seconds = time.monotonic() - began
    return report


def _silent(done: int, total: int) -> None:
    """No progress is told."""


class _Replay:
    def __init__(self, submissions: Reading, rulings: Reading, report: Report, rules: Rules, deadline: float) -> None:
        self._submissions = submissions
        self._rulings = rulings
        self._report = report
        self._rules = rules
        self._deadline = deadline

    def everything(self, progress: Progress) -> None:
        """All partitions, up to the ends of `submissions` as of now."""
        for reader, topic in ((self._submissions, SUBMISSIONS), (self._rulings, RULINGS)):
            for partition in range(PARTITIONS):
                if first := reader.start(topic, partition):
                    raise Unreadable(f"{topic}-{partition} begins at {first}: what lay before it is gone")
        ends = [self._submissions.end(SUBMISSIONS, partition) for partition in range(PARTITIONS)]
        for partition, end in enumerate(ends):
            for _ in self._partition(partition, end):
                if self._report.submissions % STEP == 0:
                    progress(self._report.submissions, sum(ends))
            self._report.position[f"{SUBMISSIONS}-{partition}"] = end
        progress(self._report.submissions, sum(ends))

    def _partition(self, partition: int, end: int) -> Iterator[None]:
        comparing = Comparing(partition, self._report, self._rules)
        counted = self._counted(partition, end)
        for submission in self._submissions.records(SUBMISSIONS, partition, 0, end):
            comparing.compare(submission, next(counted, None))
            yield
        beyond = list(counted)
        end_now = self._submissions.end(SUBMISSIONS, partition)
        for ruling in beyond:
            if ruling.causeoffset >= end_now:
                comparing.surplus(ruling)

    def _counted(self, partition: int, end: int) -> Iterator[CountedAnswer]:
        """Counted rulings, as far as `rulings` goes once the last of `end` submissions is ruled on."""
        counting = AtRule()
        while True:
            upto = self._rulings.end(RULINGS, partition)
            for record in self._rulings.records(RULINGS, partition, counting.seen, upto):
                yield from counting.fold([record])
            if counting.last >= end - 1 or time.monotonic() > self._deadline:
                break
            time.sleep(PAUSE_SECONDS)
        self._report.void += counting.seen - counting.counted
        self._report.position[f"{RULINGS}-{partition}"] = counting.seen
