"""Forms for one unit, one leader, one item of a draft: what a part says as fields, and fields as a part."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, Final, Literal, TypeVar

from pydantic import BaseModel, ValidationError

from contracts.values import AS_PUBLISHED, Leader, Unit
from exact.faults import Fault, faults_of
from programmes.ledger.draft import year_of
from programmes.ledger.names import new_leader, new_unit, similar
from programmes.ledger.persons import is_person
from programmes.programme import ItemEntry, LeaderEntry, UnitEntry
from services.intake.pages.form_body import FormFields
from services.intake.programme_drafts.draft import ProgrammeDraft
from services.intake.programme_drafts.ledger_import import KnownNames

Entry = TypeVar("Entry", bound=BaseModel)
PartName = Literal["units", "leaders", "items"]
PARTS: Final[tuple[PartName, ...]] = ("units", "leaders", "items")
SPARE: Final = 2
"""Empty rows for indicators below those that are there."""
MAX_INDICATORS: Final = 50
_INDICATOR: Final = ("name", "comparator", "target", "unit", "note")
_NAME: Final[Mapping[PartName, Callable[[Any], str]]] = {
    "units": attrgetter("name"),
    "leaders": attrgetter("label"),
}


class FaultyPart(ValueError):
    """A part of a draft that breaks rules, each fault at its field of the form."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__()
        self.faults = faults


def entries_of(draft: ProgrammeDraft, part: PartName) -> tuple[Any, ...]:
    """The units, leaders or items of a draft."""
    found: tuple[Any, ...] = getattr(draft, part)
    return found


def values_of(entry: BaseModel | None) -> dict[str, Any]:
    """What a part says, by the names of the form's fields; several values as a list."""
    return {} if entry is None else dict(_flat("", entry.model_dump(mode="json")))


def posted_values(fields: FormFields) -> dict[str, Any]:
    """The same of a form as it was sent."""
    several: dict[str, Any] = {name: fields.all(name) for name in ("cooperating_units", "aspects")}
    return fields.named("") | several


def periods_of(draft: ProgrammeDraft, entry: ItemEntry | None) -> list[str]:
    """The periods for which the form of an item asks goals: quarters and the year, and those that it has."""
    year = year_of(draft)
    usual = [f"{year}Q1", f"{year}Q2", f"{year}Q3", f"{year}Q4", str(year)]
    own = {*entry.milestones, *(period for one in entry.indicators for period in one.milestones)} if entry else set()
    return list(dict.fromkeys([*usual, *sorted(own)]))


def part_of(part: PartName, fields: FormFields, before: Any, directory: KnownNames) -> Any:
    """The unit, leader or item that a form says, under the id that it had, or has in the directory. Raises FaultyPart.

    A new name that the directory does not have gets an id made of it.
    """
    match part:
        case "units":
            return _unit(
                fields, before or next((one for one in directory.units if one.name == fields.one("name")), None)
            )
        case "leaders":
            named = next((one for one in directory.leaders if one.label == fields.one("label")), None)
            return _leader(fields, before or named)
        case "items":
            return _item(fields, before)


def known_names(part: PartName, directory: KnownNames) -> list[str]:
    """What the directory calls its units, or its leaders; it knows no items."""
    if part == "items":
        return []
    return [_NAME[part](one) for one in (directory.units if part == "units" else directory.leaders)]


def ask_if_similar(
    part: PartName, before: Any, made: Any, fields: FormFields, draft: ProgrammeDraft, directory: KnownNames
) -> None:
    """Ask once about a name that is new and nearly another one's. Raises FaultyPart."""
    if part == "items" or fields.one("same") == "yes" or (before and _NAME[part](before) == _NAME[part](made)):
        return
    name, own = _NAME[part](made), {_NAME[part](one) for one in entries_of(draft, part) if one.id != made.id}
    there = own.union(known_names(part, directory))
    if name not in there and (near := similar(name, there)):
        said = (
            f"与“{near}”相近；是同一个请改名，确为另一个请勾选",
            f"nearly {near}: rename it, or tick",
        )
        raise FaultyPart(Fault(("same",), "similar", *said))


def _unit(fields: FormFields, before: UnitEntry | Unit | None) -> UnitEntry:
    name = fields.one("name")
    first = before or _checked(lambda: new_unit(name))
    kind = fields.one("kind") or (before or first).kind
    return _checked(lambda: _valid(UnitEntry, {"id": first.id, "name": name, "kind": kind}))


def _leader(fields: FormFields, before: LeaderEntry | Leader | None) -> LeaderEntry:
    label = fields.one("label")
    if is_person(label):
        said = (
            "写职务，不写姓名；是谁请记入人员名册",
            "name the office, not the person: who it is stands in the directory",
        )
        raise FaultyPart(Fault(("label",), "person", *said))
    first = before or _checked(lambda: new_leader(label))
    aspects = [int(one) for one in fields.all("aspects") if re.fullmatch(r"[0-9]{1,2}", one)]
    return _checked(lambda: _valid(LeaderEntry, {"id": first.id, "label": label, "aspects": aspects}))


def _item(fields: FormFields, before: ItemEntry | None) -> ItemEntry:
    rows, numbers = _indicators(fields)
    given: dict[str, Any] = {
        "id": before.id if before else fields.one("id"),
        **{name: fields.one(name) for name in ("task", "category", "lead_unit", "classification", "source", "note")},
        "aspect": int(fields.one("aspect")) if re.fullmatch(r"[0-9]{1,2}", fields.one("aspect")) else None,
        "cooperating_units": fields.all("cooperating_units"),
        "leader": fields.one("leader") or None,
        "due": fields.one("due") or None,
        "indicators": rows,
        "quantified": bool(rows),
        "milestones": fields.named("milestones."),
        "predecessor": _predecessor(fields.one("predecessor")),
    }
    try:
        return ItemEntry.model_validate(given, context=AS_PUBLISHED)
    except ValidationError as error:
        raise FaultyPart(*(_in_its_row(one, numbers) for one in faults_of(error))) from None


def _indicators(fields: FormFields) -> tuple[list[dict[str, Any]], list[int]]:
    """The rows that say anything, and which rows of the form they are."""
    rows, numbers = [], []
    for number in range(MAX_INDICATORS + SPARE):
        at = f"indicators.{number}."
        row: dict[str, Any] = {name: fields.one(at + name) for name in _INDICATOR}
        goals = fields.named(f"{at}milestones.")
        if goals or any(row[name] for name in _INDICATOR if name != "comparator"):
            rows.append({**row, "milestones": goals})
            numbers.append(number)
    return rows, numbers


def _in_its_row(fault: Fault, numbers: list[int]) -> Fault:
    if len(fault.loc) > 1 and fault.loc[0] == "indicators" and isinstance(fault.loc[1], int):
        loc = ("indicators", numbers[fault.loc[1]], *fault.loc[2:])
        return Fault(loc, fault.rule, fault.zh, fault.en)
    if fault.loc[:1] == ("predecessor",):
        said = ("应为 方案编号/事项编号，如 441602-2026/K01", "must be programme/item, such as 441602-2026/K01")
        return Fault(("predecessor",), fault.rule, *said)
    return fault


def _predecessor(text: str) -> dict[str, str] | None:
    programme, _, item = text.partition("/")
    return {"programme": programme.strip(), "item": item.strip()} if text else None


def _valid(kind: type[Entry], given: Mapping[str, Any]) -> Entry:
    return kind.model_validate(dict(given), context=AS_PUBLISHED)


def _checked(make: Callable[[], Entry]) -> Entry:
    try:
        return make()
    except ValidationError as error:
        raise FaultyPart(*faults_of(error)) from None


def _flat(path: str, value: Any) -> list[tuple[str, Any]]:
    """Leaves of a part by their path; `predecessor` as people write it, plain lists as they are."""
    if path == "predecessor":
        return [(path, f"{value['programme']}/{value['item']}" if value else "")]
    if isinstance(value, dict):
        return [leaf for name, one in value.items() for leaf in _flat(f"{path}.{name}" if path else name, one)]
    if isinstance(value, list) and path == "indicators":
        return [leaf for number, one in enumerate(value) for leaf in _flat(f"{path}.{number}", one)]
    return [(path, value if isinstance(value, list) else "" if value is None else str(value))]
