"""What grows with the log as a table: seconds, CPU time per event and memory at each size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

NAMES: Final = {
    "rating": ("rating ready again", "ruling event folded"),
    "intake": ("intake ready again", "ruling event folded"),
    "rebuild": ("query rebuilt", "record read"),
    "audit": ("audit's replay", "submission ruled on again"),
}


class Point(NamedTuple):
    """One measure at one size; `microseconds` of CPU time per event, what an empty log takes left out."""

    submissions: int
    seconds: float
    microseconds: float
    megabytes: float


def points(results: Mapping[str, Any], measure: str) -> list[Point]:
    """By size, the empty log left out."""
    empty, *sizes = results["sizes"]
    idle = empty["costs"][measure][1]
    found = []
    for size in sizes:
        seconds, cpu_seconds, megabytes = size["costs"][measure]
        found.append(
            Point(size["submissions"], seconds, (cpu_seconds - idle) / _events(size, measure) * 1e6, megabytes)
        )
    return found


def lines(results: Mapping[str, Any]) -> Iterator[str]:
    """Markdown."""
    empty, *sizes = results["sizes"]
    heads = [f"{size['submissions']:,}" for size in sizes]
    yield "| submissions on the log | empty | " + " | ".join(heads) + " | last ÷ one before |"
    yield "|---|---|" + "---|" * len(sizes) + "---|"
    yield _line("events of their rulings", 0, [size["rulings"] for size in sizes], "{:,}")
    for measure, (name, event) in NAMES.items():
        found, idle = points(results, measure), empty["costs"][measure]
        yield _line(f"{name}, seconds", idle[0], [point.seconds for point in found], "{:,.1f}")
        yield _line(f"CPU µs per {event}", None, [point.microseconds for point in found], "{:,.1f}")
        yield _line("memory at most, MB", idle[2], [point.megabytes for point in found], "{:,.0f}")


def _events(size: Mapping[str, Any], measure: str) -> int:
    submissions: int = size["submissions"]
    rulings: int = size["rulings"]
    return {"rating": rulings, "intake": rulings, "rebuild": submissions + rulings, "audit": submissions}[measure]


def _line(name: str, empty: float | None, values: Sequence[float], form: str) -> str:
    cells = ["" if empty is None else form.format(empty), *(form.format(value) for value in values)]
    growth = f"{values[-1] / values[-2]:.2f}" if len(values) > 1 else ""
    return "| " + " | ".join([name, *cells, growth]) + " |"
