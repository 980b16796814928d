"""What the sign-in provider holds of a person: credentials, and the claims that its tokens make of them.

A person needs no account here where another provider, such as a government sign-on, knows them.
"""

from __future__ import annotations

import secrets
from typing import Final, NamedTuple, Protocol

from directory.persons import Person, PersonRole

SECOND_FACTOR: Final[frozenset[PersonRole]] = frozenset({"office", "auditor"})
"""Roles that set up a one-time password before anything else."""
_LETTERS: Final = ("abcdefghijkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789")
"""Without those that look like another one: whoever gets a temporary password copies it from paper."""


class AccountsUnavailable(Exception):
    """The provider does not answer, or not as it should; the text is for the operator."""


class UsernameTaken(Exception):
    """The provider has an account of that name already."""


class IssuedAccount(NamedTuple):
    """A new account: the provider's id for it, and a password for the first sign-in, shown once and kept nowhere."""

    account: str
    username: str
    password: str


class Accounts(Protocol):
    """Accounts at one provider. Every method raises AccountsUnavailable."""

    async def make(self, person: Person, username: str) -> IssuedAccount:
        """An account whose first sign-in sets a password of its own. Raises UsernameTaken."""
        ...

    async def describe(self, person: Person) -> None:
        """Let the account of a person make the claims that the directory says now."""
        ...

    async def set_enabled(self, account: str, enabled: bool) -> None:
        """Let somebody sign in, or no longer; whoever is signed in is signed out."""
        ...

    async def reset(self, person: Person) -> IssuedAccount:
        """New credentials as for a new account; whoever is signed in is signed out."""
        ...

    async def remove(self, account: str) -> None:
        """The account is gone; one that is gone already is no error."""
        ...


def temporary_password() -> str:
    """Sixteen letters and digits of all three kinds in groups of four: about 90 bits."""
    drawn = [secrets.choice(kind) for kind in _LETTERS]
    drawn += [secrets.choice("".join(_LETTERS)) for _ in range(16 - len(drawn))]
    secrets.SystemRandom().shuffle(drawn)
    return "-".join("".join(drawn[start : start + 4]) for start in range(0, 16, 4))


def claims_of(person: Person) -> dict[str, str]:
    """What a token says of a person beside the role: attributes of the account, by name."""
    told = {"person": person.actor, "jurisdiction": person.jurisdiction}
    return told | ({"unit": person.unit, "head": str(person.head).lower()} if person.unit else {})
