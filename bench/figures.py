"""A figure and its floor, by the clock on the wall and by the processor's time, which a busy machine disturbs less."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import NamedTuple

HEAD = (
    "| figure | measured | floor in the same run | its rate | ratio | by CPU time | aim |",
    "|---|---|---|---|---|---|---|",
)


class Rate(NamedTuple):
    """So many per second, and per second of the measured processes' CPU time; of requests, how long one of 100 took."""

    per_second: float
    per_cpu_second: float
    p99_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Figure:
    """Rounds of (measured, floor)."""

    name: str
    floor: str
    aim: float
    rounds: list[tuple[Rate, Rate]] = field(default_factory=list)

    def line(self) -> str:
        """A row of the table: medians of the rounds."""
        rate, floor = (median(pair[index].per_second for pair in self.rounds) for index in (0, 1))
        ratio, cpu_ratio = (median(one[which] / other[which] for one, other in self.rounds) for which in (0, 1))
        return (
            f"| {self.name} | {rate:,.0f} /s | {self.floor} | {floor:,.0f} /s "
            f"| {ratio:.2f} | {cpu_ratio:.2f} | {f'≥ {self.aim}' if self.aim else ''} |"
        )

    def p99_line(self) -> str:
        """How long one of a hundred requests took at least, of both: medians of the rounds."""
        ours, floor = (median(pair[index].p99_ms for pair in self.rounds) for index in (0, 1))
        return f"{self.name}: p99 {ours:.0f} ms; {self.floor}: {floor:.0f} ms"


class Watch:
    """Measures from its making on: seconds, and CPU seconds of this process or of another one (Linux)."""

    def __init__(self, pid: int | None = None) -> None:
        self._pid = pid
        self._began, self._cpu = time.perf_counter(), self._cpu_seconds()

    def read(self) -> tuple[float, float]:
        """Seconds and CPU seconds since then."""
        return time.perf_counter() - self._began, self._cpu_seconds() - self._cpu

    def _cpu_seconds(self) -> float:
        if self._pid is None:
            return time.process_time()
        fields = Path(f"/proc/{self._pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
