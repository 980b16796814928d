"""Which items cite a file as evidence, as the submissions say: whoever sees such an item in full may open the file."""

from __future__ import annotations

import asyncio
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
_NOTHING: Final[Mapping[Any, Any]] = {}
Subject = tuple[str, str]
"""A programme and an item."""
CitedFile = Mapping[str, Any]
"""A file as a submission cites it: `sha256`, `name`, `size`, `media_type`."""


class EvidenceCitations:
    """As `RecordHandler`: the citations of all submissions, whatever was ruled on them; one per process, in memory."""

    def __init__(self) -> None:
        self._next = [0] * PARTITIONS
        self._items: dict[bytes, dict[Subject, str]] = {}
        self._latest: dict[Subject, dict[tuple[str, str], Sequence[CitedFile]]] = {}

    def items(self, sha256: str) -> Mapping[Subject, str]:
        """The items that cite a file, each with the file's name there."""
        return self._items.get(bytes.fromhex(sha256), _NOTHING)

    def is_cited(self, sha256: str) -> bool:
        """Whether any submission cites a file."""
        return bytes.fromhex(sha256) in self._items

    def latest(self, programme: str, item: str, type_: str, period: str = "") -> Sequence[CitedFile]:
        """The files of the last submission of this type about an item (and, of reports, about a period)."""
        return self._latest.get((programme, item), _NOTHING).get((type_, period), ())

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
            citing = self._items.setdefault(bytes.fromhex(one["sha256"]), {})
            if item is not None:
                citing[programme, item] = str(one.get("name", ""))
        if item is not None:
            self._latest.setdefault((programme, item), {})[type_, period] = files


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
