"""What an owner knows of its partition: the state, the questions read ahead, the next batch of whole answers."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from itertools import islice

from eventlog.at.at_rule import AtRule, CountedAnswer
from eventlog.at.guarded_append import GuardedPartition
from eventlog.log.log import Hole, Log, LogCut
from eventlog.log.record import Entry, Record, size_of
from eventlog.owner.partition import OwnerSettings, PartitionHandler


class AnswerDefect(Exception):
    """`answer` raised for a question; the state is intact, the question waits."""


class Backlog:
    """Questions that wait and the state that they are answered on; kept over an outage, made anew after a defect."""

    def __init__(self, log: Log, partition: int, handler: PartitionHandler, settings: OwnerSettings) -> None:
        self.handler = handler
        self.last: CountedAnswer | None = None
        """The last answer that counts."""
        self.guarded = GuardedPartition(log, settings.answers, partition, AtRule(), self._fold)
        self._settings = settings
        self._questions: deque[Record] = deque()
        self._answered: Record | None = None

    @property
    def next_question(self) -> int:
        """The offset of the question that must be answered next."""
        return self.last.causeoffset + 1 if self.last else 0

    @property
    def resume(self) -> int:
        """Where to read questions from: the last one answered, so that it can be verified, then the next ones."""
        return max(0, self.next_question - 1)

    @property
    def waiting(self) -> bool:
        """Whether a question was read that is not answered."""
        return bool(self._questions)

    def start_reading(self) -> None:
        """Forget what was read ahead."""
        self._questions.clear()

    def read(self, questions: Iterable[Record]) -> None:
        """Add the next questions, in their order."""
        self._questions.extend(questions)

    def drop_answered(self) -> None:
        """Drop the questions that have their answer; the last of them is verified. Raises LogCut."""
        while self._questions and self._questions[0].offset < self.next_question:
            question = self._questions.popleft()
            before, self._answered = self._answered, question
            if before is not None and before.offset == question.offset and before != question:
                self._answered = before
                raise LogCut(f"{question} is another one than was answered", question.place, question.offset)
            if self.last and question.offset == self.last.causeoffset:
                self.handler.verify(self.last, question)

    def decide(self) -> tuple[list[Entry], int]:
        """The records of the next batch, and how many questions they answer: at least one.

        Raises:
            AnswerDefect: the first of them cannot be answered; what comes before a later one is answered first.
            Hole: the first of them is not the next one.
        """
        entries: list[Entry] = []
        answered, size = 0, 0
        questions = list(islice(self._questions, self._settings.max_batch_answers))
        self.handler.begin(questions)
        for question in questions:
            if question.offset != self.next_question + answered:
                if answered:
                    break
                raise Hole(self.next_question, question)
            try:
                answer = self.handler.answer(question, self.guarded.expected + len(entries))
            except LogCut:
                raise
            except Exception as error:
                if answered:
                    break
                raise AnswerDefect(f"{question}: {error!r}") from error
            weight = size_of(answer)
            if answered and size + weight > self._settings.max_batch_bytes:
                break
            entries.extend(answer)
            size += weight
            answered += 1
        return entries, answered

    def _fold(self, answers: list[CountedAnswer]) -> None:
        if answers:
            self.handler.fold(answers)
            self.last = answers[-1]
