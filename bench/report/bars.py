"""The comparison with the peers as bars: a panel a group, each with a scale of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bench.report.peers_table import GROUPS, RULES, per_cpu_second
from bench.report.svg import FAINT, bar, document, line, text
from bench.report.ticks import ticks

WIDTH: Final = 900
_LEFT, _RIGHT = 400, 80
_BAR, _STEP, _HEAD, _FOOT = 18, 28, 34, 52


def draw(results: Mapping[str, Any]) -> str:
    """SVG."""
    shapes, top = list[str](), 10.0
    for group, what in GROUPS.items():
        rows = [row for row in results["rows"] if row["group"] == group]
        most = max(map(per_cpu_second, rows)) or 1.0
        marks = ticks(most)
        scale = (WIDTH - _LEFT - _RIGHT) / max(most, marks[-1])
        bottom = top + _HEAD + len(rows) * _STEP
        shapes.append(text(10, top + 18, f"{what} per CPU second", weight="bold"))
        for value in marks:
            x = _LEFT + value * scale
            shapes += [
                line(x, top + _HEAD - 6, x, bottom, stroke=FAINT),
                text(x, bottom + 16, f"{value:,.0f}", anchor="middle"),
            ]
        shapes.append(text(_LEFT, bottom + 34, f"{what} per CPU second"))
        for number, row in enumerate(rows):
            y, value = top + _HEAD + number * _STEP, per_cpu_second(row)
            shapes.append(
                text(_LEFT - 10, y + 14, f"{row['name']}, {RULES[row['rule']]}, {row['guarantee']}", anchor="end")
            )
            shapes.append(bar(_LEFT, y, value * scale, _BAR, filled=row["ours"]))
            told = f"{value:,.0f}" if row["rounds"] else "not run"
            shapes.append(text(_LEFT + value * scale + 6, y + 14, told))
        shapes.append(line(_LEFT, top + _HEAD - 6, _LEFT, bottom))
        top = bottom + _FOOT
    return document(WIDTH, round(top), "Ours (dark) and its peers (light), per CPU second", shapes)
