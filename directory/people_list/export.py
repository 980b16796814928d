"""The directory's people as a list that can be imported again, and the empty form with its explanations."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from directory.people_list.headings import ROLE_WORDS, STATUS_WORDS, Column, SheetKind, columns_of, heading
from directory.persons import WAYS, Person
from directory.register import Register
from exact.workbook import write_workbook

_NAMES: Final[dict[SheetKind, str]] = {"persons": "人员", "units": "单位", "leaders": "领导"}
_EXPLAINED: Final = (
    (
        "表头可按任意顺序；没有的列不会改动",
        "Columns may stand in any order; a column that is not there changes nothing",
    ),
    (
        "一列中的空格表示没有，会清除原值",
        "An empty cell of a column says that there is none, and takes away what was there",
    ),
    (
        "人员编号由系统生成；填写后按编号识别，不填则按单位、身份和姓名识别",
        "The person id is made by the system; without one a person is known by unit, role and name",
    ),
    ("单位可写名称或编号", "A unit is named by its name or its id"),
    ("不得含公式", "Formulas are refused"),
)


def export_list(register: Register, jurisdictions: Collection[str]) -> bytes:
    """The people, units and leaders of jurisdictions as an .xlsx; erased persons are left out."""
    units = [(where, unit) for (where, _), unit in sorted(register.units.items()) if where in jurisdictions]
    leaders = [(where, leader) for (where, _), leader in sorted(register.leaders.items()) if where in jurisdictions]
    unit_rows: list[dict[Column, str]] = [
        {"unit_id": unit.id, "unit_name": unit.name, "kind": unit.kind, "jurisdiction": where} for where, unit in units
    ]
    leader_rows: list[dict[Column, str]] = [
        {"leader_id": one.id, "label": one.label, "jurisdiction": where} for where, one in leaders
    ]
    persons = [
        _person(one, register) for where in sorted(jurisdictions) for one in register.of(where) if not one.erased
    ]
    return write_workbook([_sheet("persons", persons), _sheet("units", unit_rows), _sheet("leaders", leader_rows)])


def export_of_units(register: Register, jurisdiction: str) -> bytes:
    """What an office may change: the people of its units."""
    persons = [one for one in register.of(jurisdiction) if one.role == "unit" and not one.erased]
    return write_workbook([_sheet("persons", [_person(one, register) for one in persons])])


def empty_list(register: Register, jurisdiction: str) -> bytes:
    """The form to fill in, with the units that are known and what may stand in each column."""
    units = [unit for (where, _), unit in sorted(register.units.items()) if where == jurisdiction]
    columns = tuple(one for one in columns_of("persons") if one not in ("id", "jurisdiction", "leader"))
    words = [("身份 role", *row[:2]) for row in ROLE_WORDS.values()] + [
        ("状态 status", *row[:2]) for row in STATUS_WORDS.values()
    ]
    explained = [("", *row) for row in _EXPLAINED] + words + [("单位 unit", unit.name, unit.id) for unit in units]
    return write_workbook(
        [("人员", [heading(one) for one in columns], []), ("说明", ["", "中文", "English"], explained)]
    )


def _sheet(kind: SheetKind, rows: Iterable[dict[Column, str]]) -> tuple[str, list[str], list[list[str]]]:
    columns = columns_of(kind)
    return _NAMES[kind], [heading(one) for one in columns], [[row.get(one, "") for one in columns] for row in rows]


def _person(person: Person, register: Register) -> dict[Column, str]:
    unit = register.units.get((person.jurisdiction, person.unit or ""))
    row: dict[Column, str] = {
        "name": person.name,
        "unit": unit.name if unit else "",
        "role": ROLE_WORDS[(person.role, person.head)][0],
        "leader": person.leader or "",
        "jurisdiction": person.jurisdiction,
        "status": STATUS_WORDS[person.active][0],
        "id": person.id,
    }
    return row | {way: person.channels.get(way, "") for way in WAYS}
