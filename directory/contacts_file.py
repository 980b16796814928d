"""Contacts by role in a YAML file: read again when it changes, or imported into the directory."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from directory.register import Register, SharedContact
from exact.texts import Inexact, read_yaml

logger = logging.getLogger(__name__)


class DirectoryFault(ValueError):
    """The file cannot be read as a directory; the text says where."""


class ContactsFile:
    """The contacts of a file, e.g.

        contacts:
          office: ducha@example.test
          "unit:*": "{id}@units.example.test"
          "leader:leader-1": [{id: secretary, mail: one@example.test}]
        programmes:
          441602-2024: {contacts: {"unit:nongye": nongye@example.test}}

    A plain string is the mail address of a contact called `1`; `{id}` stands for what follows the colon of a role.
    """

    def __init__(self, path: str | Path) -> None:
        """Read the file. Raises OSError, DirectoryFault."""
        self._path = Path(path)
        self.problem: str | None = None
        """Why the latest change of the file could not be read; what was read before is still used."""
        self._stamp = self._stat()
        self._register = Register(shared=read_contacts(self._path.read_bytes()))

    @property
    def register(self) -> Register:
        """What the file says now."""
        self._refresh()
        return self._register

    @property
    def known(self) -> bool:
        """It was read when it was made."""
        return True

    @property
    def stale(self) -> bool:
        """Whether what is used is not what stands in the file."""
        return self.problem is not None

    def details(self) -> dict[str, str | bool | None]:
        """Whether what is used is what stands in the file."""
        return {"stale": self.stale, "trouble": self.problem}

    def _stat(self) -> tuple[int, int, int]:
        status = self._path.stat()
        return (status.st_mtime_ns, status.st_ino, status.st_size)

    def _refresh(self) -> None:
        try:
            stamp = self._stat()
            if stamp == self._stamp:
                return
            self._stamp = stamp
            self._register = Register(shared=read_contacts(self._path.read_bytes()))
            self.problem = None
        except (OSError, DirectoryFault) as error:
            if self.problem is None:
                logger.error("the directory was not read again: %s", error)
            self.problem = str(error)


def read_contacts(content: bytes) -> tuple[SharedContact, ...]:
    """The contacts of a file's content. Raises DirectoryFault."""
    try:
        parsed = read_yaml(content).value
    except Inexact as error:
        raise DirectoryFault(f"not YAML: {error}") from None
    if not isinstance(parsed, dict):
        raise DirectoryFault("not a mapping with `contacts` and `programmes`")
    own = parsed.get("programmes") or {}
    if not isinstance(own, dict):
        raise DirectoryFault("programmes: not a mapping")
    found = list(_book("", parsed, "contacts"))
    for name, part in own.items():
        found += _book(str(name), part, f"programmes.{name}")
    return tuple(found)


def _book(scope: str, part: Any, where: str) -> Iterator[SharedContact]:
    listed = (part.get("contacts") or {}) if isinstance(part, dict) else None
    if not isinstance(listed, dict):
        raise DirectoryFault(f"{where}: no mapping of roles")
    for role, entries in listed.items():
        for index, entry in enumerate(entries if isinstance(entries, list) else [entries], start=1):
            if isinstance(entry, str):
                yield SharedContact(scope=scope, reference=role, id=str(index), channels={"mail": entry})
            elif isinstance(entry, dict) and isinstance(entry.get("id"), str):
                channels = {str(name): str(value) for name, value in entry.items() if name != "id"}
                yield SharedContact(scope=scope, reference=role, id=entry["id"], channels=channels)
            else:
                raise DirectoryFault(
                    f"{where}.{role}: a contact is an address or has an `id` and an address per channel"
                )
