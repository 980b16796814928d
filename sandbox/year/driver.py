"""Lives through the plans: moves the clock, sends what is due, and waits until the services have caught up."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from typing import Final

from contracts.topics import PARTITIONS, partition_of, subject_of
from eventlog.clock import set_driven
from sandbox.year.client import ServicesClient, SubmissionPosition, YearInterrupted
from sandbox.year.days import SHANGHAI
from sandbox.year.plan import ENDS_AT
from sandbox.year.story import PlannedAct

POLL_SECONDS: Final = 0.01
PATIENCE_SECONDS: Final = 120.0
OnDay = Callable[[date, int], None]


class Driver:
    """Lives through one year. `clock` is the driven clock's file; `on_day` hears of each day and its number of acts."""

    def __init__(self, client: ServicesClient, clock: Path, on_day: OnDay = lambda _day, _acts: None) -> None:
        self._client = client
        self._clock = clock
        self._on_day = on_day
        self._sent: dict[int, int] = {}

    async def live(self, acts: Iterable[PlannedAct], *, ends_at: datetime = ENDS_AT) -> None:
        """Live through `acts`, which are in order of time, and on to `ends_at`."""
        for day, todays in groupby(acts, key=lambda act: act.at.astimezone(SHANGHAI).date()):
            moments = [(at, list(group)) for at, group in groupby(todays, key=lambda act: act.at)]
            await self.advance_to(moments[0][0])
            for at, group in moments:
                # Nothing falls due between the first act of a day and midnight, so there is nothing to wait for.
                set_driven(self._clock, at)
                self.remember(await self._send(group))
            self._on_day(day, sum(len(group) for _, group in moments))
            await self.catch_up()
        await self.advance_to(ends_at)
        self._on_day(ends_at.date(), 0)

    async def advance_to(self, at: datetime) -> None:
        """Move the clock on, and wait until all that fell due up to then is announced, ruled and shown."""
        set_driven(self._clock, at)
        await self.catch_up(at)

    async def catch_up(self, announced: datetime | None = None) -> None:
        """Wait until what was sent is ruled, alarms are announced up to `announced`, and query shows all of it."""
        positions = await self._ruled(announced)
        await self._client.wait_until_shown({p: position - 1 for p, position in positions.items() if position > 0})

    def remember(self, places: Iterable[SubmissionPosition]) -> None:
        """Remember how far the log must be ruled."""
        for place in places:
            self._sent[place.partition] = max(self._sent.get(place.partition, -1), place.offset)

    async def _send(self, acts: Sequence[PlannedAct]) -> list[SubmissionPosition]:
        """Send acts side by side, those of one partition in turn: the order on the log comes from the plan alone.

        What is about many items goes first and alone.
        """
        places = [place for act in acts if act.door for place in await self._client.spread(act)]
        lanes: Mapping[int, list[PlannedAct]] = defaultdict(list)
        for act in (one for one in acts if not one.door):
            lanes[partition_of(subject_of(act.programme, act.item))].append(act)
        sent = await asyncio.gather(*(self._in_turn(lane) for lane in lanes.values()))
        return [*places, *(place for lane in sent for place in lane)]

    async def _in_turn(self, acts: Iterable[PlannedAct]) -> list[SubmissionPosition]:
        return [await self._client.submit(act) for act in acts]

    async def _ruled(self, announced: datetime | None) -> dict[int, int]:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            progress = await self._client.rating_progress()
            behind = [p for p in range(PARTITIONS) if not self._is_there(progress.get(str(p)), p, announced)]
            if not behind:
                return {int(p): int(state["position"]) for p, state in progress.items()}
            await asyncio.sleep(POLL_SECONDS)
        raise YearInterrupted(f"rating: not ruled or announced up to {announced} on partitions {behind}: {progress}")

    def _is_there(self, state: Mapping[str, object] | None, partition: int, announced: datetime | None) -> bool:
        if state is None or not state["idle"] or int(str(state["position"])) <= self._sent.get(partition, -1):
            return False
        if announced is None:
            return True
        until = state["announced_until"]
        return until is not None and datetime.fromisoformat(str(until)) >= announced
