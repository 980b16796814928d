"""`liangdeng demo`: the year, its summary, the proof, and then the pages."""

from __future__ import annotations

import time
from contextlib import suppress

from rich.console import Console

from cli import audit, rebuild
from cli.output import NO_RESULT_EXIT, say
from cli.up import ended_by_signals, serve_until_ended, tell_addresses
from embedded.settings_file import read_settings
from embedded.stack import DATABASE_URL, Stack
from embedded.state import home_from_environment
from sandbox.parts import demonstration
from sandbox.simulated_only import require_simulated
from sandbox.year import journal
from sandbox.year import run as year
from sandbox.year.simulated_year import SimulatedYear, simulated_years
from services.audit.finding import AuditVerdict

INTERRUPTED = 130


def run(*, end: bool, seed: str, share: float) -> int:
    """Live through the year and prove it; 0 only if all was as planned, proved, and the rebuilt read model is equal."""
    lived = simulated_years(seed, share)
    home = home_from_environment()
    good: bool | None = None
    with ended_by_signals(), suppress(KeyboardInterrupt):
        start = journal.begin(home, [year.plan for year in lived])
        with demonstration(home, read_settings(home), start.clock, say) as stack:
            require_simulated(stack.env)
            good = _live(stack, start, lived)
            tell_addresses(stack)
            if not end:
                serve_until_ended(stack)
                return NO_RESULT_EXIT
    return INTERRUPTED if good is None else int(not good)


def _live(stack: Stack, start: journal.Start, lived: list[SimulatedYear]) -> bool:
    console = Console()
    began = time.monotonic()
    as_planned = year.run(stack.urls, start, lived, console, stack.env[DATABASE_URL])
    console.print(f"全年用时 the year took {time.monotonic() - began:.1f} s")
    journal.finish(stack.home, [year.plan for year in lived])
    report = audit.replay_log(stack.env, wait=10)
    audit.tell(report)
    equal = rebuild.equals_live(stack.env)
    return as_planned and report.verdict is AuditVerdict.PROVED and equal
