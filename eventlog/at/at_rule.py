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


class Ruling(NamedTuple):
    """A whole counted ruling: the records that answer the submission at `causeoffset`, in their order."""

    causeoffset: int
    events: tuple[Counted, ...]

    @property
    def after(self) -> Position:
        """Where a reader stands that has taken this ruling in."""
        return Position(self.events[-1].record.offset + 1, self.causeoffset)


def number(value: object) -> int | None:
    """A whole number ≥ 0 from a JSON number or its canonical decimal string; None for anything else."""
    if type(value) is int:
        return value if value >= 0 else None
    if type(value) is str and value.isascii() and value.isdecimal() and (value == "0" or value[0] != "0"):
        return int(value)
    return None


def says(value: object, wanted: int) -> bool:
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
    if type(body) is not dict or not says(body.get("at"), record.offset):
        return None
    return body


class Counting:
    """A fold over one partition of rulings that tells counted rulings from void records.

    A record counts iff `offset == at`, its `causeoffset` is the last counted one + 1, and its whole ruling
    (`ordinal` 0 … `of` - 1) lies in one piece. `position` may be stored and resumed from: it is never inside a ruling.
    """

    __slots__ = ("_pending", "counted", "last", "seen", "void")

    def __init__(self, position: Position = START) -> None:
        self.seen = position.offset
        """The offset that must be read next; when caught up, the offset where an append is expected to lie."""
        self.last = position.last
        """The `causeoffset` of the last counted ruling, -1 before the first."""
        self.counted = 0
        """Records counted so far."""
        self.void = 0
        """Records void so far."""
        self._pending: list[Counted] = []

    @property
    def position(self) -> Position:
        """Where a reader that keeps what was returned so far must resume."""
        return Position(self.seen - len(self._pending), self.last)

    def fork(self) -> Counting:
        """A copy that goes its own way."""
        copy = Counting(Position(self.seen, self.last))
        copy.counted, copy.void, copy._pending = self.counted, self.void, self._pending.copy()
        return copy

    def fold(self, records: Iterable[Record]) -> list[Ruling]:
        """Take in the next records and return the rulings that they complete; records seen before are dropped.

        Raises:
            Hole: a record lies beyond the next one expected, and no ruling was completed before it (those that were
                are returned, and whoever reads on meets the hole then: no ruling is ever dropped).
        """
        rulings: list[Ruling] = []
        for record in records:
            if record.offset < self.seen:
                continue
            if record.offset > self.seen:
                if rulings:
                    break
                raise Hole(self.seen, record)
            self.seen += 1
            ruling = self._take(record, placed(record))
            if ruling is not None:
                rulings.append(ruling)
        return rulings

    def _take(self, record: Record, body: Body | None) -> Ruling | None:
        pending = self._pending
        if body is None:
            self._give_up(1)
            return None
        of = number(body.get("of"))
        if pending and not (says(body.get("ordinal"), len(pending)) and of == number(pending[0].body["of"])):
            self._give_up(0)
        cause = self.last + 1
        if not (of and says(body.get("ordinal"), len(pending)) and says(body.get("causeoffset"), cause)):
            self._give_up(1)
            return None
        pending.append(Counted(record, body))
        if len(pending) < of:
            return None
        ruling = Ruling(cause, tuple(pending))
        pending.clear()
        self.counted += of
        self.last = cause
        return ruling

    def _give_up(self, more: int) -> None:
        self.void += len(self._pending) + more
        self._pending.clear()


class Placing:
    """The same fold for a topic whose records answer no submission (dispatches): a record counts iff `offset == at`."""

    __slots__ = ("counted", "seen", "void")

    def __init__(self, offset: int = 0) -> None:
        self.seen = offset
        """The offset that must be read next, and from which a reader resumes."""
        self.counted = 0
        self.void = 0

    def fork(self) -> Placing:
        """A copy that goes its own way."""
        copy = Placing(self.seen)
        copy.counted, copy.void = self.counted, self.void
        return copy

    def fold(self, records: Iterable[Record]) -> list[Counted]:
        """Take in the next records and return those that count; records seen before are dropped.

        Raises:
            Hole: a record lies beyond the next one expected, and none counted before it (as `Counting.fold`).
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
