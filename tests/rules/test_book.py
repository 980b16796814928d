"""The scenario book: every story comes out as the rulebook says, and the runner notices when it does not."""

from __future__ import annotations

import itertools
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


STEP_AT = "2024-04-12T10:00:00+08:00"
WRONG = [
    (f"{HEAD}  mood: good\n{STEPS}", "mood: 不认识的字段 / is not a known field (line 7)"),
    (HEAD.replace("key_task", "wish") + STEPS, "item.category: 应为 'key_task'、'livelihood' 之一 /"),
    (HEAD.replace("lead_unit: fagai, ", "") + STEPS, "item.lead_unit: 缺少此项 / is required (line 6)"),
    (
        HEAD.replace("lead_unit", "cooperating: shuiwu, lead_unit") + STEPS,
        "item.cooperating: 应为列表 / must be a list",
    ),
    (HEAD.replace("lead_unit", "classification: secret, lead_unit") + STEPS, "item.classification: 应为 "),
    (HEAD.replace("yuancheng-2024", "nowhere") + STEPS, "policy: 没有政策“nowhere” / there is no policy nowhere"),
    (HEAD.replace("yuancheng-2024", "../policies/template") + STEPS, "policy: 没有政策“../policies/template” /"),
    (HEAD + STEPS.replace("by:", "who:"), "step 1: by: 缺少此项 / is required (line 9)"),
    (HEAD + STEPS.replace("unit:fagai", "king:1"), "step 1: by: 没有“king:1”这个角色 / king:1 is no role"),
    (HEAD + STEPS.replace("unit:fagai", "unit"), "step 1: by: 没有“unit”这个角色 / unit is no role"),
    (
        HEAD + STEPS.replace("rectification.reported", "tea.poured"),
        "step 1: type: 没有“tea.poured”这种提交 / tea.poured is",
    ),
    (HEAD + STEPS.replace("data: {}", "data: {mood: good}"), "step 1: data.mood: 不认识的字段 / is not a known field"),
    (HEAD + STEPS.replace("data: {}", "data: [1]"), "step 1: data: 应为对象 / must be an object (line 9)"),
    (HEAD + STEPS.replace("+08:00", ""), "step 1: at: 时刻须带时区 / must carry a UTC offset (line 9)"),
    (
        HEAD + STEPS.replace("04-12T", "04-32T"),
        "step 1: at: 应为带时区的时刻 / must be an RFC 3339 instant with an offset",
    ),
    (f"{HEAD}  steps: [1]\n", "step 1: 应为对象 / must be an object (line 7)"),
    (f"{HEAD}{STEPS}  until: soon\n", "until: 应为带时区的时刻 / must be an RFC 3339 instant with an offset (line 10)"),
    (f"{HEAD}{STEPS}  outage: ['{STEP_AT}']\n", "outage: 至少 2 项 / must have at least 2 entries (line 10)"),
    (f"{HEAD}{STEPS}  outage: ['{STEP_AT}', '2024-04-11T10:00:00+08:00']\n", "outage: 应为 [起, 止]"),
    (f"{HEAD}{STEPS}  outage: ['{STEP_AT}', '2024-04-13T10:00:00+08:00']\n", "outage: 应为 [起, 止]"),
    (f"{HEAD}{STEPS}  expect: {{light: {{2024Q1: yellow}}}}\n", "expect.light: 不认识的字段 / is not a known field"),
    (f"{HEAD}{STEPS}  expect: {{lights: [yellow]}}\n", "expect.lights: 应为对象 / must be an object (line 10)"),
    (f"{HEAD}{STEPS}  expect: {{refused: [1]}}\n", "expect.refused: 应为对象 / must be an object (line 10)"),
    (f"{HEAD}{STEPS}  expect: {{repeated: 1}}\n", "expect.repeated: 应为列表 / must be a list (line 10)"),
    (f"{HEAD}{STEPS}  expect: {{remarks: {{1: late}}}}\n", "expect.remarks.1: 应为列表 / must be a list (line 10)"),
    (f"{HEAD}{STEPS}  expect: {{history: [1]}}\n", "expect.history[0]: 应为列表 / must be a list (line 10)"),
    (f"{HEAD}{STEPS}  expect: {{reminders: 5}}\n", "expect.reminders: 应为列表 / must be a list (line 10)"),
    (
        f"{HEAD}{STEPS}  expect: {{escalations: {{level: interview}}}}\n",
        "expect.escalations: 应为列表 / must be a list",
    ),
    (f"{HEAD}{STEPS}  expect: {{escalations: [{{late: true}}]}}\n", "expect.escalations[0].late: 不认识的字段 /"),
    (
        f"{HEAD}{STEPS}  expect: {{sheets: {{fagai: 1}}}}\n",
        "expect.sheets.fagai: 应为对象 / must be an object (line 10)",
    ),
]


@pytest.mark.parametrize(("text", "problem"), WRONG, ids=[problem.partition(" /")[0] for _, problem in WRONG])
def test_a_story_of_another_form_fails_with_its_place_and_the_rule_and_the_next_one_runs(
    text: str, problem: str, tmp_path: Path
) -> None:
    book = tmp_path / "book.yaml"
    right = HEAD.replace("T1", "T2").partition("scenarios:")[2] + STEPS
    book.write_text(text + right)
    done = run_book(book)
    assert (done.passed, done.failed) == (0 if "nowhere" in problem or ".." in problem else 1, 2 - done.passed)
    assert done.failures[0].startswith(f"T1: {problem}")


@pytest.mark.parametrize(
    ("type_", "data", "problem"),
    [
        ("plan.submitted", "{nodes: [1]}", "data.nodes: 应为对象 / must be an object"),
        ("plan.submitted", "{nodes: {2024Q1: abc}}", "data.nodes.2024Q1: 应为对象 / must be an object"),
        ("plan.submitted", "{nodes: {2024Q1: {text: t, mood: 1}}}", "data.nodes.2024Q1.mood: 不认识的字段 /"),
        ("plan.submitted", "{nodes: {2024Q1: {text: t, targets: [a]}}}", "data.nodes.2024Q1.targets[0]: 应为对象 /"),
        ("progress.reported", "{period: 2024Q1, claim: blocked, evidence: 1001}", "data.evidence: 应为 0 至 1000 /"),
        ("progress.reported", "{period: 2024Q1, claim: done}", "data.claim: 应为 'completed'、'in_progress'"),
        ("adjustment.requested", "{adjustment: a, period: 2024Q1, node: b}", "data.node: 应为对象 / must be an object"),
        ("appeal.lodged", "{appeal: a, against: {mood: 1}}", "data.against.mood: 不认识的字段 / is not a known field"),
        ("programme.extended", "{units: shuiwu}", "data.units: 应为列表 / must be a list"),
        ("item.assigned", "{lead_unit: a, leader: b}", "data.category: 缺少此项 / is required"),
        ("policy.adopted", "{policy: nowhere}", "data.policy: 没有政策“nowhere” / there is no policy nowhere"),
        ("inspection.planned", "{plan: p, from: soon, to: 2024-04-02}", "data.from: 应为日期，如 2024-03-29 /"),
    ],
)
def test_the_data_of_a_step_are_told_by_the_names_that_the_book_has(
    type_: str, data: str, problem: str, tmp_path: Path
) -> None:
    book = tmp_path / "book.yaml"
    book.write_text(f'{HEAD}  steps:\n  - {{at: {STEP_AT}, type: {type_}, by: "office:o1", data: {data}}}\n')
    assert run_book(book).failures[0].startswith(f"T1: step 1: {problem}")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "应为对象 / must be an object"),
        ("- 1\n", "应为对象 / must be an object (line 1)"),
        ("policy: yuancheng-2024\n", "scenarios: 缺少此项 / is required"),
        ("scenarios: {a: 1}\n", "scenarios: 应为列表 / must be a list (line 1)"),
        (f"mood: 1\n{HEAD}{STEPS}", "mood: 不认识的字段 / is not a known field (line 1)"),
        (f"rules: 4\n{HEAD}{STEPS}", "rules: 应为 '1'、'2'、'3' 之一 /"),
        (f"{HEAD}{STEPS}policy: template\n", "policy: 键重复 / has a key twice (line 10)"),
        (
            HEAD + STEPS.replace("  steps", "\tsteps"),
            "不是有效的 YAML：第 8 行第 1 个字符 / is not valid YAML: found character that cannot start any token",
        ),
        (HEAD + STEPS.replace("{}", "*no"), "不是有效的 YAML：*no 之前没有这个锚点 /"),
        (
            f"{HEAD}{STEPS}  - *no\n",
            "不是有效的 YAML：*no 之前没有这个锚点 / is not valid YAML: no anchor before *no (line 10)",
        ),
        (HEAD + STEPS.replace("{}", "&d {a: *d}"), "不是有效的 YAML：*d 之前没有这个锚点 /"),
        (HEAD + STEPS.replace("{}", "{a: " * 30 + "1" + "}" * 30), "scenarios: 嵌套超过 24 层 /"),
        (
            HEAD + STEPS.replace("{}", "".join(f"{{a: &n{n} " for n in range(3000)) + "1" + "}" * 3000),
            "嵌套超过 24 层 /",
        ),
        (
            "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
            + "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 10)}]\n" for a, b in itertools.pairwise("abcdefghij")),
            "e: 超过 100000 个值 / has more than 100000 values (line 1)",
        ),
    ],
)
def test_a_text_that_is_no_book_is_refused_with_the_line_and_the_rule(text: str, problem: str, tmp_path: Path) -> None:
    book = tmp_path / "book.yaml"
    book.write_text(text)
    with pytest.raises(BadBook) as refused:
        run_book(book)
    assert str(refused.value).startswith(f"book.yaml: {problem}")


def test_an_id_that_another_story_has_is_a_failure(tmp_path: Path) -> None:
    book = tmp_path / "book.yaml"
    book.write_text(HEAD + STEPS + HEAD.partition("scenarios:\n")[2] + STEPS)
    assert run_book(book) == (1, 1, ("T1: id: 编号已用过 / was used before (line 10)",))


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
