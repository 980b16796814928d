"""Policies and calendars as files: read exactly, checked, refused with the line and the field (rulebook: Policy)."""

from __future__ import annotations

from pathlib import Path
from typing import Final, TypeVar

from pydantic import TypeAdapter, ValidationError

from contracts.policy import Policy
from contracts.values import Calendar
from exact.faults import UNKNOWN_FIELD, Fault, faults_of, line_of
from exact.texts import Inexact, ParsedText, read_yaml
from supervision.words import Word

T = TypeVar("T")
_POLICY: Final[TypeAdapter[Policy]] = TypeAdapter(Policy)
_CALENDAR: Final[TypeAdapter[Calendar]] = TypeAdapter(Calendar)
CALENDAR_WORDS: Final = {"from": "first_on", "to": "last_on"}
"""What a calendar file calls the first and the last day, and what events call them."""
_NO_MAPPING: Final = Word("应为对象", "must be an object")


class FaultyFile(ValueError):
    """A policy or calendar file that can't be used, with everything that is wrong."""

    def __init__(self, name: str, faults: list[Fault]) -> None:
        super().__init__("\n".join(f"{name}: line {f.line or '?'}: {f.field}: {f.zh} / {f.en}" for f in faults))
        self.faults = faults


def read_policy(path: Path) -> Policy:
    """A policy file, e.g. `programmes/policies/yuancheng-2024.yaml`. Raises FaultyFile, OSError."""
    return _read(_POLICY, frozenset(Policy.__dataclass_fields__), path, {})


def read_calendar(path: Path) -> Calendar:
    """A calendar file with `from`, `to`, `holidays` and `working_weekends`. Raises FaultyFile, OSError."""
    return _read(_CALENDAR, frozenset(Calendar.__dataclass_fields__), path, CALENDAR_WORDS)


def _read(adapter: TypeAdapter[T], names: frozenset[str], path: Path, words: dict[str, str]) -> T:
    try:
        document = read_yaml(path.read_bytes())
    except Inexact as error:
        raise FaultyFile(path.name, [error.fault]) from None
    value = document.value
    if not isinstance(value, dict):
        raise FaultyFile(path.name, [Fault((), "dict_type", *_NO_MAPPING, line=1)])
    unknown = [name for name in value if words.get(name, name) not in names or name in words.values()]
    faults = [_placed(Fault((name,), "extra_forbidden", *UNKNOWN_FIELD), document) for name in unknown]
    known = {words.get(name, name): value[name] for name in map(str, value) if name not in unknown}
    try:
        checked = adapter.validate_python(known)
    except ValidationError as error:
        faults += [_named(fault, document, words) for fault in faults_of(error)]
    if faults:
        raise FaultyFile(path.name, faults)
    return checked


def _named(fault: Fault, document: ParsedText, words: dict[str, str]) -> Fault:
    """The fault under the name that stands in the file."""
    names: dict[str | int, str] = {after: before for before, after in words.items()}
    loc = tuple(names.get(part, part) for part in fault.loc)
    return _placed(Fault(loc, fault.rule, fault.zh, fault.en), document)


def _placed(fault: Fault, document: ParsedText) -> Fault:
    return Fault(fault.loc, fault.rule, fault.zh, fault.en, line_of(fault.loc, document.lines))
