"""The auditor derives the evaluation's sheets from the log alone, and proves or contradicts exported ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contracts.topics import RULINGS, partition_of
from services.audit.evaluation import derive, differences, ends_of
from services.audit.recorded_acts import NotRecorded
from tests.services.query.house import house
from tests.services.query.test_api import P, a_story
from tests.services.rating.running_rating import MemoryReader


class Cut(MemoryReader):
    """A log whose first record is gone."""

    def start(self, topic: str, partition: int) -> int:
        assert (topic, partition) >= (RULINGS, 0)
        return 1


@pytest.mark.services
async def test_what_the_api_exports_follows_from_the_log(postgres: Callable[[], str], tmp_path: Path) -> None:
    feed = a_story()
    async with house(postgres(), feed, tmp_path) as told:
        exported = await told.get(f"/v1/programmes/{P}/evaluation", "auditor")
    ends = ends_of(exported["position"])
    found = derive(MemoryReader(feed.topics), P, ends)
    assert found.notes == ["simulated", "derived"]
    assert differences(found.sheets, exported["sheets"]) == []
    # what came later is no difference: the export says up to where it read
    feed.deadline(P, "K01", "2024Q3", "none", "red")
    assert differences(derive(MemoryReader(feed.topics), P, ends).sheets, exported["sheets"]) == []
    assert differences(derive(MemoryReader(feed.topics), P).sheets, exported["sheets"]) != []


def sheets() -> list[Any]:
    """As exported, by way of JSON."""
    found: list[Any] = json.loads(
        json.dumps([sheet.shown() for sheet in derive(MemoryReader(a_story().topics), P).sheets])
    )
    return found


def test_whatever_is_changed_in_an_export_is_told() -> None:
    derived = derive(MemoryReader(a_story().topics), P).sheets
    assert differences(derived, sheets()) == []

    def told(exported: list[Any]) -> list[str]:
        return [word.en for word in differences(derived, exported)]

    better = sheets()
    better[1]["score"] = "100"
    assert told(better) == ["nongye.score: the log gives 98.5, the sheet says 100"]
    shorter = sheets()
    gone = shorter[1]["deductions"].pop()
    assert told(shorter) == [f"nongye.deductions[2]: the log gives {gone}, the sheet says None"]
    moved = sheets()
    moved[1]["deductions"][0]["events"][0]["position"] = "rulings-0@0"
    assert len(told(moved)) == 1
    assert told([{**sheets()[0], "unit": "nobody"}]) == ["nobody: the log gives no such sheet"]
    assert told([{**sheets()[0], "bonus": "5"}]) == ["jiaoyu.bonus: the log gives None, the sheet says 5"]
    assert told(["x"]) == ["?: the log gives no such sheet"]
    assert told(sheets()[:1]) == [], "a unit may show its own sheet alone"


def test_void_records_and_other_programmes_count_for_nothing() -> None:
    feed = a_story()
    before = [sheet.shown() for sheet in derive(MemoryReader(feed.topics), P).sheets]
    feed.publish("q-2024", items=("K01",))
    feed.deadline("q-2024", "K01", "2024Q1", "none", "yellow")
    stray = feed.report(P, "K01", "2024Q3")
    feed.rule(stray, shift=1)
    assert [sheet.shown() for sheet in derive(MemoryReader(feed.topics), P).sheets] == before


def test_a_log_that_is_not_whole_or_knows_no_such_programme_decides_nothing() -> None:
    feed = a_story()
    with pytest.raises(NotRecorded, match="no ruling about the programme x-2024"):
        derive(MemoryReader(feed.topics), "x-2024")
    with pytest.raises(NotRecorded, match="is not whole"):
        derive(Cut(feed.topics), P)
    part = partition_of(P)
    with pytest.raises(NotRecorded, match=f"rulings-{part} must hold 0 to 99"):
        derive(MemoryReader(feed.topics), P, {part: 100})
    with pytest.raises(NotRecorded, match="rulings-77"):
        derive(MemoryReader(feed.topics), P, {77: 1})
