"""Reads every partition of `rulings`; keeps the facts of programmes and items, and the notices that are due."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, get_args

from contracts.envelope import UnknownType
from contracts.position_vector import NextOffsets
from contracts.ruling import RULING_TYPES, RulingEvent, ruling_from
from contracts.rulings import ProgrammeEnlarged, ProgrammeOpened, Verdict
from contracts.topics import PARTITIONS, RULINGS, partition_of
from eventlog.at.at_rule import AtRule, Body, CountedAnswer
from eventlog.follow.counted import CountedAnswers
from eventlog.follow.follow_loop import FollowLoop, FollowSettings
from eventlog.log.log import Log
from eventlog.log.record import Place
from eventlog.remainder import Remainder
from services.notify.notices.facts import ItemFacts, ProgrammeFacts, programme_from, with_joined
from services.notify.notices.notice import NoticeDue, evolve

_VERDICTS: Final = frozenset(RULING_TYPES.types[cls] for cls in get_args(Verdict))
SETTINGS: Final = FollowSettings(max_records=5000)
"""Some 0.1 s of folding, in which nothing is sent."""


class Gatherer:
    """One follower of every partition of `rulings`; one in trouble stops alone (docs/decisions/0015)."""

    def __init__(self, log: Log) -> None:
        self.programmes: dict[str, ProgrammeFacts] = {}
        self.items: dict[str, ItemFacts] = {}
        self.due: dict[int, dict[str, NoticeDue]] = defaultdict(dict)
        """Notices due, by partition of `dispatches` and id; a worker takes a notice out once it sees it issued."""
        self.news: dict[int, asyncio.Event] = defaultdict(asyncio.Event)
        """By partition of `dispatches`: set when something new is due there, and once everything there was read."""
        self._answers = CountedAnswers(RULINGS, PARTITIONS, self._fold)
        self._loop = FollowLoop(RULINGS, log, self._answers, SETTINGS, self._has_caught_up)
        self._latest: dict[int, datetime] = {}

    @property
    def counting(self) -> Sequence[AtRule]:
        """By partition: how far it was read, and what counts there."""
        return self._answers.rules

    @property
    def ends(self) -> Mapping[Place, int]:
        """The end of each partition as last heard."""
        return self._loop.ends

    @property
    def caught_up(self) -> bool:
        """Whether what lay on the log at the start was read, but for partitions that cannot be read."""
        return self._loop.caught_up

    @property
    def catch_up_seconds(self) -> float | None:
        """How long that took; None before."""
        return self._loop.catch_up_seconds

    @property
    def left(self) -> Remainder | None:
        """What is left to be read until then."""
        return self._loop.left

    @property
    def problems(self) -> list[str]:
        """Why it does not know what lies on the log, with the place of each partition that is not read on."""
        return self._loop.problems()

    def vector(self) -> NextOffsets:
        """Up to where each partition was read; it never lies inside a ruling."""
        return NextOffsets({(RULINGS, partition): rule.position.offset for partition, rule in enumerate(self.counting)})

    async def run(self) -> None:
        """Follow until cancelled."""
        await self._loop.run()

    def _has_caught_up(self) -> None:
        for news in self.news.values():
            news.set()

    def _fold(self, partition: int, answer: CountedAnswer) -> None:
        bodies = [body for _, body in answer.events]
        before = self._latest.get(partition)
        if bodies[0]["type"] in _VERDICTS:
            # Of a verdict, half of all events, nothing but its time is told to anybody.
            time = datetime.fromisoformat(bodies[0]["time"])
            before = max(before or time, time)
            del bodies[0]
        self._evolve(partition, [_read(body, partition) for body in bodies], before)

    def _evolve(self, partition: int, events: list[RulingEvent], latest: datetime | None) -> None:
        """Take in one ruling, whole or, if anything in it raises, not at all; `latest` as `notice.evolve`."""
        items: dict[str, ItemFacts] = {}
        programmes: list[ProgrammeFacts] = []
        due: list[NoticeDue] = []
        for event in events:
            if isinstance(event.data, ProgrammeOpened):
                programmes.append(programme_from(event.subject, event.data))
                continue
            if isinstance(event.data, ProgrammeEnlarged) and event.subject in self.programmes:
                programmes.append(with_joined(self.programmes[event.subject], event.data))
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


def _read(body: Body, partition: int) -> RulingEvent:
    if body["type"] not in RULING_TYPES.classes:
        raise UnknownType(body["type"])
    return ruling_from(body, partition)
