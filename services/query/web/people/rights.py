"""Who may do what to people: the table (supervision/rights.py), and whose roles the operator alone sees to."""

from __future__ import annotations

from typing import Final, Literal

from directory.persons import GRANTED, Person
from services.query.answers.problem import QueryProblem
from supervision.right import asker_of
from supervision.rights import answer
from web.identity import Identity
from web.rights import require

PeopleOperation = Literal[
    "people.list",
    "people.add",
    "people.change",
    "people.disable",
    "people.reset",
    "people.hand_over",
    "people.import",
    "units.add",
]
_CONTACTS: Final = frozenset({"people.list", "people.change"})
"""Of whom the operator gave a role, an office sees to the addresses and absences alone."""


def may(operation: PeopleOperation, identity: Identity, person: Person) -> bool:
    """Whether somebody may do it to this person, who is of their jurisdiction."""
    return answer(operation, asker_of(identity.role)).allowed and (person.role not in GRANTED or operation in _CONTACTS)


def own_jurisdiction(operation: PeopleOperation, identity: Identity, asked: str) -> str:
    """The jurisdiction that is asked about, the first of one's own unless named.

    Raises RightDenied for another one, and QueryProblem `not-found` for who has none.
    """
    if asked and asked not in identity.jurisdictions:
        require(operation, answer(operation, asker_of(identity.role), "foreign"))
    if not identity.jurisdictions:
        raise QueryProblem("not-found", "no jurisdiction")
    return asked or identity.jurisdictions[0]
