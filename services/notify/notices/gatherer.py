"""Reads every partition of `rulings`; keeps the facts of programmes and items, and the notices that are due."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from datetime import datetime

from contracts.envelope import UnknownType
from contracts.position_vector import NextOffsets
from contracts.ruling import RULING_TYPES, RulingEvent, ruling_from
from contracts.rulings import ProgrammeOpened
from contracts.topics import PARTITIONS, RULINGS, partition_of
from eventlog.at.at_rule import AtRule, Body, CountedAnswer
from eventlog.log.log import Hole, Log, LogCut, LogError
from eventlog.log.record import Place, Position
from services.notify.notices.facts import ItemFacts, ProgrammeFacts, programme_from
from services.notify.notices.notice import NoticeDue, evolve

logger = logging.getLogger(__name__)
RETRY_SECONDS = 1.0
MAX_RECORDS = 5000


class Gatherer:
    """One follower of every partition of `rulings`.

    A partition that holds what this version cannot read, or that was cut, stops for good, aloud; the others go on.
    """

    def __init__(self, log: Log) -> None:
        self.programmes: dict[str, ProgrammeFacts] = {}
        self.items: dict[str, ItemFacts] = {}
        self.due: dict[int, dict[str, NoticeDue]] = defaultdict(dict)
        """Notices due, by partition of `dispatches` and id; a worker takes a notice out once it sees it issued."""
        self.counting = {partition: AtRule() for partition in range(PARTITIONS)}
        self.problems: dict[int, str] = {}
        self.ends: dict[int, int] = {}
        self.catch_up_seconds: float | None = None
        self.trouble: str | None = None
        self.news: dict[int, asyncio.Event] = defaultdict(asyncio.Event)
        """By partition of `dispatches`: set when something new is due there, and once everything there was read."""
        self._log = log
        self._latest: dict[int, datetime] = {}

    @property
    def caught_up(self) -> bool:
        """Whether everything that lay on the log at the start was read."""
        return self.catch_up_seconds is not None

    def vector(self) -> NextOffsets:
        """Up to where each partition was read; it never lies inside a ruling."""
        return NextOffsets(
            {(RULINGS, partition): counting.position.offset for partition, counting in self.counting.items()}
        )

    async def run(self) -> None:
        """Follow until cancelled."""
        started = time.monotonic()
        while True:
            try:
                await self._follow(started)
            except LogCut as error:
                await self._find_cut(error)
            except (LogError, OSError) as error:
                self.trouble = repr(error)
                logger.warning("rulings cannot be read, tried again: %r", error)
            await asyncio.sleep(RETRY_SECONDS)

    async def _follow(self, started: float) -> None:
        reading = [p for p in self.counting if p not in self.problems]
        targets = {p: await self._log.end(RULINGS, p) for p in reading}
        self.ends |= targets
        for partition, end in targets.items():
            if end < self.counting[partition].seen:
                raise LogCut(f"{RULINGS}-{partition} ends at {end}")
        places: dict[Place, int] = {(RULINGS, p): self.counting[p].seen for p in reading}
        async with self._log.follow(places) as follower:
            self.trouble = None
            while True:
                if not self.caught_up and all(
                    p in self.problems or self.counting[p].seen >= end for p, end in targets.items()
                ):
                    self.catch_up_seconds = time.monotonic() - started
                    for news in self.news.values():
                        news.set()
                for (_, partition), records in (await follower.poll(0.5, MAX_RECORDS)).items():
                    if partition in self.problems:
                        continue
                    self.ends[partition] = max(follower.end(RULINGS, partition) or 0, records[-1].offset + 1)
                    try:
                        rulings = self.counting[partition].fold(records)
                    except Hole as hole:
                        follower.seek(RULINGS, partition, hole.expected)
                        continue
                    self._fold(partition, rulings)
                    await asyncio.sleep(0)

    def _fold(self, partition: int, rulings: list[CountedAnswer]) -> None:
        for ruling in rulings:
            try:
                self._evolve(partition, [_read(body, partition) for _, body in ruling.events])
            except Exception as error:
                # A newer version, or a defect of ours: either way no later notice may be issued before this one.
                first = ruling.events[0].record
                self.problems[partition] = f"{first}: {error!r}"
                self.counting[partition] = AtRule(Position(first.offset, ruling.causeoffset - 1))
                logger.exception("the ruling at %s cannot be taken in; its partition stops there", first)
                return

    def _evolve(self, partition: int, events: list[RulingEvent]) -> None:
        """Take in one ruling, whole or, if anything in it raises, not at all."""
        items: dict[str, ItemFacts] = {}
        programmes: list[ProgrammeFacts] = []
        due: list[NoticeDue] = []
        latest = self._latest.get(partition)
        for event in events:
            if isinstance(event.data, ProgrammeOpened):
                programmes.append(programme_from(event.subject, event.data))
                continue
            item, notice = evolve(items.get(event.subject) or self.items.get(event.subject), event, latest)
            latest = max(latest or event.time, event.time)
            if item is not None:
                items[event.subject] = item
            if notice is not None:
                due.append(notice)
        self.items |= items
        if latest is not None:
            self._latest[partition] = latest
        for programme in programmes:
            self.programmes[programme.id] = programme
            self.news[partition_of(programme.id)].set()
        for notice in due:
            place = partition_of(notice.item.programme)
            self.due[place][notice.id] = notice
            self.news[place].set()

    async def _find_cut(self, error: LogCut) -> None:
        for partition, counting in self.counting.items():
            if partition in self.problems:
                continue
            try:
                start, end = await self._log.start(RULINGS, partition), await self._log.end(RULINGS, partition)
            except (LogError, OSError):
                return
            if not start <= counting.seen <= end:
                self.problems[partition] = f"{RULINGS}-{partition} was cut: it holds {start} to {end}"
                logger.error("%s, read up to %d: %r", self.problems[partition], counting.seen, error)


def _read(body: Body, partition: int) -> RulingEvent:
    if body["type"] not in RULING_TYPES.classes:
        raise UnknownType(body["type"])
    return ruling_from(body, partition)
