"""People sign in at a real sign-in server, through the front, over https; programs ask it for their tokens."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from embedded.keycloak_part import DIRECTORY_SECRET, keycloak_part
from embedded.machine_error import MachineError
from embedded.parts import Addresses, Launch
from embedded.program_access import grant_program
from embedded.realm import AFTER_SIGN_ON, FIRST_SIGN_ON, FLOW, PASSWORD_POLICY, REALM, with_refused_passwords
from embedded.realm_clients import DIRECTORY_CLIENT, WEB_CLIENT
from embedded.realm_setup import add
from embedded.secret_files import secret
from embedded.stack import Stack
from tests.embedded.sign_in import PASSWORD, STEP_SECONDS, Person, admin_of, make_account, one_time_code, program_token

OPERATIONS = Path(__file__).parents[2] / "docs/operations.md"
pytestmark = [pytest.mark.services, pytest.mark.timeout(600)]


@pytest.fixture
def person(keycloak: Stack) -> Iterator[Person]:
    with Person(keycloak) as person:
        yield person


def test_a_clerk_signs_in_by_password_and_signing_out_ends_it_at_the_provider_too(
    keycloak: Stack, person: Person
) -> None:
    make_account(keycloak, "clerk", "unit", person="p-clerk", unit="nongye", jurisdiction="441602", head="false")
    person.sign_in("clerk", "not the password")
    assert person.at_provider
    assert "无效的用户名或密码" in person.page.text
    person.send(username="clerk", password=PASSWORD)
    assert str(person.page.url) == f"{person.origin}/"
    assert "p-clerk" in person.who
    assert "nongye" in person.who
    person.sign_out()
    assert "p-clerk" not in person.who
    person.open("/sign-in")
    assert person.at_provider, "the provider still knew the browser"


@pytest.mark.parametrize("role", ["office", "auditor"])
def test_who_decides_for_everybody_sets_up_a_second_factor_and_is_asked_for_it_from_then_on(
    keycloak: Stack, person: Person, role: str
) -> None:
    make_account(keycloak, role, role, person=f"p-{role}", jurisdiction="441602")
    person.sign_in(role)
    assert person.at_provider
    began = time.time()
    key = person.set_up_second_factor()
    assert f"p-{role}" in person.who
    person.sign_out()
    person.sign_in(role)
    assert person.at_provider, "a password alone was enough"
    person.send(otp="000000")
    assert person.at_provider
    # A code is taken once: the next step's is valid already.
    person.send(otp=one_time_code(key, began + STEP_SECONDS))
    assert f"p-{role}" in person.who


def test_an_account_that_is_disabled_is_signed_out_at_once_and_not_let_in_again(
    keycloak: Stack, person: Person
) -> None:
    account = make_account(keycloak, "leaving", "leader", person="leader-1", jurisdiction="441602")
    person.sign_in("leaving")
    assert "leader-1" in person.who
    with admin_of(keycloak) as admin:
        admin.merge(f"/{REALM}/users/{account}", {"enabled": False})
        admin.make(f"/{REALM}/users/{account}/logout", {})
    person.open("/")
    assert "leader-1" not in person.who
    person.sign_in("leaving")
    assert person.at_provider
    assert "账户被禁用" in person.page.text or "已停用" in person.page.text or "禁用" in person.page.text


def test_the_system_of_a_unit_gets_a_token_that_the_services_take_until_its_secret_is_renewed(
    keycloak: Stack, person: Person
) -> None:
    def granted(**options: bool) -> str:
        client, told = grant_program(keycloak.home, url, "nongye", "441602", **{"renew": False, **options})
        assert client == "system-441602-nongye"
        return told

    url, address = f"{keycloak.urls['keycloak']}/identity", f"{person.origin}/v1/programmes"
    first = granted()
    token = program_token(keycloak, "system-441602-nongye", first).json()["access_token"]
    asked = person.http.get(address, headers={"Authorization": f"Bearer {token}"})
    assert asked.status_code == 200, asked.text
    forged = person.http.get(address, headers={"Authorization": f"Bearer {token[:-4]}AAAA"})
    assert forged.status_code == 401
    with pytest.raises(MachineError, match=r"(?s)已存在.*is there already"):
        granted()
    second = granted(renew=True)
    assert second != first
    assert program_token(keycloak, "system-441602-nongye", first).status_code == 401
    assert program_token(keycloak, "system-441602-nongye", second).status_code == 200


@pytest.mark.parametrize(("unit", "jurisdiction"), [("农业", "441602"), ("nongye", "4416"), ("n" * 60, "441602")])
def test_a_system_of_no_unit_is_refused_before_anything_is_asked(unit: str, jurisdiction: str, tmp_path: Path) -> None:
    with pytest.raises(MachineError, match="six digits"):
        grant_program(tmp_path, "http://127.0.0.1:1/identity", unit, jurisdiction, renew=False)


def test_nobody_gets_a_token_for_a_password_and_a_token_of_another_client_opens_nothing(
    keycloak: Stack, person: Person
) -> None:
    make_account(keycloak, "clerk", "unit", person="p-clerk", unit="nongye", jurisdiction="441602")
    address = f"{keycloak.urls['keycloak']}/identity/realms/{REALM}/protocol/openid-connect/token"
    for client, extra in ((WEB_CLIENT, {"client_secret": secret(keycloak.home, "web-client")}), ("admin-cli", {})):
        asked = {"grant_type": "password", "client_id": client, "username": "clerk", "password": PASSWORD, **extra}
        assert httpx.post(address, data=asked, trust_env=False).status_code in (400, 401), client
    directory = program_token(keycloak, DIRECTORY_CLIENT, secret(keycloak.home, DIRECTORY_SECRET)).json()
    asked_with = {"Authorization": f"Bearer {directory['access_token']}"}
    assert person.http.get(f"{person.origin}/v1/programmes", headers=asked_with).status_code == 401


def test_the_directory_may_manage_accounts_and_nothing_else(keycloak: Stack) -> None:
    token = program_token(keycloak, DIRECTORY_CLIENT, secret(keycloak.home, DIRECTORY_SECRET)).json()["access_token"]
    address = f"{keycloak.urls['keycloak']}/identity/admin/realms/{REALM}"
    with httpx.Client(headers={"Authorization": f"Bearer {token}"}, trust_env=False) as http:
        assert http.get(f"{address}/users").status_code == 200
        for forbidden in ("clients", "identity-provider/instances", "components"):
            assert http.get(f"{address}/{forbidden}").status_code == 403, forbidden


@pytest.mark.parametrize(
    "path", ["/identity/admin/", "/identity/admin/realms", "/identity/realms/master", "/identity/metrics", "/identity/"]
)
def test_what_is_the_administrators_is_not_published(person: Person, path: str) -> None:
    assert person.open(path).status_code == 404


def everything(stack: Stack) -> dict[str, Any]:
    """What the realm consists of, but for accounts."""
    with admin_of(stack) as admin:
        clients = sorted(admin.find(f"/{REALM}/clients"), key=lambda one: str(one["clientId"]))
        return {
            "realm": admin.find(f"/{REALM}"),
            "clients": clients,
            "scopes": [admin.find(f"/{REALM}/clients/{one['id']}/scope-mappings") for one in clients],
            "roles": sorted(admin.find(f"/{REALM}/roles"), key=lambda one: str(one["name"])),
            "flows": admin.find(f"/{REALM}/authentication/flows"),
            "profile": admin.find(f"/{REALM}/users/profile"),
            "components": sorted(admin.find(f"/{REALM}/components"), key=lambda one: str(one["id"])),
        }


def without_ids(found: Any) -> Any:
    """The same without the ids of what may be made anew, and without an order where there is none."""
    if isinstance(found, dict):
        return {name: without_ids(value) for name, value in found.items() if name not in ("id", "flowId")}
    if isinstance(found, list):
        return sorted((without_ids(one) for one in found), key=repr)
    return found


def change_by_hand(stack: Stack) -> None:
    """What an administrator may do at the console, thoughtlessly."""
    with admin_of(stack) as admin:
        (web,) = admin.find(f"/{REALM}/clients", clientId=WEB_CLIENT)
        admin.merge(f"/{REALM}", {"registrationAllowed": True, "passwordPolicy": "length(1)", "browserFlow": "browser"})
        admin.merge(f"/{REALM}/clients/{web['id']}", {"redirectUris": ["*"], "directAccessGrantsEnabled": True})
        (audience,) = [one for one in web["protocolMappers"] if one["name"] == "audience"]
        admin.remove(f"/{REALM}/clients/{web['id']}/protocol-mappers/models/{audience['id']}")


def test_the_realm_is_applied_again_at_each_start_and_what_was_changed_by_hand_is_put_right(keycloak: Stack) -> None:
    part, at = keycloak_part(PASSWORD_POLICY, {}), Addresses(keycloak.home, keycloak.urls, {})
    seen = []
    for _ in range(2):
        change_by_hand(keycloak)
        part.prepare(Launch(part=part, at=at, port=0, ops_port=0, env={}, keep_open=(), say=lambda _: None))
        seen.append({name: without_ids(found) for name, found in everything(keycloak).items()})
    once, twice = seen
    assert once == twice
    assert (once["realm"]["registrationAllowed"], once["realm"]["passwordPolicy"]) == (
        False,
        with_refused_passwords(PASSWORD_POLICY),
    )
    assert once["realm"]["browserFlow"] == FLOW
    (web,) = [one for one in once["clients"] if one["clientId"] == WEB_CLIENT]
    assert web["redirectUris"] == [f"{keycloak.urls['front']}/sign-in/callback"]
    assert not web["directAccessGrantsEnabled"]
    assert "audience" in {one["name"] for one in web["protocolMappers"]}


def test_the_government_sign_on_and_the_directory_of_the_documents_are_added_once_and_changed_afterwards(
    keycloak: Stack,
) -> None:
    (snippet,) = re.findall(r"```json\n(.*?)```", OPERATIONS.read_text(encoding="utf-8"), re.DOTALL)
    additions = json.loads(snippet)
    (broker,), (ldap,) = additions["identityProviders"], additions["components"]
    # There is none, and every other test's people are looked up.
    ldap["config"]["enabled"] = ["false"]
    with admin_of(keycloak) as admin:
        add(admin, additions)
        broker["displayName"] = "粤政易"
        add(admin, additions)
        (known,) = admin.find(f"/{REALM}/identity-provider/instances")
        assert known["displayName"] == "粤政易"
        (only,) = admin.find(f"/{REALM}/identity-provider/instances/government/mappers")
        assert only["config"]["template"] == "${CLAIM.staff_no}"
        assert (known["firstBrokerLoginFlowAlias"], known["postBrokerLoginFlowAlias"]) == (FIRST_SIGN_ON, AFTER_SIGN_ON)
        (storage,) = admin.find(f"/{REALM}/components", name="ldap")
        assert [one["name"] for one in admin.find(f"/{REALM}/components", parent=storage["id"], name="unit")] == [
            "unit"
        ]
        admin.remove(f"/{REALM}/identity-provider/instances/government")
        admin.remove(f"/{REALM}/components/{storage['id']}")
