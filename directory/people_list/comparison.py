"""One row of a list beside the directory: whom it means, and what it would change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from typing import Final, Literal

from contracts.values import Unit
from directory.people_list.sheets import ListedPerson, ListProblem
from directory.persons import GRANTED, WAYS, Person, PersonRole
from directory.register import Named, Register
from supervision.words import Word

ImportEffect = Literal["new", "changed", "unchanged"]

_GRANTED: Final = Word("这种身份由运维人员授予（liangdeng people grant）", "the operator grants this role")
_FOREIGN: Final = Word("不是本行政区划", "is another jurisdiction")
_TWICE: Final = Word("此人在表中重复", "this person is in the list twice")
_NO_UNIT: Final = Word(
    "目录中没有这个单位，请先在“单位”表中列出", "is no unit of the directory: list it under `units` first"
)
_NO_LEADER: Final = Word("目录中没有这位领导的编号", "is no leader's id of the directory")
_NEEDS_UNIT: Final = Word("经办人、主要负责人须有单位", "a clerk or head needs a unit")
_NEEDS_LEADER: Final = Word("分管区领导须有领导编号", "a leader needs the id that the programme gives the leader")
_NO_PERSON: Final = Word("目录中没有这个人员编号", "is no person's id of the directory")
_RESERVED: Final = Word("这是领导的编号", "is the id of a leader")
_SAME_NAME: Final = Word("同单位有同名的人，请填写人员编号", "several of this name are there: give the person's id")


class RowRefused(Exception):
    """A row that can't be imported; `problem` says why."""

    def __init__(self, problem: ListProblem) -> None:
        super().__init__(problem.en)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class PreviewedPerson:
    """A row's person as it would be, what the import would do, and which parts it would change."""

    row: ListedPerson
    person: Person
    effect: ImportEffect
    parts: tuple[str, ...] = ()


class RowComparison:
    """Compares one row after the other with the directory and with the units and leaders that the list itself brings.

    With `only` the list is an office's: it may hold people of that jurisdiction's units alone, and no id of its own.
    """

    def __init__(
        self,
        register: Register,
        units: Mapping[Named, Unit],
        leaders: Set[Named],
        *,
        only: str | None,
        make_id: Callable[[], str],
    ) -> None:
        self._register = register
        self._units = units
        self._by_name = {(where, unit.name): unit.id for (where, _), unit in units.items()}
        self._leaders = leaders
        self._only = only
        self._make_id = make_id
        self._seen: set[str] = set()
        self._named: dict[tuple[str, str, str], list[Person]] = {}
        for person in register.persons.values():
            if not person.erased:
                self._named.setdefault((person.jurisdiction, person.reference, person.name), []).append(person)

    def compare(self, row: ListedPerson) -> PreviewedPerson:
        """What a row would do. Raises RowRefused."""
        values = row.values
        where: str = values["jurisdiction"]
        if self._only is not None and where != self._only:
            raise RowRefused(row.problem("jurisdiction", _FOREIGN))
        role, head = self._role(row)
        if self._only is not None and role in GRANTED:
            raise RowRefused(row.problem("role", _GRANTED))
        unit = self._unit(row, where) if role == "unit" else None
        leader = self._leader(row, where) if role == "leader" else None
        wanted = Person(id="", jurisdiction=where, name=values["name"], role=role, unit=unit, head=head, leader=leader)
        known = self._known(row, wanted)
        key = known.id if known else values.get("id") or repr((where, wanted.reference, wanted.name))
        if key in self._seen:
            raise RowRefused(row.problem("name", _TWICE))
        self._seen.add(key)
        if known is None:
            return PreviewedPerson(row, _filled(replace(wanted, id=values.get("id") or self._make_id()), row), "new")
        head = head if values.get("role") else known.head
        person = _filled(replace(known, name=wanted.name, role=role, unit=unit, head=head, leader=leader), row)
        parts = tuple(_changed_parts(known, person))
        return PreviewedPerson(row, person, "changed" if parts else "unchanged", parts)

    def _role(self, row: ListedPerson) -> tuple[PersonRole, bool]:
        given = row.values.get("role")
        if given is not None:
            role: tuple[PersonRole, bool] = given
            return role
        known = self._register.persons.get(row.values.get("id") or "")
        return (known.role, known.head) if known else ("unit", False)

    def _unit(self, row: ListedPerson, where: str) -> str:
        named = row.values.get("unit")
        if named is None:
            raise RowRefused(row.problem("unit", _NEEDS_UNIT))
        found = named if (where, named) in self._units else self._by_name.get((where, named))
        if found is None:
            raise RowRefused(row.problem("unit", _NO_UNIT))
        return str(found)

    def _leader(self, row: ListedPerson, where: str) -> str:
        named = row.values.get("leader")
        if named is None:
            raise RowRefused(row.problem("leader", _NEEDS_LEADER))
        if (where, named) not in self._leaders:
            raise RowRefused(row.problem("leader", _NO_LEADER))
        return str(named)

    def _known(self, row: ListedPerson, wanted: Person) -> Person | None:
        id_ = row.values.get("id")
        if id_ is None:
            same = self._named.get((wanted.jurisdiction, wanted.reference, wanted.name), [])
            if len(same) > 1:
                raise RowRefused(row.problem("name", _SAME_NAME))
            return same[0] if same else None
        found = self._register.persons.get(id_)
        foreign = found is not None and (found.jurisdiction != wanted.jurisdiction or found.erased)
        beyond = self._only is not None and (found is None or found.role in GRANTED)
        if foreign or beyond:
            raise RowRefused(row.problem("id", _NO_PERSON))
        if (wanted.jurisdiction, id_) in self._leaders:
            raise RowRefused(row.problem("id", _RESERVED))
        return found


def _filled(person: Person, row: ListedPerson) -> Person:
    """With the addresses and the status that the row's columns say; what has no column stays."""
    channels: dict[str, str] = {}
    for way in WAYS:
        address = row.values[way] if way in row.values else person.channels.get(way)
        if address is not None:
            channels[way] = address
    status = row.values.get("status")
    return replace(person, channels=channels, active=person.active if status is None else status)


def _changed_parts(before: Person, after: Person) -> Iterator[str]:
    for part in ("name", "role", "unit", "head", "leader", "active"):
        if getattr(before, part) != getattr(after, part):
            yield part
    for way in WAYS:
        if before.channels.get(way) != after.channels.get(way):
            yield way
