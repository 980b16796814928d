"""What importing a list would change: new, changed, unchanged, wrong; nothing is written while anything is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from directory.people_list.comparison import ImportEffect, PreviewedPerson, RowComparison, RowRefused
from directory.people_list.sheets import ListProblem, PeopleList
from directory.persons import new_id
from directory.register import Register
from directory.store import Changes
from supervision.words import Word

_TAKEN: Final = Word("此职已有他人在任", "somebody else holds this position")


@dataclass(slots=True)
class ImportPreview:
    """The whole effect of a list on the directory of one `revision`; the counts say what becomes of rows."""

    revision: int
    persons: list[PreviewedPerson] = field(default_factory=list)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    problems: list[ListProblem] = field(default_factory=list)
    changes: Changes = field(default_factory=Changes)

    @property
    def changes_anything(self) -> bool:
        """Whether there is anything to write."""
        return self.changes != Changes()

    def as_dict(self) -> dict[str, Any]:
        """For scripts."""
        return {**self.counts, "problems": [problem._asdict() for problem in self.problems]}


def preview_of(
    listed: PeopleList, register: Register, *, only: str | None = None, make_id: Callable[[], str] = new_id
) -> ImportPreview:
    """Compare a list with the directory; with `only` it may hold that jurisdiction's units' people alone."""
    found = ImportPreview(register.revision, problems=list(listed.problems))
    units = {**register.units, **{(where, unit.id): unit for where, unit in listed.units}}
    leaders = {*register.leaders, *((where, leader.id) for where, leader in listed.leaders)}
    rows = RowComparison(register, units, leaders, only=only, make_id=make_id)
    wrong = listed.wrong
    for row in listed.persons:
        try:
            found.persons.append(rows.compare(row))
        except RowRefused as refused:
            found.problems.append(refused.problem)
            wrong += 1
    if only is not None:
        found.problems += _not_for_an_office(listed)
    found.problems += _held_twice(register, found.persons)
    before = {(one.scope, one.reference, one.id): one for one in register.shared if one.scope in listed.scopes}
    after = {(one.scope, one.reference, one.id): one for one in listed.shared}
    found.counts = {
        "persons": {**_counted(one.effect for one in found.persons), "wrong": wrong},
        "units": _counted(_effect(register.units.get((where, one.id)), one) for where, one in listed.units),
        "leaders": _counted(_effect(register.leaders.get((where, one.id)), one) for where, one in listed.leaders),
        "contacts": {
            **_counted(_effect(before.get(key), one) for key, one in after.items()),
            "gone": len(before.keys() - after.keys()),
        },
    }
    if not found.problems:
        found.changes = Changes(
            jurisdictions=tuple(one for one in listed.jurisdictions if register.jurisdictions.get(one[0]) != one[1]),
            units=tuple(one for one in listed.units if register.units.get((one[0], one[1].id)) != one[1]),
            leaders=tuple(one for one in listed.leaders if register.leaders.get((one[0], one[1].id)) != one[1]),
            persons=tuple(one.person for one in found.persons if one.effect != "unchanged"),
            shared=tuple(listed.shared) if before != after else (),
            scopes=frozenset(listed.scopes) if before != after else frozenset(),
        )
    return found


def _effect(before: object, after: object) -> ImportEffect:
    return "unchanged" if before == after else "new" if before is None else "changed"


def _counted(effects: Iterable[ImportEffect]) -> dict[str, int]:
    counts = Counter(effects)
    return {effect: counts[effect] for effect in ("new", "changed", "unchanged")}


def _not_for_an_office(listed: PeopleList) -> Iterator[ListProblem]:
    if listed.units or listed.leaders or listed.shared:
        yield ListProblem(
            "", "", "这里只导入人员；单位、领导和公用联系方式由运维人员导入", "the operator imports units and leaders"
        )


def _held_twice(register: Register, previewed: list[PreviewedPerson]) -> Iterator[ListProblem]:
    """Leaders in charge that two persons on duty would be."""
    after = {**register.persons, **{one.person.id: one.person for one in previewed}}
    holders = Counter((one.jurisdiction, one.leader) for one in after.values() if one.active and one.leader)
    for one in previewed:
        person = one.person
        if one.effect == "unchanged" or not person.active or not person.leader:
            continue
        if holders[(person.jurisdiction, person.leader)] > 1:
            yield one.row.problem("leader", _TAKEN)
