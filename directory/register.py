"""The whole directory at one moment: jurisdictions, units, leaders, persons, and mailboxes that are nobody's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from contracts.values import Leader, Unit
from directory.persons import GRANTED, Person
from supervision.words import Word

Named = tuple[str, str]
"""A jurisdiction and an id inside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedContact:
    """Addresses of a role that belong to no person, such as an office's mailbox.

    `scope` is a programme's id, a jurisdiction, or empty for everywhere; `reference` a role such as `unit:nongye` or
    `unit:*`; `{id}` and `{programme}` in an address stand for what is asked for.
    """

    scope: str
    reference: str
    id: str
    channels: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A unit's system that acts by itself: its client at the sign-in provider has the same id."""

    id: str
    jurisdiction: str
    unit: str
    active: bool = True


@dataclass(frozen=True, kw_only=True)
class Register:
    """Everything at one `revision`; units and leaders are known by jurisdiction and id."""

    revision: int = 0
    jurisdictions: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[Named, Unit] = field(default_factory=dict)
    leaders: Mapping[Named, Leader] = field(default_factory=dict)
    persons: Mapping[str, Person] = field(default_factory=dict)
    shared: tuple[SharedContact, ...] = ()
    programs: Mapping[str, Program] = field(default_factory=dict)

    @cached_property
    def by_reference(self) -> Mapping[Named, tuple[Person, ...]]:
        """Persons on duty by jurisdiction and role, as `Person.reference` says it, in the order of their ids."""
        found: dict[Named, list[Person]] = {}
        for person in sorted(self.persons.values(), key=lambda one: one.id):
            if person.active:
                found.setdefault((person.jurisdiction, person.reference), []).append(person)
        return {key: tuple(persons) for key, persons in found.items()}

    @cached_property
    def shared_by_reference(self) -> Mapping[Named, tuple[SharedContact, ...]]:
        """Shared contacts by scope and role."""
        found: dict[Named, list[SharedContact]] = {}
        for contact in self.shared:
            found.setdefault((contact.scope, contact.reference), []).append(contact)
        return {key: tuple(contacts) for key, contacts in found.items()}

    @cached_property
    def _by_actor(self) -> Mapping[Named, Person]:
        found: dict[Named, Person] = {}
        for person in self.persons.values():
            key = (person.jurisdiction, person.actor)
            if key not in found or person.active:  # of a leader's successive persons the one in office
                found[key] = person
        return found

    def actor(self, jurisdiction: str, id_: str) -> Person | None:
        """Who is meant by an event's actor in a programme of this jurisdiction."""
        return self._by_actor.get((jurisdiction, id_))

    def admits(self, jurisdictions: Iterable[str], id_: str, *, program: bool = False) -> bool:
        """Whether somebody may still come in: who is not in the directory may, who is disabled there may not."""
        if program and id_ in self.programs and not self.programs[id_].active:
            return False
        known = [person for where in jurisdictions if (person := self.actor(where, id_)) is not None]
        return not known or any(person.active for person in known)

    def stands_in_for_head(self, jurisdictions: Iterable[str], id_: str, unit: str, today: date) -> bool:
        """Whether somebody is named for a head of their unit who is away on this day."""
        for where in jurisdictions:
            me = self.actor(where, id_)
            if me is None or not me.active or me.unit != unit:
                continue
            colleagues = (one for one in self.persons.values() if (one.jurisdiction, one.unit) == (where, unit))
            away = (one.absence(today) for one in colleagues if one.head and one.id != me.id)
            if any(one is not None and one.stand_in == me.id for one in away):
                return True
        return False

    def person_names(self, jurisdictions: Iterable[str]) -> dict[str, Word]:
        """The names of these jurisdictions' persons, by the ids that events have."""
        wanted = frozenset(jurisdictions)
        return {id_: person.shown for (where, id_), person in self._by_actor.items() if where in wanted}

    def of(self, jurisdiction: str) -> list[Person]:
        """The persons of a jurisdiction: by role, unit and name."""
        found = [person for person in self.persons.values() if person.jurisdiction == jurisdiction]
        return sorted(found, key=lambda one: (one.role in GRANTED, one.reference, not one.head, one.name, one.id))
