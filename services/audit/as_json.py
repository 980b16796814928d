"""States and records as JSON that people can read, for the inputs of a finding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any

import orjson


def as_json(value: Any) -> Any:
    """A value of any depth as JSON primitives: records of named fields as objects, decimal numbers as strings."""
    if value is None or isinstance(value, str | int | bool):
        return value
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime | date):
        return value.isoformat()
    if is_dataclass(value):
        return {field.name: as_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): as_json(entry) for key, entry in value.items()}
    if isinstance(value, frozenset | set):
        return sorted((as_json(entry) for entry in value), key=repr)
    return _sequence(value) if isinstance(value, tuple | list) else str(value)


def _sequence(value: tuple[Any, ...] | list[Any]) -> Any:
    if hasattr(value, "_asdict"):
        return as_json(value._asdict())
    return [as_json(entry) for entry in value]


def record_as_json(value: bytes | None) -> Any:
    """A record's value as the JSON that it holds, or else its bytes in hexadecimal digits."""
    if value is None:
        return None
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return {"bytes": value.hex()}
