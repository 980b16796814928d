"""A stack whose year is half over: a period was just settled, the next one is open, notices are under way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from directory.persons import Person
from directory.store import Changes, DirectoryStore, pool_of
from embedded.child_process import LOOPBACK, free_port
from embedded.front import front
from embedded.stack import Stack
from sandbox.parts import EVERYTHING
from sandbox.year.client import ServicesClient
from sandbox.year.days import SHANGHAI
from sandbox.year.doors.first_day import introduce
from sandbox.year.driver import Driver
from sandbox.year.journal import Start, begin
from sandbox.year.run import publish
from sandbox.year.simulated_year import SimulatedYear, simulated_years

NOW: Final = datetime(2024, 7, 18, 10, tzinfo=SHANGHAI)
SEED: Final = "7"
SHARE: Final = 0.25
SOMEBODY: Final = Person(id="p-walk", jurisdiction="441602", name="经办人员（模拟）", role="unit", unit="jiaoyu")
"""Whom the directory knows beside units and leaders, so that there is a person to open."""


@contextmanager
def half_a_year(home: Path, kafka: str, postgres: Callable[[], str]) -> Iterator[Stack]:
    """The demo's stack with a quarter of the units, lived up to `NOW`."""
    years = [_up_to_now(one) for one in simulated_years(SEED, SHARE, by_hand=False)]
    database_url = postgres()
    start = begin(home, [one.plan for one in years])
    stack = Stack(
        home,
        parts=(front(), *EVERYTHING),
        clock=start.clock,
        kafka=kafka,
        database_url=database_url,
        origin=f"http://{LOOPBACK}:{free_port()}",
        env={"LIANGDENG_TOPIC_PREFIX": "pages-", "RATING_GROUP": "pages"},
    )
    with stack:
        with ThreadPoolExecutor(1) as thread:  # the browser's own loop runs in this one
            thread.submit(lambda: asyncio.run(_live(stack, start, years, database_url))).result()
        yield stack


def _up_to_now(year: SimulatedYear) -> SimulatedYear:
    return replace(year, plan=replace(year.plan, acts=[one for one in year.plan.acts if one.at < NOW]))


async def _live(stack: Stack, start: Start, years: list[SimulatedYear], database_url: str) -> None:
    for year in years:
        await introduce(database_url, year.programme)
    pool = pool_of(database_url)
    async with pool:
        await DirectoryStore(pool).write(Changes(persons=(SOMEBODY,)))
    async with ServicesClient(stack.urls) as client:
        driver = Driver(client, start.clock)
        await publish(client, driver, start, years)
        acts = sorted((act for year in years for act in year.plan.acts), key=lambda act: act.at)
        await driver.live(acts, ends_at=NOW)
        await client.wait_until_notified()
