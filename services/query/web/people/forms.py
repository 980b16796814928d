"""What is typed into the forms about people, checked field by field."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.types import Message

from directory import plain_text
from directory.persons import WAYS, Absence, Person
from directory.plain_text import Unfit
from directory.register import Register
from exact.characters import FORBIDDEN, forbidden_in, text_fault
from services.query.answers.problem import QueryProblem
from supervision.words import Word

MAX_FORM_BYTES: Final = 64 * 1024
MAX_UPLOAD_BYTES: Final = 1024 * 1024
"""A list of some thousand people; the preview carries it on to the import."""
_LONGEST_ABSENCE_DAYS: Final = 366


@dataclass
class PeopleForm:
    """The text fields of a form, and what is wrong with them by name."""

    values: dict[str, str]
    faults: dict[str, Word] = field(default_factory=dict)

    def one(self, name: str) -> str:
        """A field as it was typed; empty if it is not there."""
        return self.values.get(name, "")

    def checked(self, name: str, check: Callable[[str], str]) -> str:
        """A field as it is used; what is wrong with it is noted."""
        try:
            return check(self.one(name))
        except Unfit as error:
            self.faults[name] = error.why
            return ""

    def fault(self, name: str, zh: str, en: str) -> None:
        """Note what is wrong with a field."""
        self.faults[name] = Word(zh, en)


PostedForm = tuple[PeopleForm, UploadFile | None]


@asynccontextmanager
async def read_form(request: Request, limit: int = MAX_FORM_BYTES) -> AsyncIterator[PostedForm]:
    """The fields of a form and the file that came with it. Raises QueryProblem `too-large`."""
    received = Request(request.scope, _limited(request, limit))
    form: FormData = await received.form(max_fields=40, max_files=1, max_part_size=limit)
    try:
        texts = {name: value.replace("\r\n", "\n") for name, value in form.multi_items() if isinstance(value, str)}
        file = next((value for value in form.values() if isinstance(value, UploadFile) and value.filename), None)
        strange = [("file", file.filename or "")] if file else []
        strange += [(FORBIDDEN.sub("?", name), name) for name in texts]
        if faults := [text_fault((name,), found) for name, text in strange if (found := forbidden_in(text))]:
            raise QueryProblem("text_invalid", faults=faults)
        told = {name: text_fault((name,), found) for name, text in texts.items() if (found := forbidden_in(text))}
        yield PeopleForm(texts, {name: Word(fault.zh, fault.en) for name, fault in told.items()}), file
    finally:
        await form.close()


def person_from(form: PeopleForm, person: Person, register: Register) -> Person:
    """The person as the form says, of a role that the operator gives the addresses alone."""
    channels = {way: form.checked(way, _address(way)) for way in WAYS if form.one(way).strip()}
    changed = replace(person, channels={way: address for way, address in channels.items() if address})
    if person.role != "unit":
        return changed
    unit = form.one("unit")
    if (person.jurisdiction, unit) not in register.units:
        form.fault("unit", "请选择单位", "choose a unit")
    name, head = form.checked("name", plain_text.person_name), form.one("post") == "head"
    others = [one for one in register.persons.values() if one.id != person.id and not one.erased]
    if any((one.name, one.unit) == (name, unit) for one in others if one.role == "unit") and not form.one("same_name"):
        form.fault(
            "same_name", "该单位已有同名人员，确为另一人请勾选", "somebody of this name is there: tick for another one"
        )
    return replace(changed, name=name, unit=unit, head=head)


def absence_from(form: PeopleForm, person: Person, register: Register) -> Absence | None:
    """The days that the form names, None where something is wrong."""
    first_on, last_on = _day(form, "first_on"), _day(form, "last_on")
    stand_in = form.one("stand_in") or None
    there = register.persons.get(stand_in or "")
    if stand_in is not None and (there is None or not there.active or there.id == person.id):
        form.fault("stand_in", "请选择在岗的其他人员", "choose somebody else who is on duty")
    if first_on and last_on and not 0 <= (last_on - first_on).days <= _LONGEST_ABSENCE_DAYS:
        form.fault("last_on", "应不早于开始日，且不超过一年", "must not be before the first day, nor a year after it")
    elif first_on and last_on and any(one.first_on <= last_on and first_on <= one.last_on for one in person.absences):
        form.fault("first_on", "与已登记的离岗时间重叠", "overlaps an absence that is entered already")
    if form.faults or first_on is None or last_on is None:
        return None
    return Absence(first_on=first_on, last_on=last_on, stand_in=stand_in)


def _address(way: str) -> Callable[[str], str]:
    return lambda text: plain_text.address(way, text)


def _day(form: PeopleForm, name: str) -> date | None:
    try:
        return date.fromisoformat(form.one(name))
    except ValueError:
        form.fault(name, "应为日期，如 2024-05-01", "must be a date such as 2024-05-01")
        return None


def filled(person: Person) -> Mapping[str, str]:
    """The fields of the form as the person is now."""
    post = "head" if person.head else "clerk"
    return {"name": person.name, "unit": person.unit or "", "post": post, **person.channels}


def _limited(request: Request, limit: int) -> Callable[[], Any]:
    """The request's body, refused as soon as it is longer than the limit."""
    taken = 0

    async def receive() -> Message:
        nonlocal taken
        message = await request.receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise QueryProblem("too-large", f"{limit} bytes")
        return message

    return receive
