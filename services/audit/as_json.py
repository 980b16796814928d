"""Turns inputs of a ruling (bytes, states) into JSON that people can read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any

import orjson


def shown(value: Any) -> Any:
    """A value of any depth as JSON primitives: records of named fields as objects, decimal numbers as strings."""
    if value is None or isinstance(value, str | int | bool):
        return value
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime | date):
        return value.isoformat()
    if is_dataclass(value):
        return {field.name: shown(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): shown(entry) for key, entry in value.items()}
    if isinstance(value, frozenset | set):
        return sorted((shown(entry) for entry in value), key=repr)
    return _shown_sequence(value) if isinstance(value, tuple | list) else str(value)


def _shown_sequence(value: tuple[Any, ...] | list[Any]) -> Any:
    if hasattr(value, "_asdict"):
        return shown(value._asdict())
    return [shown(entry) for entry in value]


def shown_bytes(value: bytes | None) -> Any:
    """A record's value as the JSON that it holds, or else as its bytes."""
    if value is None:
        return None
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return {"bytes": value.hex()}
