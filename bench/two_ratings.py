"""Two processes of rating that share the partitions, against one that owns them all: events ruled on."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import httpx

from bench.figures import Rate, Watch
from bench.logs import fill, fresh_log
from bench.recorded import Recorded
from contracts.topics import PARTITIONS, RULINGS, SUBMISSIONS
from embedded.parts import RATING
from embedded.stack import Stack
from eventlog.log.kafka import KafkaLog

_LOOK_SECONDS: Final = 0.1
_SHARING_SECONDS: Final = 120.0


async def measure(home: Path, clock: Path, kafka: str, recorded: Recorded, rounds: int) -> list[tuple[Rate, Rate]]:
    """Rounds of (two, one). The driven `clock` stands before the year, so nothing is announced anew."""
    with Stack(home, parts=(), servers=(), clock=clock, kafka=kafka) as stack:
        return [
            (await _rate(stack, recorded, f"two{number}", 2), await _rate(stack, recorded, f"one{number}", 1))
            for number in range(rounds)
        ]


async def _rate(stack: Stack, recorded: Recorded, mark: str, many: int) -> Rate:
    """Events a second, from the first submission that is appended to the last ruling, by so many processes."""
    prefix, names = f"{mark}-", [f"{RATING.name}-{mark}-{number}" for number in range(many)]
    async with fresh_log(stack.env["KAFKA_BOOTSTRAP_SERVERS"], prefix) as log:
        for name in names:
            env = {"LIANGDENG_TOPIC_PREFIX": prefix, "RATING_GROUP": mark, "RATING_QUARANTINE": str(stack.home / name)}
            stack.add(replace(RATING, name=name), env=env)
        try:
            await _shared(stack, names)
            watches = [Watch(stack.process(name).pid) for name in names]
            wanted = {number: len(partition.rulings) for number, partition in recorded.partitions.items()}
            await asyncio.gather(_fill(log, recorded), _ruled(log, wanted))
            read = [watch.read() for watch in watches]
        finally:
            for name in names:
                stack.stop_part(name)
    events = sum(wanted.values())
    return Rate(events / max(seconds for seconds, _ in read), events / sum(cpu_seconds for _, cpu_seconds in read))


async def _shared(stack: Stack, names: Sequence[str]) -> None:
    """Until each follows its part of the partitions. Raises TimeoutError."""
    async with httpx.AsyncClient(trust_env=False) as client, asyncio.timeout(_SHARING_SECONDS):
        while True:
            if {await _followed(client, stack.ops_url(name)) for name in names} == {PARTITIONS // len(names)}:
                return
            await asyncio.sleep(_LOOK_SECONDS)


async def _followed(client: httpx.AsyncClient, url: str) -> int:
    told = (await client.get(f"{url}/readyz")).json()["partitions"]
    return sum(one["phase"] == "following" for one in told.values())


async def _fill(log: KafkaLog, recorded: Recorded) -> None:
    for number, partition in recorded.partitions.items():
        await fill(log, SUBMISSIONS, number, partition.submissions)


async def _ruled(log: KafkaLog, wanted: dict[int, int]) -> None:
    """Until every ruling lies on the log. Raises RuntimeError where there are more than were recorded."""
    left = dict(wanted)
    while left:
        await asyncio.sleep(_LOOK_SECONDS)
        for number, events in list(left.items()):
            found = await log.end(RULINGS, number)
            if found > events:
                raise RuntimeError(f"{RULINGS}-{number}: {found} events, {events} were recorded")
            if found == events:
                del left[number]
