"""The tables that the pages write, filled in as a unit does it, say what was meant when they are read."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bench.recorded import record
from contracts.rulings import ItemOpened, PlanAdopted, ProgrammeOpened
from eventlog.clock import FixedClock
from exact.workbook import read_workbook
from sandbox.year.doors.tables import filled
from sandbox.year.planned_act import PlannedAct
from sandbox.year.simulated_year import CATALOGUE, SimulatedYear, simulated_years
from services.intake.pages.paper.filled_table import FilledTable
from services.intake.pages.paper.paper_table import head_of, write_sheets
from services.intake.pages.paper.plan_table import plan_tables, read_plans
from services.intake.pages.paper.report_table import read_reports, report_tables
from services.intake.who.item import KnownItem
from services.intake.who.roster import Roster


@pytest.fixture(scope="module")
def year() -> SimulatedYear:
    (found,) = simulated_years("2024", share=0.3, files=[CATALOGUE])
    return found


@pytest.fixture(scope="module")
def roster(year: SimulatedYear) -> Roster:
    """What intake knows once every plan is confirmed."""
    made = Roster(FixedClock(next(act.at for act in year.plan.acts if act.way == "table")))
    for event in record([(year.programme, year.plan)]).events:
        if isinstance(event.data, ProgrammeOpened | ItemOpened | PlanAdopted):
            made.evolve(event)
    return made


def tabled(year: SimulatedYear, type_: str) -> dict[str, PlannedAct]:
    """A unit's acts that come by table, the first of each item."""
    acts = [act for act in year.plan.acts if act.way == "table" and act.type == type_]
    mine = [act for act in acts if (act.actor, act.data.get("period")) == (acts[0].actor, acts[0].data.get("period"))]
    return {act.item: act for act in reversed(mine)}


def read(roster: Roster, acts: Mapping[str, PlannedAct], *, filed: Mapping[str, PlannedAct]) -> FilledTable:
    """The table for these acts' items, filled in with some of them, as the page reads it."""
    some = next(iter(acts.values()))
    items: dict[str, KnownItem] = {item: roster.items[some.programme, item] for item in acts}
    head, now = head_of(roster, some.programme, some.actor.unit or ""), max(act.at for act in acts.values())
    plans = some.type == "plan.submitted"
    tables = plan_tables([*items.values()], roster, {}) if plans else report_tables([*items.values()], roster, now)
    sheets = read_workbook(filled(write_sheets(tables, head), filed), merged=True)
    return read_plans(sheets, items) if plans else read_reports(sheets, items, now)


@pytest.mark.parametrize("type_", ["plan.submitted", "progress.reported"])
def test_what_is_filled_in_is_what_is_filed_but_for_the_files(year: SimulatedYear, roster: Roster, type_: str) -> None:
    acts = tabled(year, type_)
    found = read(roster, acts, filed=acts)
    assert found.problems == []
    said = {row.item.id: row.data for row in found.rows}
    assert said == {
        item: {name: part for name, part in act.data.items() if name != "evidence"} for item, act in acts.items()
    }


def test_what_was_sent_before_and_is_not_meant_to_be_sent_again_is_taken_out(
    year: SimulatedYear, roster: Roster
) -> None:
    acts = tabled(year, "plan.submitted")
    assert len(acts) > 1
    item, act = next(iter(acts.items()))
    found = read(roster, acts, filed={item: act})
    assert [row.item.id for row in found.rows] == [item]
    assert found.problems == []
