"""`make bench ARGS=growth`: one log grows, and at each size every service starts on it, or reads all of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from bench.growth.growing_log import GrowingLog
from bench.growth.process_cost import ProcessCost, until_ended, until_ready
from embedded.parts import INTAKE, RATING
from embedded.stack import Stack
from eventlog.clock import set_driven
from sandbox.parts import ISSUER
from sandbox.year.journal import BEFORE_THE_YEAR

SIZES: Final = (4, 41, 407)
"""Programmes: some 10⁴, 10⁵ and 10⁶ submissions."""
MEASURES: Final = ("rating", "intake", "rebuild", "audit")
_PROGRAMS: Final = Path(sys.executable).parent


async def compare(home: Path, sizes: Sequence[int], say: Callable[[str], None]) -> dict[str, Any]:
    """What the file of results holds: the sizes, an empty log first, and what everything took at each."""
    clock = home.with_name("clock")
    set_driven(clock, BEFORE_THE_YEAR)
    found = list[dict[str, Any]]()
    with Stack(home, parts=(ISSUER, RATING, INTAKE), clock=clock, say=say) as stack:
        log = GrowingLog(stack, say)
        for part in ("rating", "intake"):
            stack.stop_part(part)
        for programmes in (0, *sizes):
            if programmes:
                stack.start_part("rating", wait=False)
                await log.grow(programmes)
                stack.stop_part("rating")
            counts = {"programmes": programmes, "submissions": log.submissions, "rulings": log.rulings}
            found.append({**counts, "costs": _costs(stack, say)})
        await log.close()
    return {"sizes": found}


def _costs(stack: Stack, say: Callable[[str], None]) -> dict[str, list[float]]:
    """By measure: seconds, CPU seconds, megabytes."""
    costs = dict[str, ProcessCost]()
    for measure in MEASURES:
        say(f"{measure} …")
        costs[measure] = _cost(stack, measure)
        say(f"{measure}: {costs[measure]}")
    return {name: [round(value, 2) for value in cost] for name, cost in costs.items()}


def _cost(stack: Stack, measure: str) -> ProcessCost:
    if measure in {"rating", "intake"}:
        return until_ready(stack, measure)
    env: Mapping[str, str] = {**os.environ, **stack.env}
    if measure == "rebuild":
        return until_ended([str(_PROGRAMS / "liangdeng"), "rebuild", "--json", "--no-swap"], env, stack.home)
    return until_ended([sys.executable, "-m", "services.audit", "replay", "--json"], env, stack.home)
