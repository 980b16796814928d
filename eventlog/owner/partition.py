"""What a service gives an owner for one partition, what the owner tells about it, and how the owner works."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from eventlog.at.at_rule import CountedAnswer
from eventlog.backoff import FIRST_SECONDS, LONGEST_SECONDS
from eventlog.log.record import Entry, Record


class PartitionHandler(Protocol):
    """Answers the questions of one partition; a new, empty one is made whenever its owner starts from the beginning."""

    def fold(self, answers: Sequence[CountedAnswer]) -> None:
        """Fold answers that count into the state; it changes in no other way."""
        ...

    def begin(self, questions: Sequence[Record]) -> None:
        """Throw away whatever was decided ahead of the state; called before the first `answer` of every batch.

        `questions` are the next ones, all that this batch may answer: they may be read before the first is decided.
        """
        ...

    def answer(self, question: Record, at: int) -> Sequence[Entry]:
        """Decide one question on the state and on what was decided ahead of it in this batch.

        Returns the records of one whole answer, the first of which is to lie at offset `at` of the same partition.
        An exception is a defect (or a type that this version does not know): the partition waits, nothing is skipped.
        """
        ...

    def verify(self, answer: CountedAnswer, question: Record) -> None:
        """Raise LogCut if `answer` was not given to this very `question` (its id, its digest)."""
        ...

    def due(self, now: datetime) -> Sequence[Entry]:
        """Questions of the service's own that are due by `now` (deadlines passed), by the state alone.

        They are appended to the same partition of the questions, and returned again until the state shows them.
        """
        ...


class Phase(StrEnum):
    """Where the owner of a partition is."""

    CATCHING_UP = "catching_up"
    FOLLOWING = "following"
    WAITING = "waiting"
    """After a defect or while the log is unavailable; tried again after a back-off."""
    CUT = "cut"
    """The log was cut: stopped for good."""
    STOPPED = "stopped"


@dataclass(slots=True)
class PartitionStatus:
    """What is known about one owned partition, for readiness, progress and metrics."""

    partition: int
    phase: Phase = Phase.CATCHING_UP
    position: int = 0
    """The offset of the next question to be answered."""
    end: int | None = None
    """The offset after the last question, as last heard."""
    answers: int = 0
    """Answers appended by this owner that count."""
    counted: int = 0
    void: int = 0
    lost_races: int = 0
    unknown_appends: int = 0
    defects: int = 0
    catch_up_seconds: float = 0.0
    announced_until: datetime | None = None
    """Up to this instant nothing is left to announce in the state at `position`; None until that was looked at."""
    problem: str | None = None
    alarm_problem: str | None = None
    """Why the latest announcement failed."""

    @property
    def lag(self) -> int:
        """Questions that wait for their answer, as far as known."""
        return max(0, (self.end or 0) - self.position)

    @property
    def idle(self) -> bool:
        """It follows and nothing waits."""
        return self.phase is Phase.FOLLOWING and self.end is not None and self.lag == 0

    @property
    def healthy(self) -> bool:
        """It follows and has no problem."""
        return self.phase is Phase.FOLLOWING and self.problem is None and self.alarm_problem is None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerSettings:
    """How an owner works; each number with its reason."""

    questions: str
    """The topic that is read."""
    answers: str
    """The topic that the answers are appended to, on the partition of their question."""
    tick_seconds: float = 1.0
    """How often the assignment and the clock are looked at."""
    poll_seconds: float = 1.0
    """How long one poll waits; a stop ends it."""
    check_seconds: float = 5.0
    """How often an owner without questions looks for answers of other owners, and for questions that do not come."""
    stall_seconds: float = 15.0
    """After so long without a record that is known to be there, a follower is opened anew."""
    max_batch_answers: int = 500
    """A hundred a batch give 27,000/s on a partition; more only makes a void batch dearer."""
    max_batch_bytes: int = 900_000
    """Below `max.message.bytes` (1 MiB): an oversized batch kills a producer for its partition."""
    first_backoff_seconds: float = FIRST_SECONDS
    max_backoff_seconds: float = LONGEST_SECONDS
    let_go_seconds: float = 2.0
    """How long a group waits for batches in flight before its partitions move; they may be another owner's then."""
    rest_seconds: float = 30.0
    """After so long without an answer of the group the owner goes on: a concurrent one is harmless."""
    stop_seconds: float = 10.0
    """After that a partition that waits for the broker is left; what it appended stays unknown."""
