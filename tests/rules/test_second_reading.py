"""A naive model of the rulebook, written without looking at the rules, agrees with them on random stories."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml

from programmes import FOLDER
from services.rating.scenario_book.runner import run_book
from tests.rules.model.days import Json
from tests.rules.model.objections import ROLE_OF
from tests.rules.model.stories import story
from tests.rules.model.story import expected

PROGRAMMES = FOLDER
STORIES = int(os.environ.get("STORIES", "120"))
"""Random stories per policy; tens of thousands were compared."""


OF_VERSION_2 = {
    "inspection.recorded": "reports received by the day of the visit (Fairness Art. 15)",
    "appeal.lodged": "one at a time (Fairness Art. 16/17)",
    "appeal.decided": "who may not decide, and not overturn again (Fairness Art. 16/17)",
    "withdrawal.decided": "what a withdrawn item still takes (Fairness Art. 16/17)",
}
"""Acts that the model still tells by version 2 of the rules, and what version 3 changed: random stories go without."""
CHANGED = {
    "scenarios.yaml": {"F02", "F07"},
    "scenarios-fine-print.yaml": {"F39"},
    "scenarios-crossings.yaml": {"X41", "X46", "X75", "X76", "X81", "X82", "X83", "X96"},
}
"""Shipped stories that version 3 tells otherwise."""


def told_alike(one: Json) -> Json:
    """A random story without what the two versions tell differently."""

    def kept(step: Json) -> bool:
        data = step.get("data") or {}
        if step["type"] == "plan.submitted":
            return bool(data.get("nodes"))
        if step["type"] == "interview.held" and not str(step["by"]).startswith("office"):
            return False
        return step["type"] not in OF_VERSION_2 and data.get("finding") != "overturned"

    return {**one, "steps": [step for step in one["steps"] if kept(step)]}


def book_of(stories: list[Json]) -> str:
    """A book of scenarios that expects of every story all that the model says."""
    return yaml.safe_dump(
        {"policy": "yuancheng-2024", "scenarios": [{**one, "expect": expected(one)} for one in stories]},
        allow_unicode=True,
        width=10_000,
    )


@pytest.mark.parametrize("policy", ["yuancheng-2024", "ouhai-like"])
def test_random_stories_come_out_as_the_model_says_in_every_field(policy: str, tmp_path: Path) -> None:
    book = tmp_path / "stories.yaml"
    book.write_text(book_of([told_alike(story(seed, policy)) for seed in range(STORIES)]), encoding="utf-8")
    result = run_book(book)
    assert result.failures == ()
    assert result.passed == STORIES


@pytest.mark.parametrize("name", ["scenarios.yaml", "scenarios-fine-print.yaml", "scenarios-crossings.yaml"])
def test_the_model_itself_tells_the_shipped_stories_as_they_are_expected(name: str, tmp_path: Path) -> None:
    document = yaml.safe_load((PROGRAMMES / name).read_text(encoding="utf-8"))
    stories = [one for one in document["scenarios"] if one["id"] not in CHANGED[name]]
    modelled = [one for one in stories if all(step["type"] in ROLE_OF for step in one.get("steps") or [])]
    assert len(stories) - len(modelled) <= 1, "what the alarm alone may submit is not modelled"
    book = tmp_path / "retold.yaml"
    book.write_text(book_of(modelled), encoding="utf-8")
    assert run_book(book).failures == ()


def test_the_model_notices_a_rule_that_is_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.rating.rules.lights.light._second_red", lambda *_: False)
    book = tmp_path / "stories.yaml"
    book.write_text(book_of([told_alike(story(seed, "yuancheng-2024")) for seed in range(40)]), encoding="utf-8")
    assert run_book(book).failed > 0
