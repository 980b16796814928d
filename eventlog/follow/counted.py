"""Folds one topic of answers in memory: the handler of whoever keeps nothing but what it makes of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from itertools import chain

from eventlog.at.at_rule import AtRule, CountedAnswer
from eventlog.follow.handler import PartitionStopped
from eventlog.log.record import Place, Record, portions


class CountedAnswers:
    """As `RecordHandler`: gives every answer that counts to `evolve`, with its partition, once and in order.

    An answer for which `evolve` raises (of a version that is not known yet, a defect) stops its partition there, and is
    given to it again later; `evolve` must leave everything as it was then.
    """

    def __init__(self, topic: str, partitions: int, evolve: Callable[[int, CountedAnswer], None]) -> None:
        self.rules = [AtRule() for _ in range(partitions)]
        """By partition: how far it was read, and what counts there."""
        self._topic = topic
        self._evolve = evolve

    async def positions(self) -> Mapping[Place, int]:
        """As `RecordHandler.positions`."""
        return {(self._topic, partition): rule.seen for partition, rule in enumerate(self.rules)}

    def position(self, place: Place) -> int:
        """As `RecordHandler.position`."""
        return self.rules[place[1]].seen

    async def take(self, records: Mapping[Place, list[Record]]) -> Iterable[PartitionStopped]:
        """As `RecordHandler.take`."""
        stopped = []
        for (_, partition), lying in records.items():
            try:
                self._fold(partition, lying)
            except PartitionStopped as stop:
                stopped.append(stop)
            await asyncio.sleep(0)
        return stopped

    def _fold(self, partition: int, lying: list[Record]) -> None:
        rule = self.rules[partition]
        before = rule.fork()
        for answer in chain.from_iterable(map(rule.fold, portions(lying))):
            try:
                self._evolve(partition, answer)
            except Exception as error:
                first = answer.events[0].record
                before.fold(record for record in lying if record.offset < first.offset)
                self.rules[partition] = before
                raise PartitionStopped((self._topic, partition), first.offset, repr(error)) from error
