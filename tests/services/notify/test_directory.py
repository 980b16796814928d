"""Contacts come from a file by role; it can change, and be erased from, without touching the log."""

from __future__ import annotations

from pathlib import Path

import pytest

from directory.contacts_file import ContactsFile, DirectoryFault
from services.notify.notices.directory import Directory

FILE = """
contacts:
  office: ducha@office.test
  "unit:*": "{id}@units.test"
  "unit:shuiwu": [{id: head, mail: head@shuiwu.test}, {id: desk, mail: desk@shuiwu.test, webhook: w-1}]
programmes:
  9-2024:
    contacts:
      "unit:*": "{id}@{programme}.test"
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    made = tmp_path / "directory.yaml"
    made.write_text(FILE)
    return made


def test_a_role_of_its_own_goes_before_the_pattern_and_a_programmes_contacts_before_the_common_ones(
    place: Path,
) -> None:
    directory = Directory(ContactsFile(place))
    assert directory.contacts("1-2024", "office") == {"1": {"mail": "ducha@office.test"}}
    assert directory.contacts("1-2024", "unit:nongye") == {"1": {"mail": "nongye@units.test"}}
    assert directory.contacts("9-2024", "unit:nongye") == {"1": {"mail": "nongye@9-2024.test"}}
    assert directory.contacts("9-2024", "office") == {"1": {"mail": "ducha@office.test"}}
    assert directory.contacts("1-2024", "chief") == {}


def test_every_contact_of_a_role_is_reached_on_the_channels_that_it_has(place: Path) -> None:
    directory = Directory(ContactsFile(place))
    assert directory.reachable("1-2024", "unit:shuiwu", "mail") == ["head", "desk"]
    assert directory.reachable("1-2024", "unit:shuiwu", "webhook") == ["desk"]
    assert directory.address("1-2024", "unit:shuiwu", "mail", "desk") == "desk@shuiwu.test"


def test_a_contact_that_was_erased_has_no_address_any_more(place: Path) -> None:
    directory = Directory(ContactsFile(place))
    place.write_text(FILE.replace("{id: head, mail: head@shuiwu.test}, ", ""))
    assert directory.address("1-2024", "unit:shuiwu", "mail", "head") is None
    assert directory.source.problem is None


@pytest.mark.parametrize("broken", ["contacts: [", "[]", "contacts: {office: 7}", "contacts: {office: [{mail: x@y}]}"])
def test_a_file_that_was_broken_is_told_and_the_last_good_one_holds(place: Path, broken: str) -> None:
    directory = Directory(ContactsFile(place))
    place.write_text(broken)
    assert directory.reachable("1-2024", "office", "mail") == ["1"]
    assert directory.source.problem is not None
    place.write_text(FILE.replace("office.test", "newer.test"))
    assert directory.address("1-2024", "office", "mail", "1") == "ducha@newer.test"
    assert directory.source.problem is None


def test_a_service_does_not_start_on_a_broken_directory(place: Path) -> None:
    place.write_text("contacts: [")
    with pytest.raises(DirectoryFault):
        ContactsFile(place)
