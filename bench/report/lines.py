"""What grows with the log as lines: CPU time per event, and memory, over the submissions on the log."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import log10
from typing import Any, Final, NamedTuple

from bench.report.growth_table import NAMES, Point, points
from bench.report.svg import FAINT, document, line, mark, text
from bench.report.ticks import decades, ticks

WIDTH: Final = 900
_HEIGHT, _LEFT, _RIGHT, _HEAD, _FOOT = 300, 70, 290, 40, 60
_STYLES: Final = {
    "rating": ("", "circle"),
    "intake": ("7 4", "square"),
    "rebuild": ("2 3", "diamond"),
    "audit": ("9 3 2 3", "hollow"),
}
_CLOSEST: Final = 17
"""Pixels between the names of two lines."""


class _Axis(NamedTuple):
    """From a value to pixels, and the values that are written beside it."""

    place: Callable[[float], float]
    marks: Sequence[float]


def draw(results: Mapping[str, Any]) -> str:
    """SVG: two panels."""
    lines = {measure: points(results, measure) for measure in NAMES}
    cost = {measure: [point.microseconds for point in found] for measure, found in lines.items()}
    memory = {measure: [point.megabytes for point in found] for measure, found in lines.items()}
    shapes = [
        *_panel("CPU time per event (µs)", 0, lines, cost, _linear(cost, 0)),
        *_panel("memory at most (MB, logarithmic)", _HEIGHT, lines, memory, _logarithmic(memory, _HEIGHT)),
    ]
    return document(WIDTH, 2 * _HEIGHT, "Cost per event and memory, by submissions on the log", shapes)


def _panel(
    title: str, top: float, lines: Mapping[str, list[Point]], values: Mapping[str, list[float]], upward: _Axis
) -> Iterator[str]:
    sizes = [point.submissions for found in lines.values() for point in found]
    width, least, most = WIDTH - _LEFT - _RIGHT, log10(min(sizes) * 0.8), log10(max(sizes) * 1.25)
    bottom = top + _HEIGHT - _FOOT

    def place(size: float) -> float:
        return _LEFT + (log10(size) - least) / (most - least) * width

    yield text(10, top + 20, title, weight="bold")
    for value in upward.marks:
        yield line(_LEFT, upward.place(value), _LEFT + width, upward.place(value), stroke=FAINT)
        yield text(_LEFT - 8, upward.place(value) + 4, f"{value:,.0f}", anchor="end")
    for size in sorted({*sizes}):
        yield line(place(size), bottom, place(size), bottom + 5)
        yield text(place(size), bottom + 20, f"{size:,.0f}", anchor="middle")
    yield line(_LEFT, bottom, _LEFT + width, bottom)
    yield text(_LEFT + width / 2, bottom + 40, "submissions on the log (logarithmic)", anchor="middle")
    ends = _apart({measure: upward.place(found[-1]) for measure, found in values.items()})
    for measure, found in values.items():
        dashes, shape = _STYLES[measure]
        at = [
            (place(point.submissions), upward.place(value)) for point, value in zip(lines[measure], found, strict=True)
        ]
        for (x1, y1), (x2, y2) in pairwise(at):
            yield line(x1, y1, x2, y2, width=2, dashes=dashes)
        for x, y in at:
            yield mark(x, y, shape)
        name, event = NAMES[measure]
        yield line(at[-1][0] + 6, at[-1][1], _LEFT + width + 28, ends[measure], stroke=FAINT)
        yield mark(_LEFT + width + 36, ends[measure], shape)
        yield text(_LEFT + width + 46, ends[measure] + 4, name if "MB" in title else f"{measure}, {event}")


def _linear(values: Mapping[str, list[float]], top: float) -> _Axis:
    most = max(value for found in values.values() for value in found)
    height = _HEIGHT - _FOOT - _HEAD
    return _Axis(lambda value: top + _HEAD + height * (1 - value / most), ticks(most))


def _logarithmic(values: Mapping[str, list[float]], top: float) -> _Axis:
    every = [value for found in values.values() for value in found]
    marks = decades(min(every), max(every))
    least, most, height = log10(marks[0]), log10(marks[-1]), _HEIGHT - _FOOT - _HEAD
    return _Axis(lambda value: top + _HEAD + height * (1 - (log10(value) - least) / (most - least)), marks)


def _apart(wanted: Mapping[str, float]) -> dict[str, float]:
    """Where names are written: beside their lines' ends, but never over one another."""
    placed: dict[str, float] = {}
    lowest = float("-inf")
    for name, y in sorted(wanted.items(), key=lambda one: one[1]):
        lowest = max(y, lowest + _CLOSEST)
        placed[name] = lowest
    return placed
