"""Intake beside two endpoints that only append: the bare one, and the best one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from bench import doors
from bench.figures import Rate
from bench.peers.installation import PROJECT, peers_python
from embedded.parts import INTAKE, QUERY, RATING, Launch, Part
from embedded.service_process import ServiceProcess
from embedded.stack import Stack
from eventlog.clock import set_driven
from sandbox.parts import ISSUER
from sandbox.year.journal import BEFORE_THE_YEAR

BARE: Final = doors.FLOOR_TOPIC
BEST: Final = "best"
_PARTS: Final = (ISSUER, RATING, INTAKE, QUERY)


async def measure(home: Path, rounds: int, submissions: int, say: Callable[[str], None]) -> list[tuple[Rate, ...]]:
    """Rounds of (intake, bare endpoint, best endpoint), the first one a warm-up that is not counted."""
    clock = home.with_name(f"{home.name}-clock")
    set_driven(clock, BEFORE_THE_YEAR)
    with Stack(home, parts=_PARTS, clock=clock, env=doors.WITHOUT_QUOTAS, say=say) as stack:
        year = await doors.open_year(stack, clock)
        for part in ("rating", "query"):
            stack.stop_part(part)
        doors.start_floor(stack)
        stack.add(Part(name=BEST, module="bench.peers.programs.best_endpoint", process=_by_the_peers_python(say)))
        measured = []
        for number in range(rounds + 1):
            say(f"endpoints, round {number} of {rounds}")
            measured.append(await doors.accepted(stack, year, submissions, number, (BARE, BEST)))
        return measured[1:]


def _by_the_peers_python(say: Callable[[str], None]) -> Callable[[Launch], ServiceProcess]:
    def process(launch: Launch) -> ServiceProcess:
        return ServiceProcess(
            launch.part.module,
            port=launch.port,
            env={**launch.env, f"{launch.part.prefix}_PORT": str(launch.port), "PYTHONPATH": str(PROJECT)},
            log=launch.log,
            keep_open=launch.keep_open,
            python=peers_python(say),
        )

    return process
