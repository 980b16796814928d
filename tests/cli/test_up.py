"""The sandbox's clock stands at a day that is chosen, and never goes back."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from cli.up import stand_at, to_open
from embedded.front import front
from embedded.machine_error import MachineError
from sandbox.parts import EVERYTHING


def test_the_clock_of_a_trial_stands_at_the_day_and_goes_on_alone(tmp_path: Path) -> None:
    home = tmp_path / "state"
    stand_at(home, date(2024, 3, 20))
    assert datetime.fromisoformat((home / "clock").read_text().strip()) == datetime.fromisoformat(
        "2024-03-20T09:00+08:00"
    )
    stand_at(home, date(2024, 4, 8))
    with pytest.raises(MachineError, match="goes no way back"):
        stand_at(home, date(2024, 4, 7))


def test_what_went_by_the_machines_clock_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "kafka").mkdir()
    with pytest.raises(MachineError, match="another state folder"):
        stand_at(tmp_path, date(2024, 3, 20))


def test_a_day_serves_the_sandbox_alone() -> None:
    answer = CliRunner().invoke(app, ["up", "--day", "2024-03-20"])
    assert answer.exit_code == 2


def test_a_trial_tells_what_a_person_can_open_and_no_root_of_an_api() -> None:
    parts = (front(), *EVERYTHING)
    urls = {part.name: f"http://127.0.0.1:{port}" for port, part in enumerate(parts, 8000)}
    told = [url for url, _ in to_open(parts, urls)]
    assert told == [urls["front"], f"{urls['front']}/docs", f"{urls['front']}/intake/docs", urls["mail"]]
