"""`make bench ARGS=peers`: every contestant in alternating rounds on one broker; what cannot be run is told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

from bench.figures import Rate
from bench.logs import recorded_years
from bench.peers import endpoints
from bench.peers.contest import contest
from bench.peers.contestants import CONTESTANTS, OURS, SHARED, Run
from bench.peers.feed import Feed
from bench.peers.projections import Projections
from bench.rebuild import measure as measure_rebuild
from embedded.machine_error import MachineError
from embedded.stack import Stack
from eventlog.clock import set_driven
from sandbox.year.journal import BEFORE_THE_YEAR

RATING, PROJECTION, ENDPOINT = "rating", "projection", "endpoint"
FOLDED: Final = 20_000
"""At most so many events for the ProjectionRunner: its table takes a transaction for each."""
_REBUILT: Final = 5
_FAILURES: Final = (RuntimeError, MachineError)
"""What a peer that cannot be run ends with: its process, its download or its installation failed."""


@dataclass(slots=True)
class Row:
    """One row of a group, ours first; `rounds` are (per second, per CPU second), `not_run` says why there are none."""

    group: str
    name: str
    rule: str
    guarantee: str
    note: str
    aim: float = 0.0
    ours: bool = False
    rounds: list[Rate] = field(default_factory=list)
    not_run: str = ""

    async def measure(self, run: Callable[[], Awaitable[Rate]], say: Callable[[str], None]) -> None:
        """One more round, unless it failed before."""
        if self.not_run:
            return
        try:
            self.rounds.append(await run())
        except _FAILURES as error:
            self.not_run = str(error) or type(error).__name__
            say(f"NOT RUN: {self.group}, {self.name}, {self.rule}, {self.guarantee}: {self.not_run}")

    def as_json(self) -> dict[str, Any]:
        """For the file of results."""
        rounds = [[round(value, 1) for value in one] for one in self.rounds] if not self.not_run else []
        told = {name: getattr(self, name) for name in ("group", "name", "rule", "guarantee", "note", "aim", "ours")}
        return {**told, "rounds": rounds, "not_run": " / ".join(self.not_run.splitlines()[:2])}


async def compare(
    home: Path, rounds: int, programmes: int, submissions: int, say: Callable[[str], None]
) -> dict[str, Any]:
    """Measure all groups: what the file of results holds."""
    feed = Feed.recorded(programmes, say)
    with Stack(home / "log", parts=(), say=say) as stack:
        rows = await _rating(stack, feed, rounds, say)
        rows += await _projections(stack, feed, rounds, say)
    rows += await _endpoints(home / "doors", rounds, submissions, say)
    counts = {"rounds": rounds, "programmes": programmes, "submissions": feed.submissions, "warm": feed.warm}
    counts |= {"folded": min(FOLDED, feed.submissions), "posted": submissions}
    return {**counts, "rows": [row.as_json() for row in rows]}


async def _rating(stack: Stack, feed: Feed, rounds: int, say: Callable[[str], None]) -> list[Row]:
    bootstrap, clock = stack.env["KAFKA_BOOTSTRAP_SERVERS"], stack.home / "clock"
    set_driven(clock, BEFORE_THE_YEAR)
    await feed.append(bootstrap, SHARED)
    rows = [Row(RATING, one.name, one.rule, one.guarantee, one.note, one.aim, one.name == OURS) for one in CONTESTANTS]
    for number in range(1, rounds + 1):
        for row, contestant in zip(rows, CONTESTANTS, strict=True):
            say(f"{contestant.key}, round {number} of {rounds}")
            name = f"{contestant.key}-{number}"
            run = Run(bootstrap, stack.home / "peers" / name, name, clock, say)
            await row.measure(partial(contest, contestant, run, feed), say)
    return rows


async def _projections(stack: Stack, feed: Feed, rounds: int, say: Callable[[str], None]) -> list[Row]:
    bootstrap, database_url = stack.env["KAFKA_BOOTSTRAP_SERVERS"], stack.env["DATABASE_URL"]
    rows = [
        Row(PROJECTION, "query", "full", "exactly once", "rebuild: all tables by COPY, positions with them", ours=True),
        Row(PROJECTION, "eventsourcing", "trivial", "exactly once", "counts in a table, a transaction an event"),
        Row(PROJECTION, "eventsourcing", "trivial", "none", "counts in memory, nothing is written"),
    ]
    recorded = recorded_years(_REBUILT)
    library = list[Projections]()

    async def rebuilt(number: int) -> Rate:
        ((rate, _),) = await measure_rebuild(bootstrap, database_url, f"rebuild{number}-", recorded, 1)
        return rate

    async def folded(view: str) -> Rate:
        if not library:
            projections = Projections(bootstrap, database_url, min(FOLDED, feed.submissions), say)
            projections.fill()
            library.append(projections)
        return await asyncio.to_thread(library[0].followed, view)

    for number in range(1, rounds + 1):
        say(f"projections, round {number} of {rounds}")
        await rows[0].measure(partial(rebuilt, number), say)
        await rows[1].measure(partial(folded, "table"), say)
        await rows[2].measure(partial(folded, "memory"), say)
    return rows


async def _endpoints(home: Path, rounds: int, submissions: int, say: Callable[[str], None]) -> list[Row]:
    rows = [
        Row(ENDPOINT, "intake", "full", "acks=all", "token, rights, shape, evidence, signed receipt", ours=True),
        Row(ENDPOINT, "FastAPI + aiokafka", "trivial", "acks=all", "pydantic; asyncio and h11, a plain installation"),
        Row(ENDPOINT, "ASGI + msgspec + librdkafka", "trivial", "acks=all", "uvloop and httptools; no framework"),
    ]
    try:
        measured = await endpoints.measure(home, rounds, submissions, say)
    except _FAILURES as error:
        for row in rows:
            row.not_run = str(error)
        return rows
    for row, rates in zip(rows, zip(*measured, strict=True), strict=True):
        row.rounds = list(rates)
    return rows
