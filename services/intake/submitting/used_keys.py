"""Which idempotency keys were used up by which submission, so that a retry is answered with the first receipt."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Callable
from typing import Final, NamedTuple
from uuid import UUID

from contracts.ruling import RULING_TYPES
from contracts.rulings import SubmissionAccepted, SubmissionRejected
from contracts.submission import Submission, decode_submission
from contracts.topics import RULINGS, SUBMISSIONS
from eventlog.at.at_rule import Counted, CountedAnswer, number, placed
from eventlog.log.log import Log, LogUnavailable
from eventlog.log.record import Place, Record
from services.intake.submitting.receipt import Receipt

_USING: Final = frozenset(RULING_TYPES.types[cls] for cls in (SubmissionAccepted, SubmissionRejected))
"""Verdicts that use up a key (rulebook: Fine print 17)."""
_OFFSET_BITS: Final = 56
_READ_SECONDS: Final = 5.0
_POLL_SECONDS: Final = 0.5
_BITS: Final = 24
"""Of an id, by which it is looked up first: 2 MB; of a million keys used, one new one in seventeen is asked about."""
_PLAIN: Final = re.compile("[0-9a-f]{32}").fullmatch
_TOGETHER: Final = 500
_AT_ONCE: Final = 8
"""Readers of single records at a time: each is a client of the broker of its own."""


class FirstUse(NamedTuple):
    """The receipt of the submission that used up a key, and where its ruling begins on the same partition number."""

    receipt: Receipt
    ruled_at: int


class UsedKeys:
    """From a submission's id (which its key is part of) to where the submission lies that was ruled on first.

    Only ids and places are kept, in a database in memory (about 60 bytes each); what was said is read from the log.
    """

    def __init__(self, log: Log) -> None:
        self._log = log
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._perhaps = bytearray(1 << _BITS - 3)
        """A bit for each beginning of an id that was noted: nearly all that comes is new, and a query costs more."""
        self._noted: list[tuple[bytes, int, int]] = []
        """Rows that go into the table before it is asked the next time, many in one go: at two thirds of the cost."""
        self._known = sqlite3.connect(":memory:", isolation_level=None)
        self._known.execute("PRAGMA journal_mode = OFF")
        self._known.execute(
            "CREATE TABLE used (id BLOB PRIMARY KEY, place INTEGER NOT NULL, ruled_at INTEGER NOT NULL) WITHOUT ROWID"
        )

    def note(self, partition: int, answer: CountedAnswer) -> None:
        """Take in a ruling that counts."""
        record, verdict = answer.events[0]
        if verdict.get("type") in _USING and not verdict["data"].get("alarm"):
            place = partition << _OFFSET_BITS | answer.causeoffset
            key = _key(verdict["causeid"])
            at = _beginning(key)
            self._perhaps[at >> 3] |= 1 << (at & 7)
            self._noted.append((key, place, record.offset))
            if len(self._noted) == _TOGETHER:
                self._put()

    def _put(self) -> None:
        self._known.executemany("INSERT OR IGNORE INTO used VALUES (?, ?, ?)", self._noted)
        self._noted.clear()

    def _row(self, key: bytes) -> tuple[int, int] | None:
        """Where the submission lies that used up a key, packed, and the offset of the ruling on it."""
        self._put()
        found: tuple[int, int] | None = self._known.execute(
            "SELECT place, ruled_at FROM used WHERE id = ?", (key,)
        ).fetchone()
        return found

    async def first(self, submission: Submission) -> FirstUse | None:
        """The submission that used up this one's key; None if none was ruled on.

        Raises:
            KeyReused: it said something else.
            LogUnavailable: it cannot be read.
        """
        key = _key(submission.id)
        at = _beginning(key)
        if not self._perhaps[at >> 3] >> (at & 7) & 1:
            return None
        row = self._row(key)
        if row is None:
            return None
        first, receipt = await self._at(row[0])
        if first.digest != submission.digest:
            raise KeyReused(first.id)
        return FirstUse(receipt, row[1])

    async def named(self, submission_id: str) -> tuple[Submission, Receipt] | None:
        """A submission that was ruled on, with its receipt; None where there is none. Raises LogUnavailable."""
        row = self._row(_key(submission_id))
        return None if row is None else await self._at(row[0])

    async def ruling_on(self, submission_id: str) -> CountedAnswer | None:
        """The ruling on a submission; None where there is none. Raises LogUnavailable."""
        row = self._row(_key(submission_id))
        return None if row is None else await self._ruling(*_place(row[0]), row[1])

    async def _at(self, place: int) -> tuple[Submission, Receipt]:
        partition, offset = _place(place)
        (record,) = await self._read((SUBMISSIONS, partition), offset, lambda _: 1)
        first = decode_submission(record.value)
        return first, Receipt(
            first.id, partition, offset, first.received_at, first.digest, first.subject, repeated=True
        )

    async def ruling(self, first: FirstUse) -> CountedAnswer:
        """The ruling on it. Raises LogUnavailable."""
        return await self._ruling(first.receipt.partition, first.receipt.offset, first.ruled_at)

    async def _ruling(self, partition: int, offset: int, ruled_at: int) -> CountedAnswer:
        records = await self._read((RULINGS, partition), ruled_at, _length)
        return CountedAnswer(offset, tuple(Counted(one, placed(one) or {}) for one in records))

    async def _read(self, place: Place, offset: int, length: Callable[[Record], int]) -> list[Record]:
        """The record at this place, and those behind it that belong to it."""
        found: list[Record] = []
        try:
            # A publication that is sent again asks for a thousand: each has its seconds once it is its turn.
            async with self._turn, asyncio.timeout(_READ_SECONDS), self._log.follow({place: offset}) as follower:
                while not found or len(found) < length(found[0]):
                    found += (await follower.poll(_POLL_SECONDS)).get(place, [])
        except TimeoutError:
            raise LogUnavailable(f"{place[0]}-{place[1]}@{offset} was not read in {_READ_SECONDS:g} s") from None
        return found[: length(found[0])]


def _place(packed: int) -> tuple[int, int]:
    """Partition and offset."""
    return packed >> _OFFSET_BITS, packed & (1 << _OFFSET_BITS) - 1


def _length(record: Record) -> int:
    return number((placed(record) or {}).get("of")) or 1


class KeyReused(Exception):
    """The key was used up by a submission that said something else."""


def _beginning(key: bytes) -> int:
    return int.from_bytes(key[: _BITS // 8])


def _key(submission_id: str) -> bytes:
    plain = submission_id.replace("-", "")
    if _PLAIN(plain):
        return bytes.fromhex(plain)  # as UUID has it, at a fifth of the cost
    try:
        return UUID(submission_id).bytes
    except ValueError:  # an id that is none of ours was given out by nobody
        return submission_id.encode(errors="surrogatepass")
