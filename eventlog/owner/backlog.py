"""The work on one partition: its state, the submissions read ahead, and the next batch of whole rulings."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from itertools import islice

from eventlog.at.at_rule import Counting, Ruling
from eventlog.at.guarded_append import GuardedPartition
from eventlog.log.log import Hole, Log, LogCut
from eventlog.log.record import Entry, Record, size_of
from eventlog.owner.partition import Answering, OwnerSettings


class AnswerDefect(Exception):
    """`answer` raised for a submission; the state is intact, the submission waits."""


class Work:
    """What an owner knows of its partition; it survives an outage of the log, not a defect in the state."""

    def __init__(self, log: Log, partition: int, answering: Answering, settings: OwnerSettings) -> None:
        self.answering = answering
        self.last: Ruling | None = None
        """The last ruling that counts."""
        self.guarded = GuardedPartition(log, settings.answers, partition, Counting(), self._take)
        self._settings = settings
        self._backlog: deque[Record] = deque()

    @property
    def next_question(self) -> int:
        """The offset of the submission that must be answered next."""
        return self.last.causeoffset + 1 if self.last else 0

    @property
    def resume(self) -> int:
        """Where to read submissions from: the last one answered, so that it can be verified, then the next ones."""
        return max(0, self.next_question - 1)

    @property
    def waiting(self) -> bool:
        """Whether a submission was read that is not answered."""
        return bool(self._backlog)

    def start_reading(self) -> None:
        """Forget what was read ahead."""
        self._backlog.clear()

    def read(self, submissions: Iterable[Record]) -> None:
        """Take in the next submissions, in their order."""
        self._backlog.extend(submissions)

    def drop_answered(self) -> None:
        """Drop what has its ruling; the one answered last is verified. Raises LogCut."""
        while self._backlog and self._backlog[0].offset < self.next_question:
            submission = self._backlog.popleft()
            if self.last and submission.offset == self.last.causeoffset:
                self.answering.verify(self.last, submission)

    def decide(self) -> tuple[list[Entry], int]:
        """The records of the next batch, and how many submissions they answer: at least one.

        Raises:
            AnswerDefect: the first of them cannot be answered; what comes before a later one is answered first.
            Hole: the first of them is not the next one.
        """
        entries: list[Entry] = []
        answered, size = 0, 0
        self.answering.begin()
        for submission in islice(self._backlog, self._settings.max_batch_rulings):
            if submission.offset != self.next_question + answered:
                if answered:
                    break
                raise Hole(self.next_question, submission)
            try:
                ruling = self.answering.answer(submission, self.guarded.expected + len(entries))
            except LogCut:
                raise
            except Exception as error:
                if answered:
                    break
                raise AnswerDefect(f"{submission}: {error!r}") from error
            weight = size_of(ruling)
            if answered and size + weight > self._settings.max_batch_bytes:
                break
            entries.extend(ruling)
            size += weight
            answered += 1
        return entries, answered

    def _take(self, rulings: list[Ruling]) -> None:
        if rulings:
            self.answering.fold(rulings)
            self.last = rulings[-1]
