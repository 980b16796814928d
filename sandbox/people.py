"""The sandbox's people, read off the programme files: a head and a clerk per unit, leaders, and those who supervise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from contracts.values import Role
from programmes.programme import ProgrammeFile
from programmes.programme_file import load_programme

OFFICE = ("o1", "o2", "o3")


@dataclass(frozen=True, slots=True)
class Account:
    """An account: an id, a role, for the role unit its unit, where it may act, and a label in both languages."""

    id: str
    role: Role
    unit: str | None
    label: str
    label_en: str
    jurisdictions: tuple[str, ...] = ()
    head: bool = True
    """Of a unit: whether it is its head, who signs, or somebody who prepares."""


def people(programmes: Iterable[ProgrammeFile]) -> dict[str, Account]:
    """All accounts by id, those who supervise first; who is known to several programmes acts in all of them."""
    found: list[Account] = []
    for programme in programmes:
        where = (programme.programme.rpartition("-")[0],)
        found += [Account(one, "office", None, f"督查室 {one}", f"supervision office {one}", where) for one in OFFICE]
        found.append(Account("chief", "chief", None, "区政府主要领导", "chief leader", where))
        found.append(Account("auditor", "auditor", None, "审计", "auditor", where))
        for leader in programme.leaders:
            found.append(Account(leader.id, "leader", None, leader.label, f"leader in charge, {leader.id}", where))
        for unit in programme.units:
            if unit.kind != "office":
                found.append(Account(f"u-{unit.id}-1", "unit", unit.id, unit.name, f"unit {unit.id}", where))
                clerk = f"{unit.name}（经办人）", f"unit {unit.id}, who prepares"
                found.append(Account(f"u-{unit.id}-2", "unit", unit.id, *clerk, where, head=False))
    known: dict[str, Account] = {}
    for person in sorted(found, key=lambda one: one.role in ("unit", "leader")):
        before = known.setdefault(person.id, person)
        known[person.id] = replace(before, jurisdictions=tuple(sorted({*before.jurisdictions, *person.jurisdictions})))
    return known


def programmes_in(folder: Path) -> list[ProgrammeFile]:
    """The programme files of a folder; calendars and books of scenarios are left aside."""
    return [load_programme(path) for path in sorted(folder.glob("*.yaml")) if _is_programme(path)]


def _is_programme(path: Path) -> bool:
    return any(line.startswith("programme:") for line in path.read_text(encoding="utf-8").splitlines())
