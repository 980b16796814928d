"""Where a role can be reached: asked of the directory each time; its addresses never get into the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Protocol

from directory.contacts import Contacts, address_of, contacts_of
from directory.persons import LOCAL
from directory.register import Register


class ContactSource(Protocol):
    """What the directory's copy (`directory/copy.py`) and a file of contacts (`directory/contacts_file.py`) offer."""

    @property
    def register(self) -> Register:
        """What is known now."""
        ...

    @property
    def problem(self) -> str | None:
        """Why what is known is not what is there; None: it is, or it is only old."""
        ...

    @property
    def known(self) -> bool:
        """Whether anything was ever read."""
        ...

    @property
    def stale(self) -> bool:
        """Whether what is known may not be what is there."""
        ...

    def details(self) -> Mapping[str, str | int | bool | None]:
        """How old it is, for readiness."""
        ...


def _today() -> date:
    return datetime.now(LOCAL).date()


class Directory:
    """The contacts of roles (`directory/contacts.py` says which hold), as they are today."""

    def __init__(self, source: ContactSource, today: Callable[[], date] = _today) -> None:
        self.source = source
        self._today = today

    def contacts(self, programme: str, role: str) -> Contacts:
        """The contacts of a role by their ids; empty if there are none."""
        return contacts_of(self.source.register, programme, role, self._today())

    def reachable(self, programme: str, role: str, channel: str) -> list[str]:
        """Ids of the contacts of a role that have an address on a channel."""
        return [contact for contact, addresses in self.contacts(programme, role).items() if channel in addresses]

    def address(self, programme: str, role: str, channel: str, contact: str) -> str | None:
        """The address as it is now; None if there is none any more."""
        return address_of(self.source.register, programme, role, channel, contact, self._today())
