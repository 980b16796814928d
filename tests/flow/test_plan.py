"""The plan of the year: made from a seed alone, and only of what the table of behaviours holds."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from contracts.submission import SUBMISSION_TYPES
from contracts.submissions import ItemAssigned
from contracts.values import Leader, Unit
from exact.workbook import read_workbook
from programmes import FOLDER
from programmes.ledger.writing import write_ledger
from programmes.programme import ProgrammeFile, expand
from programmes.programme_file import load_programme
from sandbox.year.days import LAST_MINUTE
from sandbox.year.plan import ENDS_AT, PUBLISHED_AT, as_published, plan
from sandbox.year.planned_act import WAYS
from sandbox.year.stories.behaviours import table
from services.intake.programme_drafts.draft import empty_draft
from services.intake.programme_drafts.ledger_import import KnownNames, preview_of

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


@pytest.mark.parametrize("by_hand", [False, True])
@pytest.mark.parametrize("seed", [str(n) for n in range(12)])
def test_every_act_lies_within_the_year_in_order_and_is_a_submission_that_the_contracts_know(
    yuancheng: ProgrammeFile, seed: str, by_hand: bool
) -> None:
    acts = plan(yuancheng, seed, by_hand=by_hand).acts
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


def test_everything_that_a_real_year_has_happens_once_at_least(yuancheng: ProgrammeFile) -> None:
    """All that people may submit, but for what a year without slips and growth does not have."""
    happens = {act.type for act in plan(yuancheng, "2024", by_hand=True).acts}
    published, by_time = {"programme.published", "item.assigned"}, {"deadline.passed"}
    without = {"programme.extended", "item.cancelled", "cancellation.approved", "deputy.ended"}
    assert set(SUBMISSION_TYPES.short_names.values()) - happens == published | by_time | without


def test_people_do_it_by_every_way_and_each_as_themselves(yuancheng: ProgrammeFile) -> None:
    year = plan(yuancheng, "2024", by_hand=True)
    assert set(year.ways()) == set(WAYS)
    assert max(Counter(act.actor.id for act in year.acts).values()) < len(year.acts) / 4, "nobody does most of it"
    for act in year.acts:
        if act.way == "signed":
            assert act.actor.head
            assert act.actor.prepared_by != act.actor.id
            assert act.paper is not None
            assert act.paper.prepared_at < act.at
    assert sum(act.paper is not None and act.paper.returned_at is not None for act in year.acts) == 1
    assert set(plan(yuancheng, "2024").ways()) == {"api"}


def test_leaders_confirm_plans_on_fridays_several_at_once(yuancheng: ProgrammeFile) -> None:
    decided = [act for act in plan(yuancheng, "2024", by_hand=True).acts if act.type == "plan.decided"]
    together = Counter((act.actor.id, act.at) for act in decided)
    assert max(together.values()) >= 10
    assert all(act.about is not None and act.about.type == "plan.submitted" for act in decided)


def test_a_ledger_imported_into_an_empty_draft_is_the_programme_that_the_plan_is_made_for(
    yuancheng: ProgrammeFile,
) -> None:
    known = as_published(yuancheng)
    empty = empty_draft("441602", known.jurisdiction.name, 2024, known.policy, known.issued_on)
    names = KnownNames(
        units=[Unit(id=one.id, name=one.name, kind=one.kind) for one in known.units],
        leaders=[Leader(id=one.id, label=one.label) for one in known.leaders],
    )
    preview = preview_of("0" * 64, read_workbook(write_ledger(known)), empty, names)
    assert preview.problems == []
    assert preview.content is not None
    told = ("title", "document", "issued_on", "derived", "simulated", "calendar", "schedule")
    published = preview.content.model_copy(update={name: getattr(known, name) for name in told})
    wanted, made = (dict(expand(one, PUBLISHED_AT)) for one in (known, published))
    assert wanted.keys() == made.keys()
    office = {unit.id for unit in known.units} - {unit.id for unit in published.units}
    for subject, data in wanted.items():
        if isinstance(data, ItemAssigned):
            assert replace(data, units=tuple(one for one in data.units or () if one not in office)) == made[subject]
