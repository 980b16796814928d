"""Lives through the year with running services, and compares what came of it with what was planned."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from eventlog.clock import set_driven
from sandbox.year.client import PUBLISHER, ServicesClient
from sandbox.year.days import SHANGHAI
from sandbox.year.driver import Driver
from sandbox.year.journal import Start
from sandbox.year.observed_counts import read_counts
from sandbox.year.plan import PUBLISHED_AT
from sandbox.year.simulated_year import SimulatedYear
from sandbox.year.summary import show


def run(urls: Mapping[str, str], start: Start, years: Sequence[SimulatedYear], console: Console) -> bool:
    """Live through the years of several programmes at once, print the summary; whether all was seen as planned.

    `urls` are the addresses of intake, rating, query and issuer, and of notify where it runs.
    """
    return asyncio.run(_run(urls, start, years, console))


async def _run(urls: Mapping[str, str], start: Start, years: Sequence[SimulatedYear], console: Console) -> bool:
    console.print(start.sentence)
    acts = sorted((act for year in years for act in year.plan.acts), key=lambda act: act.at)
    waiting = [act for act in acts if act.at >= start.since]
    days = len({act.at.date() for act in waiting}) + 1
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("天 days · {task.fields[acts]} 件 acts"),
        TimeElapsedColumn(),
    )
    async with ServicesClient(urls) as client:
        with Progress(*columns, console=console) as bar:
            task = bar.add_task(f"{PUBLISHED_AT:%Y-%m-%d}", total=days, acts=len(acts) - len(waiting))
            done = len(acts) - len(waiting)

            def show_day(day: date, number: int) -> None:
                nonlocal done
                done += number
                bar.update(task, description=day.isoformat(), advance=1, acts=done)

            driver = Driver(client, start.clock, show_day)
            if start.since <= PUBLISHED_AT:
                await publish(client, driver, start, years)
            await driver.live(waiting)
        if "notify" in urls:
            await client.wait_until_notified()
        seen = [await read_counts(client, year.plan) for year in years]
    results = [
        show(console, year.programme, year.plan, counts, brief=index > 0)
        for index, (year, counts) in enumerate(zip(years, seen, strict=True))
    ]
    return all(results)


async def publish(client: ServicesClient, driver: Driver, start: Start, years: Sequence[SimulatedYear]) -> None:
    """Publish the programmes one after the other."""
    set_driven(start.clock, PUBLISHED_AT)
    for year in years:
        driver.remember(await client.publish(PUBLISHER, year.body, f"publish-{year.programme.programme}"))
    await driver.catch_up(PUBLISHED_AT.astimezone(SHANGHAI))
