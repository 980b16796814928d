"""What PostgreSQL can hold: instants, and texts without NUL characters."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from eventlog.at.at_rule import Body
from eventlog.log.record import Record

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def logged_at(record: Record) -> datetime:
    """The broker's time of a record; the epoch where it is not known."""
    if record.timestamp_ms < 0:
        return _EPOCH
    return datetime.fromtimestamp(record.timestamp_ms / 1000, UTC)


def instant(text: str | None) -> datetime | None:
    """An instant that may be left out. Raises ValueError, TypeError."""
    return None if text is None else datetime.fromisoformat(text)


def clean(record: Record, body: Body) -> Body:
    """The body without NUL characters, which PostgreSQL cannot hold; they show as U+FFFD."""
    if record.value is not None and b"\\u0000" in record.value:
        cleaned: Body = _without_nul(body)
        return cleaned
    return body


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "\ufffd")
    if isinstance(value, list):
        return [_without_nul(part) for part in value]
    if isinstance(value, dict):
        return {_without_nul(key): _without_nul(part) for key, part in value.items()}
    return value
