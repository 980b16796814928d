"""Policies and calendars are files; what is wrong in one is told with its line and field."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from programmes.policy_file import FaultyFile, read_calendar, read_policy
from services.rating.scenario_book.book import PROGRAMMES

POLICY = (PROGRAMMES / "policies" / "yuancheng-2024.yaml").read_text(encoding="utf-8")
CALENDAR = (PROGRAMMES / "calendar-2024.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted((PROGRAMMES / "policies").glob("*.yaml")), ids=lambda path: path.stem)
def test_a_policy_file_is_named_after_its_policy(path: Path) -> None:
    assert read_policy(path).id == path.stem


def test_the_calendar_of_2024_has_its_holidays_and_working_weekends() -> None:
    calendar = read_calendar(PROGRAMMES / "calendar-2024.yaml")
    assert date(2024, 10, 1) in calendar.holidays
    assert date(2024, 10, 12) in calendar.working_weekends
    assert (calendar.first_on, calendar.last_on) == (date(2024, 1, 1), date(2025, 3, 31))


def _line_of(text: str, field: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), start=1) if line.startswith(field))


@pytest.mark.parametrize(
    ("field", "line"),
    [
        ("grace_seconds", "grace_seconds: -1"),
        ("yellows_to_red", "yellows_to_red: 1"),
        ("missed_light", "missed_light: purple"),
        ("reminder_days", "reminder_days: [0]"),
        ("utc_offset", 'utc_offset: "+25:00"'),
        ("rectification_days", "rectification_days: soon"),
        ("appeal_days", "appeal_days: 1.5"),
    ],
)
def test_a_value_that_does_not_fit_is_told_with_its_line_and_field(field: str, line: str, tmp_path: Path) -> None:
    number = _line_of(POLICY, field)
    lines = POLICY.splitlines()
    lines[number - 1] = line
    path = tmp_path / "policy.yaml"
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(FaultyFile, match=rf"^policy.yaml: line {number}: {field}"):
        read_policy(path)


def test_a_weight_that_would_add_points_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text(POLICY.replace('yellow: "-1"', 'yellow: "1"'), encoding="utf-8")
    number = _line_of(POLICY, "  yellow")
    with pytest.raises(
        FaultyFile, match=rf"^policy.yaml: line {number}: weights.yellow: 不得大于 0 / must be at most 0"
    ):
        read_policy(path)


def test_an_unknown_field_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text(POLICY + "mood: good\n", encoding="utf-8")
    with pytest.raises(FaultyFile, match=rf"line {len(POLICY.splitlines()) + 1}: mood: .*is not a known field"):
        read_policy(path)


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text(
        POLICY.replace("grace_seconds: 600", "grace_seconds: x").replace('  base: "100"\n', ""), encoding="utf-8"
    )
    with pytest.raises(FaultyFile) as caught:
        read_policy(path)
    assert [fault.field for fault in caught.value.faults] == ["grace_seconds", "weights.base"]


@pytest.mark.parametrize("text", ["- 1\n", "id: [\n", "id: a\nid: b\n"])
def test_what_is_no_mapping_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FaultyFile):
        read_policy(path)


def test_a_calendar_names_the_field_as_the_file_does(tmp_path: Path) -> None:
    path = tmp_path / "calendar.yaml"
    path.write_text(CALENDAR.replace("from: 2024-01-01", "from: January"), encoding="utf-8")
    with pytest.raises(FaultyFile, match=r"line \d+: from: "):
        read_calendar(path)
    path.write_text(CALENDAR + "first_on: 2024-01-01\n", encoding="utf-8")
    with pytest.raises(FaultyFile, match=r"first_on: .*is not a known field"):
        read_calendar(path)
