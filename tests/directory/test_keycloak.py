"""Accounts at a real Keycloak: made, changed, disabled, reset and removed by a client that may manage users alone."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from directory.accounts import AccountsUnavailable, UsernameTaken
from directory.keycloak import KeycloakAccounts
from directory.persons import ROLES_OF_PERSONS, Person
from embedded.child_process import LOOPBACK, free_port
from embedded.keycloak import CONSOLE_USER, Keycloak
from embedded.postgres import PostgresServer, forget_private_place
from tests.directory.people import HERE, clerk

pytestmark = [pytest.mark.services, pytest.mark.timeout(900)]
SECRET, ADMIN = "a secret of this test", (CONSOLE_USER, "Admin-of-this-test-1")
CLAIMS = ("person", "unit", "jurisdiction", "head")
START_SECONDS = 600


def _realm() -> dict[str, Any]:
    """Our roles, the directory's client, and one that signs in with a password so that tokens can be looked at."""
    claims = [
        {
            "name": name,
            "protocol": "openid-connect",
            "protocolMapper": "oidc-usermodel-attribute-mapper",
            "config": {"user.attribute": name, "claim.name": name, "access.token.claim": "true"},
        }
        for name in CLAIMS
    ]
    look = {"view": ["admin", "user"], "edit": ["admin"]}
    profile = {
        "unmanagedAttributePolicy": "ADMIN_EDIT",
        "attributes": [{"name": name, "permissions": look} for name in ("username", "email")],
    }
    provider = {"providerId": "declarative-user-profile", "config": {"kc.user.profile.config": [json.dumps(profile)]}}
    return {
        "realm": "liangdeng",
        "enabled": True,
        "passwordPolicy": "length(12) and digits(1) and upperCase(1) and lowerCase(1) and notUsername",
        "roles": {"realm": [{"name": role} for role in ROLES_OF_PERSONS]},
        "clients": [
            {
                "clientId": "liangdeng-directory",
                "secret": SECRET,
                "serviceAccountsEnabled": True,
                "standardFlowEnabled": False,
            },
            {"clientId": "look", "publicClient": True, "directAccessGrantsEnabled": True, "protocolMappers": claims},
        ],
        "users": [
            {
                "username": "service-account-liangdeng-directory",
                "enabled": True,
                "serviceAccountClientId": "liangdeng-directory",
                "clientRoles": {"realm-management": ["manage-users"]},
            }
        ],
        "components": {"org.keycloak.userprofile.UserProfileProvider": [provider]},
    }


@pytest.fixture(scope="module")
def server(servers_folder: Path) -> Iterator[str]:
    """Address of the realm of a Keycloak of this module's own."""
    folder = servers_folder / "keycloak-of-people"
    folder.mkdir()
    folder.chmod(0o711)
    postgres = PostgresServer(folder / "postgres")
    postgres.start()
    postgres.ensure_database("keycloak")
    port = free_port()
    keycloak = Keycloak(
        folder / "keycloak",
        port=port,
        management_port=free_port(),
        origin=f"http://{LOOPBACK}:{port}",
        database_url=postgres.url("keycloak"),
        secret=SECRET,
        password=ADMIN[1],
    )
    try:
        process = keycloak.launch()
        deadline = time.monotonic() + START_SECONDS
        while not keycloak.ready():
            assert process.poll() is None, keycloak.log.read_text()[-3000:]
            assert time.monotonic() < deadline, "Keycloak was not ready"
            time.sleep(0.2)
        _make_realm(keycloak.url)
        yield f"{keycloak.url}/realms/liangdeng"
    finally:
        keycloak.stop()
        postgres.stop()
        forget_private_place(folder / "postgres")


def _make_realm(url: str) -> None:
    told = {"grant_type": "password", "client_id": "admin-cli", "username": ADMIN[0], "password": ADMIN[1]}
    headers = bearer(token(f"{url}/realms/master", None, **told))
    httpx.post(f"{url}/admin/realms", json=_realm(), headers=headers, timeout=60).raise_for_status()


def token(realm: str, auth: tuple[str, str] | None = None, **told: str) -> dict[str, Any]:
    """What the server answers to whoever asks for a token."""
    where = f"{realm}/protocol/openid-connect/token"
    found: dict[str, Any] = httpx.post(where, data=told, auth=auth, timeout=30, trust_env=False).json()
    return found


def sign_in(realm: str, username: str, password: str) -> dict[str, Any]:
    """What the server answers to a user name and a password."""
    return token(realm, grant_type="password", client_id="look", username=username, password=password)


class Console:
    """The server's own administrator, to look at accounts and to play a person who sets a password."""

    def __init__(self, realm: str) -> None:
        root = realm.partition("/realms/")[0]
        told = {"grant_type": "password", "client_id": "admin-cli", "username": ADMIN[0], "password": ADMIN[1]}
        self._headers = bearer(token(f"{root}/realms/master", None, **told))
        self._users = f"{root}/admin/realms/liangdeng/users"

    def account(self, id_: str) -> dict[str, Any] | None:
        answer = httpx.get(f"{self._users}/{id_}", headers=self._headers, timeout=30)
        return answer.json() if answer.is_success else None

    def set_own_password(self, id_: str, password: str) -> None:
        self._put(id_, {**(self.account(id_) or {}), "requiredActions": []})
        self._put(f"{id_}/reset-password", {"type": "password", "value": password, "temporary": False})

    def _put(self, path: str, body: dict[str, Any]) -> None:
        httpx.put(f"{self._users}/{path}", json=body, headers=self._headers, timeout=30).raise_for_status()


def bearer(told: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {told['access_token']}"}


def claims_in(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


async def test_an_account_from_its_first_day_to_its_last(server: str) -> None:
    accounts, console = KeycloakAccounts(server, "liangdeng-directory", SECRET), Console(server)
    person = clerk("p-aaaaaaaaaa", head=True)
    made = await accounts.make(person, "nongye1")
    assert sign_in(server, "nongye1", made.password)["error_description"] == "Account is not fully set up"
    with pytest.raises(UsernameTaken):
        await accounts.make(person, "nongye1")
    console.set_own_password(made.account, "Own-password-1")
    person = replace(person, account=made.account, unit="shuiwu", head=False)
    await accounts.describe(person)
    signed_in = sign_in(server, "nongye1", "Own-password-1")
    claims = claims_in(signed_in["access_token"])
    assert {name: claims[name] for name in CLAIMS} == {
        "person": "p-aaaaaaaaaa",
        "unit": "shuiwu",
        "jurisdiction": HERE,
        "head": "false",
    }
    assert [role for role in claims["realm_access"]["roles"] if role in ROLES_OF_PERSONS] == ["unit"]

    await accounts.set_enabled(made.account, False)
    assert sign_in(server, "nongye1", "Own-password-1")["error_description"] == "Account disabled"
    again = token(server, grant_type="refresh_token", client_id="look", refresh_token=signed_in["refresh_token"])
    assert again["error"] == "invalid_grant", "whoever is disabled is signed out"
    await accounts.set_enabled(made.account, True)
    assert "access_token" in sign_in(server, "nongye1", "Own-password-1")

    reset = await accounts.reset(person)
    assert sign_in(server, "nongye1", "Own-password-1")["error"] == "invalid_grant"
    assert sign_in(server, "nongye1", reset.password)["error_description"] == "Account is not fully set up"
    await accounts.remove(made.account)
    await accounts.remove(made.account)
    assert console.account(made.account) is None


async def test_the_office_and_auditors_set_up_a_second_factor_first(server: str) -> None:
    accounts, console = KeycloakAccounts(server, "liangdeng-directory", SECRET), Console(server)
    for role in ("office", "auditor", "chief"):
        person = Person(id=f"p-{role}", jurisdiction=HERE, name="督", role=role)
        made = await accounts.make(person, role)
        steps = set((console.account(made.account) or {})["requiredActions"])
        assert steps == {"UPDATE_PASSWORD"} | ({"CONFIGURE_TOTP"} if role != "chief" else set())


def test_the_directorys_client_can_neither_be_somebody_else_nor_see_clients(server: str) -> None:
    headers = bearer(token(server, ("liangdeng-directory", SECRET), grant_type="client_credentials"))
    admin = server.replace("/realms/", "/admin/realms/")
    (somebody, *_) = httpx.get(f"{admin}/users", headers=headers, timeout=30).json()
    impersonated = httpx.post(f"{admin}/users/{somebody['id']}/impersonation", headers=headers, timeout=30)
    assert impersonated.status_code == 403
    assert httpx.get(f"{admin}/clients", headers=headers, timeout=30).status_code == 403


async def test_a_provider_that_does_not_answer_or_refuses_is_told_and_leaves_no_half_account(server: str) -> None:
    person = clerk("p-bbbbbbbbbb")
    for accounts in (
        KeycloakAccounts(server, "liangdeng-directory", "another secret"),
        KeycloakAccounts(f"http://{LOOPBACK}:1/realms/liangdeng", "liangdeng-directory", SECRET),
    ):
        with pytest.raises(AccountsUnavailable):
            await accounts.make(person, "nobody")
    accounts = KeycloakAccounts(server, "liangdeng-directory", SECRET)
    with pytest.raises(AccountsUnavailable, match="has no role"):
        await accounts.make(replace(person, role="king"), "half")  # type: ignore[arg-type]
    assert (await accounts.make(person, "half")).username == "half"
