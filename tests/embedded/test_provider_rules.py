"""What the realm's settings are to bring about, tried at the real sign-in server (docs/security.md)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from embedded.machine_error import MachineError
from embedded.realm import REALM
from embedded.realm_clients import WEB_CLIENT
from embedded.secret_files import secret
from embedded.stack import Stack
from tests.embedded.sign_in import PASSWORD, Form, Person, admin_of, make_account

pytestmark = [pytest.mark.services, pytest.mark.timeout(600)]
VERIFIER: Final = "a-verifier-of-forty-three-characters-or-more-0123456789"
CHALLENGE: Final = "yB8zMxP5pvEGWsAeXYh4KmdVglmNgpK_rnqQ8MHGeQI"


@pytest.fixture
def person(keycloak: Stack) -> Iterator[Person]:
    with Person(keycloak) as person:
        yield person


def realm_of(stack: Stack) -> str:
    return f"{stack.urls['front']}/identity/realms/{REALM}"


def asked(stack: Stack, **changed: str) -> dict[str, str]:
    """What our pages ask the sign-in server with, but for what is changed; what is empty is left out."""
    usual = {
        "client_id": WEB_CLIENT,
        "response_type": "code",
        "scope": "openid",
        "redirect_uri": f"{stack.urls['front']}/sign-in/callback",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        "state": "s",
        **changed,
    }
    return {name: value for name, value in usual.items() if value}


@pytest.mark.parametrize("password", ["yuancheng2026", "Heyuan@123456", "1qaz2wsx3edc", "123456789012"])
def test_a_password_that_is_tried_first_is_refused_and_the_page_says_why(
    keycloak: Stack, person: Person, password: str
) -> None:
    account = make_account(keycloak, "chooser", "unit", person="p-chooser", unit="nongye", jurisdiction="441602")
    with admin_of(keycloak) as admin:
        admin.merge(f"/{REALM}/users/{account}", {"requiredActions": ["UPDATE_PASSWORD"]})
        with pytest.raises(MachineError, match="invalidPassword"):
            admin.put(f"/{REALM}/users/{account}/reset-password", {"type": "password", "value": password})
    person.sign_in("chooser")
    person.send(**{"password-new": password, "password-confirm": password})
    assert person.at_provider
    assert "这个密码太常见" in person.page.text
    person.send(**{"password-new": "lan huo 7 shan mo", "password-confirm": "lan huo 7 shan mo"})
    assert "p-chooser" in person.who


@pytest.mark.parametrize("password", ["elf letters", "chooser-name"])
def test_a_short_password_and_the_user_name_are_refused(keycloak: Stack, password: str) -> None:
    account = make_account(keycloak, "chooser-name", "unit", person="p-c", unit="nongye", jurisdiction="441602")
    with admin_of(keycloak) as admin, pytest.raises(MachineError, match="invalidPassword"):
        admin.put(f"/{REALM}/users/{account}/reset-password", {"type": "password", "value": password})


def test_a_long_password_of_one_kind_of_letters_in_chinese_is_taken(keycloak: Stack, person: Person) -> None:
    account = make_account(keycloak, "chooser", "unit", person="p-chooser", unit="nongye", jurisdiction="441602")
    long = "春江潮水连海平海上明月共潮生" * 9
    with admin_of(keycloak) as admin:
        admin.put(f"/{REALM}/users/{account}/reset-password", {"type": "password", "value": long, "temporary": False})
    person.sign_in("chooser", long)
    assert "p-chooser" in person.who


def test_after_five_wrong_passwords_the_right_one_waits_and_the_account_is_not_locked_for_good(
    keycloak: Stack, person: Person
) -> None:
    account = make_account(keycloak, "guessed", "unit", person="p-guessed", unit="nongye", jurisdiction="441602")
    person.open("/sign-in")
    for guess in range(6):
        person.send(username="guessed", password=f"a guess that is wrong {guess}")
    person.send(username="guessed", password=PASSWORD)
    assert person.at_provider, "the right password was taken after six wrong ones"
    with admin_of(keycloak) as admin:
        status = admin.find(f"/{REALM}/attack-detection/brute-force/users/{account}")
        assert status["disabled"] is True
        assert admin.find(f"/{REALM}/users/{account}")["enabled"] is True
        admin.remove(f"/{REALM}/attack-detection/brute-force/users/{account}")
    person.send(username="guessed", password=PASSWORD)
    assert "p-guessed" in person.who


def test_a_wrong_password_and_an_unknown_name_are_answered_alike(keycloak: Stack, person: Person) -> None:
    make_account(keycloak, "known-name", "unit", person="p-known", unit="nongye", jurisdiction="441602")
    said = []
    for name in ("known-name", "nobody-name"):
        person.open("/sign-in")
        person.send(username=name, password="not the password")
        told = re.findall(r'id="input-error[^"]*"[^>]*>\s*([^<]+?)\s*<', person.page.text)
        said.append((person.page.status_code, told))
    assert said[0][1], person.page.text
    assert said[0] == said[1]


@pytest.mark.parametrize(
    "changed",
    [
        {"redirect_uri": "https://evil.example/sign-in/callback"},
        {"redirect_uri": "https://localhost/sign-in/callback/../../evil"},
        {"code_challenge": "", "code_challenge_method": ""},
        {"code_challenge_method": "plain"},
        {"response_type": "token"},
        {"response_type": "id_token", "nonce": "n"},
        {"client_id": "liangdeng-directory"},
    ],
)
def test_what_asks_otherwise_than_our_pages_do_is_not_let_in(
    keycloak: Stack, person: Person, changed: dict[str, str]
) -> None:
    answer = person.http.get(
        f"{realm_of(keycloak)}/protocol/openid-connect/auth", params=asked(keycloak, **changed), follow_redirects=False
    )
    assert "kc-form-login" not in answer.text
    location = answer.headers.get("location", "")
    assert answer.status_code == 400 or "error=" in location, (answer.status_code, location)
    assert "evil" not in location


def test_a_code_counts_once_and_only_with_its_proof(keycloak: Stack, person: Person) -> None:
    make_account(keycloak, "clerk", "unit", person="p-clerk", unit="nongye", jurisdiction="441602")

    def code() -> str:
        page = person.http.get(f"{realm_of(keycloak)}/protocol/openid-connect/auth", params=asked(keycloak))
        if urlsplit(str(page.url)).path != "/sign-in/callback":
            form = Form(page)
            page = person.http.post(form.action, data={**form.hidden, "username": "clerk", "password": PASSWORD})
        back = next(one for one in [page, *page.history] if "code=" in str(one.url) or "code=" in _location(one))
        told = _location(back) or str(back.url)
        return parse_qs(urlsplit(told).query)["code"][0]

    def taken(given: str, verifier: str) -> int:
        form = {"grant_type": "authorization_code", "code": given, "code_verifier": verifier}
        form |= {"redirect_uri": asked(keycloak)["redirect_uri"]}
        client = (WEB_CLIENT, secret(keycloak.home, "web-client"))
        return person.http.post(
            f"{realm_of(keycloak)}/protocol/openid-connect/token", data=form, auth=client
        ).status_code

    first = code()
    assert taken(first, VERIFIER) == 200
    assert taken(first, VERIFIER) == 400
    assert taken(code(), f"{VERIFIER}-another") == 400


def _location(answer: httpx.Response) -> str:
    return str(answer.headers.get("location", ""))


def test_what_lives_shortly_lives_shortly(keycloak: Stack) -> None:
    with admin_of(keycloak) as admin:
        known = admin.find(f"/{REALM}")
    assert (known["accessCodeLifespan"], known["accessTokenLifespan"]) == (60, 300)
    assert (known["ssoSessionIdleTimeout"], known["ssoSessionMaxLifespan"]) == (1800, 36000)
    assert known["otpPolicyCodeReusable"] is False


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("openid-connect", {"redirect_uris": ["https://evil.example/"], "client_name": "evil"}),
        ("default", {"clientId": "evil", "redirectUris": ["https://evil.example/"]}),
    ],
)
def test_nobody_registers_a_client_of_their_own(
    keycloak: Stack, person: Person, path: str, wanted: dict[str, Any]
) -> None:
    there = f"realms/{REALM}/clients-registrations/{path}"
    assert person.http.post(f"{person.origin}/identity/{there}", json=wanted).status_code == 404
    inside = httpx.post(f"{keycloak.urls['keycloak']}/identity/{there}", json=wanted, trust_env=False)
    assert inside.status_code in (401, 403), inside.text
