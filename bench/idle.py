"""What the whole stack costs while nobody asks anything, and while its broker is away: processor time and log lines."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from embedded.parts import KAFKA, POSTGRES
from embedded.stack import Stack
from sandbox.parts import EVERYTHING

_SETTLED_SECONDS: Final = 30.0
_SECONDS: Final = float(os.environ.get("BENCH_IDLE_SECONDS", "60"))
AIM: Final = 5.0
"""Per cent of one core, for everything together."""


class AtRest(NamedTuple):
    """Of each part: per cent of one core, children included, and lines that it wrote to its log."""

    share: Mapping[str, float]
    lines: Mapping[str, int]


def measure(home: Path) -> tuple[AtRest, AtRest]:
    """At rest, and then with the broker stopped."""
    with Stack(home, parts=EVERYTHING) as stack:
        time.sleep(_SETTLED_SECONDS)
        at_rest = _watch(stack, [*(part.name for part in stack.parts), KAFKA, POSTGRES])
        stack.stop_part(KAFKA)
        return at_rest, _watch(stack, [part.name for part in stack.parts])


def lines(found: AtRest, title: str, servers: tuple[str, ...] = (KAFKA, POSTGRES)) -> list[str]:
    """As the bench prints it."""
    rows = [
        f"| {name} | {share:.2f} % | {found.lines[name]} |"
        for name, share in sorted(found.share.items(), key=lambda one: -one[1])
    ]
    total, served = sum(found.share.values()), sum(found.share.get(name, 0.0) for name in servers)
    both = f"{total:.2f} % (services {total - served:.2f} %, servers {served:.2f} %)"
    return [f"| {title} | of one core | lines of log |", "|---|---|---|", *rows, f"| all | {both} | |"]


def _watch(stack: Stack, names: list[str]) -> AtRest:
    roots = {name: stack.process(name).pid for name in names}
    ticks = {name: _ticks(pid) for name, pid in roots.items()}
    written = {name: _written(stack, name) for name in names}
    began = time.monotonic()
    time.sleep(_SECONDS)
    a_per_cent = os.sysconf("SC_CLK_TCK") * (time.monotonic() - began) / 100
    return AtRest(
        {name: (_ticks(pid) - ticks[name]) / a_per_cent for name, pid in roots.items()},
        {name: _written(stack, name) - written[name] for name in names},
    )


def _written(stack: Stack, name: str) -> int:
    log = stack.log(name)
    return log.read_bytes().count(b"\n") if log.exists() else 0


def _ticks(pid: int) -> int:
    """Of a process and of all below it, those that have ended included."""
    children: dict[int, list[int]] = {}
    used: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            children.setdefault(int(fields[1]), []).append(int(entry.name))
            used[int(entry.name)] = sum(map(int, fields[11:15]))
    total, left = 0, [pid]
    while left:
        one = left.pop()
        total += used.get(one, 0)
        left += children.get(one, [])
    return total


def main() -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory(prefix="liangdeng-idle-") as folder:
        home = Path(folder) / "stack"
        Path(folder).chmod(0o711)
        home.mkdir(mode=0o711)
        at_rest, away = measure(home)
    told = [*lines(at_rest, f"at rest (aim: {AIM:.0f} % in all)"), "", *lines(away, "the broker is away")]
    sys.stdout.write("\n".join(told) + "\n")


if __name__ == "__main__":
    main()
