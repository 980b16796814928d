"""An interrupted demo goes on where it stopped; a finished one, or one of another plan, is begun afresh."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path

import httpx
import pytest
from rich.console import Console

from cli.up import to_open
from embedded.child_process import LOOPBACK, free_port
from embedded.front import front
from embedded.machine_error import MachineError
from embedded.stack import Stack
from eventlog.clock import set_driven
from sandbox.parts import EVERYTHING
from sandbox.year.client import ServicesClient
from sandbox.year.doors.browsers import Browsers
from sandbox.year.doors.errands import YearStep, errands_of, steps_of
from sandbox.year.doors.people import People
from sandbox.year.driver import Driver
from sandbox.year.journal import BEFORE_THE_YEAR, begin, finish
from sandbox.year.plan import PUBLISHED_AT
from sandbox.year.planned_act import PlannedAct, Way
from sandbox.year.run import first_days, publish, run
from sandbox.year.simulated_year import SMALL, SimulatedYear, simulated_years


def _instants(acts: Sequence[PlannedAct]) -> list[list[YearStep]]:
    """What happens at each instant that comes onto the log."""
    groups = [list(group) for _, group in groupby(steps_of(acts, papers=True), key=lambda step: step.at)]
    return [group for group in groups if all(step.kind == "do" for step in group)]


def small(seed: str = "1", *, by_hand: bool = False) -> list[SimulatedYear]:
    return simulated_years(seed, files=[SMALL], by_hand=by_hand)


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


def test_a_start_that_was_refused_before_the_year_began_interrupted_nothing(tmp_path: Path) -> None:
    plans = [year.plan for year in small()]
    begin(tmp_path, plans)
    start = begin(tmp_path, plans)
    assert (start.found, start.since) == ("nothing", BEFORE_THE_YEAR)
    set_driven(start.clock, PUBLISHED_AT)
    assert begin(tmp_path, plans).found == "interrupted"


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
@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    "way", ["api", pytest.param("signed", marks=pytest.mark.walk), pytest.param("decisions", marks=pytest.mark.walk)]
)
def test_a_year_that_was_cut_in_the_middle_of_a_day_ends_as_planned(
    tmp_path: Path, kafka: str, postgres: Callable[[], str], way: Way
) -> None:
    lived, database = small(by_hand=way != "api"), postgres()
    plans = [year.plan for year in lived]
    acts = plans[0].acts
    steps = next(group for group in _instants(acts) if group[0].at > acts[20].at and group[0].act.way == way)
    last = max(step.at for step in steps_of(acts, papers=True) if step.at < steps[0].at)
    origin = f"http://{LOOPBACK}:{free_port()}"

    def stack_with(clock: Path) -> Stack:
        env = {"LIANGDENG_TOPIC_PREFIX": f"resumed-{way}-", "RATING_GROUP": f"rating-resumed-{way}"}
        parts = (front(), *EVERYTHING)
        return Stack(tmp_path, parts=parts, origin=origin, clock=clock, kafka=kafka, database_url=database, env=env)

    async def half(stack: Stack) -> None:
        async with ServicesClient(stack.urls) as client:
            browsers = Browsers(stack.urls["front"])
            driver = Driver(client, start.clock, browsers=browsers)
            if way == "api":
                await publish(client, driver, start, lived)
            else:
                await first_days(browsers, database, driver, start, lived)
            await driver.live(acts, ends_at=last)
            # The next instant is under way when the demo is killed: all of it got through, and nobody was told.
            set_driven(start.clock, steps[0].at)
            for errand in errands_of(steps, together=True):
                await People(client, browsers).run(errand)
            await browsers.close()

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
        assert run(stack.urls, again, lived, Console(file=printed, width=160), database), printed.getvalue()
        # What is told to a person opens in a browser.
        for url, _ in to_open(stack.parts, stack.urls):
            assert httpx.get(url, follow_redirects=True, trust_env=False).status_code == httpx.codes.OK, url
    assert "继续" in printed.getvalue()
