"""Unreadable records are kept as they came."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from eventlog.log.quarantine import Quarantine
from eventlog.log.record import Record

BYTES = b"\xff\xfe\x00 no JSON"
POISON = Record("submissions", 3, 120, 1710806400000, b"\xff", BYTES, [("n\u00e4me", b"\xfe")])


def test_an_unreadable_record_is_kept_as_it_came_with_position_and_digest(tmp_path: Path) -> None:
    quarantine = Quarantine(tmp_path / "made when needed")
    assert quarantine.kept() == []
    kept = quarantine.keep(POISON, "not JSON")
    assert quarantine.kept() == [kept]
    assert (kept.topic, kept.partition, kept.offset, kept.timestamp_ms) == ("submissions", 3, 120, 1710806400000)
    assert (kept.sha256, kept.size) == (hashlib.sha256(BYTES).hexdigest(), len(BYTES))
    assert kept.why == "not JSON"
    assert quarantine.value(kept) == BYTES
    assert (tmp_path / "made when needed" / "submissions-3@120.bin").read_bytes() == BYTES


def test_keeping_it_again_changes_nothing(tmp_path: Path) -> None:
    quarantine = Quarantine(tmp_path)
    quarantine.keep(POISON, "not JSON")
    quarantine.keep(POISON, "not JSON")
    assert len(quarantine.kept()) == 1
    assert len(list(tmp_path.iterdir())) == 2


def test_null_is_not_the_same_as_no_bytes(tmp_path: Path) -> None:
    quarantine = Quarantine(tmp_path)
    null = quarantine.keep(POISON._replace(value=None), "null")
    empty = quarantine.keep(POISON._replace(value=b"", offset=121), "empty")
    assert quarantine.value(null) is None
    assert quarantine.value(empty) == b""


def test_the_list_is_in_the_order_of_the_log(tmp_path: Path) -> None:
    quarantine = Quarantine(tmp_path)
    for partition, offset in [(10, 2), (2, 100), (2, 9)]:
        quarantine.keep(POISON._replace(partition=partition, offset=offset), "x")
    assert [(one.partition, one.offset) for one in quarantine.kept()] == [(2, 9), (2, 100), (10, 2)]


def test_a_value_that_was_changed_in_quarantine_is_told(tmp_path: Path) -> None:
    quarantine = Quarantine(tmp_path)
    kept = quarantine.keep(POISON, "x")
    (tmp_path / "submissions-3@120.bin").write_bytes(b"harmless")
    with pytest.raises(ValueError, match="changed"):
        quarantine.value(kept)
