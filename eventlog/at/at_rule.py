"""The `at` rule: which records of a partition count, the same for every reader, wherever it started."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import orjson

from eventlog.log.log import Hole
from eventlog.log.record import START, Position, Record

Body = dict[str, Any]


class Counted(NamedTuple):
    """A record that lies where it says, with its value parsed once for all readers."""

    record: Record
    body: Body


class CountedAnswer(NamedTuple):
    """A whole answer that counts: the records that answer the question at `causeoffset`, in their order."""

    causeoffset: int
    events: tuple[Counted, ...]

    @property
    def after(self) -> Position:
        """Where a reader that has folded this answer goes on."""
        return Position(self.events[-1].record.offset + 1, self.causeoffset)


def number(value: object) -> int | None:
    """A whole number ≥ 0 from a JSON number or its canonical decimal string; None for anything else."""
    if type(value) is int:
        return value if value >= 0 else None
    if type(value) is str and value.isascii() and value.isdecimal() and (value == "0" or value[0] != "0"):
        return int(value)
    return None


def is_number(value: object, wanted: int) -> bool:
    """Whether a JSON value is this whole number, written as a number or as its canonical decimal string."""
    return value == (wanted if type(value) is int else str(wanted))


def placed(record: Record) -> Body | None:
    """The parsed value, if it is a JSON object whose `at` is the record's own offset; otherwise None: void."""
    if record.value is None:
        return None
    try:
        body = orjson.loads(record.value)
    except orjson.JSONDecodeError:
        return None
    if type(body) is not dict or not is_number(body.get("at"), record.offset):
        return None
    return body


class AtRule:
    """The rule for a topic of answers, one partition of it: gives the whole answers that count, in their order.

    A record counts iff `offset == at`, its `causeoffset` is the last counted one + 1, and its whole answer
    (`ordinal` 0 … `of` - 1) lies in one piece. All other records are void. `position` may be stored and resumed from:
    it is never inside an answer.
    """

    __slots__ = ("_pending", "counted", "last", "seen", "void")

    def __init__(self, position: Position = START) -> None:
        self.seen = position.offset
        """The offset that must be read next; when caught up, the offset where an append is expected to lie."""
        self.last = position.last
        """The `causeoffset` of the last counted answer, -1 before the first."""
        self.counted = 0
        """Records counted so far."""
        self.void = 0
        """Records void so far."""
        self._pending: list[Counted] = []

    @property
    def position(self) -> Position:
        """Where a reader that keeps what was returned so far must resume."""
        return Position(self.seen - len(self._pending), self.last)

    def fork(self) -> AtRule:
        """An independent copy."""
        copy = AtRule(Position(self.seen, self.last))
        copy.counted, copy.void, copy._pending = self.counted, self.void, self._pending.copy()
        return copy

    def fold(self, records: Iterable[Record]) -> list[CountedAnswer]:
        """Fold the next records and return the answers that they complete; records seen before are dropped.

        Raises:
            Hole: a record lies beyond the expected one, and no answer was completed before it. (Otherwise those
                answers are returned and the next call raises, so that no answer is lost.)
        """
        answers: list[CountedAnswer] = []
        for record in records:
            if record.offset < self.seen:
                continue
            if record.offset > self.seen:
                if answers:
                    break
                raise Hole(self.seen, record)
            self.seen += 1
            answer = self._evolve(record, placed(record))
            if answer is not None:
                answers.append(answer)
        return answers

    def passed(self, records: int) -> None:
        """So many records at `seen` are the whole answer to the question after `last`, each where it says: they count.

        For whoever made these very bytes for that place, and need not read them to know.
        """
        self._void(0)
        self.seen += records
        self.counted += records
        self.last += 1

    def _evolve(self, record: Record, body: Body | None) -> CountedAnswer | None:
        pending = self._pending
        if body is None:
            self._void(1)
            return None
        of = number(body.get("of"))
        if pending and not (is_number(body.get("ordinal"), len(pending)) and of == number(pending[0].body["of"])):
            self._void(0)
        cause = self.last + 1
        if not (of and is_number(body.get("ordinal"), len(pending)) and is_number(body.get("causeoffset"), cause)):
            self._void(1)
            return None
        pending.append(Counted(record, body))
        if len(pending) < of:
            return None
        answer = CountedAnswer(cause, tuple(pending))
        pending.clear()
        self.counted += of
        self.last = cause
        return answer

    def _void(self, more: int) -> None:
        self.void += len(self._pending) + more
        self._pending.clear()


class SingleAtRule:
    """The rule for a topic whose records answer nothing: each one counts by itself, iff `offset == at`."""

    __slots__ = ("counted", "seen", "void")

    def __init__(self, offset: int = 0) -> None:
        self.seen = offset
        """The offset that must be read next, and from which a reader resumes."""
        self.counted = 0
        self.void = 0

    def fork(self) -> SingleAtRule:
        """An independent copy."""
        copy = SingleAtRule(self.seen)
        copy.counted, copy.void = self.counted, self.void
        return copy

    def fold(self, records: Iterable[Record]) -> list[Counted]:
        """Fold the next records and return those that count; records seen before are dropped.

        Raises:
            Hole: a record lies beyond the expected one, and none counted before it (as `AtRule.fold`).
        """
        counted: list[Counted] = []
        for record in records:
            if record.offset < self.seen:
                continue
            if record.offset > self.seen:
                if counted:
                    break
                raise Hole(self.seen, record)
            self.seen += 1
            body = placed(record)
            if body is None:
                self.void += 1
            else:
                self.counted += 1
                counted.append(Counted(record, body))
        return counted
