"""Round numbers for an axis."""

from __future__ import annotations

from math import floor, log10


def ticks(most: float) -> list[float]:
    """Four to six of them from 0 on, the last one at or below `most`."""
    magnitude: float = 10 ** floor(log10(most))
    step = next(part for part in (magnitude / 5, magnitude / 2, magnitude, magnitude * 2) if most / part < 6)
    return [number * step for number in range(int(most / step) + 1)]


def decades(least: float, most: float) -> list[float]:
    """Powers of ten around both."""
    found = [10.0 ** floor(log10(least))]
    while found[-1] < most:
        found.append(found[-1] * 10)
    return found
