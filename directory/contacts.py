"""Who can be reached under a role, and where; a stand-in's or a successor's address takes the absent person's place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from contracts.topics import jurisdiction_of
from directory.persons import Person
from directory.register import Register, SharedContact

Contacts = Mapping[str, Mapping[str, str]]
"""Contact id to addresses by channel."""


def contacts_of(register: Register, programme: str, reference: str, on: date) -> Contacts:
    """The contacts of a role, e.g. `unit:nongye`, in a programme on a day; empty if there are none.

    The first match holds: what was entered for the programme, for its jurisdiction (its persons on duty among them),
    for everywhere; in each the role itself, then `kind:*`.
    """
    kind, _, id_ = reference.partition(":")
    jurisdiction = jurisdiction_of(programme)
    for scope in dict.fromkeys((programme, jurisdiction, "")):
        found: dict[str, Mapping[str, str]] = {}
        if scope and scope == jurisdiction:
            found |= _of_persons(register, register.by_reference.get((jurisdiction, reference), ()), on)
        found |= _of_shared(register.shared_by_reference.get((scope, reference), ()), programme, id_)
        found = found or dict(_of_shared(register.shared_by_reference.get((scope, f"{kind}:*"), ()), programme, id_))
        if found:
            return found
    return {}


def address_of(register: Register, programme: str, reference: str, channel: str, contact: str, on: date) -> str | None:
    """The address of a contact as it is on that day; None if there is none any more."""
    found = contacts_of(register, programme, reference, on).get(contact)
    if found is not None:
        return found.get(channel)
    person = register.persons.get(contact)
    if person is None or person.jurisdiction != jurisdiction_of(programme):
        return None
    # Whoever left since the message was addressed: it goes to the successor, else to nobody.
    there = reached_for(register, person, on)
    return None if there is None or there is person else _told(there).get(channel)


def reached_for(register: Register, person: Person, on: date) -> Person | None:
    """Who is told what is meant for this person on a day: the person, a stand-in, a successor, or nobody."""
    one: Person | None = person
    on_duty, seen = None, set[str]()
    while one is not None and one.id not in seen and one.jurisdiction == person.jurisdiction:
        seen.add(one.id)
        absence = one.absence(on) if one.active else None
        on_duty = one if one.active else on_duty
        if one.active and (absence is None or absence.stand_in is None):
            break
        one = register.persons.get((absence.stand_in if absence else one.successor) or "")
    return on_duty


def _of_persons(register: Register, persons: tuple[Person, ...], on: date) -> dict[str, Mapping[str, str]]:
    """Each person's addresses, an absent one's from the stand-in, unless the stand-in is told anyway."""
    present = {person.id for person in persons if reached_for(register, person, on) is person}
    found: dict[str, Mapping[str, str]] = {}
    for person in persons:
        there = reached_for(register, person, on)
        if there is not None and (there is person or there.id not in present):
            found[person.id] = _told(there)
    return {contact: addresses for contact, addresses in found.items() if addresses}


def _told(person: Person) -> Mapping[str, str]:
    """Where a person is sent notices: a telephone is for people to call."""
    return {way: address for way, address in person.channels.items() if way != "phone"}


def _of_shared(contacts: tuple[SharedContact, ...], programme: str, id_: str) -> dict[str, Mapping[str, str]]:
    return {contact.id: dict(_filled(contact, programme, id_)) for contact in contacts}


def _filled(contact: SharedContact, programme: str, id_: str) -> Iterator[tuple[str, str]]:
    for channel, address in contact.channels.items():
        yield channel, address.replace("{id}", id_).replace("{programme}", programme)
