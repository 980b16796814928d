"""The comparison with the peers as tables, one a group, ours first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any, Final

GROUPS: Final = {
    "rating": "submissions ruled on",
    "projection": "records folded",
    "endpoint": "submissions accepted",
}
RULES: Final = {"full": "whole", "own": "rating's inside it", "trivial": "trivial"}
_PER_CPU_SECOND: Final = 1


def lines(results: Mapping[str, Any]) -> Iterator[str]:
    """Markdown."""
    for group, what in GROUPS.items():
        rows = [row for row in results["rows"] if row["group"] == group]
        ours = next(row for row in rows if row["ours"])
        yield f"| {what} | rule | guarantee | a CPU second | a second | ours ÷ it, by CPU time | aim | what differs |"
        yield "|---|---|---|---|---|---|---|---|"
        for row in rows:
            yield _line(row, ours)
        yield ""
    left_out = [row for row in results["rows"] if row["not_run"]]
    yield f"Run: {len(results['rows']) - len(left_out)} of {len(results['rows'])}."
    for row in left_out:
        yield f"Not run: {row['name']}, {RULES[row['rule']]}, {row['guarantee']}: {row['not_run']}."


def per_cpu_second(row: Mapping[str, Any]) -> float:
    """The median of its rounds; 0 for what was not run."""
    return median(one[_PER_CPU_SECOND] for one in row["rounds"]) if row["rounds"] else 0.0


def _line(row: Mapping[str, Any], ours: Mapping[str, Any]) -> str:
    if not row["rounds"]:
        figures = ("not run", "", "")
    else:
        a_second = median(one[0] for one in row["rounds"])
        figures = (f"{per_cpu_second(row):,.0f}", f"{a_second:,.0f}", "" if row["ours"] else _ratio(ours, row))
    aim = f"≥ {row['aim']:g}" if row["aim"] else ""
    return "| " + " | ".join([row["name"], RULES[row["rule"]], row["guarantee"], *figures, aim, row["note"]]) + " |"


def _ratio(ours: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    """The median of the rounds' ratios; rounds alternate, so what disturbed one of a pair disturbed both."""
    pairs: Sequence[tuple[Any, Any]] = list(zip(ours["rounds"], row["rounds"], strict=False))
    return f"{median(one[_PER_CPU_SECOND] / other[_PER_CPU_SECOND] for one, other in pairs):.2f}" if pairs else ""
