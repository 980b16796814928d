"""Which items cite a file as evidence, as the submissions say: whoever sees such an item in full may open the file."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

import orjson

from contracts.topics import PARTITIONS, SUBMISSIONS, split_subject
from eventlog.follow.follow_loop import FollowLoop
from eventlog.follow.handler import PartitionStopped
from eventlog.log.log import Log
from eventlog.log.record import Place, Record

_CITING: Final = b'"evidence"'
Subject = tuple[str, str]
"""A programme and an item."""


class EvidenceCitations:
    """As `RecordHandler`: the citations of all submissions, whatever was ruled on them; one per process, in memory."""

    def __init__(self) -> None:
        self._next = [0] * PARTITIONS
        self._items: dict[bytes, tuple[Subject, ...]] = {}

    def items(self, sha256: str) -> Collection[Subject]:
        """The items that cite a file."""
        return self._items.get(bytes.fromhex(sha256), ())

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
        subject, hashes = _read(value)
        programme, item = split_subject(subject)
        for one in hashes if item is not None else ():
            known = self._items.get(one, ())
            if (programme, item) not in known:
                self._items[one] = (*known, (programme, item or ""))


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


def _read(value: bytes) -> tuple[str, list[bytes]]:
    """Subject and hashes of a submission that cites evidence."""
    try:
        body: Any = orjson.loads(value)
        return str(body["subject"]), [bytes.fromhex(one["sha256"]) for one in body["data"].get("evidence", ())]
    except (ValueError, KeyError, TypeError, AttributeError):
        return "", []
