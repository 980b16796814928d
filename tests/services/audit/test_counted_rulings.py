"""Rulings that the auditor made itself are known where they lie; every other one is read by the `at` rule."""

from __future__ import annotations

import time
from collections.abc import Iterator

import orjson

from contracts.topics import RULINGS
from eventlog.log.record import Record
from services.audit.counted_rulings import CountedRulings


def value(at: int, cause: int, ordinal: int = 0, of: int = 1) -> bytes:
    return orjson.dumps({"at": str(at), "causeoffset": str(cause), "ordinal": ordinal, "of": of})


class Growing:
    """As `RecordReader`: a partition that has grown by its next part each time its end is asked for."""

    def __init__(self, *parts: list[bytes]) -> None:
        self._parts = list(parts)
        self._records: list[Record] = []

    def start(self, topic: str, partition: int) -> int:
        assert (topic, partition) == (RULINGS, 3)
        return 0

    def end(self, topic: str, partition: int) -> int:
        assert (topic, partition) == (RULINGS, 3)
        for one in self._parts.pop(0) if self._parts else []:
            self._records.append(Record(RULINGS, 3, len(self._records), 0, b"k", one))
        return len(self._records)

    def records(self, topic: str, partition: int, start: int, end: int) -> Iterator[Record]:
        assert (topic, partition) == (RULINGS, 3)
        yield from self._records[start:end]


def rulings(*parts: list[bytes], submissions: int, seconds: float = 60.0) -> CountedRulings:
    return CountedRulings(Growing(*parts), 3, submissions, time.monotonic() + seconds)


def causes(of: CountedRulings) -> list[int]:
    return [ruling.causeoffset for ruling in iter(of.next, None)]


def test_what_take_is_passed_and_the_rest_is_read() -> None:
    first, second = [value(0, 0, 0, 2), value(1, 0, 1, 2)], [value(2, 1)]
    found = rulings([*first, *second, value(3, 2)], submissions=3)
    assert found.take(0, first)
    assert (found.at, found.rule.counted) == (2, 2)
    assert causes(found) == [1, 2]
    assert (found.rule.seen, found.rule.counted, found.rule.void) == (4, 4, 0)


def test_what_was_only_looked_at_is_read_all_the_same() -> None:
    lying = [value(0, 0, 0, 2), value(1, 0, 1, 2), value(2, 1)]
    found = rulings(lying, submissions=2, seconds=0)
    assert not found.take(0, [lying[0], b"another"])
    assert not found.take(0, [b"another"])
    assert not found.take(0, [*lying, b"one more"])
    assert causes(found) == [0, 1]


def test_a_ruling_on_another_submission_than_the_next_does_not_lie_next() -> None:
    found = rulings([value(0, 1)], submissions=2, seconds=0)
    assert not found.take(1, [value(0, 1)])
    assert (causes(found), found.rule.void) == ([], 1)


def test_behind_what_is_void_a_ruling_take_again() -> None:
    found = rulings([b"void", value(1, 0), value(2, 1)], submissions=2)
    assert not found.take(0, [value(0, 0)])
    ruling = found.next()
    assert ruling is not None
    assert ruling.causeoffset == 0
    assert found.take(1, [value(2, 1)])
    assert (found.at, found.rule.void, causes(found)) == (3, 1, [])


def test_a_ruling_that_is_still_to_come_is_waited_for() -> None:
    found = rulings([value(0, 0)], [], [value(1, 1, 0, 2), value(2, 1, 1, 2)], submissions=2)
    assert found.take(0, [value(0, 0)])
    assert found.take(1, [value(1, 1, 0, 2), value(2, 1, 1, 2)])
    assert (causes(found), found.at) == ([], 3)


def test_nothing_is_waited_for_once_the_last_submission_is_ruled_on() -> None:
    found = rulings([value(0, 0)], submissions=1, seconds=3600)
    assert found.take(0, [value(0, 0)])
    assert causes(found) == []
