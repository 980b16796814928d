"""The topic that a peer answers on: how far it is while the peer runs, and what lies on it afterwards."""

from __future__ import annotations

import asyncio
import time
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from subprocess import Popen
from types import TracebackType
from typing import Final, NamedTuple, Self

from aiokafka import AIOKafkaConsumer, TopicPartition

from bench.figures import Watch
from contracts.topics import PARTITIONS

LOOK_SECONDS: Final = 0.1
STALLED_SECONDS: Final = 120.0
FIRST_OF_RULING: Final = b'"ordinal":0,'


class Look(NamedTuple):
    """Where the partitions ended, and what the peer had taken until then."""

    seconds: float
    cpu_seconds: float
    ends: Mapping[int, int]


@dataclass(slots=True)
class CommittedAnswers:
    """Committed records by their key, and by partition the offsets of those that begin the answer to a submission."""

    keys: Counter[str] = field(default_factory=Counter)
    firsts: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))

    def submissions(self, ends: Mapping[int, int]) -> int:
        """How many submissions had their answer when the partitions ended there; marks of transactions do not count."""
        return sum(bisect_left(self.firsts[partition], end) for partition, end in ends.items())


class AnswerTopic:
    """A topic of 12 partitions, looked at from outside."""

    def __init__(self, bootstrap: str, name: str) -> None:
        self._places = [TopicPartition(name, partition) for partition in range(PARTITIONS)]
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=bootstrap, isolation_level="read_committed", enable_auto_commit=False
        )
        self._uncommitted = AIOKafkaConsumer(bootstrap_servers=bootstrap)

    async def __aenter__(self) -> Self:
        await self._consumer.start()
        await self._uncommitted.start()
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        await self._consumer.stop()
        await self._uncommitted.stop()

    async def looks(self, process: Popen[bytes], records: int) -> list[Look]:
        """Look at a running peer until so many records are there. Raises RuntimeError: it ended, or moves no more."""
        looks, watch, moved = list[Look](), Watch(process.pid), time.monotonic()
        while not looks or sum(looks[-1].ends.values()) < records:
            await asyncio.sleep(LOOK_SECONDS)
            if process.poll() is not None:
                raise RuntimeError(f"it ended with {process.returncode}")
            ends = await self._uncommitted.end_offsets(self._places)
            look = Look(*watch.read(), {place.partition: end for place, end in ends.items()})
            if not looks or look.ends != looks[-1].ends:
                moved = time.monotonic()
            elif time.monotonic() - moved > STALLED_SECONDS:
                raise RuntimeError(
                    f"{sum(look.ends.values())} of {records} records after {STALLED_SECONDS:g} s of rest"
                )
            looks.append(look)
        return looks

    async def read(self, wanted: Counter[str], *, ruled: bool) -> CommittedAnswers:
        """Every committed record, once so many are there by key; `ruled`: a submission is answered by several.

        Raises RuntimeError: others are there.
        """
        answered, moved = CommittedAnswers(), time.monotonic()
        self._consumer.assign(self._places)
        await self._consumer.seek_to_beginning(*self._places)
        found = await self._consumer.getmany(timeout_ms=1000)
        while found or (answered.keys.total() < wanted.total() and time.monotonic() - moved < STALLED_SECONDS):
            for place, messages in found.items():
                moved = time.monotonic()
                answered.keys.update(message.key.decode() for message in messages)
                answered.firsts[place.partition] += [
                    message.offset for message in messages if not ruled or FIRST_OF_RULING in message.value
                ]
            found = await self._consumer.getmany(timeout_ms=1000)
        if answered.keys != wanted:
            differ = sorted(key for key in wanted | answered.keys if wanted[key] != answered.keys[key])
            raise RuntimeError(
                f"{answered.keys.total()} committed records, {wanted.total()} were to be there; "
                f"{len(differ)} subjects differ, such as {differ[0]}"
            )
        return answered
