"""Where a role can be reached: a YAML file, read again when it changes; its addresses never get into the log."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

logger = logging.getLogger(__name__)
Contacts = Mapping[str, Mapping[str, str]]
"""Contact id to addresses by channel."""


class DirectoryFault(ValueError):
    """The file cannot be read as a directory; the text says where."""


class Directory:
    """Contacts of roles, e.g.

        contacts:
          office: ducha@example.test
          "unit:*": "{id}@units.example.test"
          "leader:leader-1": [{id: secretary, mail: one@example.test}]
        programmes:
          441602-2024: {contacts: {"unit:nongye": nongye@example.test}}

    A plain string is the mail address of a contact called `1`; `{id}` stands for what follows the colon of a role.
    The first match holds: the programme's own role, its `kind:*`, the common role, the common `kind:*`.
    """

    def __init__(self, path: str | Path) -> None:
        """Read the file. Raises OSError, DirectoryFault."""
        self._path = Path(path)
        self.problem: str | None = None
        """Why the latest change of the file could not be read; what was read before is still used."""
        self._stamp = self._stat()
        self._common, self._own = _parse(self._path.read_text())

    def contacts(self, programme: str, role: str) -> Contacts:
        """The contacts of a role by their ids; empty if there are none."""
        self._refresh()
        kind, _, id_ = role.partition(":")
        for book in (self._own.get(programme, {}), self._common):
            for key in (role, f"{kind}:*"):
                if key in book:
                    return {
                        contact: {
                            channel: address.replace("{id}", id_).replace("{programme}", programme)
                            for channel, address in addresses.items()
                        }
                        for contact, addresses in book[key].items()
                    }
        return {}

    def reachable(self, programme: str, role: str, channel: str) -> list[str]:
        """Ids of the contacts of a role that have an address on a channel."""
        return [contact for contact, addresses in self.contacts(programme, role).items() if channel in addresses]

    def address(self, programme: str, role: str, channel: str, contact: str) -> str | None:
        """The address as it is now; None if there is none any more."""
        return self.contacts(programme, role).get(contact, {}).get(channel)

    def _stat(self) -> tuple[int, int, int]:
        status = self._path.stat()
        return (status.st_mtime_ns, status.st_ino, status.st_size)

    def _refresh(self) -> None:
        try:
            stamp = self._stat()
            if stamp == self._stamp:
                return
            self._stamp = stamp
            self._common, self._own = _parse(self._path.read_text())
            self.problem = None
        except (OSError, DirectoryFault) as error:
            if self.problem is None:
                logger.error("the directory was not read again: %s", error)
            self.problem = str(error)


def _parse(text: str) -> tuple[dict[str, Contacts], dict[str, dict[str, Contacts]]]:
    try:
        parsed = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise DirectoryFault(f"not YAML: {error}") from None
    if not isinstance(parsed, dict):
        raise DirectoryFault("not a mapping with `contacts` and `programmes`")
    own = parsed.get("programmes") or {}
    if not isinstance(own, dict):
        raise DirectoryFault("programmes: not a mapping")
    return _book(parsed, "contacts"), {str(name): _book(part, f"programmes.{name}") for name, part in own.items()}


def _book(part: Any, where: str) -> dict[str, Contacts]:
    listed = (part.get("contacts") or {}) if isinstance(part, dict) else None
    if not isinstance(listed, dict):
        raise DirectoryFault(f"{where}: no mapping of roles")
    return {str(role): dict(_contacts(entries, f"{where}.{role}")) for role, entries in listed.items()}


def _contacts(entries: Any, where: str) -> Iterator[tuple[str, dict[str, str]]]:
    for index, entry in enumerate(entries if isinstance(entries, list) else [entries], start=1):
        if isinstance(entry, str):
            yield str(index), {"mail": entry}
        elif isinstance(entry, dict) and isinstance(entry.get("id"), str):
            yield entry["id"], {str(name): str(value) for name, value in entry.items() if name != "id"}
        else:
            raise DirectoryFault(f"{where}: a contact is an address or has an `id` and an address per channel")
