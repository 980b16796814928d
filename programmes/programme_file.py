"""Reads a programme file; the calendar and policy that it names are filled in, every fault is told with its line."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from annotated_types import MaxLen
from pydantic import ValidationError

from contracts.values import AS_PUBLISHED
from exact.faults import Fault, faults_of, line_of
from exact.texts import Inexact, ParsedText, completed, differences, read_json, read_yaml
from programmes.consistency import check
from programmes.policy_file import CALENDAR_WORDS
from programmes.programme import ProgrammeFile

_CALENDAR: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_POLICY: Final = re.compile(r"([A-Za-z0-9][A-Za-z0-9_-]{0,63})@([1-9][0-9]{0,3})")


class FaultyProgramme(ValueError):
    """A programme file that cannot be published, with everything that is wrong."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(f"line {f.line or '?'}: {f.field}: {f.zh} / {f.en}" for f in faults))
        self.faults = faults


def load_programme(path: str | Path, simulated: bool = False) -> ProgrammeFile:
    """The programme in a file; references are looked up beside it. Raises FaultyProgramme, OSError."""
    file = Path(path)
    return read_programme(file.read_bytes(), file.parent, json=file.suffix == ".json", simulated=simulated)


def read_programme(body: bytes, library: Path, *, json: bool = False, simulated: bool = False) -> ProgrammeFile:
    """The programme in a YAML (or JSON) text.

    `calendar: calendar-2024` and `policy: yuancheng-2024@1` are looked up in the folder `library` (`*.yaml`,
    `policies/*.yaml`); `simulated` marks the programme as simulated, whichever of the two the text says.

    Raises:
        FaultyProgramme: with every fault, its field and its line.
    """
    try:
        document = ParsedText(read_json(body)) if json else read_yaml(body)
    except Inexact as error:
        raise FaultyProgramme([error.fault]) from None
    value = document.value
    if isinstance(value, dict):
        if faults := _too_long(value, document):
            raise FaultyProgramme(faults)
        value = _calendar_words({**value, **_filled(document, library)})
    try:
        programme = ProgrammeFile.model_validate(value, context=AS_PUBLISHED)
    except ValidationError as error:
        raise FaultyProgramme(faults_of(error, lines=document.lines)) from None
    understood = programme.model_dump(mode="json", exclude_none=True)
    understood["policy"] = completed(programme.policy, understood["policy"])
    differing = differences(value, understood)
    faults = [replace(fault, line=line_of(fault.loc, document.lines)) for fault in differing]
    if faults := faults + check(programme, document.lines):
        raise FaultyProgramme(faults)
    return programme.model_copy(update={"simulated": True}) if simulated else programme


def _too_long(value: dict[str, Any], document: ParsedText) -> list[Fault]:
    """Lists with more entries than may be, before anything is said about each of those."""
    found = []
    for name, field in ProgrammeFile.model_fields.items():
        most = next((one.max_length for one in field.metadata if isinstance(one, MaxLen)), None)
        given = value.get(name)
        if most is not None and isinstance(given, list) and len(given) > most:
            at, zh, en = (name,), f"至多 {most} 项", f"must have at most {most} entries"
            found.append(Fault(at, "too_long", zh, en, line_of(at, document.lines)))
    return found


def _filled(document: ParsedText, library: Path) -> dict[str, Any]:
    found: dict[str, Any] = {}
    calendar, policy = document.value.get("calendar"), document.value.get("policy")
    if isinstance(calendar, str):
        path = library / f"{calendar}.yaml"
        if not _CALENDAR.fullmatch(calendar) or not path.is_file():
            raise _unknown("calendar", calendar, document)
        found["calendar"] = _read(path, "calendar")
    if isinstance(policy, str):
        found["policy"] = _policy(policy, library / "policies", document)
    return found


def _calendar_words(value: dict[str, Any]) -> dict[str, Any]:
    """The calendar under the names that events use."""
    calendar = value.get("calendar")
    if not isinstance(calendar, dict):
        return value
    return {**value, "calendar": {CALENDAR_WORDS.get(name, name): entry for name, entry in calendar.items()}}


def _policy(reference: str, folder: Path, document: ParsedText) -> Any:
    match = _POLICY.fullmatch(reference)
    if match:
        for path in sorted(folder.glob("*.yaml")):
            value = _read(path, "policy")
            if isinstance(value, dict) and (value.get("id"), value.get("version")) == (match[1], int(match[2])):
                return value
    raise _unknown("policy", reference, document)


def _read(path: Path, part: str) -> Any:
    try:
        return read_yaml(path.read_bytes()).value
    except Inexact as error:
        fault = Fault((part,), error.fault.rule, f"{path.name}：{error.fault.zh}", f"{path.name} {error.fault.en}")
        raise FaultyProgramme([fault]) from None


def _unknown(part: str, reference: str, document: ParsedText) -> FaultyProgramme:
    line = line_of((part,), document.lines)
    return FaultyProgramme(
        [Fault((part,), f"unknown_{part}", f"找不到 {reference[:80]}", f"no such {part}: {reference[:80]}", line)]
    )
