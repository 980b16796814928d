"""An interrupted demo goes on where it stopped; a finished one, or one of another plan, is begun afresh."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from embedded.machine_error import MachineError
from embedded.stack import Stack
from eventlog.clock import set_driven
from sandbox.parts import EVERYTHING
from sandbox.year.client import ServicesClient
from sandbox.year.driver import Driver
from sandbox.year.journal import BEFORE_THE_YEAR, begin, finish
from sandbox.year.plan import PUBLISHED_AT
from sandbox.year.run import publish, run
from sandbox.year.simulated_year import SMALL, SimulatedYear, simulated_years


def small(seed: str = "1") -> list[SimulatedYear]:
    return simulated_years(seed, files=[SMALL])


def test_a_fresh_folder_begins_before_the_publication(tmp_path: Path) -> None:
    start = begin(tmp_path, [year.plan for year in small()])
    assert (start.found, start.since) == ("nothing", BEFORE_THE_YEAR)
    assert start.clock.exists()


def test_an_interrupted_year_goes_on_at_the_instant_of_its_clock(tmp_path: Path) -> None:
    plans = [year.plan for year in small()]
    set_driven(begin(tmp_path, plans).clock, plans[0].acts[20].at)
    (tmp_path / "kafka").mkdir()
    start = begin(tmp_path, plans)
    assert (start.found, start.since) == ("interrupted", plans[0].acts[20].at)
    assert (tmp_path / "kafka").exists()


@pytest.mark.parametrize(("finished", "seed", "found"), [(True, "1", "finished"), (False, "2", "another")])
def test_a_finished_year_or_one_of_another_plan_is_cleared_away(
    tmp_path: Path, finished: bool, seed: str, found: str
) -> None:
    plans = [year.plan for year in small()]
    begin(tmp_path, plans)
    (tmp_path / "kafka").mkdir()
    if finished:
        finish(tmp_path, plans)
    start = begin(tmp_path, [year.plan for year in small(seed)])
    assert (start.found, start.since) == (found, BEFORE_THE_YEAR)
    assert not (tmp_path / "kafka").exists()


def test_a_log_that_no_demo_wrote_is_never_cleared(tmp_path: Path) -> None:
    (tmp_path / "kafka").mkdir()
    with pytest.raises(MachineError, match="not written by a demo"):
        begin(tmp_path, [year.plan for year in small()])
    assert (tmp_path / "kafka").exists()


@pytest.mark.flow
@pytest.mark.services
@pytest.mark.timeout(200)
def test_a_year_that_was_cut_in_the_middle_of_a_day_ends_as_planned(
    tmp_path: Path, kafka: str, postgres: Callable[[], str]
) -> None:
    lived, database = small(), postgres()
    plans = [year.plan for year in lived]
    acts = plans[0].acts

    def stack_with(clock: Path) -> Stack:
        env = {"LIANGDENG_TOPIC_PREFIX": "resumed-", "RATING_GROUP": "rating-resumed"}
        return Stack(tmp_path, parts=EVERYTHING, clock=clock, kafka=kafka, database_url=database, env=env)

    async def half(stack: Stack) -> None:
        async with ServicesClient(stack.urls) as client:
            driver = Driver(client, start.clock)
            await publish(client, driver, start, lived)
            await driver.live(acts[:30], ends_at=acts[29].at)
            # The next instant's acts are under way when the demo is killed: one of them got through.
            set_driven(start.clock, acts[30].at)
            await client.submit(acts[30])

    start = begin(tmp_path, plans)
    assert start.since < PUBLISHED_AT
    with stack_with(start.clock) as stack:
        asyncio.run(half(stack))
        for name in ("rating", "intake", "query", "notify"):
            stack.kill(name)
    again = begin(tmp_path, plans)
    assert again.found == "interrupted"
    printed = io.StringIO()
    with stack_with(again.clock) as stack:
        assert run(stack.urls, again, lived, Console(file=printed, width=160)), printed.getvalue()
    assert "继续" in printed.getvalue()
