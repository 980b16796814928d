"""A naive model of the rulebook, written without looking at the rules, agrees with them on random stories."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml

from contracts.submission import SUBMISSION_TYPES
from programmes import FOLDER
from services.rating.rules.acts.table import ABOUT_ITEMS
from services.rating.scenario_book.runner import run_book
from tests.rules.model.choices import POLICIES
from tests.rules.model.days import Json
from tests.rules.model.stories import story
from tests.rules.model.story import expected
from tests.rules.model.who import ROLE_OF

PROGRAMMES = FOLDER
STORIES = int(os.environ.get("STORIES", "80"))
"""Random stories per policy; tens of thousands were compared (`python -m tests.rules.model.coverage`)."""
BOOKS = sorted(path.name for path in PROGRAMMES.glob("scenarios*.yaml"))


def book_of(stories: list[Json]) -> str:
    """A book of scenarios that expects of every story all that the model says."""
    return yaml.safe_dump(
        {"policy": "yuancheng-2024", "scenarios": [{**one, "expect": expected(one)} for one in stories]},
        allow_unicode=True,
        width=10_000,
    )


@pytest.mark.parametrize("policy", POLICIES)
def test_random_stories_come_out_as_the_model_says_in_every_field(policy: str, tmp_path: Path) -> None:
    book = tmp_path / "stories.yaml"
    book.write_text(book_of([story(seed, policy) for seed in range(STORIES)]), encoding="utf-8")
    result = run_book(book)
    assert result.failures == ()
    assert result.passed == STORIES


@pytest.mark.parametrize("name", BOOKS)
def test_the_model_itself_tells_the_shipped_stories_as_they_are_expected(name: str, tmp_path: Path) -> None:
    document = yaml.safe_load((PROGRAMMES / name).read_text(encoding="utf-8"))
    stories = [{"policy": document["policy"], **one} for one in document["scenarios"]]
    modelled = [one for one in stories if all(step["type"] in ROLE_OF for step in one.get("steps") or [])]
    assert len(stories) - len(modelled) <= 1, "what the alarm alone may submit is not modelled"
    book = tmp_path / "retold.yaml"
    book.write_text(book_of(modelled), encoding="utf-8")
    assert run_book(book).failures == ()


def test_every_act_of_the_rules_is_modelled_and_told() -> None:
    acts = {SUBMISSION_TYPES.short_names[kind] for kind in ABOUT_ITEMS} | {"item.assigned"}
    assert set(ROLE_OF) == acts
    told = {
        step["type"] for policy in POLICIES for seed in range(max(STORIES, 80)) for step in story(seed, policy)["steps"]
    }
    assert told == acts


def test_the_model_notices_a_rule_that_is_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.rating.rules.lights.light._second_red", lambda *_: False)
    book = tmp_path / "stories.yaml"
    book.write_text(book_of([story(seed, "yuancheng-2024") for seed in range(40)]), encoding="utf-8")
    assert run_book(book).failed > 0
