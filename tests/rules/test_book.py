"""The scenario book: every story comes out as the rulebook says, and the runner notices when it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from programmes import FOLDER
from services.rating.scenario_book.book import BadBook, Scenario, read_book
from services.rating.scenario_book.runner import main, run, run_book

PROGRAMMES = FOLDER
BOOK = PROGRAMMES / "scenarios.yaml"
BOOKS = {book.stem: read_book(book) for book in sorted(PROGRAMMES.glob("scenarios*.yaml"))}
STORIES = {f"{book}-{story.id}": story for book, stories in BOOKS.items() for story in stories}

HEAD = """
policy: yuancheng-2024
scenarios:
- id: T1
  title: a yellow light
  item: {category: key_task, lead_unit: fagai, leader: leader-1}
"""
STEPS = """
  steps:
  - {at: 2024-04-12T10:00:00+08:00, type: rectification.reported, by: "unit:fagai", data: {}}
"""


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES.keys())
def test_a_story_comes_out_as_the_rulebook_says(story: Scenario) -> None:
    assert run(story) == []


def test_no_two_stories_of_a_book_share_an_id() -> None:
    assert len(STORIES) == sum(map(len, BOOKS.values()))


@pytest.mark.parametrize(
    ("expect", "line"),
    [
        ("lights: {2024Q1: green}", "lights: 2024Q1: expected green, got yellow"),
        ("lights: {2025Q1: none}", "lights: 2025Q1: expected none, got no such period"),
        ("rated: {2024Q1: red}", "rated: 2024Q1: expected red, got yellow"),
        ("months: {2024-04: met}", "months: 2024-04: expected met, got no such period"),
        ("history: []", "history: expected [], got [['2024Q1', 'none', 'yellow']]"),
        ("reminders: []", "reminders: expected [], got [['2024Q1', '2024-04-02'], ['2024Q1', '2024-04-09']]"),
        ("refused: {1: not_lead_unit}", "step 1: expected refused not_lead_unit, got accepted"),
        ("refused: {2: not_lead_unit}", "step 2: there is no such step"),
        ("repeated: [1]", "step 1: expected repeated, got accepted"),
        ("remarks: {1: [late]}", "remarks: 1: expected ['late'], got []"),
        ("escalations: [{level: interview}]", "escalations: 1: level: expected interview, got rectification"),
        ("escalations: [{due_on: 2024-05-07}]", "escalations: 1: due_on: expected 2024-05-07, got 2024-05-06"),
        ("escalations: [{for: [lag]}]", "escalations: 1: for: expected ['lag'], got ['2024Q1']"),
        ("escalations: [{overdue: true}]", "escalations: 1: overdue: expected True, got False"),
        ("escalations: [{late: true}]", "escalations: 1: late: no such field"),
        ("light: {2024Q1: yellow}", "expect: light: no such field"),
    ],
)
def test_every_field_that_differs_is_a_line(expect: str, line: str, tmp_path: Path) -> None:
    book = tmp_path / "book.yaml"
    book.write_text(f"{HEAD}{STEPS}  expect: {{{expect}}}\n")
    result = run_book(book)
    assert (result.passed, result.failed) == (0, 1)
    assert result.failures == (f"T1: {line}",)


def test_all_of_the_escalations_are_expected(tmp_path: Path) -> None:
    book = tmp_path / "book.yaml"
    book.write_text(f"{HEAD}{STEPS}  expect: {{escalations: []}}\n")
    assert run_book(book).failures[0].startswith("T1: escalations: expected 0, got 1")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f"{HEAD}  mood: good\n{STEPS}", "the scenario: mood: no such field"),
        (HEAD.replace("key_task", "wish") + STEPS, "item: category: 'wish' is neither key_task nor livelihood"),
        (HEAD + STEPS.replace("by:", "who:"), "step 1: who: no such field"),
        (HEAD + STEPS.replace("unit:fagai", "king:1"), "by: king:1: no such role"),
        (HEAD + STEPS.replace("rectification.reported", "tea.poured"), "step 1: liangdeng.tea.poured.v1"),
        (HEAD + STEPS.replace("data: {}", "data: {mood: good}"), "step 1: data: mood: no such field"),
        (HEAD + STEPS.replace("+08:00", ""), "step 1: an instant carries a UTC offset"),
    ],
)
def test_a_story_that_the_format_does_not_know_fails_with_its_reason(text: str, problem: str, tmp_path: Path) -> None:
    book = tmp_path / "book.yaml"
    book.write_text(text)
    assert run_book(book).failures == (f"T1: {problem}",)


def test_a_file_that_is_no_book_is_refused(tmp_path: Path) -> None:
    book = tmp_path / "book.yaml"
    book.write_text("- 1\n")
    with pytest.raises(BadBook):
        run_book(book)


def test_numbers_are_never_read_through_floats(tmp_path: Path) -> None:
    book = tmp_path / "book.yaml"
    plan = "{nodes: {2024Q1: {text: t, targets: [{indicator: a, comparator: '=', value: 123456789012.123457}]}}}"
    book.write_text(
        f"""{HEAD}
  steps:
  - {{at: 2024-03-25T10:00:00+08:00, type: plan.submitted, by: "unit:fagai", data: {plan}}}
  - {{at: 2024-03-26T10:00:00+08:00, type: plan.decided, by: "leader:leader-1", data: {{decision: confirmed}}}}
  - {{at: 2024-04-01T10:00:00+08:00, type: progress.reported, by: "unit:fagai", data:
      {{period: 2024Q1, claim: completed, evidence: 1, measures: {{a: 123456789012.123457}}}}}}
  expect: {{lights: {{2024Q1: green}}, remarks: {{3: []}}}}
"""
    )
    assert run_book(book).failures == ()


def test_a_book_may_use_anchors(tmp_path: Path) -> None:
    book = tmp_path / "book.yaml"
    head = HEAD.replace("item: {", "item: &item {")
    book.write_text(f"{head}{STEPS}- id: T2\n  item: *item\n{STEPS}")
    assert run_book(book).passed == 2


def test_the_command_prints_a_line_per_failure_and_the_counts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = tmp_path / "book.yaml"
    book.write_text(f"{HEAD}{STEPS}  expect: {{lights: {{2024Q1: red}}}}\n")
    assert main([str(book)]) == 1
    assert capsys.readouterr().out == "T1: lights: 2024Q1: expected red, got yellow\n0 passed, 1 failed\n"
    assert main([str(BOOK)]) == 0
