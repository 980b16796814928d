"""Lives through the year with running services, and compares what came of it with what was planned."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import date

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from embedded.parts import FRONT
from eventlog.clock import set_driven
from sandbox.year.client import PUBLISHER, ServicesClient
from sandbox.year.days import SHANGHAI
from sandbox.year.doors.browsers import Browsers
from sandbox.year.doors.errands import steps_of
from sandbox.year.doors.first_day import introduce, publish_by_ledger
from sandbox.year.driver import Driver
from sandbox.year.journal import Start
from sandbox.year.observed_counts import read_counts
from sandbox.year.plan import PUBLISHED_AT, as_published
from sandbox.year.simulated_year import SimulatedYear
from sandbox.year.summary import show


def run(
    urls: Mapping[str, str],
    start: Start,
    years: Sequence[SimulatedYear],
    console: Console,
    database_url: str = "",
) -> bool:
    """Live through the years of several programmes at once, print the summary; whether all was seen as planned.

    `urls` are the addresses of intake, rating, query and issuer, of notify where it runs, and of the front, where
    people find their pages; in the database is the directory. Without these two programs do everything.
    """
    return asyncio.run(_run(urls, start, years, console, database_url))


async def _run(
    urls: Mapping[str, str], start: Start, years: Sequence[SimulatedYear], console: Console, database_url: str
) -> bool:
    console.print(start.sentence)
    acts = sorted((act for year in years for act in year.plan.acts), key=lambda act: act.at)
    waiting = [act for act in acts if act.at >= start.since]
    browsers = Browsers(urls[FRONT]) if FRONT in urls and database_url else None
    days = (
        len({step.at.date() for step in steps_of(waiting, papers=browsers is not None) if step.at >= start.since}) + 1
    )
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("天 days · {task.fields[acts]} 件 acts"),
        TimeElapsedColumn(),
    )
    async with ServicesClient(urls) as client, AsyncExitStack() as ends:
        if browsers is not None:
            ends.push_async_callback(browsers.close)
        with Progress(*columns, console=console) as bar:
            task = bar.add_task(f"{PUBLISHED_AT:%Y-%m-%d}", total=days, acts=len(acts) - len(waiting))
            done = len(acts) - len(waiting)

            def show_day(day: date, number: int) -> None:
                nonlocal done
                done += number
                bar.update(task, description=day.isoformat(), advance=1, acts=done)

            driver = Driver(client, start.clock, show_day, browsers)
            if start.since <= PUBLISHED_AT:
                by_ledger = [year for year in years if year.plan.by_hand] if browsers is not None else []
                if browsers is not None and by_ledger:
                    await first_days(browsers, database_url, driver, start, by_ledger)
                await publish(client, driver, start, [year for year in years if year not in by_ledger])
            await driver.live(waiting, since=start.since)
        if "notify" in urls:
            await client.wait_until_notified()
        seen = [await read_counts(client, year.plan) for year in years]
    results = [
        show(console, year.programme, year.plan, counts, brief=index > 0)
        for index, (year, counts) in enumerate(zip(years, seen, strict=True))
    ]
    return all(results)


async def first_days(
    browsers: Browsers, database_url: str, driver: Driver, start: Start, years: Sequence[SimulatedYear]
) -> None:
    """The offices whose people use pages publish their programmes, each from its ledger."""
    set_driven(start.clock, PUBLISHED_AT)
    for year in years:
        await introduce(database_url, year.programme)
    for year in years:
        await publish_by_ledger(browsers, as_published(year.programme))
    await driver.catch_up(PUBLISHED_AT.astimezone(SHANGHAI))


async def publish(client: ServicesClient, driver: Driver, start: Start, years: Sequence[SimulatedYear]) -> None:
    """Publish the programmes one after the other."""
    set_driven(start.clock, PUBLISHED_AT)
    for year in years:
        driver.remember(await client.publish(PUBLISHER, year.body, f"publish-{year.programme.programme}"))
    await driver.catch_up(PUBLISHED_AT.astimezone(SHANGHAI))
