"""Another sign-on, as the government's, lets people in who have an account here, and our second factor stays."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

import pytest

from embedded.child_process import free_port
from embedded.front import Front
from embedded.realm import REALM
from embedded.realm_setup import add
from embedded.stack import Stack
from tests.embedded.sign_in import PASSWORD, STEP_SECONDS, Person, admin_of, make_account, one_time_code

pytestmark = [pytest.mark.services, pytest.mark.timeout(600), pytest.mark.usefixtures("government")]
OTHER: Final = "government"
THEIRS: Final = "a password of the other sign-on"
SECRET: Final = "of the other sign-on, for a test"


@pytest.fixture(scope="module")
def government(keycloak: Stack) -> Iterator[None]:
    """A realm of its own on the same server, at an address of its own, with an account of everybody here and more."""
    certificates = keycloak.home / "front" / "certificates" / "local" / "localhost"
    port, inside = free_port(), f"{keycloak.urls['keycloak']}/identity/realms/{OTHER}/protocol/openid-connect"
    at = f"https://localhost:{port}/identity"
    front = Front(
        keycloak.home / "government",
        origin=f"https://localhost:{port}",
        routes={"/identity": urlsplit(keycloak.urls["keycloak"]).port or 0},
        certificate=(certificates / "localhost.crt", certificates / "localhost.key"),
    )
    issuer, back = f"{at}/realms/{OTHER}", f"{keycloak.urls['front']}/identity/realms/{REALM}/broker/{OTHER}/endpoint"
    realm = {
        "realm": OTHER,
        "enabled": True,
        "attributes": {"frontendUrl": at},
        "clients": [{"clientId": "liangdeng", "secret": SECRET, "redirectUris": [back], "standardFlowEnabled": True}],
        "users": [_account(name) for name in ("brokered-office", "brokered-clerk", "stranger")],
    }
    config = {
        "clientId": "liangdeng",
        "clientSecret": SECRET,
        "issuer": issuer,
        "useJwksUrl": "true",
        "validateSignature": "true",
        "pkceEnabled": "true",
        "pkceMethod": "S256",
        "syncMode": "FORCE",
        "authorizationUrl": f"{issuer}/protocol/openid-connect/auth",
        "tokenUrl": f"{inside}/token",
        "jwksUrl": f"{inside}/certs",
    }
    provider = {"alias": OTHER, "displayName": "统一身份认证", "providerId": "oidc", "enabled": True, "config": config}
    with admin_of(keycloak) as admin:
        admin.make("", realm)
        add(admin, {"identityProviders": [provider]})
    front.launch()
    began = time.monotonic()
    while not front.ready():
        assert time.monotonic() - began < 60, front.log.read_text()
        time.sleep(0.1)
    yield
    front.stop()
    with admin_of(keycloak) as admin:
        admin.remove(f"/{REALM}/identity-provider/instances/{OTHER}")
        admin.remove(f"/{OTHER}")


def _account(name: str) -> dict[str, Any]:
    credentials = [{"type": "password", "value": THEIRS, "temporary": False}]
    known = {"email": f"{name}@government.test", "firstName": name, "lastName": name}
    return {"username": name, "enabled": True, "credentials": credentials, **known}


@pytest.fixture
def person(keycloak: Stack) -> Iterator[Person]:
    with Person(keycloak) as person:
        yield person


def come_from_there(person: Person, username: str) -> None:
    """Sign in at the other sign-on, up to whatever is asked here then."""
    person.open("/sign-in")
    assert "统一身份认证" in person.page.text
    person.follow(f"/broker/{OTHER}/login")
    if f"/realms/{OTHER}/" in person.page.url.path:
        person.send(username=username, password=THEIRS)


def test_the_office_needs_its_second_factor_here_the_first_time_and_each_time_after(
    keycloak: Stack, person: Person
) -> None:
    make_account(keycloak, "brokered-office", "office", person="p-brokered", jurisdiction="441602")
    come_from_there(person, "brokered-office")
    person.send(username="brokered-office", password="not the password")
    assert person.at_provider, "the account was given to whoever claimed it"
    person.send(username="brokered-office", password=PASSWORD)
    assert person.at_provider, "signed in without a second factor"
    began = time.time()
    key = person.set_up_second_factor()
    assert "p-brokered" in person.who
    person.sign_out()
    come_from_there(person, "brokered-office")
    assert person.at_provider, "the other sign-on alone was enough"
    assert 'name="otp"' in person.page.text
    person.send(otp="000000")
    assert person.at_provider
    person.send(otp=one_time_code(key, began + STEP_SECONDS))
    assert "p-brokered" in person.who


def test_a_clerk_links_the_account_once_and_needs_nothing_more_afterwards(keycloak: Stack, person: Person) -> None:
    make_account(keycloak, "brokered-clerk", "unit", person="p-linked", unit="nongye", jurisdiction="441602")
    come_from_there(person, "brokered-clerk")
    person.send(username="brokered-clerk", password=PASSWORD)
    assert "p-linked" in person.who
    person.sign_out()
    come_from_there(person, "brokered-clerk")
    assert "p-linked" in person.who


def test_whoever_has_no_account_here_gets_none_by_the_other_sign_on(keycloak: Stack, person: Person) -> None:
    come_from_there(person, "stranger")
    assert person.at_provider
    assert person.page.status_code in (400, 401)
    with admin_of(keycloak) as admin:
        assert admin.find(f"/{REALM}/users", username="stranger", exact="true") == []
