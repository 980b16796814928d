"""The table of behaviours, written by hand, against the pure rules: a whole year in memory."""

from __future__ import annotations

from datetime import datetime

import pytest

from bench.recorded import Recorded, counts, record
from contracts.rulings import RulingData
from programmes import FOLDER
from programmes.programme_file import load_programme
from sandbox.year.counts import differences, planned
from sandbox.year.plan import plan

PROGRAMMES = FOLDER


@pytest.mark.parametrize("by_hand", [False, True])
@pytest.mark.parametrize("seed", ["1", "2", "3", "4", "5"])
def test_the_rules_give_the_lights_escalations_and_verdicts_that_the_table_says(seed: str, by_hand: bool) -> None:
    years = [
        (programme, plan(programme, seed, by_hand=by_hand))
        for programme in (
            load_programme(PROGRAMMES / "yuancheng-2024.yaml", simulated=True),
            load_programme(PROGRAMMES / "shili-2024.yaml"),
        )
    ]
    recorded = record(years)
    for programme, year in years:
        seen = counts(recorded, programme.programme, year.quarters, year.cast)
        assert differences(planned(year), seen) == []


def test_a_programme_lives_beside_another_as_if_it_were_alone() -> None:
    yuancheng = load_programme(PROGRAMMES / "yuancheng-2024.yaml", simulated=True)
    shili = load_programme(PROGRAMMES / "shili-2024.yaml")
    together = record([(yuancheng, plan(yuancheng, "1")), (shili, plan(shili, "1"))])
    for programme in (yuancheng, shili):
        alone = record([(programme, plan(programme, "1"))])
        assert _told(together, programme.programme) == _told(alone, programme.programme)


def _told(recorded: Recorded, programme: str) -> dict[str, list[tuple[datetime, RulingData]]]:
    found: dict[str, list[tuple[datetime, RulingData]]] = {}
    for event in recorded.events:
        if event.subject.startswith(programme):
            found.setdefault(event.subject, []).append((event.time, event.data))
    return found
