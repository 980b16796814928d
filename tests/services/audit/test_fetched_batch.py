"""A fetched batch gives what the client's own decoding gives, and nothing once a bit of it has changed."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kafka import TopicPartition
from kafka.consumer.fetcher import Fetcher
from kafka.errors import CorruptRecordError
from kafka.record import MemoryRecords
from kafka.record.default_records import DefaultRecordBatch, DefaultRecordBatchBuilder
from kafka.record.util import calc_crc32c

from eventlog.log.record import Record
from services.audit.fetched_batch import WholeBatches
from services.audit.reader import CannotReadLog, KafkaReader

PLACE = TopicPartition("rulings", 3)
LOGGED_MS = 1_700_000_000_000
BYTES = (
    st.none()
    | st.binary(max_size=40)
    | st.sampled_from([b"x" * 63, b"x" * 64, b"x" * 8191, b"x" * 8192, b"x" * 70_000])
)
HEADERS = st.lists(st.tuples(st.text(max_size=5), BYTES), max_size=3)
RECORDS = st.lists(st.tuples(BYTES, BYTES, HEADERS, st.integers(0, 2**40)), min_size=1, max_size=70)
ONE = (b"key", b"value", [("name", b"content")], 5)


def batch(records: Any, base: int = 0, *, gzip: bool = False, stamped: bool = True, lie: Any = None) -> bytes:
    """A batch as the broker keeps it; `lie` changes its bytes before the checksum is made."""
    builder = DefaultRecordBatchBuilder(2, int(gzip), False, -1, -1, -1, 1 << 30)
    for place, (key, value, headers, time) in enumerate(records):
        builder.append(place, time, key, value, headers)
    made = builder.build()
    struct.pack_into(">q", made, 0, base)
    at = DefaultRecordBatch.ATTRIBUTES_OFFSET
    if stamped:
        made[at + 1] |= DefaultRecordBatch.TIMESTAMP_TYPE_MASK
        struct.pack_into(">q", made, at + 14, LOGGED_MS)
    if lie is not None:
        lie(made)
    struct.pack_into(">I", made, DefaultRecordBatch.CRC_OFFSET, calc_crc32c(memoryview(made)[at:]))
    return bytes(made)


def read(fetched: bytes, first: int = 0) -> list[Record]:
    batches = WholeBatches(first, PLACE, MemoryRecords(fetched)).take()
    return [record for one in batches for record in one.records("rulings", 3)]


def read_by_the_client(fetched: bytes, first: int = 0) -> list[Record]:
    found = Fetcher.PartitionRecords(first, PLACE, MemoryRecords(fetched)).take()
    return [Record("rulings", 3, r.offset, r.timestamp, r.key, r.value, tuple(r.headers)) for r in found]


@given(RECORDS, RECORDS, st.booleans(), st.integers(0, 2**40), st.integers(0, 9))
def test_what_lies_there_is_read_as_the_client_reads_it(
    one: Any,
    other: Any,
    gzip: bool,
    base: int,
    passed_over: int,
) -> None:
    fetched = batch(one, base, gzip=gzip) + batch(other, base + len(one))
    found = read(fetched, base + passed_over)
    assert found == read_by_the_client(fetched, base + passed_over)
    assert len(found) == max(0, len(one) + len(other) - passed_over)
    assert all(record.timestamp_ms == LOGGED_MS for record in found)


def test_the_next_fetch_begins_behind_the_last_batch_that_was_given() -> None:
    given = WholeBatches(0, PLACE, MemoryRecords(batch([ONE] * 3) + batch([ONE] * 2, 3)))
    assert len(given.take(1)) == 1
    assert given.next_fetch_offset == 3
    assert len(given.take(9)) == 1
    assert (given.next_fetch_offset, bool(given)) == (5, False)


def test_a_batch_that_the_broker_did_not_stamp_is_known() -> None:
    stamped, other = WholeBatches(0, PLACE, MemoryRecords(batch([ONE]) + batch([ONE], 1, stamped=False))).take()
    assert (stamped.stamped, other.stamped) == (True, False)


def test_a_bit_that_has_turned_anywhere_behind_the_checksum_is_found() -> None:
    fetched = batch([ONE])
    for place in range(DefaultRecordBatch.CRC_OFFSET, len(fetched)):
        turned = bytearray(fetched)
        turned[place] ^= 1
        with pytest.raises(CorruptRecordError):
            read(bytes(turned))


def test_what_lies_before_a_batch_that_is_damaged_is_given_first() -> None:
    damaged = bytearray(batch([ONE], 1))
    damaged[-1] ^= 1
    given = WholeBatches(0, PLACE, MemoryRecords(batch([ONE]) + bytes(damaged)))
    assert [one.offset for found in given.take() for one in found.records("rulings", 3)] == [0]
    with pytest.raises(CorruptRecordError):
        given.take()


@pytest.mark.parametrize("place", range(-28, 0))
def test_lengths_that_do_not_fit_are_found_though_the_checksum_is_right(place: int) -> None:
    """Whoever holds the disk can make a checksum."""

    def lie(made: bytearray) -> None:
        made[place] += 2

    fetched = batch([ONE], lie=lie)
    try:
        theirs = read_by_the_client(fetched)
    except CorruptRecordError:
        theirs = None
    if theirs is None:
        with pytest.raises(CorruptRecordError):
            read(fetched)
    else:
        assert read(fetched) == theirs


class Consumer:
    """Of the client's consumer what a reader asks of it: fetched bytes, decoded by what it was given for that."""

    def __init__(self, *fetched: bytes) -> None:
        self._fetched = list(fetched)
        self._next = 0

    def assign(self, places: list[TopicPartition]) -> None:
        (self._place,) = places

    def seek(self, _: TopicPartition, start: int) -> None:
        self._next = start

    def poll(self, **_: int) -> dict[TopicPartition, Any]:
        given = WholeBatches(self._next, self._place, MemoryRecords(self._fetched.pop(0)))
        found = given.take()
        self._next = given.next_fetch_offset
        return {self._place: found}


def one_record_fewer(made: bytearray) -> None:
    """The number of records ends the batch's own head."""
    made[DefaultRecordBatch.HEADER_STRUCT.size - 1] -= 1


def told_by_a_reader(*fetched: bytes, start: int = 0, end: int = 3) -> list[int]:
    reader = KafkaReader("nowhere", "")
    reader._consumer = Consumer(*fetched)
    return [record.offset for record in reader.records("rulings", 3, start, end)]


def test_a_reader_gives_records_from_one_offset_to_another() -> None:
    assert told_by_a_reader(batch([ONE] * 2), batch([ONE] * 9, 2)) == [0, 1, 2]
    assert told_by_a_reader(batch([ONE] * 9), start=4, end=6) == [4, 5]


def less_by_one(place: int) -> Callable[[bytearray], None]:
    """A number of the last record, of one byte: 25 bytes from the end lies its offset, 8 the length of its header."""

    def lie(made: bytearray) -> None:
        made[-place] -= 2

    return lie


@pytest.mark.parametrize(
    ("fetched", "why"),
    [
        (batch([ONE, ONE], lie=less_by_one(8)), "rulings-3, batch at 0"),
        (batch([ONE, ONE], lie=one_record_fewer), "bytes lie behind the last record"),
        (batch([ONE], 1), "rulings-3@0 is missing, 1 comes next"),
        (batch([ONE, ONE], lie=less_by_one(25)), "rulings-3@1 is missing, 0 comes next"),
        (batch([ONE], stamped=False), "rulings-3@0 was not stamped"),
    ],
)
def test_a_reader_tells_what_it_cannot_read(fetched: bytes, why: str) -> None:
    with pytest.raises(CannotReadLog, match=why):
        told_by_a_reader(fetched)
