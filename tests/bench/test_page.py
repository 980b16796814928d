"""What docs/performance.md shows of peers and growth is what the last runs recorded, and nothing else."""

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from bench.report import bars, growth_table, lines, page, peers_table
from bench.results.recorded_results import conditions_of, read


def test_tables_and_plots_are_those_of_the_recorded_results() -> None:
    told = "python -m bench.report writes them anew"
    for path, wanted in page.files().items():
        assert path.read_text(encoding="utf-8") == wanted, f"{path.name}: {told}"


@pytest.mark.parametrize("name", page.recorded())
def test_a_figure_that_changes_by_hand_is_found(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = page.PAGE.read_text(encoding="utf-8")
    cell = next(line for line in page.section(name) if line.startswith("| ") and "0" in line)
    forged = tmp_path / "performance.md"
    forged.write_text(text.replace(cell, cell.replace("0", "9", 1)), encoding="utf-8")
    monkeypatch.setattr(page, "PAGE", forged)
    assert page.files()[forged] == text != forged.read_text(encoding="utf-8")


def test_a_page_without_its_marks_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (bare := tmp_path / "performance.md").write_text("# Performance\n", encoding="utf-8")
    monkeypatch.setattr(page, "PAGE", bare)
    with pytest.raises(ValueError, match="no marks for peers"):
        page.files()


@pytest.mark.parametrize("name", page.recorded())
def test_results_say_where_and_of_what_they_are(name: str) -> None:
    told = conditions_of(read(name))
    assert told.command == f"make bench ARGS={name}"
    assert {"Python", "Kafka", "PostgreSQL"} <= {*told.versions}
    assert told.commit
    assert told.machine
    assert told.measured_on


def rows() -> list[dict[str, Any]]:
    def row(name: str, *rounds: tuple[float, float], ours: bool = False, not_run: str = "") -> dict[str, Any]:
        told = {"group": "rating", "name": name, "rule": "trivial", "guarantee": "none", "note": "", "aim": 0.0}
        return {**told, "ours": ours, "rounds": [list(one) for one in rounds], "not_run": not_run}

    others = [{**row(group, (1, 1), ours=True), "group": group} for group in ("projection", "endpoint")]
    measured = [row("ours", (1, 100), (1, 300), (1, 200), ours=True), row("fast", (1, 400), (1, 400), (1, 100))]
    return [*measured, row("absent", not_run="no network"), *others]


def test_a_ratio_is_the_median_of_the_rounds_ratios() -> None:
    assert "| fast | trivial | none | 400 | 1 | 0.75 |  |  |" in [*peers_table.lines({"rows": rows()})]


def test_a_peer_that_was_not_run_is_named_and_counted() -> None:
    told = [*peers_table.lines({"rows": rows()})]
    assert "Run: 4 of 5." in told
    assert "Not run: absent, trivial, none: no network." in told
    assert "not run" in bars.draw({"rows": rows()})


def test_what_an_empty_log_takes_is_no_cost_of_an_event() -> None:
    empty = {"programmes": 0, "submissions": 0, "rulings": 0, "costs": {"intake": [1.0, 2.0, 90.0]}}
    full = {"programmes": 4, "submissions": 100, "rulings": 200, "costs": {"intake": [3.0, 4.0, 120.0]}}
    assert growth_table.points({"sizes": [empty, full]}, "intake") == [(100, 3.0, 10_000.0, 120.0)]


def test_plots_are_well_formed_and_name_their_units() -> None:
    sizes = [
        {
            "submissions": count,
            "rulings": 2 * count,
            "costs": {key: [1.0, 1.0 + count, 90.0] for key in growth_table.NAMES},
        }
        for count in (0, 10_000, 100_000)
    ]
    drawn = bars.draw({"rows": rows()}), lines.draw({"sizes": sizes})
    peers, growth = (" ".join(ET.fromstring(picture).itertext()) for picture in drawn)
    assert "submissions ruled on per CPU second" in peers
    assert "CPU time per event (µs)" in growth
    assert "memory at most (MB, logarithmic)" in growth
    assert "submissions on the log (logarithmic)" in growth
    assert "10,000" in growth
