"""Rules on the submissions of one partition: states folded from what counts, rulings decided ahead of them."""

from __future__ import annotations

import contextlib
import logging
from collections import ChainMap
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from contracts.ruling import RulingEvent
from contracts.rulings import SubmissionUnreadable
from eventlog.at.at_rule import CountedAnswer
from eventlog.log.log import LogCut
from eventlog.log.quarantine import Quarantine
from eventlog.log.record import Entry, Record
from services.rating.alarm import Alarm
from services.rating.metrics import PartitionTally
from services.rating.rules.envelope import (
    LoggedSubmission,
    Ruled,
    Rules,
    RulingCause,
    States,
    cause_ahead,
    concerns_state,
    identities,
    rule_on,
)
from services.rating.rules.on_record import OnRecord, read_ruling
from services.rating.rules.several import rule_on_several, runs
from services.rating.rules.state.state import State

logger = logging.getLogger(__name__)


_Read = tuple[Record, RulingCause | None]


class _Decided(NamedTuple):
    """A ruling of ours that is not known to count yet."""

    values: tuple[bytes, ...]
    events: tuple[RulingEvent, ...]
    state: State | None
    logged_ms: int


class RatingHandler:
    """As `eventlog.owner.partition.PartitionHandler`.

    `states` changes only in `fold`, by what counts. If a ruling of ours counts, nothing came between (the `at` rule),
    so the state that was derived from its events when it was decided is the state after it: `fold` takes that over
    instead of deriving it again from its bytes (decision 0028).
    """

    def __init__(
        self,
        partition: int,
        log: str,
        *,
        rules: Rules,
        alarm: Alarm,
        tally: PartitionTally,
        quarantine: Quarantine,
    ) -> None:
        self.states: dict[str, State] = {}
        self.alarm = alarm
        self._partition = partition
        self._log = log
        self._rules = rules
        self._tally = tally
        self._quarantine = quarantine
        self._states_ahead: States = ChainMap({}, self.states)
        self._ahead: dict[int, _Decided] = {}
        self._read: dict[int, _Read] = {}
        self._ruled: dict[tuple[int, int], Ruled] = {}
        """Rulings made together with one before them, by the submission's offset and the ruling's."""

    def fold(self, rulings: Sequence[CountedAnswer]) -> None:
        """As `PartitionHandler.fold`."""
        if not self._ahead:
            # All are read before the first is folded: the same code over again is faster.
            for read in [_read(ruling) for ruling in rulings]:
                self._derive(read)
            return
        for ruling in rulings:
            ahead = self._ahead.pop(ruling.causeoffset, None)
            if ahead is not None and ahead.values == tuple(counted.record.value for counted in ruling.events):
                self._adopt(ahead)
            else:
                self._ahead.clear()
                self._derive(_read(ruling))

    def begin(self, questions: Sequence[Record]) -> None:
        """As `PartitionHandler.begin`; the same code over again is faster by a fourteenth than one after the other."""
        self._ahead.clear()
        self._ruled.clear()
        before = self._read
        self._read = {one.offset: self._read_ahead(one, before.get(one.offset)) for one in questions}
        self._states_ahead = ChainMap({}, self.states)

    def answer(self, submission: Record, at: int) -> Sequence[Entry]:
        """As `PartitionHandler.answer`."""
        if (submission.offset, at) not in self._ruled:
            self._rule_ahead(submission, at)
        values, events, state = self._ruled.pop((submission.offset, at))
        self._read.pop(submission.offset, None)
        subject = events[0].subject
        if state is not None:
            self._states_ahead[subject] = state
        if type(events[0].data) is SubmissionUnreadable:
            self._keep(submission, events[0].data.problem)
        self._ahead[submission.offset] = _Decided(values, events, state, submission.timestamp_ms)
        key = subject.encode()
        return [Entry(key, value) for value in values]

    def verify(self, ruling: CountedAnswer, submission: Record) -> None:
        """As `PartitionHandler.verify`."""
        first = ruling.events[0].body
        if (first.get("causeid"), first.get("causedigest")) not in identities(self._log, logged_submission(submission)):
            raise LogCut(f"{submission} is not what {ruling.events[0].record} rules on: the log was cut")

    def due(self, now: datetime) -> Sequence[Entry]:
        """As `PartitionHandler.due`."""
        return self.alarm.entries(now, self.states)

    def _read_ahead(self, question: Record, before: _Read | None) -> _Read:
        """A question with its cause; one that no batch had room for was read before."""
        if before is not None and before[0] is question:
            return before
        return question, cause_ahead(self._log, logged_submission(question))

    def _rule_ahead(self, submission: Record, at: int) -> None:
        """Rule on this one, and on those that were read behind it up to one about a subject that came before."""
        run = next(runs(self._read.values()), [])
        asked = [(logged_submission(record), cause) for record, cause in run if cause is not None]
        if asked and run[0][0] is submission:
            with contextlib.suppress(Exception):  # of whichever it is: met again once that one is asked for
                ruled = rule_on_several(self._rules, self._log, asked, at, self._states_ahead)
                for (logged, _), one in zip(asked, ruled, strict=True):
                    self._ruled[logged.offset, at] = one
                    at += len(one.values)
                return
        logged = logged_submission(submission)
        self._ruled[submission.offset, at] = rule_on(self._rules, self._log, logged, at, self._states_ahead)

    def _adopt(self, ahead: _Decided) -> None:
        subject = ahead.events[0].subject
        if ahead.state is not None:
            self.states[subject] = ahead.state
            self.alarm.changed(subject)
        self._tally.count([event.data for event in ahead.events])
        self._tally.waited(ahead.logged_ms)

    def _derive(self, ruling: Sequence[OnRecord]) -> None:
        for cause, events in ruling:
            if concerns_state(cause.subject, self._partition, events[0].data):
                self.states[cause.subject] = self._rules.fold(self.states.get(cause.subject), cause, events)
                self.alarm.changed(cause.subject)
        self._tally.count([event.data for _, events in ruling for event in events])

    def _keep(self, submission: Record, why: str) -> None:
        try:
            self._quarantine.keep(submission, why)
        except OSError:
            logger.exception("%s could not be copied to quarantine; the log keeps it", submission)


def _read(ruling: CountedAnswer) -> list[OnRecord]:
    return read_ruling([body for _, body in ruling.events])


def logged_submission(submission: Record) -> LoggedSubmission:
    """A record as the rules see it."""
    return LoggedSubmission(submission.partition, submission.offset, submission.timestamp_ms, submission.value)
