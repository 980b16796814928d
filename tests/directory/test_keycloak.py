"""Accounts at the real sign-in server with the real realm, from the first day to the last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from directory.accounts import AccountsUnavailable, UsernameTaken
from directory.keycloak import KeycloakAccounts
from directory.persons import Person as DirectoryPerson
from embedded.child_process import LOOPBACK
from embedded.keycloak_part import DIRECTORY_SECRET
from embedded.realm import REALM
from embedded.realm_clients import DIRECTORY_CLIENT
from embedded.secret_files import secret
from embedded.stack import Stack
from tests.directory.people import HERE, clerk
from tests.embedded.sign_in import Person, admin_of, program_token

pytestmark = [pytest.mark.services, pytest.mark.timeout(600)]
OWN = "a password of my own"


@pytest.fixture
def person(keycloak: Stack) -> Iterator[Person]:
    with Person(keycloak) as person:
        yield person


@pytest.fixture
def accounts(keycloak: Stack) -> KeycloakAccounts:
    return KeycloakAccounts(realm_of(keycloak), DIRECTORY_CLIENT, secret(keycloak.home, DIRECTORY_SECRET))


def realm_of(stack: Stack) -> str:
    """The realm as the services reach it."""
    return f"{stack.urls['keycloak']}/identity/realms/{REALM}"


def account(stack: Stack, id_: str) -> Any:
    """What the server's own administrator sees of an account, None once it is gone."""
    with admin_of(stack) as admin:
        return admin.find(f"/{REALM}/users/{id_}")


async def test_an_account_from_its_first_day_to_its_last(
    keycloak: Stack, person: Person, accounts: KeycloakAccounts
) -> None:
    known = clerk("p-accountone", head=True)
    made = await accounts.make(known, "accountone")
    with pytest.raises(UsernameTaken):
        await accounts.make(known, "accountone")
    person.sign_in("accountone", made.password)
    assert person.at_provider, "the temporary password alone was enough"
    person.send(**{"password-new": OWN, "password-confirm": OWN})
    assert "p-accountone" in person.who
    assert "nongye" in person.who
    person.sign_out()

    known = replace(known, account=made.account, unit="shuiwu", head=False)
    await accounts.describe(known)
    person.sign_in("accountone", OWN)
    assert "shuiwu" in person.who

    await accounts.set_enabled(made.account, False)
    person.open("/")
    assert "p-accountone" not in person.who, "whoever is disabled is signed out of the pages too"
    person.sign_in("accountone", OWN)
    assert person.at_provider
    await accounts.set_enabled(made.account, True)
    person.sign_in("accountone", OWN)
    assert "p-accountone" in person.who

    reset = await accounts.reset(known)
    person.sign_in("accountone", OWN)
    assert person.at_provider, "the old password was taken"
    person.sign_in("accountone", reset.password)
    assert person.at_provider
    assert 'name="password-new"' in person.page.text
    await accounts.remove(made.account)
    await accounts.remove(made.account)
    assert account(keycloak, made.account) is None


async def test_the_office_sets_up_a_second_factor_and_sets_it_up_again_after_a_reset(
    person: Person, accounts: KeycloakAccounts
) -> None:
    known = DirectoryPerson(id="p-officetwo", jurisdiction=HERE, name="督", role="office")
    made = await accounts.make(known, "officetwo")
    person.sign_in("officetwo", made.password)
    _first_steps(person)
    assert "p-officetwo" in person.who
    reset = await accounts.reset(replace(known, account=made.account))
    person.sign_in("officetwo", reset.password)
    _first_steps(person)
    assert "p-officetwo" in person.who


def _first_steps(person: Person) -> None:
    """A password of one's own and the second factor, in the order in which the server asks for them."""
    for _ in range(2):
        assert person.at_provider
        if "totpSecret" in person.page.text:
            person.set_up_second_factor()
        else:
            person.send(**{"password-new": f"{OWN} 2", "password-confirm": f"{OWN} 2"})
        if not person.at_provider:
            return


def test_the_directorys_client_can_neither_be_somebody_else_nor_see_clients(keycloak: Stack) -> None:
    told = program_token(keycloak, DIRECTORY_CLIENT, secret(keycloak.home, DIRECTORY_SECRET)).json()
    headers, admin = (
        {"Authorization": f"Bearer {told['access_token']}"},
        realm_of(keycloak).replace("/realms/", "/admin/realms/"),
    )
    (somebody, *_) = httpx.get(f"{admin}/users", headers=headers, timeout=30, trust_env=False).json()
    path = f"{admin}/users/{somebody['id']}/impersonation"
    assert httpx.post(path, headers=headers, timeout=30, trust_env=False).status_code == 403
    assert httpx.get(f"{admin}/clients", headers=headers, timeout=30, trust_env=False).status_code == 403


async def test_a_provider_that_does_not_answer_or_refuses_is_told_and_leaves_no_half_account(
    keycloak: Stack, accounts: KeycloakAccounts
) -> None:
    known = clerk("p-accountfour")
    for other in (
        KeycloakAccounts(realm_of(keycloak), DIRECTORY_CLIENT, "another secret"),
        KeycloakAccounts(f"http://{LOOPBACK}:1/realms/{REALM}", DIRECTORY_CLIENT, "any"),
    ):
        with pytest.raises(AccountsUnavailable):
            await other.make(known, "accountfour")
    with pytest.raises(AccountsUnavailable, match="has no role"):
        await accounts.make(replace(known, role="king"), "accountfour")  # type: ignore[arg-type]
    assert (await accounts.make(known, "accountfour")).username == "accountfour"
