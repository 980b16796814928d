"""What an office and the operator do to people: in the directory first, then with their account at the provider."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from directory.accounts import Accounts, AccountsUnavailable, IssuedAccount, UsernameTaken
from directory.people_list.preview import ImportPreview
from directory.persons import Absence, Person, disabled, enabled, erased, handed_over
from directory.store import Changes, DirectoryStore
from supervision.words import Word

NO_PROVIDER = Word("没有配置登录账号的管理", "no provider of accounts is configured")
NOT_REACHED = Word(
    "登录服务没有响应，账号没有改动，请稍后再试", "the sign-in does not answer; the account is as it was, try again"
)
TAKEN = Word("这个登录名已被使用", "this user name is taken")


class Done(NamedTuple):
    """What came of an act: the person as stored, a password to show once, and what did not work at the provider."""

    person: Person
    issued: IssuedAccount | None = None
    trouble: Word | None = None


class Administration:
    """Acts on people.

    Every method takes people as they were read and raises ChangedMeanwhile where they are not so any more, and
    psycopg.Error or PoolTimeout where PostgreSQL does not answer. What the directory says counts at once: services
    refuse whoever is disabled there, also while the provider does not answer and still lets them in.
    """

    def __init__(self, store: DirectoryStore, accounts: Accounts | None) -> None:
        self._store = store
        self._accounts = accounts

    @property
    def has_accounts(self) -> bool:
        """Whether credentials are ours to give."""
        return self._accounts is not None

    async def add(self, person: Person, username: str = "") -> Done:
        """A new person, with an account where a user name is given."""
        stored = await self._stored(person)
        return await self.open_account(stored, username) if username else Done(stored)

    async def open_account(self, person: Person, username: str) -> Done:
        """An account for somebody who has none."""
        if self._accounts is None:
            return Done(person, trouble=NO_PROVIDER)
        try:
            issued = await self._accounts.make(person, username)
        except UsernameTaken:
            return Done(person, trouble=TAKEN)
        except AccountsUnavailable:
            return Done(person, trouble=NOT_REACHED)
        try:
            return Done(await self._stored(replace(person, account=issued.account)), issued)
        except Exception:
            # Nobody would ever find it again.
            await self._accounts.remove(issued.account)
            raise

    async def edit(self, person: Person) -> Done:
        """Whatever was changed of a person; the account then claims the same."""
        stored = await self._stored(person)
        if stored.account is None or self._accounts is None:
            return Done(stored)
        try:
            await self._accounts.describe(stored)
        except AccountsUnavailable:
            return Done(stored, trouble=NOT_REACHED)
        return Done(stored)

    async def disable(self, person: Person) -> Done:
        """Nobody signs in as this person and nothing is sent to them."""
        return await self._set_enabled(await self._stored(disabled(person)))

    async def enable(self, person: Person) -> Done:
        """The person is back."""
        return await self._set_enabled(await self._stored(enabled(person)))

    async def revoke(self, person: Person) -> Done:
        """The role is taken away: the person is disabled, and the account is gone with its credentials."""
        stored = await self._stored(disabled(person))
        if stored.account is None or self._accounts is None:
            return Done(stored)
        try:
            await self._accounts.remove(stored.account)
        except AccountsUnavailable:
            return Done(stored, trouble=NOT_REACHED)
        return Done(await self._stored(replace(stored, account=None)))

    async def reset(self, person: Person) -> Done:
        """New credentials."""
        if self._accounts is None or person.account is None:
            return Done(person, trouble=NO_PROVIDER)
        try:
            return Done(person, await self._accounts.reset(person))
        except AccountsUnavailable:
            return Done(person, trouble=NOT_REACHED)

    async def set_absences(self, person: Person, absences: Iterable[Absence]) -> Done:
        """When the person is away, and who stands in."""
        ordered = tuple(sorted(absences, key=lambda one: one.first_on))
        return Done(await self._stored(replace(person, absences=ordered)))

    async def hand_over(self, person: Person, successor: Person, everybody: Iterable[Person]) -> Done:
        """The successor takes over from whoever leaves (`persons.handed_over`)."""
        moved = handed_over(person, successor, everybody)
        await self._store.write(Changes(persons=moved))
        return await self._set_enabled(_raised(moved[0]))

    async def erase(self, person: Person) -> Done:
        """The account is removed first: an erased person's could not be found any more."""
        if person.account is not None and self._accounts is not None:
            try:
                await self._accounts.remove(person.account)
            except AccountsUnavailable:
                return Done(person, trouble=NOT_REACHED)
        return Done(await self._stored(erased(person)))

    async def import_list(self, preview: ImportPreview) -> list[Done]:
        """Write what a list changes, then let the accounts of whom it changed claim the same."""
        await self._store.write(preview.changes)
        done = []
        for one in preview.changes.persons:
            stored = _raised(one)
            done.append(await self._set_enabled(stored, describe=True) if stored.account else Done(stored))
        return done

    async def _stored(self, person: Person) -> Person:
        await self._store.write(Changes(persons=(person,)))
        return _raised(person)

    async def _set_enabled(self, person: Person, *, describe: bool = False) -> Done:
        if person.account is None or self._accounts is None:
            return Done(person)
        try:
            await self._accounts.set_enabled(person.account, person.active)
            if describe:
                await self._accounts.describe(person)
        except AccountsUnavailable:
            return Done(person, trouble=NOT_REACHED)
        return Done(person)


def _raised(person: Person) -> Person:
    """As it is stored now."""
    return replace(person, version=person.version + 1)
