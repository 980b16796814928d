"""A person of the directory: an opaque id, where they work and how they are reached; and what can happen to them."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta, timezone
from typing import Final, Literal, get_args

from supervision.words import Word

PersonRole = Literal["office", "unit", "leader", "chief", "auditor"]
ContactWay = Literal["mail", "phone", "wecom", "dingtalk", "feishu", "webhook"]
ROLES_OF_PERSONS: Final[tuple[PersonRole, ...]] = get_args(PersonRole)
WAYS: Final[tuple[ContactWay, ...]] = get_args(ContactWay)
GRANTED: Final[frozenset[PersonRole]] = frozenset({"office", "leader", "chief", "auditor"})
"""Roles that the operator alone gives."""
FORMER: Final = Word("已离任人员", "former member")
LOCAL: Final = timezone(timedelta(hours=8))
"""An absence is told in days of Asia/Shanghai."""
_ID_BYTES: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Days on which somebody is away, the first and the last included; `stand_in` is a person's id."""

    first_on: date
    last_on: date
    stand_in: str | None = None

    def holds(self, on: date) -> bool:
        """Whether that day is one of them."""
        return self.first_on <= on <= self.last_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who works with this system, or did.

    `unit` is set for the role unit alone, `leader` (the programme's id of a leader in charge) for the role leader.
    `channels` are addresses by way. `account` is the sign-in provider's own id for the person, None without an account
    there. `successor` took the work over. An erased person has an id and what they worked as, and nothing else.
    `version` counts the changes; 0 is not stored yet.
    """

    id: str
    jurisdiction: str
    name: str
    role: PersonRole
    unit: str | None = None
    head: bool = False
    leader: str | None = None
    active: bool = True
    erased: bool = False
    channels: Mapping[str, str] = field(default_factory=dict)
    absences: tuple[Absence, ...] = ()
    successor: str | None = None
    account: str | None = None
    version: int = 0

    @property
    def actor(self) -> str:
        """The id by which events name this person: a leader's is that of the programme (docs/decisions/0016)."""
        return self.leader if self.role == "leader" and self.leader else self.id

    @property
    def reference(self) -> str:
        """The role as notices name recipients, e.g. `unit:nongye`, `leader:leader-1`, `office`."""
        return f"{self.role}:{self.unit or self.leader}" if self.role in ("unit", "leader") else self.role

    @property
    def shown(self) -> Word:
        """The name as pages say it."""
        return FORMER if self.erased else Word(self.name, self.name)

    def absence(self, on: date) -> Absence | None:
        """The absence that holds on a day."""
        return next((one for one in self.absences if one.holds(on)), None)


def new_id() -> str:
    """A fresh opaque id, `p-` and 10 base32 letters: 50 bits, so that a million people collide in 1 of 2,000 cases."""
    return f"p-{base64.b32encode(secrets.token_bytes(_ID_BYTES)).decode().lower()[:10]}"


def disabled(person: Person) -> Person:
    """The person can't sign in and is told nothing any more."""
    return replace(person, active=False)


def enabled(person: Person) -> Person:
    """The person is back."""
    return person if person.erased else replace(person, active=True)


def erased(person: Person) -> Person:
    """What is left when a person is erased: the id, which stands on the log, and what they worked as."""
    return replace(person, name="", channels={}, absences=(), account=None, active=False, erased=True)


def handed_over(person: Person, successor: Person, everybody: Iterable[Person]) -> tuple[Person, ...]:
    """Everybody as they are once a successor took over: who left, and those for whom that person stood in.

    The unit's items are the unit's and don't move. Messages that were addressed to whoever left go to the successor.
    """
    moved = [replace(disabled(person), successor=successor.id)]
    for other in everybody:
        absences = tuple(
            replace(one, stand_in=None if other.id == successor.id else successor.id)
            if one.stand_in == person.id
            else one
            for one in other.absences
        )
        if other.id != person.id and absences != other.absences:
            moved.append(replace(other, absences=absences))
    return tuple(moved)
