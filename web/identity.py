"""Who asks: the identity that claims prove, by a mapping that is a setting."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeGuard, get_args

from contracts.values import Actor, Role

PERSON: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""An opaque id of the directory; never a name, a number to call or anything with room for them."""
_JURISDICTION: Final = re.compile(r"[0-9]{6}")
_PEOPLE: Final[frozenset[str]] = frozenset(get_args(Role))
DEFAULT_CLAIMS: Final[Mapping[str, str]] = {
    "person": "sub",
    "role": "role",
    "unit": "unit",
    "jurisdiction": "jurisdiction",
    "head": "head",
    "program": "program",
}
"""Where each part of an identity stands among the claims; a dot goes one object deeper."""


class Unauthenticated(Exception):
    """There is nothing that proves who asks; the text says why, for programs, and holds nothing secret."""

    zh: Final = "没有登录或令牌，或者令牌无效、已过期"


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody signed in, or a program: an opaque id, a role, for the role `unit` the unit's id.

    `jurisdictions` are those that it may act in (none named: those of the installation), `head` that it is the head
    (主要负责人) of its unit; no `program` is one.
    """

    id: str
    role: Role
    unit: str | None = None
    jurisdictions: tuple[str, ...] = ()
    head: bool = False
    program: bool = False

    def sent(self, role: str, person: str, unit: str | None) -> bool:
        """Whether an act of such an actor is its own: a leader's by their id, a unit's of all its people."""
        return (role, unit or person) == (self.role, self.unit or self.id)

    @property
    def actor(self) -> Actor:
        """The same person as an event names it."""
        return Actor(role=self.role, id=self.id, unit=self.unit)


@dataclass(frozen=True, slots=True)
class ClaimMapping:
    """How claims become an identity: `paths` where they are not the usual ones (`DEFAULT_CLAIMS`).

    `jurisdictions` are those of the installation: what holds for whom the claims name none.
    """

    paths: Mapping[str, str] = field(default_factory=dict)
    jurisdictions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        unknown = sorted(self.paths.keys() - DEFAULT_CLAIMS.keys())
        if unknown:
            raise ValueError(f"{', '.join(unknown)}: an identity has {', '.join(DEFAULT_CLAIMS)}")
        if not all(_JURISDICTION.fullmatch(one) for one in self.jurisdictions):
            raise ValueError("a jurisdiction is six digits")

    def identity(self, claims: Mapping[str, Any]) -> Identity:
        """The identity that claims prove. Raises Unauthenticated naming what is missing or malformed."""
        found = {name: _at(claims, path) for name, path in {**DEFAULT_CLAIMS, **self.paths}.items()}
        person, unit = found["person"], found["unit"]
        role = next((one for one in _texts(found["role"]) if _is_role(one)), None)
        if role is None:
            raise Unauthenticated("role: names no role of this system")
        if not isinstance(person, str) or not PERSON.fullmatch(person):
            raise Unauthenticated("person: must be an opaque id of letters, digits, dots, dashes and underscores")
        if role == "unit" and not (isinstance(unit, str) and PERSON.fullmatch(unit)):
            raise Unauthenticated("unit: required for the role unit")
        jurisdictions = _texts(found["jurisdiction"])
        if not all(_JURISDICTION.fullmatch(one) for one in jurisdictions):
            raise Unauthenticated("jurisdiction: must be six digits")
        program = _is_true(found["program"])
        return Identity(
            id=person,
            role=role,
            unit=unit if role == "unit" else None,
            jurisdictions=jurisdictions or self.jurisdictions,
            head=role == "unit" and not program and _is_true(found["head"]),
            program=program,
        )


def _at(claims: Mapping[str, Any], path: str) -> Any:
    found: Any = claims
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,) if value else ()
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def _is_true(value: object) -> bool:
    return value is True or value == "true"


def _is_role(value: str) -> TypeGuard[Role]:
    return value in _PEOPLE
