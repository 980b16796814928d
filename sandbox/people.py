"""The sandbox's people, read off the programme files: an account per unit and leader, and those who supervise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from contracts.values import Role
from programmes.programme import Programme
from programmes.programme_file import load_programme

OFFICE = ("o1", "o2", "o3")


@dataclass(frozen=True, slots=True)
class Person:
    """An account: an id, a role, for the role unit its unit, and a label in both languages (never a name)."""

    id: str
    role: Role
    unit: str | None
    label: str
    label_en: str


def people(programmes: Iterable[Programme]) -> dict[str, Person]:
    """All accounts by id, those who supervise first."""
    found = [Person(one, "office", None, f"督查室 {one}", f"supervision office {one}") for one in OFFICE]
    found.append(Person("chief", "chief", None, "区政府主要领导", "chief leader"))
    found.append(Person("auditor", "auditor", None, "审计", "auditor"))
    for programme in programmes:
        for leader in programme.leaders:
            found.append(Person(leader.id, "leader", None, leader.label, f"leader in charge, {leader.id}"))
        for unit in programme.units:
            if unit.kind != "office":
                found.append(Person(f"u-{unit.id}-1", "unit", unit.id, unit.name, f"unit {unit.id}"))
    return {person.id: person for person in found}


def programmes_in(folder: Path) -> list[Programme]:
    """The programme files of a folder; calendars and books of scenarios are left aside."""
    return [load_programme(path) for path in sorted(folder.glob("*.yaml")) if _is_programme(path)]


def _is_programme(path: Path) -> bool:
    return any(line.startswith("programme:") for line in path.read_text(encoding="utf-8").splitlines())
