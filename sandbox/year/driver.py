"""Lives through the plans: moves the clock, sends what is due, and waits until the services have caught up."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from typing import Final

from contracts.topics import PARTITIONS
from eventlog.clock import set_driven
from sandbox.year.client import ServicesClient, SubmissionPosition
from sandbox.year.days import SHANGHAI
from sandbox.year.doors.browsers import Browsers
from sandbox.year.doors.errands import YearErrand, errands_of, steps_of
from sandbox.year.doors.people import People
from sandbox.year.plan import ENDS_AT
from sandbox.year.planned_act import PlannedAct
from sandbox.year.retries import YearInterrupted

POLL_SECONDS: Final = 0.01
PATIENCE_SECONDS: Final = 120.0
OnDay = Callable[[date, int], None]


class Driver:
    """Lives through one year. `clock` is the driven clock's file; `on_day` hears of each day and its number of acts."""

    def __init__(
        self,
        client: ServicesClient,
        clock: Path,
        on_day: OnDay = lambda _day, _acts: None,
        browsers: Browsers | None = None,
    ) -> None:
        self._client = client
        self._clock = clock
        self._on_day = on_day
        self._people = People(client, browsers)
        self._sent: dict[int, int] = {}

    async def live(
        self, acts: Iterable[PlannedAct], *, ends_at: datetime = ENDS_AT, since: datetime | None = None
    ) -> None:
        """Live through `acts`, which are in order of time, as far as `ends_at`.

        `since` is where a demo goes on that was interrupted: at that instant some of it may have been done.
        """
        steps = steps_of(acts, papers=self._people.at_pages)
        waiting = [step for step in steps if step.at <= ends_at and (since is None or step.at >= since)]
        for day, todays in groupby(waiting, key=lambda step: step.at.astimezone(SHANGHAI).date()):
            moments = [(at, list(group)) for at, group in groupby(todays, key=lambda step: step.at)]
            await self.advance_to(moments[0][0])
            if moments[0][0] == since:
                moments[0] = (moments[0][0], await self._people.not_done(moments[0][1]))
            for at, group in moments:
                # Nothing falls due between the first act of a day and midnight, so there is nothing to wait for.
                set_driven(self._clock, at)
                self.remember(await self._run(errands_of(group, together=self._people.at_pages)))
            self._on_day(day, sum(step.kind == "do" for _, group in moments for step in group))
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

    async def _run(self, errands: Sequence[YearErrand]) -> list[SubmissionPosition]:
        """Run errands side by side, those of one partition in turn: the order on the log comes from the plan alone."""
        last: dict[int, asyncio.Task[Sequence[SubmissionPosition]]] = {}
        tasks = []
        for errand in errands:
            before = {last[partition] for partition in errand.partitions if partition in last}
            task = asyncio.create_task(self._after(before, errand))
            last |= dict.fromkeys(errand.partitions, task)
            tasks.append(task)
        try:
            return [place for places in await asyncio.gather(*tasks) for place in places]
        finally:
            for task in tasks:
                task.cancel()

    async def _after(
        self, before: Iterable[asyncio.Task[Sequence[SubmissionPosition]]], errand: YearErrand
    ) -> Sequence[SubmissionPosition]:
        await asyncio.gather(*before)
        return await self._people.run(errand)

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
