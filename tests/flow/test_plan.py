"""The plan of the year: made from a seed alone, and only of what the table of behaviours holds."""

from __future__ import annotations

from collections import Counter

import pytest

from contracts.submission import SUBMISSION_TYPES
from programmes import FOLDER
from programmes.programme import ProgrammeFile
from programmes.programme_file import load_programme
from sandbox.year.behaviours import table
from sandbox.year.days import LAST_MINUTE
from sandbox.year.plan import ENDS_AT, PUBLISHED_AT, plan

PROGRAMMES = FOLDER


@pytest.fixture(scope="module")
def yuancheng() -> ProgrammeFile:
    return load_programme(PROGRAMMES / "yuancheng-2024.yaml", simulated=True)


@pytest.fixture(scope="module")
def shili() -> ProgrammeFile:
    return load_programme(PROGRAMMES / "shili-2024.yaml")


def test_the_same_seed_makes_the_same_plan_and_another_seed_another_one(yuancheng: ProgrammeFile) -> None:
    assert plan(yuancheng, "1").acts == plan(yuancheng, "1").acts
    assert plan(yuancheng, "1").acts != plan(yuancheng, "2").acts


@pytest.mark.parametrize("seed", [str(n) for n in range(25)])
def test_every_act_lies_within_the_year_in_order_and_is_a_submission_that_the_contracts_know(
    yuancheng: ProgrammeFile, seed: str
) -> None:
    acts = plan(yuancheng, seed).acts
    assert [act.at for act in acts] == sorted(act.at for act in acts)
    assert acts[0].at > PUBLISHED_AT
    assert acts[-1].at < ENDS_AT
    for act in acts:
        SUBMISSION_TYPES.validate(f"liangdeng.{act.type}.v1", act.data)


def test_no_two_acts_share_a_key(yuancheng: ProgrammeFile) -> None:
    acts = plan(yuancheng, "1").acts
    assert len({(act.item, act.key) for act in acts}) == len(acts)


def test_the_whole_catalogue_has_as_many_of_each_behaviour_as_the_table_says(yuancheng: ProgrammeFile) -> None:
    cast = Counter(behaviour.name for behaviour in plan(yuancheng, "1").cast.values())
    assert cast == {b.name: b.share for behaviours in table().values() for b in behaviours}


def test_behaviours_that_need_figures_fall_to_items_that_have_them(yuancheng: ProgrammeFile) -> None:
    counted = {item.id for item in yuancheng.items if item.indicators}
    cast = plan(yuancheng, "1").cast
    assert {item for item, behaviour in cast.items() if behaviour.counted} <= counted


def test_a_programme_of_eight_items_is_cast_too(shili: ProgrammeFile) -> None:
    year = plan(shili, "1")
    assert len(year.cast) == 8
    assert all(sum(lights.values()) == 8 for lights in year.lights().values())


def test_the_table_names_red_only_after_yellow_or_red() -> None:
    for behaviour in (b for behaviours in table().values() for b in behaviours):
        for lights in (behaviour.lights, behaviour.rated or behaviour.lights):
            before = "-" + lights[:3]
            assert all(now != "R" or then in "YR" for then, now in zip(before, lights, strict=True)), behaviour.name


def test_nothing_happens_at_night_but_the_last_minute_reports(yuancheng: ProgrammeFile) -> None:
    acts = plan(yuancheng, "1").acts
    assert {act.at.time() for act in acts if act.behaviour != "last_minute"} <= {act.at.time() for act in acts} - {
        LAST_MINUTE
    }
