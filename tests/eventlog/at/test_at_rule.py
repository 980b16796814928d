"""The `at` rule."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventlog.at.at_rule import AtRule, CountedAnswer, SingleAtRule
from eventlog.log.log import Hole
from eventlog.log.record import START, Position, Record
from tests.eventlog.toy import answer_bodies


def record(offset: int, value: bytes | dict[str, Any] | None) -> Record:
    return Record("rulings", 0, offset, 0, b"k", orjson.dumps(value) if isinstance(value, dict) else value)


def body(at: int, cause: int, ordinal: int = 0, of: int = 1) -> dict[str, Any]:
    return {"at": str(at), "causeoffset": str(cause), "ordinal": ordinal, "of": of}


def causes(counting: AtRule, *values: bytes | dict[str, Any] | None) -> list[int]:
    records = [record(counting.seen + index, value) for index, value in enumerate(values)]
    return [ruling.causeoffset for ruling in counting.fold(records)]


def test_a_ruling_that_lies_where_it_says_and_answers_the_next_submission_counts() -> None:
    assert causes(AtRule(), body(0, 0), body(1, 1)) == [0, 1]


@pytest.mark.parametrize("of", [1, 2, 3])
def test_an_answer_that_is_known_counts_as_one_that_is_read(of: int) -> None:
    begun = [body(0, 0), body(1, 1, 0, 2)]
    read, known = AtRule(), AtRule()
    causes(read, *begun, *(body(2 + ordinal, 1, ordinal, of) for ordinal in range(of)))
    causes(known, *begun)
    known.passed(of)
    assert (known.position, known.counted, known.void) == (read.position, read.counted, read.void)
    assert causes(known, body(2 + of, 2)) == [2]


def test_a_record_that_lies_elsewhere_than_it_says_is_void() -> None:
    counting = AtRule()
    assert causes(counting, body(0, 0), body(0, 0), body(1, 1), body(3, 1)) == [0, 1]
    assert (counting.counted, counting.void) == (2, 2)


@pytest.mark.parametrize("cause", [0, 2, 7])
def test_a_record_that_does_not_answer_the_next_submission_is_void(cause: int) -> None:
    assert causes(AtRule(), body(0, 0), body(1, cause), body(2, 1)) == [0, 1]


@pytest.mark.parametrize(
    "garbage",
    [
        None,
        b"",
        b"\xff\xfe",
        b"[1]",
        b'"at"',
        b"{}",
        b'{"at": "1"}',
        b'{"at": "01", "causeoffset": "1"}',
        b'{"at": []}',
    ],
)
def test_what_cannot_be_read_is_void_and_holds_nobody_up(garbage: bytes | None) -> None:
    counting = AtRule()
    assert causes(counting, body(0, 0), garbage, body(2, 1)) == [0, 1]
    assert counting.void == 1


def test_a_ruling_counts_only_as_a_whole() -> None:
    counting = AtRule()
    assert causes(counting, body(0, 0, 0, 2)) == []
    assert counting.position == START
    assert causes(counting, body(1, 0, 1, 2)) == [0]
    assert counting.position == Position(2, 0)


@pytest.mark.parametrize(
    "between",
    [
        body(1, 0, 0, 1),
        body(1, 0, 0, 3),
        body(1, 0, 2, 3),
        body(1, 1, 1, 3),
        body(1, 0, 1, 2),
        body(9, 0, 1, 3),
        {"at": "1"},
        b"stray",
    ],
)
def test_a_ruling_interrupted_by_another_record_is_void(between: bytes | dict[str, Any]) -> None:
    counting = AtRule()
    causes(counting, body(0, 0, 0, 3), between, body(2, 0, 2, 3))
    # Only a record that is a whole next ruling by itself counts; in either case the reader goes on.
    assert counting.counted == (1 if between == body(1, 0, 0, 1) else 0)
    assert counting.void == 3 - counting.counted
    assert causes(counting, body(3, counting.last + 1)) == [counting.last]


@pytest.mark.parametrize(("ordinal", "of"), [(1, 2), (0, 0), (-1, 1), ("0x", 1), (0, None), (True, 2)])
def test_a_record_whose_place_in_its_ruling_makes_no_sense_is_void(ordinal: Any, of: Any) -> None:
    assert causes(AtRule(), body(0, 0, ordinal, of), body(1, 0)) == [0]


def test_records_seen_before_are_dropped_and_a_hole_is_told() -> None:
    counting = AtRule()
    first, second, third = (record(offset, body(offset, offset)) for offset in range(3))
    assert len(counting.fold([first, second])) == 2
    assert counting.fold([first, second]) == []
    with pytest.raises(Hole) as hole:
        AtRule().fold([third])
    assert (hole.value.expected, hole.value.got) == (0, third)
    assert len(counting.fold([third])) == 1


def test_a_ruling_completed_before_a_hole_is_never_dropped() -> None:
    counting = AtRule()
    first, third = (record(offset, body(offset, offset)) for offset in (0, 2))
    assert [ruling.causeoffset for ruling in counting.fold([first, third])] == [0]
    with pytest.raises(Hole):
        counting.fold([third])
    placing = SingleAtRule()
    assert len(placing.fold([record(0, {"at": "0"}), record(2, {"at": "2"})])) == 1
    with pytest.raises(Hole):
        placing.fold([record(2, {"at": "2"})])


def test_a_fork_goes_its_own_way() -> None:
    counting = AtRule()
    causes(counting, body(0, 0, 0, 2))
    ahead = counting.fork()
    assert causes(ahead, body(1, 0, 1, 2)) == [0]
    assert (counting.seen, counting.last, counting.counted) == (1, -1, 0)
    assert causes(counting, body(1, 0, 1, 2)) == [0]


def test_a_dispatch_counts_iff_it_lies_where_it_says() -> None:
    placing = SingleAtRule()
    values: list[bytes | dict[str, Any] | None] = [{"at": "0"}, {"at": "0"}, None, {"at": "3", "causeoffset": "99"}]
    counted = placing.fold([record(offset, value) for offset, value in enumerate(values)])
    assert [one.record.offset for one in counted] == [0, 3]
    assert (placing.seen, placing.counted, placing.void) == (4, 2, 2)


AMOUNTS = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8]


@dataclass
class Author:
    """An owner of the partition as far as the rule goes: what it read, its state, and the batch in its hand."""

    counting: AtRule = field(default_factory=AtRule)
    total: int = 0
    in_hand: list[bytes] = field(default_factory=list)

    def catch_up(self, log: list[Record], upto: int) -> None:
        for ruling in self.counting.fold(log[self.counting.seen : upto]):
            self.total = ruling.events[0].body["total"]

    def decide(self, rulings: int) -> None:
        total, self.in_hand = self.total, []
        for cause in range(self.counting.last + 1, min(self.counting.last + 1 + rulings, len(AMOUNTS))):
            submitted = {"id": f"s{cause}", "amount": AMOUNTS[cause]}
            bodies = answer_bodies(total, submitted, cause, self.counting.seen + len(self.in_hand))
            total = bodies[0]["total"]
            self.in_hand.extend(map(orjson.dumps, bodies))


steps = st.lists(
    st.one_of(
        st.tuples(st.just("catch up"), st.integers(0, 1), st.integers(0, 3)),
        st.tuples(st.just("decide"), st.integers(0, 1), st.integers(1, 4)),
        st.tuples(st.just("append"), st.integers(0, 1), st.integers(1, 2)),
        st.tuples(st.just("work"), st.integers(0, 1), st.integers(1, 4)),
        st.tuples(st.just("stray"), st.integers(0, 1), st.integers(0, 4)),
    ),
    max_size=60,
)


def stray(log: list[Record], kind: int, last: int) -> bytes:
    """A record that no owner wrote: no forgery of a whole next ruling, anything else."""
    end = len(log)
    return [
        b"\xff",
        orjson.dumps(body(end, last + 1, 0, 2)),
        orjson.dumps(body(end, last + 2)),
        orjson.dumps(body(end + 1, last + 1)),
        orjson.dumps(body(end, last + 1, 1, 3)),
    ][kind]


def lived(actions: list[tuple[str, int, int]]) -> list[Record]:
    """The log that two owners at once leave behind, with stale and doubled batches and strays between them."""
    log: list[Record] = []
    authors = [Author(), Author()]
    for action, who, number in actions:
        author = authors[who]
        if action in ("catch up", "work"):
            author.catch_up(log, len(log) - (number if action == "catch up" else 0))
        if action in ("decide", "work"):
            author.decide(number)
        batches: list[list[bytes]] = []
        if action in ("append", "work"):
            batches = [author.in_hand] * (number if action == "append" else 1)
        if action == "stray":
            reader = Author()
            reader.catch_up(log, len(log))
            batches = [[stray(log, number, reader.counting.last)]]
        for value in (value for batch in batches for value in batch):
            log.append(record(len(log), value))
    return log


def told(rulings: list[CountedAnswer]) -> list[tuple[int, int, int]]:
    return [(ruling.causeoffset, ruling.events[0].body["total"], len(ruling.events)) for ruling in rulings]


@given(steps)
def test_two_owners_at_once_leave_one_right_ruling_per_submission(actions: list[tuple[str, int, int]]) -> None:
    rulings = told(AtRule().fold(lived(actions)))
    expected, total = [], 0
    for cause, amount in enumerate(AMOUNTS):
        total += amount
        expected.append((cause, total, 1 + total % 3))
    assert rulings == expected[: len(rulings)]


@given(steps, st.booleans(), st.integers(1, 4))
def test_readers_cut_at_any_point_agree(actions: list[tuple[str, int, int]], resume: bool, stride: int) -> None:
    log = lived([("work", 0, 2), *actions])
    whole = AtRule()
    expected = told(whole.fold(log))
    for first in range(min(len(log), 12) + 1):
        reader = AtRule()
        read: list[CountedAnswer] = []
        for cut in range(first, len(log) + stride, stride):
            read.extend(reader.fold(log[reader.seen : cut]))
            if resume:
                reader = AtRule(reader.position)
                read.extend(reader.fold(log[reader.seen : cut]))
        assert told(read) == expected
        assert (reader.seen, reader.last, reader.position) == (whole.seen, whole.last, whole.position)


@given(steps, st.data())
def test_an_owner_that_has_caught_up_is_never_refused(actions: list[tuple[str, int, int]], data: st.DataObject) -> None:
    log = lived(actions)
    author = Author()
    author.catch_up(log, len(log))
    author.decide(data.draw(st.integers(1, 3)))
    before = author.counting.last
    reader = author.counting.fork()
    rulings = reader.fold([record(len(log) + index, value) for index, value in enumerate(author.in_hand)])
    assert len(rulings) == min(len(AMOUNTS), reader.last + 1) - (before + 1)
    assert sum(len(ruling.events) for ruling in rulings) == len(author.in_hand)
