"""The protocol of a log with partitions and offsets, and the ways in which it can fail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Protocol, Self

from eventlog.log.record import Entry, Place, Record


class LogError(Exception):
    """Anything the log itself can do to its user; with a `place`, it concerns that partition alone."""

    def __init__(self, message: str, place: Place | None = None, offset: int | None = None) -> None:
        super().__init__(message)
        self.place = place
        self.offset = offset
        """Where a reader of that partition stands, who cannot go on."""


class LogUnavailable(LogError):
    """The broker, or the one partition, cannot be reached or does not answer; nothing was learnt, ask again."""


class AppendUnknown(LogError):
    """An append was not answered with the offset of its batch: it may be on the log, now or later, or not at all."""


class LogUnreadable(LogUnavailable):
    """The client cannot decode a record (checksum, codec, a header's name that is no UTF-8): nothing is skipped."""


class LogCut(LogError):
    """The log ends before a position that was already read, or holds something else there: stop, reset nothing."""


class Hole(LogError):
    """A reader was handed a record beyond the one that it must see next: seek back to `expected`."""

    def __init__(self, expected: int, got: Record) -> None:
        super().__init__(f"{got.topic}-{got.partition}@{expected}: no record, {got} comes next", got.place, expected)
        self.expected = expected
        self.got = got


class BatchTooLarge(ValueError):
    """A batch beyond the limit was refused before it reached the producer; nothing was appended."""


class Follower(Protocol):
    """Reads given partitions from given positions on, without a group and without committed offsets.

    Partitions are apart from each other: an error that names a place concerns that one alone, and nothing of the
    others is lost. `drop` it and go on polling; unless it is dropped, a later poll meets the same error again.
    """

    async def poll(self, timeout: float = 0.5, max_records: int | None = None) -> dict[Place, list[Record]]:  # noqa: ASYNC109
        """Records in offset order per partition; empty after `timeout` seconds without any.

        Raises:
            LogCut: with a place: its position lies beyond the end, or before the start, of the partition.
            LogUnreadable: with a place: the record at `offset` cannot be decoded; those before it were given.
            LogUnavailable: with a place: the partition does not exist, or gives nothing; without one: none does.
        """
        ...

    def seek(self, topic: str, partition: int, offset: int) -> None:
        """Read this partition from `offset` on."""
        ...

    async def add(self, positions: Mapping[Place, int]) -> None:
        """Read these partitions, too, from these offsets on. Raises LogUnavailable."""
        ...

    def drop(self, topic: str, partition: int) -> None:
        """Read this partition no longer."""
        ...

    def end(self, topic: str, partition: int) -> int | None:
        """The offset after the last record as of the latest fetch; None before the first one that succeeded."""
        ...

    async def close(self) -> None:
        """Stop reading; bounded."""
        ...

    async def __aenter__(self) -> Self:
        """Connect; the positions are set before anything is fetched. Raises LogUnavailable."""
        ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        ...


class Log(Protocol):
    """Topics with partitions, to which batches are appended whole or not at all."""

    async def append(self, topic: str, partition: int, key: bytes | None, values: Sequence[bytes]) -> int:
        """Append one batch of records that share a key; otherwise as `append_entries`."""
        ...

    async def append_entries(self, topic: str, partition: int, entries: Sequence[Entry]) -> int:
        """Append one batch, whole or not at all, and return the offset of its first record as the broker answered it.

        It waits as long as the broker keeps it waiting, and is finished even when the caller is cancelled.

        Raises:
            AppendUnknown: no offset was answered.
            BatchTooLarge: refused before it was sent.
        """
        ...

    async def start(self, topic: str, partition: int) -> int:
        """The offset of the first record kept."""
        ...

    async def end(self, topic: str, partition: int) -> int:
        """The offset after the last record, now."""
        ...

    def follow(self, positions: Mapping[Place, int]) -> Follower:
        """A follower of these partitions from these offsets on; use it with `async with`."""
        ...

    async def close(self) -> None:
        """Stop; bounded: what has no answer by then stays unknown."""
        ...
