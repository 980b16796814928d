"""A file that can be imported: a list of people (.xlsx), contacts by role or a programme with its units (.yaml)."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from contracts.values import Leader, Unit
from directory import plain_text
from directory.contacts_file import DirectoryFault, read_contacts
from directory.people_list.sheets import ListProblem, PeopleList, read_sheets
from directory.plain_text import Unfit
from directory.register import SharedContact
from exact.texts import Inexact, read_yaml
from exact.workbook import UnreadableWorkbook, read_workbook
from programmes import FOLDER
from programmes.programme_file import FaultyProgramme, read_programme

_UNKNOWN: Final = ("应为 .xlsx 或 .yaml 文件", "must be an .xlsx or a .yaml file")


def read_list(name: str, content: bytes, jurisdiction: str = "", library: Path = FOLDER) -> PeopleList:
    """What a file says; contacts without a programme are of the jurisdiction given, of everywhere without one.

    `library` holds the policies and calendars that a programme names.
    """
    ending = name.rpartition(".")[2].lower()
    if ending == "xlsx":
        return _workbook(content, jurisdiction)
    if ending in ("yaml", "yml"):
        return _yaml(name, content, jurisdiction, library)
    return _only_problem(name, *_UNKNOWN)


def _workbook(content: bytes, jurisdiction: str) -> PeopleList:
    try:
        return read_sheets(read_workbook(content), jurisdiction)
    except UnreadableWorkbook as error:
        return _only_problem(
            "", f"不是可以读取的 .xlsx 文件：{error.why.zh}", f"is no readable .xlsx file: {error.why.en}"
        )


def _yaml(name: str, content: bytes, jurisdiction: str, library: Path) -> PeopleList:
    try:
        value = read_yaml(content).value
    except Inexact as error:
        return _only_problem(name, error.fault.zh, error.fault.en)
    if isinstance(value, dict) and "programme" in value:
        return _programme(name, content, library)
    try:
        shared = read_contacts(content)
    except DirectoryFault as error:
        return _only_problem(name, f"不是通讯录：{error}", str(error))
    found = PeopleList()
    for contact in shared:
        scoped = (
            contact
            if contact.scope
            else SharedContact(
                scope=jurisdiction, reference=contact.reference, id=contact.id, channels=contact.channels
            )
        )
        found.problems += _problems(name, scoped)
        found.shared.append(scoped)
        found.scopes.add(scoped.scope)
    return found


def _programme(name: str, content: bytes, library: Path) -> PeopleList:
    try:
        programme = read_programme(content, library)
    except FaultyProgramme as error:
        faults = [
            ListProblem(name, str(one.line or ""), f"{one.field} {one.zh}", f"{one.field} {one.en}")
            for one in error.faults
        ]
        return PeopleList(problems=faults)
    where = programme.jurisdiction.code
    return PeopleList(
        jurisdictions=[(where, programme.jurisdiction.name)],
        units=[(where, Unit(id=one.id, name=one.name, kind=one.kind)) for one in programme.units],
        leaders=[(where, Leader(id=one.id, label=one.label)) for one in programme.leaders],
    )


def _problems(name: str, contact: SharedContact) -> list[ListProblem]:
    """Addresses that are none; what `{id}` stands for is put in before they are looked at."""
    found = []
    for way, address in contact.channels.items():
        try:
            plain_text.address(way, address.replace("{id}", "id").replace("{programme}", "programme"))
        except Unfit as error:
            found.append(ListProblem(name, contact.reference, *error.why))
    return found


def _only_problem(where: str, zh: str, en: str) -> PeopleList:
    return PeopleList(problems=[ListProblem(where, "", zh, en)])
