"""Which items cite a file as evidence, as the submissions say: whoever sees such an item in full may open the file."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import orjson

from contracts.envelope import short_type
from contracts.topics import PARTITIONS, SUBMISSIONS, split_subject
from eventlog.follow.follow_loop import FollowLoop
from eventlog.follow.handler import PartitionStopped
from eventlog.log.log import Log
from eventlog.log.record import Place, Record

_CITING: Final = b'"evidence"'
_TABLES: Final = """
PRAGMA journal_mode = OFF;
CREATE TABLE cited (sha256 BLOB, programme TEXT, item TEXT, name TEXT, PRIMARY KEY (sha256, programme, item))
    WITHOUT ROWID;
CREATE TABLE latest (programme TEXT, item TEXT, type TEXT, period TEXT, files BLOB,
    PRIMARY KEY (programme, item, type, period)) WITHOUT ROWID;
"""
_CITE: Final = "INSERT OR REPLACE INTO cited VALUES (?, ?, ?, ?)"
_KEEP: Final = "INSERT OR REPLACE INTO latest VALUES (?, ?, ?, ?, ?)"
_ITEMS: Final = "SELECT programme, item, name FROM cited WHERE sha256 = ? AND item != ''"
_LATEST: Final = "SELECT files FROM latest WHERE programme = ? AND item = ? AND type = ? AND period = ?"
Subject = tuple[str, str]
"""A programme and an item."""
CitedFile = Mapping[str, Any]
"""A file as a submission cites it: `sha256`, `name`, `size`, `media_type`."""


class EvidenceCitations:
    """As `RecordHandler`: the citations of all submissions, whatever was ruled on them.

    One per process, in a database in memory.
    """

    def __init__(self) -> None:
        self._next = [0] * PARTITIONS
        self._known = sqlite3.connect(":memory:", isolation_level=None)
        self._known.executescript(_TABLES)

    def items(self, sha256: str) -> Mapping[Subject, str]:
        """The items that cite a file, each with the file's name there."""
        found = self._known.execute(_ITEMS, (bytes.fromhex(sha256),))
        return {(programme, item): name for programme, item, name in found}

    def is_cited(self, sha256: str) -> bool:
        """Whether any submission cites a file."""
        found = self._known.execute("SELECT 1 FROM cited WHERE sha256 = ? LIMIT 1", (bytes.fromhex(sha256),))
        return found.fetchone() is not None

    def latest(self, programme: str, item: str, type_: str, period: str = "") -> Sequence[CitedFile]:
        """The files of the last submission of this type about an item (and, of reports, about a period)."""
        found = self._known.execute(_LATEST, (programme, item, type_, period)).fetchone()
        return () if found is None else orjson.loads(found[0])

    async def positions(self) -> Mapping[Place, int]:
        """As `RecordHandler.positions`."""
        return {(SUBMISSIONS, partition): offset for partition, offset in enumerate(self._next)}

    def position(self, place: Place) -> int:
        """As `RecordHandler.position`."""
        return self._next[place[1]]

    async def take(self, records: Mapping[Place, list[Record]]) -> Iterable[PartitionStopped]:
        """As `RecordHandler.take`; what cannot be read cites nothing."""
        for (_, partition), lying in records.items():
            for record in lying:
                if record.value is not None and _CITING in record.value:
                    self._note(record.value)
                self._next[partition] = record.offset + 1
            await asyncio.sleep(0)
        return ()

    def _note(self, value: bytes) -> None:
        subject, type_, period, files = _read(value)
        programme, item = split_subject(subject)
        for one in files:
            # What is about a programme as a whole cites a file, too, but opens it to nobody.
            row = (bytes.fromhex(one["sha256"]), programme, item or "", str(one.get("name", "")))
            self._known.execute(_CITE, row)
        if item is not None:
            self._known.execute(_KEEP, (programme, item, type_, period, orjson.dumps(files)))


class CitationsFeed:
    """One task that follows the submissions."""

    def __init__(self, log: Log, citations: EvidenceCitations) -> None:
        self._loop = FollowLoop(SUBMISSIONS, log, citations)

    @property
    def problems(self) -> Sequence[str]:
        """Why citations may be missing; empty: none is, but for the last moments'."""
        return self._loop.problems()

    async def run(self) -> None:
        """Follow until cancelled."""
        await self._loop.run()


def _read(value: bytes) -> tuple[str, str, str, list[CitedFile]]:
    """Subject, type without prefix and version, period, and files of a submission that cites evidence."""
    try:
        body: Any = orjson.loads(value)
        data = body["data"]
        files = [one for one in data.get("evidence", ()) if bytes.fromhex(one["sha256"])]
        type_ = short_type(str(body["type"]))
        return str(body["subject"]), type_, str(data.get("period") or ""), files
    except (ValueError, KeyError, TypeError, AttributeError):
        return "", "", "", []
