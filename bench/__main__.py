"""`make bench`: every figure of docs/performance.md with its floor, in one run on one machine."""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench import doors, loop_turns, memory, page_costs, rating, rebuild, rules, steady_load, two_ratings
from bench.figures import HEAD, Figure
from bench.growth import comparison as growth
from bench.logs import recorded_years
from bench.peers import comparison as peers
from bench.peers import locks
from bench.report import page
from bench.results import recorded_results
from embedded.parts import INTAKE, QUERY, RATING
from embedded.stack import Stack
from eventlog.clock import set_driven
from sandbox.parts import ISSUER
from sandbox.year.journal import BEFORE_THE_YEAR
from services import cycles

RECORDED = ("peers", "growth")
"""Runs whose results are kept in bench/results and shown from there."""
PROGRAMMES = {"peers": 60}


async def on_the_log(stack: Stack, clock: Path, programmes: int, rounds: int) -> tuple[list[Figure], str]:
    """Rating, alone and two that share the work, and query, on recorded years; and what their states take."""
    kafka, recorded = stack.env["KAFKA_BOOTSTRAP_SERVERS"], recorded_years(programmes)
    # As rating's own process does; and what was recorded would be walked by every full collection, as nothing there is.
    cycles.seldom()
    gc.collect()
    gc.freeze()
    say("rules")
    sizes = memory.measure(recorded).line()
    alone = Figure("decide + evolve, submissions", "decoding of the same bytes", 0.0, rules.measure(recorded, rounds))
    ruling = Figure("rating, events", "same loop without rules", 0.6)
    bare = Figure("rating, events", "decode, append ready-made bytes", 0.0)
    for number in range(rounds):
        say(f"rating, round {number + 1} of {rounds}")
        measured = await rating.with_rules(kafka, f"rules{number}-", recorded, stack.home)
        ruling.rounds.append((measured, await rating.without_rules(kafka, f"floor{number}-", recorded, stack.home)))
        bare.rounds.append((measured, await rating.ready_made(kafka, f"bare{number}-", recorded)))
    say("two ratings")
    shared = await two_ratings.measure(stack.home / "two", clock, kafka, recorded, rounds)
    two = Figure("two ratings, events", "one of them", 0.0, shared)
    say("query")
    rebuilt = await rebuild.measure(kafka, stack.env["DATABASE_URL"], "rebuild-", recorded, rounds)
    return [alone, ruling, bare, two, Figure("query, records rebuilt", "COPY of the same rows", 0.4, rebuilt)], sizes


async def over_http(
    stack: Stack, clock: Path, submissions: int, samples: int, rounds: int
) -> tuple[list[Figure], list[str]]:
    """Intake's rate, alone and of two that share the work, and how soon a light shows."""
    year = await doors.open_year(stack, clock)
    say("submission to light")
    half, most = doors.percentiles(await doors.visible(stack, year, samples))
    for part in ("rating", "query"):
        stack.stop_part(part)
    doors.start_floor(stack)
    accepted = Figure("intake, submissions accepted", "bare FastAPI + aiokafka", 1.5)
    for number in range(rounds):
        say(f"intake, round {number + 1} of {rounds}")
        ours, floor = await doors.accepted(stack, year, submissions, number)
        accepted.rounds.append((ours, floor))
    stack.stop_part("floor")
    stack.add_instance("intake-2", "intake", env=doors.WITHOUT_QUOTAS)
    two = Figure("two intakes, submissions accepted", "one of them", 1.7)
    for number in range(rounds):
        say(f"two intakes, round {number + 1} of {rounds}")
        both = await doors.shared(stack, year, submissions, number, ["intake", "intake-2"])
        two.rounds.append((both, await doors.shared(stack, year, submissions, number, ["intake"])))
    shown = f"submission → light visible, {samples} reports: p50 {half:.0f} ms, p99 {most:.0f} ms (aim: p99 < 300 ms)"
    return [accepted, two], [shown, accepted.p99_line()]


async def worst(home: Path) -> list[str]:
    """How long a turn of a service's loop the worst requests of an account take."""
    say("worst requests")
    return [*loop_turns.HEAD, *(one.line() for one in await loop_turns.measure(home))]


def figures_of(home: Path, told: argparse.Namespace) -> list[str]:
    """The table of figures beside their floors."""
    clock = home / "clock"
    set_driven(clock, BEFORE_THE_YEAR)
    with Stack(home / "log", parts=(), say=say) as stack:
        figures, sizes = asyncio.run(on_the_log(stack, clock, told.programmes, told.rounds))
    parts = (ISSUER, RATING, INTAKE, QUERY)
    with Stack(home / "doors", parts=parts, clock=clock, env=doors.WITHOUT_QUOTAS, say=say) as stack:
        accepted, shown = asyncio.run(over_http(stack, clock, told.submissions, told.samples, told.rounds))
    return [*HEAD, *(figure.line() for figure in (*accepted, *figures)), "", *shown, sizes]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print tables in Markdown."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("what", nargs="?", choices=["table", *RECORDED], default="table")
    parser.add_argument("--programmes", type=int, default=0, help="recorded years on the log; 12, with peers 60")
    parser.add_argument("--sizes", type=int, nargs="+", default=growth.SIZES, help="of growth, in programmes")
    parser.add_argument("--submissions", type=int, default=5000, help="submissions per round at intake")
    parser.add_argument("--samples", type=int, default=400, help="reports timed until their light shows")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--worst", action="store_true", help="the worst requests alone")
    parser.add_argument("--steady", type=float, default=0, metavar="MINUTES", help="intake's memory under load alone")
    parser.add_argument("--pages", action="store_true", help="what pages cost with few and with many programmes alone")
    told = parser.parse_args(arguments)
    told.programmes = told.programmes or PROGRAMMES.get(told.what, 12)
    if told.what in RECORDED:
        sys.stdout.write(f"{recorded_run(told)}\n")
        return
    with tempfile.TemporaryDirectory(prefix="liangdeng-bench-") as folder:
        home = Path(folder)
        home.chmod(0o711)
        lines = []
        if told.steady:
            lines = [asyncio.run(steady_load.measure(home / "steady", told.steady)).line()]
        elif told.pages:
            lines = page_costs.table(home, say)
        elif not told.worst:
            lines = [*figures_of(home, told), ""]
        if not (told.steady or told.pages):
            (home / "worst").mkdir(mode=0o711)  # PostgreSQL's own user must reach its folder
            lines += asyncio.run(worst(home / "worst"))
    machine = (
        f"{os.cpu_count()} CPUs, {platform.machine()}, Python {platform.python_version()}; the machine's load at the "
        f"end {os.getloadavg()[0]:.1f}"
    )
    sys.stdout.write("\n".join([machine, "", *lines]) + "\n")


def recorded_run(told: argparse.Namespace) -> str:
    """Measure peers or growth, record the results, and make the tables and plots of docs/performance.md from them."""
    command = " ".join(["make bench", f"ARGS={told.what}"])
    versions = locks.versions() if told.what == "peers" else {}
    conditions = recorded_results.RunConditions.now(command, versions)
    with tempfile.TemporaryDirectory(prefix="liangdeng-bench-") as folder:
        home = Path(folder)
        home.chmod(0o711)
        if told.what == "peers":
            measured = asyncio.run(peers.compare(home, told.rounds, told.programmes, told.submissions, say))
        else:
            measured = asyncio.run(growth.compare(home / "growth", told.sizes, say))
    written = [recorded_results.write(told.what, conditions, measured), *page.write()]
    return "\n".join([*page.section(told.what), "", *map(str, written)])


def say(text: str) -> None:
    """Tell how far the run is."""
    sys.stderr.write(text + "\n")


if __name__ == "__main__":
    main()
