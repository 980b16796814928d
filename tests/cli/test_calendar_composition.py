"""A programme's calendar is composed from the announced holidays, reviewed in the file, and published from there."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.calendar_composition import NotComposable, compose
from cli.main import app
from programmes import FOLDER
from programmes.policy_file import read_calendar
from programmes.programme_file import load_programme
from services.intake.programme_drafts.holidays import NotAnnounced, announced, announced_years

PROGRAMMES = FOLDER
FIRST, LAST = date(2024, 1, 1), date(2025, 3, 31)
BEYOND = announced_years()[-1] + 1
INLINE = "calendar: {from: 2024-01-01, to: 2025-03-31}  # to be composed"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped programmes, to be changed."""
    shutil.copytree(PROGRAMMES, tmp_path / "programmes")
    return tmp_path / "programmes"


def inline(folder: Path, calendar: str) -> Path:
    """The small programme with a calendar of its own."""
    file = folder / "shili-2024.yaml"
    lines = file.read_text(encoding="utf-8").splitlines()
    at = next(index for index, line in enumerate(lines) if line.startswith("calendar:"))
    file.write_text("\n".join([*lines[:at], *calendar.splitlines(), *lines[at + 1 :]]) + "\n", encoding="utf-8")
    return file


def test_the_announced_days_are_those_of_the_shipped_calendar() -> None:
    assert announced(FIRST, LAST) == read_calendar(PROGRAMMES / "calendar-2024.yaml")


def test_composing_a_shipped_programme_changes_nothing() -> None:
    for name in ("yuancheng-2024.yaml", "shili-2024.yaml"):
        done = compose(PROGRAMMES / name)
        assert (done.calendar, done.changed) == (read_calendar(PROGRAMMES / "calendar-2024.yaml"), False)
        assert done.text == (PROGRAMMES / "calendar-2024.yaml").read_text(encoding="utf-8")


def test_a_calendar_that_was_spoilt_is_composed_anew_and_the_programme_is_left_alone(folder: Path) -> None:
    calendar, programme = folder / "calendar-2024.yaml", folder / "yuancheng-2024.yaml"
    shipped, before = calendar.read_text(encoding="utf-8"), programme.read_bytes()
    calendar.write_text("from: 2024-01-01\nto: 2025-03-31\nholidays: [2024-01-03]\n", encoding="utf-8")
    done = compose(programme)
    assert (done.file, done.changed, done.text) == (calendar, True, shipped)
    assert calendar.read_text(encoding="utf-8") != shipped, "nothing is written unasked"
    done.write()
    assert calendar.read_text(encoding="utf-8") == shipped
    assert programme.read_bytes() == before


def test_a_calendar_that_is_not_there_yet_spans_the_years_of_the_reports(folder: Path) -> None:
    (folder / "calendar-2024.yaml").unlink()
    compose(folder / "yuancheng-2024.yaml").write()
    assert read_calendar(folder / "calendar-2024.yaml") == announced(FIRST, LAST)


def test_another_end_is_taken_from_the_command(folder: Path) -> None:
    done = compose(folder / "yuancheng-2024.yaml", until=date(2025, 6, 30))
    assert done.calendar.last_on == date(2025, 6, 30)
    assert {date(2025, 5, 1), date(2025, 5, 2), date(2025, 5, 5)} <= {*done.calendar.holidays}
    assert date(2025, 4, 27) in done.calendar.working_weekends


@pytest.mark.parametrize(
    "calendar",
    [
        INLINE,
        "calendar:\n  from: 2024-01-01\n  to: 2025-03-31\n  holidays: [\n    2024-01-03]\n",
        "calendar: {from: 2024-01-01, to: 2025-03-31, holidays: [\n  2024-01-01,\n  2024-01-03\n]}\n# what follows",
    ],
    ids=["flow", "block", "closed at the margin"],
)
def test_a_calendar_within_the_programme_is_written_there_and_nothing_else_moves(folder: Path, calendar: str) -> None:
    shipped = load_programme(folder / "shili-2024.yaml")
    file = inline(folder, calendar)
    lines = file.read_text(encoding="utf-8").splitlines()
    done = compose(file)
    assert (done.file, done.changed) == (file, True)
    done.write()
    assert load_programme(file) == shipped
    kept = file.read_text(encoding="utf-8").splitlines()
    own = [line for line in lines if line not in calendar.splitlines() or line.startswith("# what")]
    assert [line for line in kept if line in set(own)] == own


def test_a_programme_without_a_calendar_gets_one(folder: Path) -> None:
    shipped = load_programme(folder / "shili-2024.yaml")
    file = inline(folder, "")
    compose(file).write()
    assert load_programme(file) == shipped


def test_what_is_composed_twice_is_the_same(folder: Path) -> None:
    file = inline(folder, INLINE)
    compose(file).write()
    again = compose(file)
    assert (again.changed, again.text) == (False, file.read_text(encoding="utf-8"))


def test_a_year_that_is_not_announced_is_named() -> None:
    with pytest.raises(NotAnnounced, match=f"{BEYOND}"):
        announced(date(BEYOND - 1, 1, 1), date(BEYOND, 3, 31))
    with pytest.raises(NotAnnounced, match="2003"):
        announced(date(2003, 1, 1), date(2004, 3, 31))


def test_a_year_counts_as_announced_only_with_its_autumn(monkeypatch: pytest.MonkeyPatch) -> None:
    import chinese_calendar  # noqa: PLC0415 - only the library's table is looked into

    table = {day: name for day, name in chinese_calendar.holidays.items() if day.year < BEYOND}
    monkeypatch.setattr("chinese_calendar.holidays", {**table, date(BEYOND, 1, 1): "New Year's Day"})
    assert announced_years()[-1] == BEYOND - 1


def test_the_command_prints_the_calendar_and_writes_it_when_asked(folder: Path) -> None:
    calendar = folder / "calendar-2024.yaml"
    shipped = calendar.read_text(encoding="utf-8")
    calendar.write_text("from: 2024-01-01\nto: 2025-03-31\n", encoding="utf-8")
    file = str(folder / "yuancheng-2024.yaml")
    shown = CliRunner().invoke(app, ["programme", "compose", file])
    assert (shown.exit_code, shown.stdout) == (0, shipped)
    assert "--write" in shown.stderr
    written = CliRunner().invoke(app, ["programme", "compose", file, "--write"])
    assert (written.exit_code, written.stdout, calendar.read_text(encoding="utf-8")) == (0, "", shipped)
    assert "26" in written.stderr
    same = CliRunner().invoke(app, ["programme", "compose", file, "--write"])
    assert "一致" in same.stderr


def test_the_command_tells_an_unannounced_year_in_both_languages_and_exits_2(folder: Path) -> None:
    command = ["programme", "compose", str(folder / "yuancheng-2024.yaml"), "--until", f"{BEYOND}-03-31"]
    done = CliRunner().invoke(app, command)
    assert (done.exit_code, done.stdout) == (2, "")
    assert f"{BEYOND} 年的节假日安排" in done.stderr
    assert f"the holidays of {BEYOND} are not announced" in done.stderr


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("- 1\n", "line 1"),
        ("programme: x\n", "schedule"),
        ("calendar: ../secret\n", "calendar"),
        ("a: &a 1\n", "line 1"),
        ("calendar: {from: yesterday, to: 2025-03-31}\n", "from"),
        ("calendar: {from: 2025-03-31, to: 2024-03-31}\n", "2024-03-31"),
        ('{"calendar": {"from": "2024-01-01", "to": "2025-03-31"}, "title": "t"}\n', "a line per field"),
        ("{title: t,\ncalendar: {from: 2024-01-01,\n to: 2025-03-31}, document: d}\n", "a line per field"),
    ],
)
def test_a_file_that_is_no_programme_is_refused_with_its_place(text: str, problem: str, tmp_path: Path) -> None:
    file = tmp_path / "programme.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(NotComposable, match=problem):
        compose(file)
