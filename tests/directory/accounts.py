"""A provider of accounts in memory: what Keycloak does with them (test_keycloak.py), as far as the directory asks."""

from __future__ import annotations

from dataclasses import dataclass, field

from directory.accounts import AccountsUnavailable, IssuedAccount, UsernameTaken, claims_of, temporary_password
from directory.persons import Person


@dataclass
class HeldAccount:
    username: str
    password: str
    role: str
    claims: dict[str, str]
    enabled: bool = True


@dataclass
class AccountsInMemory:
    """Accounts by id; `down` is a provider that does not answer."""

    held: dict[str, HeldAccount] = field(default_factory=dict)
    down: bool = False

    def _answers(self) -> None:
        if self.down:
            raise AccountsUnavailable("down")

    async def make(self, person: Person, username: str) -> IssuedAccount:
        self._answers()
        if username in {one.username for one in self.held.values()}:
            raise UsernameTaken(username)
        account, password = f"account-{len(self.held) + 1}", temporary_password()
        self.held[account] = HeldAccount(username, password, person.role, claims_of(person), person.active)
        return IssuedAccount(account, username, password)

    async def describe(self, person: Person) -> None:
        self._answers()
        one = self.held[person.account or ""]
        one.role, one.claims = person.role, claims_of(person)

    async def set_enabled(self, account: str, enabled: bool) -> None:
        self._answers()
        self.held[account].enabled = enabled

    async def reset(self, person: Person) -> IssuedAccount:
        self._answers()
        one = self.held[person.account or ""]
        one.password = temporary_password()
        return IssuedAccount(person.account or "", one.username, one.password)

    async def remove(self, account: str) -> None:
        self._answers()
        self.held.pop(account, None)
