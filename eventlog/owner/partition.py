"""What a service gives an owner for one partition, and what the owner tells about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from eventlog.at.at_rule import Ruling
from eventlog.log.record import Entry, Record


class Answering(Protocol):
    """Answers the submissions of one partition; made anew, empty, whenever its owner starts from the beginning."""

    def fold(self, rulings: Sequence[Ruling]) -> None:
        """Take counted rulings into the state; the only way in which it changes."""
        ...

    def begin(self) -> None:
        """Throw away whatever was decided ahead of the state; called before the first `answer` of every batch."""
        ...

    def answer(self, submission: Record, at: int) -> Sequence[Entry]:
        """Decide one submission on the state and what was decided ahead of it in this batch.

        Returns the records of one whole ruling, the first to lie at offset `at` of the same partition of the answers.
        An exception is a defect (or a type that this version does not know): the partition waits, nothing is skipped.
        """
        ...

    def verify(self, ruling: Ruling, submission: Record) -> None:
        """Raise LogCut if `ruling` was not given to this very `submission` (its id, its digest)."""
        ...

    def due(self, now: datetime) -> Sequence[Entry]:
        """Submissions of the service's own that are due by `now` (deadlines passed), by the state alone.

        They are appended to the same partition of the submissions, and proposed again until the state shows them.
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
    """The next offset of the submissions to be answered."""
    end: int | None = None
    """The offset after the last submission, as last heard."""
    answers_end: int = 0
    """The offset where the next ruling is expected."""
    rulings: int = 0
    """Rulings appended by this owner that count."""
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
        """Submissions that wait for their ruling, as far as known."""
        return max(0, (self.end or 0) - self.position)

    @property
    def idle(self) -> bool:
        """It follows and nothing waits."""
        return self.phase is Phase.FOLLOWING and self.end is not None and self.lag == 0

    @property
    def healthy(self) -> bool:
        """It follows and has no problem."""
        return self.phase is Phase.FOLLOWING and self.problem is None and self.alarm_problem is None


@dataclass(frozen=True, slots=True)
class OwnerSettings:
    """How an owner works; each number with its reason."""

    questions: str = "submissions"
    answers: str = "rulings"
    tick_seconds: float = 1.0
    """How often the assignment and the clock are looked at."""
    poll_seconds: float = 0.5
    """How long one poll waits; bounds how long a stop takes."""
    check_seconds: float = 1.0
    """How often an owner without submissions looks for rulings of others."""
    stall_seconds: float = 15.0
    """After so long without a record that is known to be there, a follower is opened anew."""
    max_batch_rulings: int = 500
    """A hundred a batch give 27,000/s on a partition; more only makes a void batch dearer."""
    max_batch_bytes: int = 900_000
    """Below `max.message.bytes` (1 MiB): an oversized batch kills a producer for its partition."""
    first_backoff_seconds: float = 1.0
    max_backoff_seconds: float = 60.0
    stop_seconds: float = 10.0
    """After that a partition that waits for the broker is left; what it appended stays unknown."""
