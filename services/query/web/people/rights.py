"""Who may do what to people: those of an office to the people of their own jurisdiction's units."""

from __future__ import annotations

from typing import Final, Literal

from directory.persons import GRANTED, Person
from services.query.answers.problem import QueryProblem
from web.identity import Identity

PeopleOperation = Literal[
    "people.list",
    "people.add",
    "people.change",
    "people.disable",
    "people.reset",
    "people.hand_over",
    "people.import",
]
_READING: Final = frozenset({"people.list"})
_CONTACTS: Final = frozenset({"people.list", "people.change"})
"""Of whom the operator gave a role, an office sees to the addresses and absences alone."""


def require(operation: PeopleOperation, identity: Identity | None) -> Identity:
    """Who asks, if their role may do it to anybody. Raises QueryProblem `sign-in-required`, `forbidden`."""
    if identity is None or identity.role == "alarm":
        raise QueryProblem("sign-in-required")
    if identity.role != "office" and not (identity.role == "auditor" and operation in _READING):
        raise QueryProblem("forbidden")
    return identity


def may(operation: PeopleOperation, identity: Identity, person: Person) -> bool:
    """Whether somebody whose role may do it may do it to this person, whom they may see."""
    if identity.role != "office":
        return operation in _READING
    return person.role not in GRANTED or operation in _CONTACTS


def own_jurisdiction(identity: Identity, asked: str) -> str:
    """The jurisdiction that is asked about, the first of one's own unless named. Raises QueryProblem `not-found`."""
    if asked and asked not in identity.jurisdictions:
        raise QueryProblem("not-found")
    if not identity.jurisdictions:
        raise QueryProblem("not-found", "no jurisdiction")
    return asked or identity.jurisdictions[0]
