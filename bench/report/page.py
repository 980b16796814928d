"""Sections of docs/performance.md that are made from the results, between marks, and the pictures beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bench.report import bars, growth_table, lines, peers_table
from bench.results.recorded_results import FOLDER, conditions_of, read

PROJECT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = PROJECT / "docs" / "performance.md"
PICTURES: Final = PROJECT / "docs" / "pictures"
SECTIONS: Final = ("peers", "growth")
"""As the runs are called; one that was never recorded leaves its section as it is."""
_ALTERNATIVES: Final = {
    "peers": "bars: what a CPU second does, ours and each peer",
    "growth": "lines: CPU time per event and memory at three sizes of the log",
}


def files() -> dict[Path, str]:
    """By path: what the page and its pictures are to hold. Raises ValueError: the page lacks a mark."""
    found, page = dict[Path, str](), PAGE.read_text(encoding="utf-8")
    for name in recorded():
        results = read(name)
        found[PICTURES / f"{name}.svg"] = bars.draw(results) if name == "peers" else lines.draw(results)
        page = _replaced(page, name, "\n".join(section(name)))
    return {**found, PAGE: page}


def recorded() -> list[str]:
    """The runs that have results."""
    return [name for name in SECTIONS if (FOLDER / f"{name}.json").exists()]


def write() -> list[Path]:
    """Write them; the paths."""
    for path, text in (found := files()).items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(found)


def section(name: str) -> Iterator[str]:
    """Markdown of one of them, without its marks."""
    results = read(name)
    yield conditions_of(results).line()
    if name == "peers":
        yield (
            f"{results['submissions']:,} recorded submissions on 12 partitions, the first {results['warm']:,} a "
            f"warm-up that is not counted; {results['folded']:,} for the library's projections, {results['posted']:,} "
            f"a round over HTTP; medians of {results['rounds']} alternating rounds; `acks=all` everywhere."
        )
    yield ""
    yield from peers_table.lines(results) if name == "peers" else growth_table.lines(results)
    yield ""
    yield f"![{_ALTERNATIVES[name]}](pictures/{name}.svg)"


def _replaced(page: str, name: str, section: str) -> str:
    """The page with another section between its marks."""
    begin, end = f"<!-- {name}: written by `python -m bench.report` -->\n", f"\n<!-- end of {name} -->"
    if begin not in page or end not in page:
        raise ValueError(f"docs/performance.md has no marks for {name}")
    before, _, rest = page.partition(begin)
    return before + begin + section + end + rest.partition(end)[2]
