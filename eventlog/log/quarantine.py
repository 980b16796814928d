"""Keeps unreadable records as they came, in a folder, each with its position and SHA-256."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from eventlog.log.record import Record


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One kept record; `key` and header values are base64, `sha256` is over the value (`null`: over no bytes)."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    sha256: str
    size: int
    null: bool
    key: str | None
    headers: list[list[str]]
    why: str


class Quarantine:
    """A folder of records; keeping the same record again, as after a restart, changes nothing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, record: Record, why: str) -> Quarantined:
        """Write `<position>.bin` (the value) and then `<position>.json` (what is known about it)."""
        value = record.value or b""
        kept = Quarantined(
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            timestamp_ms=record.timestamp_ms,
            sha256=hashlib.sha256(value).hexdigest(),
            size=len(value),
            null=record.value is None,
            key=None if record.key is None else base64.b64encode(record.key).decode(),
            headers=[[name, base64.b64encode(value).decode()] for name, value in record.headers],
            why=why,
        )
        self._folder.mkdir(parents=True, exist_ok=True)
        self._write(f"{record}.bin", value)
        self._write(f"{record}.json", json.dumps(asdict(kept), ensure_ascii=False, indent=1).encode())
        return kept

    def kept(self) -> list[Quarantined]:
        """Everything kept, by position."""
        found = [Quarantined(**json.loads(path.read_bytes())) for path in self._folder.glob("*@*.json")]
        return sorted(found, key=lambda one: (one.topic, one.partition, one.offset))

    def value(self, one: Quarantined) -> bytes | None:
        """The bytes as they came. Raises ValueError if they no longer match their SHA-256."""
        value = (self._folder / f"{one.topic}-{one.partition}@{one.offset}.bin").read_bytes()
        if hashlib.sha256(value).hexdigest() != one.sha256:
            raise ValueError(f"{one.topic}-{one.partition}@{one.offset} was changed in quarantine")
        return None if one.null else value

    def _write(self, name: str, content: bytes) -> None:
        fresh = self._folder / f".{name}.{os.getpid()}"
        fresh.write_bytes(content)
        fresh.replace(self._folder / name)
