"""Units, leaders and aspects of a ledger by name: those of a known programme, or made, always with the same id."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from difflib import get_close_matches
from hashlib import sha256
from typing import Final, TypeVar

from programmes.ledger.model import OfficeLedger
from programmes.ledger.persons import is_person
from programmes.ledger.spelling import same_name
from programmes.programme import AspectEntry, LeaderEntry, ProgrammeFile, UnitEntry

T = TypeVar("T")
DEFAULT_ASPECT: Final = "督查事项"
_NEAR: Final = 0.8
_TOWNSHIP: Final = re.compile(r".*(镇|乡|街道)(人民政府|政府|办事处|办)?$")
_BRANCH: Final = re.compile(r"市.+(分局|支局)$")
_OFFICE: Final = re.compile(r".*督查(室|科|股|组)$")


def units_of(ledger: OfficeLedger, known: ProgrammeFile | None) -> tuple[UnitEntry, ...]:
    """The known programme's units in their order, then those that the ledger brings.

    A new one gets an id from its name, so that the same name gets the same id in every file and year.
    """
    found = list(known.units) if known else []
    names = {same_name(one.name) for one in found}
    return (*found, *(new_unit(name) for name in ledger.units if same_name(name) not in names))


def by_name(names: Iterable[str], ids: Iterable[tuple[str, T]]) -> dict[str, T]:
    """The ids of names, by the very name or else by one that differs in spaces and the width of signs alone."""
    there = dict(ids)
    nearly = {same_name(one): id_ for one, id_ in reversed(there.items())}
    found = {one: there.get(one, nearly.get(same_name(one))) for one in names}
    return {one: id_ for one, id_ in found.items() if id_ is not None}


def new_unit(name: str) -> UnitEntry:
    """A unit by its name alone, always under the same id. Raises ValidationError for a name that is none."""
    return UnitEntry(id=f"u-{_digest(name)}", name=name, kind=_kind(name))


def new_leader(label: str) -> LeaderEntry:
    """A leader by what he or she is in charge of, always under the same id. Raises ValidationError."""
    return LeaderEntry(id=f"l-{_digest(label)}", label=label, aspects=())


def similar(name: str, known: Iterable[str]) -> str:
    """The name that is nearly this one, and so may be the same written otherwise; empty where there is none."""
    found = get_close_matches(name, [one for one in known if one != name], 1, _NEAR)
    return found[0] if found else ""


def leaders_of(ledger: OfficeLedger, known: ProgrammeFile | None) -> tuple[tuple[LeaderEntry, ...], dict[str, str]]:
    """The leaders, and the id for each text of the ledger.

    A leader on the log is a role. A person's name stays in the ledger: it becomes 分管领导 with a number, the one that
    led most of the same items in the known programme, else the next free one. Who it is stands in the directory.
    """
    found = {one.id: one for one in known.leaders} if known else {}
    ids = by_name(ledger.leaders, [(one.label, one.id) for one in found.values()])
    for text in ledger.leaders:
        if text not in ids and not is_person(text):
            made = new_leader(text)
            ids[text], found[made.id] = made.id, made
    taken = set(ids.values())
    for text in ledger.leaders:
        if text not in ids:
            ids[text] = _before(text, ledger, known, taken) or _free(found)
            taken.add(ids[text])
            number = ids[text].rpartition("-")[2]
            found.setdefault(ids[text], LeaderEntry(id=ids[text], label=f"分管领导（{number}）", aspects=()))
    return tuple(found.values()), ids


def aspects_of(ledger: OfficeLedger, known: ProgrammeFile | None) -> tuple[tuple[AspectEntry, ...], dict[str, int]]:
    """The aspects, and the number for each name; items without one are under 督查事项."""
    found = list(known.aspects) if known else []
    numbers = {one.number for one in found}
    names = list(dict.fromkeys(item.aspect or DEFAULT_ASPECT for item in ledger.items))
    known_numbers = by_name(names, [(one.name, one.number) for one in found])
    for name in names:
        if name not in known_numbers:
            number = next((one for one in range(1, 100) if one not in numbers), 99)
            numbers.add(number)
            known_numbers[name] = number
            found.append(AspectEntry(number=number, name=name))
    return tuple(found), known_numbers


def _digest(name: str) -> str:
    return sha256(name.encode()).hexdigest()[:10]


def _kind(name: str) -> str:
    if _OFFICE.fullmatch(name):
        return "office"
    return "township" if _TOWNSHIP.fullmatch(name) else "branch" if _BRANCH.fullmatch(name) else "department"


def _before(text: str, ledger: OfficeLedger, known: ProgrammeFile | None, taken: set[str]) -> str | None:
    """Who led the same items in the known programme, if that is no other leader of this ledger."""
    led = {item.id: known.leader_of(item) for item in known.items} if known else {}
    counts = Counter(led.get(item.id) for item in ledger.items if item.leader == text)
    return next((one for one, _ in counts.most_common() if one and one not in taken), None)


def _free(found: dict[str, LeaderEntry]) -> str:
    return next(f"leader-{number}" for number in range(1, len(found) + 2) if f"leader-{number}" not in found)
