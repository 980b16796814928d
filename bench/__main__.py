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

from bench import doors, loop_turns, memory, rating, rebuild, rules, steady_load
from bench.figures import HEAD, Figure
from bench.logs import recorded_years
from embedded.parts import INTAKE, QUERY, RATING
from embedded.stack import Stack
from eventlog.clock import set_driven
from sandbox.parts import ISSUER
from sandbox.year.journal import BEFORE_THE_YEAR
from services.rating.__main__ import GC_THRESHOLDS


async def on_the_log(stack: Stack, programmes: int, rounds: int) -> tuple[list[Figure], str]:
    """Rating and query, on recorded years; and what their states take."""
    kafka, recorded = stack.env["KAFKA_BOOTSTRAP_SERVERS"], recorded_years(programmes)
    # As rating's own process does; and what was recorded would be walked by every full collection, as nothing there is.
    gc.set_threshold(*GC_THRESHOLDS)
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
    say("query")
    rebuilt = await rebuild.measure(kafka, stack.env["DATABASE_URL"], "rebuild-", recorded, rounds)
    return [alone, ruling, bare, Figure("query, records rebuilt", "COPY of the same rows", 0.4, rebuilt)], sizes


async def over_http(stack: Stack, clock: Path, submissions: int, samples: int, rounds: int) -> tuple[Figure, str]:
    """Intake's rate, and how soon a light shows."""
    year = await doors.open_year(stack, clock)
    say("submission to light")
    half, most = doors.percentiles(await doors.visible(stack, year, samples))
    for part in ("rating", "query"):
        stack.stop_part(part)
    doors.start_floor(stack)
    accepted = Figure("intake, submissions accepted", "bare FastAPI + aiokafka", 0.7)
    for number in range(rounds):
        say(f"intake, round {number + 1} of {rounds}")
        accepted.rounds.append(await doors.accepted(stack, year, submissions, number))
    shown = f"submission → light visible, {samples} reports: p50 {half:.0f} ms, p99 {most:.0f} ms (aim: p99 < 300 ms)"
    return accepted, shown


async def worst(home: Path) -> list[str]:
    """How long a turn of a service's loop the worst requests of an account take."""
    say("worst requests")
    return [*loop_turns.HEAD, *(one.line() for one in await loop_turns.measure(home))]


def figures_of(home: Path, told: argparse.Namespace) -> list[str]:
    """The table of figures beside their floors."""
    with Stack(home / "log", parts=(), say=say) as stack:
        figures, sizes = asyncio.run(on_the_log(stack, told.programmes, told.rounds))
    clock = home / "clock"
    set_driven(clock, BEFORE_THE_YEAR)
    parts = (ISSUER, RATING, INTAKE, QUERY)
    with Stack(home / "doors", parts=parts, clock=clock, env=doors.WITHOUT_QUOTAS, say=say) as stack:
        accepted, shown = asyncio.run(over_http(stack, clock, told.submissions, told.samples, told.rounds))
    return [*HEAD, *(figure.line() for figure in (accepted, *figures)), "", shown, sizes]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print tables in Markdown."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--programmes", type=int, default=12, help="recorded years on the log")
    parser.add_argument("--submissions", type=int, default=5000, help="submissions per round at intake")
    parser.add_argument("--samples", type=int, default=400, help="reports timed until their light shows")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--worst", action="store_true", help="the worst requests alone")
    parser.add_argument("--steady", type=float, default=0, metavar="MINUTES", help="intake's memory under load alone")
    told = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="liangdeng-bench-") as folder:
        home = Path(folder)
        home.chmod(0o711)
        lines = []
        if told.steady:
            lines = [asyncio.run(steady_load.measure(home / "steady", told.steady)).line()]
        elif not told.worst:
            lines = [*figures_of(home, told), ""]
        if not told.steady:
            (home / "worst").mkdir(mode=0o711)  # PostgreSQL's own user must reach its folder
            lines += asyncio.run(worst(home / "worst"))
    machine = (
        f"{os.cpu_count()} CPUs, {platform.machine()}, Python {platform.python_version()}; the machine's load at the "
        f"end {os.getloadavg()[0]:.1f}"
    )
    sys.stdout.write("\n".join([machine, "", *lines]) + "\n")


def say(text: str) -> None:
    """Tell how far the run is."""
    sys.stderr.write(text + "\n")


if __name__ == "__main__":
    main()
