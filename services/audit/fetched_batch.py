"""Decodes what kafka-python has fetched a batch at a time, in one loop: its own makes two objects of each record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import dropwhile
from typing import Any, Final

from kafka.consumer.fetcher import Fetcher
from kafka.errors import CorruptRecordError
from kafka.record.util import decode_varint

from eventlog.log.record import Headers, Record

_FORMAT: Final = 2
_LOG_APPEND_TIME: Final = 1
_MOST: Final = 0x7F
"""In the last byte of a number; a byte of more says that another one follows."""
_record: Final[Callable[[tuple[object, ...]], Record]] = partial(tuple.__new__, Record)
"""Of its fields in their order, at a third of the cost of `Record(...)`."""


class FetchedBatch:
    """One batch whose checksum is right. `stamped`: by the broker, when its records reached the log."""

    def __init__(self, batch: Any, first: int) -> None:
        """A fetch from inside a batch gives all of it: what lies before `first` is passed over."""
        self.stamped: Final[bool] = batch.timestamp_type == _LOG_APPEND_TIME
        self._batch = batch
        self._first = first

    def records(self, topic: str, partition: int) -> Iterator[Record]:
        """Its records in their order. Raises CorruptRecordError: one is not as long as it says."""
        found = self._records(topic, partition)
        return dropwhile(self._lies_before, found) if self._batch.base_offset < self._first else found

    def _lies_before(self, record: Record) -> bool:
        return record.offset < self._first

    def _records(self, topic: str, partition: int) -> Iterator[Record]:
        batch = iter(self._batch)  # decompresses it, if it is compressed
        data, at = bytes(batch._buffer), batch._pos
        base, stamp = batch.base_offset, batch.max_timestamp
        try:
            for _ in range(batch.records_count):
                length, begin = _number(data, at)
                at = begin + 1  # behind attributes that mean nothing yet lies its writer's time
                while data[at] > _MOST:
                    at += 1
                place, at = _number(data, at + 1)
                size, at = _number(data, at)
                key = None if size < 0 else data[at : (at := at + size)]
                size, at = _number(data, at)
                value = None if size < 0 else data[at : (at := at + size)]
                headers: Headers = ()
                if data[at]:
                    headers, at = _headers(data, at)
                else:
                    at += 1
                if at != begin + length:
                    raise ValueError(f"{length} bytes are {at - begin}")
                yield _record((topic, partition, base + place, stamp, key, value, headers))
            if at != len(data):
                raise ValueError(f"{len(data) - at} bytes lie behind the last record")
        except (ValueError, IndexError) as error:
            raise CorruptRecordError(f"{topic}-{partition}, batch at {base}: {error!r}") from error


class WholeBatches(Fetcher.PartitionRecords):  # type: ignore[misc]  # the client has no types
    """As the client's own, but what it gives are `FetchedBatch`es."""

    next_fetch_offset: int

    def _maybe_skip_record(self, _: object) -> bool:
        return False

    def _unpack_records(self, tp: Any, records: Any, *_: object) -> Iterator[FetchedBatch]:
        while (batch := records.next_batch()) is not None:
            if batch.magic != _FORMAT or not batch.validate_crc():
                raise CorruptRecordError(
                    f"{tp.topic}-{tp.partition}, batch from {self.next_fetch_offset}: no right checksum"
                )
            self.next_fetch_offset = batch.next_offset
            if not batch.is_control_batch:
                yield FetchedBatch(batch, self.fetch_offset)
        self.drain()


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A number of one or two bytes, as nearly all are, or any other, and where it ends."""
    low = data[at]
    if low <= _MOST:
        return low >> 1 ^ -(low & 1), at + 1
    high = data[at + 1]
    if high <= _MOST:
        both = low & _MOST | high << 7
        return both >> 1 ^ -(both & 1), at + 2
    number: int
    number, at = decode_varint(data, at)
    return number, at


def _headers(data: bytes, at: int) -> tuple[Headers, int]:
    count, at = _number(data, at)
    if count < 0:
        raise ValueError(f"{count} headers")
    found: list[Any] = []
    for _ in range(count):
        size, at = _number(data, at)
        if size < 0:
            raise ValueError(f"{size} bytes of a header's name")
        name = data[at : (at := at + size)].decode()
        size, at = _number(data, at)
        found.append((name, None if size < 0 else data[at : (at := at + size)]))
    return tuple(found), at
