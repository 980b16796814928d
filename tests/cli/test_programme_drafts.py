"""Ledgers on the command line: exit codes, JSON and drafts that a script can rely on."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from cli.programme_drafts import Asked, check_ledger, export_ledger, import_ledger, next_year_of, programme_in
from programmes import FOLDER
from services.intake.programme_drafts import holidays
from tests.programmes.ledgers import HEADINGS, ROW, one_sheet, with_cell

ASKED = Asked(
    year=2027,
    jurisdiction="441602",
    policy="template",
    name="河源市源城区",
    title="",
    document="",
    issued_on=date(2027, 1, 4),
)
LIVELIHOOD = ["民1", "办好幼儿园", None, None, "区教育局", None, "王小明", None, None, None]


@pytest.mark.parametrize(
    ("content", "code", "cells"),
    [
        (one_sheet(HEADINGS, ROW), 0, []),
        (with_cell("目标值", "若干"), 1, ["I2"]),
        (b"no ledger", 1, [""]),
    ],
    ids=["right", "wrong", "unreadable"],
)
def test_check_prints_counts_and_problems_and_tells_them_by_its_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, code: int, cells: list[str]
) -> None:
    file = tmp_path / "台账.xlsx"
    file.write_bytes(content)
    assert check_ledger(file, as_json=True) == code
    told = json.loads(capsys.readouterr().out)
    assert list(told) == ["items", "units", "leaders", "indicators", "problems"]
    assert [one["cell"] for one in told["problems"]] == cells
    assert all(set(one) == {"sheet", "cell", "zh", "en"} for one in told["problems"])
    assert (told["items"], told["units"], told["leaders"]) == ((0, 0, 0) if content == b"no ledger" else (1, 3, 1))


def test_a_ledger_becomes_a_draft_of_a_year_whose_holidays_nobody_has_announced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holidays, "announced_years", lambda: [2024, 2025, 2026])
    ledger, draft = tmp_path / "台账.xlsx", tmp_path / "draft.yaml"
    ledger.write_bytes(one_sheet(HEADINGS, ROW, LIVELIHOOD))
    assert import_ledger(ledger, draft, ASKED, known=None, force=False) == 0
    programme = programme_in(draft)
    assert (programme.programme, programme.calendar.last_on) == ("441602-2027", date(2026, 12, 31))
    assert programme.provisional == tuple(f"2027-{month:02}" for month in range(2, 13))
    told = capsys.readouterr().err
    assert "holidays after 2026-12-31 are not announced" in told
    assert "王小明 → leader-1" in told
    assert "王小明" not in draft.read_text(encoding="utf-8")
    before = draft.read_bytes()
    assert import_ledger(ledger, draft, ASKED, known=draft, force=False) == 0
    assert "新增 new 0，变更 changed 0，不变 unchanged 2" in capsys.readouterr().err
    assert draft.read_bytes() == before


def test_holidays_that_are_announced_are_taken_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holidays, "announced_years", lambda: [2024, 2025])
    known = holidays.known_part(date(2025, 1, 1), date(2026, 3, 31))
    assert (known.first_on, known.last_on) == (date(2025, 1, 1), date(2025, 12, 31))
    assert date(2025, 1, 28) in known.holidays


def test_nothing_is_written_while_anything_is_wrong_nor_over_another_file(tmp_path: Path) -> None:
    ledger, draft = tmp_path / "台账.xlsx", tmp_path / "draft.yaml"
    ledger.write_bytes(with_cell("牵头单位", None))
    assert import_ledger(ledger, draft, ASKED, known=None, force=False) == 1
    assert not draft.exists()
    ledger.write_bytes(one_sheet(HEADINGS, ROW))
    draft.write_text("mine", encoding="utf-8")
    assert import_ledger(ledger, draft, ASKED, known=None, force=False) == 2
    assert draft.read_text(encoding="utf-8") == "mine"


def test_a_programme_is_exported_and_checked_and_followed_by_next_years_draft(tmp_path: Path) -> None:
    ledger, after = tmp_path / "台账.xlsx", tmp_path / "next.yaml"
    shipped = FOLDER / "yuancheng-2024.yaml"
    assert export_ledger(shipped, ledger, force=False) == 0
    assert check_ledger(ledger, as_json=False) == 0
    assert next_year_of(shipped, after, issued_on=date(2025, 1, 8), force=False) == 0
    programme = programme_in(after)
    assert {(one.predecessor.programme, one.predecessor.item) for one in programme.items if one.predecessor} == {
        ("441602-2024", one.id) for one in programme.items
    }


def test_a_year_after_the_next_has_a_draft_too_and_the_one_after_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of 2027 is announced when the drafts of 2028 and 2029 are made."""
    monkeypatch.setattr(holidays, "announced_years", lambda: [2024, 2025, 2026])
    before = FOLDER / "yuancheng-2024.yaml"
    for year in range(2025, 2030):
        after = tmp_path / f"{year}.yaml"
        assert next_year_of(before, after, issued_on=date(min(year, 2026), 11, 8), force=False) == 0
        before = after
    programme = programme_in(before)
    assert (programme.programme, programme.calendar.last_on) == ("441602-2029", date(2026, 12, 31))
    assert programme.provisional == tuple(f"2029-{month:02}" for month in range(2, 13))
    ledger, draft = tmp_path / "台账.xlsx", tmp_path / "draft.yaml"
    ledger.write_bytes(one_sheet(HEADINGS, ROW))
    asked = replace(ASKED, year=2028, issued_on=date(2026, 11, 8))
    assert import_ledger(ledger, draft, asked, known=None, force=False) == 0


def test_a_policy_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ledger = tmp_path / "台账.xlsx"
    ledger.write_bytes(one_sheet(HEADINGS, ROW))
    asked = replace(ASKED, policy="none")
    assert import_ledger(ledger, tmp_path / "draft.yaml", asked, known=None, force=False) == 2
    assert "none.yaml" in capsys.readouterr().out
