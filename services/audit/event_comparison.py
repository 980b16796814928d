"""What is wrong with one event of a ruling on the log, beside the one that follows from the submission."""

from __future__ import annotations

from typing import Any

from eventlog.at.at_rule import Counted
from services.audit.as_json import record_as_json
from services.audit.finding import FindingKind


def compare_event(value: bytes | None, counted: Counted | None) -> tuple[FindingKind | None, str]:
    """What is wrong with an event and the sentence about it; None if nothing but the version of its rules differs."""
    if counted is None:
        return FindingKind.MISSING, "The ruling lacks an event that follows from the submission."
    if value is None:
        return FindingKind.SURPLUS, "The ruling holds an event that does not follow from the submission."
    if value == counted.record.value:
        return None, ""
    expected, body = record_as_json(value), counted.body
    names = _differing_names(expected, body)
    if names == ["rules"]:
        return None, ""
    return (
        FindingKind.DIFFERENT,
        f"The event comes out different in: {', '.join(names) or 'its bytes, not its values'}.",
    )


def _differing_names(expected: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """Names of the attributes, and within `data` of the fields, that differ; both given as JSON objects."""
    names = sorted(name for name in {*expected, *found} if expected.get(name) != found.get(name))
    if "data" not in names or not isinstance(found.get("data"), dict):
        return names
    data, other = expected["data"], found["data"]
    inner = sorted(f"data.{name}" for name in {*data, *other} if data.get(name) != other.get(name))
    return [name for name in names if name != "data"] + inner
