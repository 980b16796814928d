"""What lies on the log (`Record`), what is to be appended (`Entry`), and where a reader stands (`Position`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

Place = tuple[str, int]
"""A logical topic (without prefix) and a partition of it."""

Headers = Sequence[tuple[str, bytes]]

UNKNOWN_TIME = -1
"""`Record.timestamp_ms` of a record known from its append's answer, not read back."""


class Record(NamedTuple):
    """One record as the broker keeps it; `topic` is the logical name, `timestamp_ms` the broker's LogAppendTime."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()

    @property
    def place(self) -> Place:
        """The partition that it lies on."""
        return (self.topic, self.partition)

    def __str__(self) -> str:
        """Its position as text, such as `submissions-3@120`."""
        return f"{self.topic}-{self.partition}@{self.offset}"


class Entry(NamedTuple):
    """One record before it is appended."""

    key: bytes | None
    value: bytes | None
    headers: Headers = ()


class Position(NamedTuple):
    """Where a reader of rulings resumes: the next offset, and `causeoffset` of the last counted ruling (-1: none)."""

    offset: int = 0
    last: int = -1


START = Position()
"""Before the first record of a partition."""

ENTRY_OVERHEAD = 64
"""Bytes a record costs beside key, value and headers: an upper bound of the varints of the v2 format."""


def size_of(entries: Sequence[Entry]) -> int:
    """An upper bound, in bytes, of what these entries take in an uncompressed batch."""
    size = len(entries) * ENTRY_OVERHEAD
    for key, value, headers in entries:
        size += len(key or b"") + len(value or b"")
        for name, content in headers:
            size += len(name) * 4 + len(content) + 10
    return size


def batches_of(entries: Sequence[Entry], max_bytes: int) -> list[Sequence[Entry]]:
    """Entries that need not stay together, in as few batches of at most `max_bytes` as their order allows."""
    batches: list[Sequence[Entry]] = []
    first, size = 0, 0
    for index, entry in enumerate(entries):
        weight = size_of([entry])
        if index > first and size + weight > max_bytes:
            batches.append(entries[first:index])
            first, size = index, 0
        size += weight
    if entries:
        batches.append(entries[first:])
    return batches


AT_ONCE: Final = 64
"""Records folded at a time: some hundred kilobytes parsed, used and forgotten while the processor has them at hand."""


def portions(records: Sequence[Record]) -> Iterator[Sequence[Record]]:
    """Records in their order, a few at a time."""
    for first in range(0, len(records), AT_ONCE):
        yield records[first : first + AT_ONCE]
