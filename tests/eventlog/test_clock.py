"""Clocks."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from eventlog.clock import DrivenClock, FixedClock, SystemClock, clock_from, set_driven

SPRING = datetime.fromisoformat("2024-03-19T08:00:00+08:00")


def test_an_empty_source_is_the_systems_clock() -> None:
    clock = clock_from("")
    assert isinstance(clock, SystemClock)
    assert datetime.now(UTC) - timedelta(seconds=5) < clock.now() <= datetime.now(UTC)
    assert clock.now() <= clock.now()


def test_a_driven_clock_stands_still_until_its_file_changes(tmp_path: Path) -> None:
    source = tmp_path / "clock"
    set_driven(source, SPRING)
    clock = clock_from(str(source))
    assert clock.now() == SPRING
    for hours in range(1, 50):
        set_driven(source, SPRING + timedelta(hours=hours))
        assert clock.now() == SPRING + timedelta(hours=hours)
    assert [path.name for path in tmp_path.iterdir()] == ["clock"]


def test_a_driven_clock_never_runs_backwards(tmp_path: Path) -> None:
    source = tmp_path / "clock"
    set_driven(source, SPRING)
    clock = DrivenClock(source)
    set_driven(source, SPRING - timedelta(days=1))
    assert clock.now() == SPRING
    set_driven(source, SPRING + timedelta(days=1))
    assert clock.now() == SPRING + timedelta(days=1)


def test_a_file_written_in_place_is_noticed(tmp_path: Path) -> None:
    source = tmp_path / "clock"
    source.write_text("2024-03-19T00:00:00Z\n")
    clock = DrivenClock(source)
    source.write_text("2024-03-20T00:00:00Z\n")
    os.utime(source, ns=(1, 1))
    assert clock.now() == datetime(2024, 3, 20, tzinfo=UTC)


@pytest.mark.parametrize("content", ["", "tomorrow", "2024-03-19T08:00:00", "\x00"])
def test_a_source_that_is_no_instant_with_offset_is_refused_at_the_start_and_ignored_later(
    tmp_path: Path, content: str
) -> None:
    source = tmp_path / "clock"
    source.write_text(content)
    with pytest.raises(ValueError, match=r".+"):
        DrivenClock(source)
    set_driven(source, SPRING)
    clock = DrivenClock(source)
    source.write_text(content)
    assert clock.now() == SPRING
    source.unlink()
    assert clock.now() == SPRING
    set_driven(source, SPRING + timedelta(hours=1))
    assert clock.now() == SPRING + timedelta(hours=1)


def test_a_missing_source_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        DrivenClock(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="offset"):
        set_driven(tmp_path / "clock", datetime(2024, 1, 1))  # noqa: DTZ001


def test_a_fixed_clock_only_moves_on() -> None:
    clock = FixedClock(SPRING)
    clock.set(SPRING + timedelta(1))
    clock.set(SPRING)
    assert clock.now() == SPRING + timedelta(1)
