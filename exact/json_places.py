"""Where in a JSON text the number or the key stands that two readers could read differently."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from exact.faults import Location


@dataclass(frozen=True, slots=True)
class _Wrong:
    """Stands in a value in place of what cannot be read exactly."""

    text: str


@dataclass(frozen=True, slots=True)
class _Twice:
    """An object in which a key stands twice."""

    key: str


def place_of_number(text: str, is_exact: Callable[[str], bool]) -> Location:
    """Of the first number that is not exact; () where there is none."""

    def number(written: str) -> Any:
        return written if is_exact(written) else _Wrong(written)

    return _first(text, _Wrong, parse_float=number, parse_int=number, parse_constant=number)


def place_of_key(text: str) -> Location:
    """Of the first key that stands twice in its object; () where there is none."""

    def pairs(told: list[tuple[str, Any]]) -> Any:
        made: dict[str, Any] = {}
        for name, value in told:
            if name in made:
                return _Twice(name)
            made[name] = value
        return made

    # Numbers are of no interest here, and those that Python does not read are no reason to give up.
    return _first(text, _Twice, object_pairs_hook=pairs, parse_float=str, parse_int=str, parse_constant=str)


def _first(text: str, kind: type, **hooks: Any) -> Location:
    waiting: list[tuple[Location, Any]] = [((), json.loads(text, **hooks))]
    while waiting:
        loc, value = waiting.pop()
        if isinstance(value, kind):
            return (*loc, value.key) if isinstance(value, _Twice) else loc
        parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        waiting += reversed([((*loc, name), part) for name, part in parts])
    return ()
