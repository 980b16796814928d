"""The programme file: complete, checked with lines, expanded into one submission per item."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from pathlib import Path

import pytest

from contracts.submission import SUBMISSION_TYPES
from contracts.submissions import ItemAssigned, ProgrammePublished
from programmes import FOLDER
from programmes.programme import expand
from programmes.programme_file import FaultyProgramme, load_programme, read_programme

LIBRARY = FOLDER
TEXT = (LIBRARY / "yuancheng-2024.yaml").read_text()
PROGRAMMES = sorted(path for path in LIBRARY.glob("*-2024.yaml") if not path.name.startswith("calendar"))
PUBLISHED = datetime.fromisoformat("2024-03-19T09:00:00+08:00")


def _faults(text: str) -> dict[str, tuple[str, int | None]]:
    with pytest.raises(FaultyProgramme) as caught:
        read_programme(text.encode(), LIBRARY)
    return {fault.field: (fault.rule, fault.line) for fault in caught.value.faults}


def _line(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_the_real_programme_has_98_key_tasks_and_10_livelihood_items_and_says_that_it_is_derived() -> None:
    programme = load_programme(LIBRARY / "yuancheng-2024.yaml")
    assert Counter(item.category for item in programme.items) == {"key_task": 98, "livelihood": 10}
    assert programme.derived
    assert not programme.simulated
    assert "推导稿，非官方清单" in TEXT


def test_every_item_quotes_a_whole_phrase_of_the_report() -> None:
    """Annex 1 of the scheme is published; a phrase ends at a comma, a semicolon, a colon, a full stop or a line."""
    report, ends = (Path(__file__).parent / "annex_1.txt").read_text(encoding="utf-8"), ",;:。\n"
    for item in load_programme(LIBRARY / "yuancheng-2024.yaml").items:
        before, found, after = report.partition(item.source)
        assert found, f"{item.id}: {item.source} is no quote"
        assert before[-1] in ends, f"{item.id}: {item.source} begins in the middle"
        assert after[0] in ends or found[-1] in ends, f"{item.id}: {item.source} is cut before {after[:6]}"


def test_who_marks_it_as_simulated_has_its_own_word_checked_all_the_same() -> None:
    assert read_programme(f"{TEXT}\nsimulated: false\n".encode(), LIBRARY, simulated=True).simulated
    with pytest.raises(FaultyProgramme):
        read_programme(f"{TEXT}\nsimulated: {{}}\n".encode(), LIBRARY, simulated=True)


def test_it_expands_into_the_programme_and_one_self_contained_submission_per_item() -> None:
    programme = load_programme(LIBRARY / "yuancheng-2024.yaml", simulated=True)
    made = expand(programme, PUBLISHED)
    assert isinstance(made[0][1], ProgrammePublished)
    assert [subject for subject, _ in made[1:]] == [f"441602-2024/{item.id}" for item in programme.items]
    assert len(made) == 1 + 108
    for _, assigned in made[1:]:
        assert isinstance(assigned, ItemAssigned)
        assert assigned.simulated
        assert assigned.published_at == PUBLISHED
        assert assigned.calendar == programme.calendar
        assert assigned.policy == programme.policy
        dumped = SUBMISSION_TYPES.dump(assigned)
        assert SUBMISSION_TYPES.load(SUBMISSION_TYPES.types[ItemAssigned], dumped) == assigned


def test_the_deadlines_are_those_of_the_scheme_each_day_included() -> None:
    made = expand(load_programme(LIBRARY / "yuancheng-2024.yaml"), PUBLISHED)
    key_task, livelihood = made[1][1], made[-1][1]
    assert isinstance(key_task, ItemAssigned)
    assert isinstance(livelihood, ItemAssigned)
    assert key_task.plan_due_at.isoformat() == "2024-03-30T00:00:00+08:00"
    days = ["2024-04-11", "2024-07-11", "2024-10-11", "2025-01-11"]
    assert [period.due_at.isoformat()[:10] for period in key_task.periods] == days
    months = ["03-06", "04-04", "05-09", "06-06", "07-04", "08-06", "09-05", "10-11", "11-06", "12-05", "01-07"]
    assert [period.due_at.isoformat()[5:10] for period in livelihood.periods] == months


@pytest.mark.parametrize(
    "path",
    sorted(path for path in LIBRARY.glob("*-2024.yaml") if not path.name.startswith("calendar")),
    ids=lambda path: path.stem,
)
def test_every_programme_in_the_folder_can_be_published(path: Path) -> None:
    first, *items = expand(load_programme(path), PUBLISHED)
    assert isinstance(first[1], ProgrammePublished)
    assert items
    assert all(isinstance(item, ItemAssigned) for _, item in items)


@pytest.mark.parametrize(
    ("old", "new", "field", "rule", "where"),
    [
        ("lead_unit: fagai", "lead_unit: nobody", "items[0].lead_unit", "unknown_unit", "lead_unit: nobody"),
        ("lead_unit: fagai", "lead_unit: ducha", "items[0].lead_unit", "office_leads", "lead_unit: ducha"),
        ("category: key_task", "category: task", "items[0].category", "literal_error", "category: task"),
        (
            "- id: K02",
            "- id: K01",
            "items[1].id",
            "repeated_id",
            "id: K01\n  category: key_task\n  aspect: 0\n  task: 规上",
        ),
        ("target: 5,", "target: five,", "items[0].indicators[0].target", "decimal_parsing", "target: five"),
        ("quantified: true", "quantified: false", "items[0].quantified", "quantified_mismatch", "quantified: false"),
        ("policy: yuancheng-2024@1", "policy: ../x@1", "policy", "unknown_policy", "policy: ../x@1"),
        ("calendar: calendar-2024", "calendar: ../secret", "calendar", "unknown_calendar", "calendar: ../secret"),
        ("first_month:", "frist_month:", "schedule.livelihood.frist_month", "extra_forbidden", "frist_month"),
        ("plan_due_on: 2024", "plan_due_on: 2023", "calendar", "calendar_elsewhere", "calendar: calendar-2024"),
    ],
)
def test_a_fault_is_told_with_its_field_its_rule_and_its_line(
    old: str, new: str, field: str, rule: str, where: str
) -> None:
    text = TEXT.replace(old, new, 1)
    assert _faults(text)[field] == (rule, _line(text, where))


def test_a_programme_of_any_coming_year_may_be_published_with_what_is_announced() -> None:
    """The shipped calendar ends in March 2025."""
    text = _of_year(2028, issued=2025)
    assert read_programme(text.encode(), LIBRARY).schedule.plan_due_on.year == 2028


@pytest.mark.parametrize(("year", "issued"), [(2027, 2027), (2030, 2026)])
def test_a_calendar_holds_what_was_announced_when_the_paper_was_issued(year: int, issued: int) -> None:
    assert _faults(_of_year(year, issued))["calendar"][0] == "calendar_elsewhere"


def _of_year(year: int, issued: int) -> str:
    text = TEXT.replace("plan_due_on: 2024", f"plan_due_on: {year}", 1)
    return text.replace("issued_on: 2024", f"issued_on: {issued}", 1)


def test_a_misspelt_value_of_the_policy_is_found_too() -> None:
    policy = (LIBRARY / "policies" / "yuancheng-2024.yaml").read_text().replace("grace_seconds", "grace_second")
    inline = "policy:\n" + "".join(f"  {line}\n" for line in policy.splitlines())
    assert _faults(TEXT.replace("policy: yuancheng-2024@1", inline))["policy.grace_second"][0] == "extra_forbidden"


def test_a_programme_may_start_from_the_template_though_a_value_at_its_default_is_not_written() -> None:
    text = (FOLDER / "yuancheng-2024.yaml").read_bytes().replace(b"policy: yuancheng-2024@1", b"policy: template@1")
    policy = read_programme(text, FOLDER).policy
    assert (policy.id, policy.inspection_approval, policy.minutes_days) == ("template", "chief", 3)


def test_a_calendar_may_end_before_the_last_deadline_and_the_months_beyond_it_are_provisional() -> None:
    known = read_programme((FOLDER / "yuancheng-2024.yaml").read_bytes(), FOLDER)
    shorter = known.calendar.__class__(first_on=known.calendar.first_on, last_on=date(2024, 10, 31))
    assert known.provisional == ()
    assert known.model_copy(update={"calendar": shorter}).provisional == ("2024-10", "2024-11", "2024-12")
