"""Rating: events per second, against the same loop that decodes and appends the same events without any rules."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path

from bench.figures import Rate, Watch
from bench.logs import fill, fresh_log
from bench.recorded import LOG, Recorded
from contracts.submission import Submission, decode_submission
from contracts.topics import PARTITIONS, RULINGS, SUBMISSIONS
from eventlog.at.at_rule import CountedAnswer
from eventlog.clock import FixedClock
from eventlog.log.kafka import KafkaLog
from eventlog.log.record import Entry, Record
from eventlog.owner.assignment import FixedAssignment
from eventlog.owner.owner import Owner
from eventlog.owner.partition import OwnerSettings
from sandbox.year.journal import BEFORE_THE_YEAR
from services.rating.app import Rating
from services.rating.rules.draft import Event
from services.rating.rules.envelope import Rules
from services.rating.rules.state.evolve import AnsweredSubmission, DatedEvent
from services.rating.rules.state.state import State
from services.rating.settings import RatingSettings

LOOK_SECONDS = 0.02
# The clock stands before the year: every announcement is recorded, none must be added.


class ReadyMade:
    """Decodes each submission and appends the ruling that was recorded for it."""

    def __init__(self, rulings: Sequence[Sequence[bytes]]) -> None:
        self._rulings = rulings

    def fold(self, rulings: Sequence[CountedAnswer]) -> None:
        """Nothing is remembered."""

    def begin(self, questions: Sequence[Record]) -> None:
        """Nothing is decided ahead."""

    def answer(self, submission: Record, at: int) -> Sequence[Entry]:  # noqa: ARG002
        """The recorded ruling; it lies where it was recorded, since the order is the same."""
        key = decode_submission(submission.value).subject.encode()
        return [Entry(key, value) for value in self._rulings[submission.offset]]

    def verify(self, ruling: CountedAnswer, submission: Record) -> None:
        """Nothing is verified."""

    def due(self, now: datetime) -> Sequence[Entry]:  # noqa: ARG002
        """Nothing falls due."""
        return ()


async def with_rules(bootstrap: str, prefix: str, recorded: Recorded, home: Path, rules: Rules | None = None) -> Rate:
    """Events per second of rating itself, with the rules at hand or others."""
    settings = RatingSettings(bootstrap_servers=bootstrap, topic_prefix=prefix, log=LOG, quarantine=home / "quarantine")

    def build(log: KafkaLog) -> Owner:
        return Rating(settings, log, FixedAssignment(range(PARTITIONS)), FixedClock(BEFORE_THE_YEAR), rules).owner

    return await _measure(bootstrap, prefix, recorded, build)


async def without_rules(bootstrap: str, prefix: str, recorded: Recorded, home: Path) -> Rate:
    """Events per second of the same loop, envelopes included, its rules replaced by a look-up."""
    told: dict[tuple[str, str], list[Event]] = {}
    for event in recorded.events:
        told.setdefault((event.causeid, event.causedigest), []).append(Event(event.time, event.data))
    state = State("nothing is remembered")

    def decide(_state: State | None, submission: Submission, _logged_at: datetime) -> list[Event]:
        return told[submission.id, submission.digest]

    def fold(_state: State | None, _cause: AnsweredSubmission, _events: Iterable[DatedEvent]) -> State:
        return state

    return await with_rules(bootstrap, prefix, recorded, home, Rules(decide=decide, fold=fold, reads_back=False))


async def ready_made(bootstrap: str, prefix: str, recorded: Recorded) -> Rate:
    """Events per second of decoding each submission and appending the bytes that were recorded for it."""

    def build(log: KafkaLog) -> Owner:
        def make(partition: int) -> ReadyMade:
            return ReadyMade(recorded.partitions[partition].answers)

        return Owner(
            log,
            FixedAssignment(range(PARTITIONS)),
            make,
            FixedClock(BEFORE_THE_YEAR),
            OwnerSettings(questions=SUBMISSIONS, answers=RULINGS),
        )

    return await _measure(bootstrap, prefix, recorded, build)


async def _measure(bootstrap: str, prefix: str, recorded: Recorded, build: Callable[[KafkaLog], Owner]) -> Rate:
    async with fresh_log(bootstrap, prefix) as log:
        wanted = {number: len(partition.submissions) for number, partition in recorded.partitions.items()}
        for number, partition in recorded.partitions.items():
            await fill(log, SUBMISSIONS, number, partition.submissions)
        owner = build(log)
        watch = Watch()
        await owner.start()
        while not _done(owner, wanted):  # noqa: ASYNC110  # an owner tells its status, it calls nobody
            await asyncio.sleep(LOOK_SECONDS)
        seconds, cpu_seconds = watch.read()
        await owner.stop()
        events = sum([await log.end(RULINGS, partition) for partition in range(PARTITIONS)])
        recorded_events = sum(len(partition.rulings) for partition in recorded.partitions.values())
        if events != recorded_events:
            raise RuntimeError(f"{events} events were appended, {recorded_events} were recorded")
        return Rate(events / seconds, events / cpu_seconds)


def _done(owner: Owner, wanted: dict[int, int]) -> bool:
    statuses = owner.statuses()
    problems = [status.problem for status in statuses.values() if status.problem]
    if problems:
        raise RuntimeError(problems[0])
    return all(p in statuses and statuses[p].position >= number for p, number in wanted.items())
