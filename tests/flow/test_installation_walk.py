"""A walk through `liangdeng up` as it is used for real, in a browser: an order of steps, each of which is a test.

Screenshots are written to LIANGDENG_SHOTS where that is set, to be looked at.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser

from embedded.child_process import alive
from embedded.program_access import grant_program
from embedded.realm import REALM
from tests.embedded.sign_in import PASSWORD, admin_of, authority_of, make_account, program_token
from tests.flow.installation import PROGRAM, WALK, Installation, browser_of, shot, sign_in, start, until, who

pytestmark = WALK


def test_it_is_ready_and_tells_where_to_begin(installation: Installation) -> None:
    said = installation.said.read_text()
    for told in (installation.origin, str(authority_of(installation.home)), "secrets/keycloak-console"):
        assert told in said
    sys.stderr.write(f"\nfirst start: {installation.ready_seconds:.0f} s\n")
    with installation.client() as browser:
        assert browser.get("/").status_code == 200
        assert browser.get("/intake/items").status_code == 401, "nobody is signed in"
        for private in ("/metrics", "/readyz", "/intake/metrics", "/identity/admin/", "/identity/realms/master"):
            assert browser.get(private).status_code == 404, private


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize(("language", "title"), [("zh", "登录到您的账户"), ("en", "Sign in to your account")])
def test_the_page_to_sign_in_is_in_ones_language_and_fits(
    installation: Installation, chromium: Browser, width: int, language: str, title: str
) -> None:
    page = browser_of(chromium, width)
    page.goto(f"{installation.origin}/sign-in?lang={language}")
    assert page.inner_text("h1#kc-page-title").strip() == title
    assert "亮灯" in page.inner_text("#kc-header-wrapper")
    shot(page, f"sign-in-{language}")
    page.context.close()


def test_a_clerk_signs_in_by_password_and_signing_out_ends_it_everywhere(
    installation: Installation, chromium: Browser
) -> None:
    make_account(installation, "clerk", "unit", person="p-clerk", unit="nongye", jurisdiction="441602", head="true")
    page = browser_of(chromium)
    sign_in(page, installation, "clerk", "not the password")
    assert "无效的用户名或密码" in page.inner_text("body")
    shot(page, "sign-in-wrong")
    sign_in(page, installation, "clerk")
    assert "p-clerk" in who(page)
    shot(page, "clerk")
    page.click(".top .who button")
    page.wait_for_url(f"{installation.origin}/")
    assert "p-clerk" not in who(page)
    page.goto(f"{installation.origin}/sign-in")
    assert page.is_visible("#password")
    page.context.close()


def test_the_office_sets_up_a_second_factor_on_a_phone_and_needs_it_from_then_on(
    installation: Installation, chromium: Browser
) -> None:
    make_account(installation, "office", "office", person="p-office", jurisdiction="441602")
    page = browser_of(chromium, 390)
    sign_in(page, installation, "office")
    shot(page, "second-factor-set-up")
    page.click("#mode-manual")
    installation.keys["office"] = page.inner_text("#kc-totp-secret-key")
    page.fill("#totp", installation.code("office"))
    page.click("#saveTOTPBtn")
    page.wait_for_load_state()
    assert "p-office" in who(page)
    page.context.close()
    page = browser_of(chromium)
    sign_in(page, installation, "office")
    assert page.is_visible("#otp")
    shot(page, "second-factor")
    page.fill("#otp", installation.code("office"))
    page.click("#kc-login")
    page.wait_for_url(f"{installation.origin}/")
    assert "p-office" in who(page)
    page.context.close()


def test_a_leader_signs_in_on_a_phone_in_english(installation: Installation, chromium: Browser) -> None:
    make_account(installation, "leader", "leader", person="leader-1", jurisdiction="441602")
    page = browser_of(chromium, 390)
    page.goto(f"{installation.origin}/?lang=en")
    page.click("text=Sign in")
    page.fill("#username", "leader")
    page.fill("#password", PASSWORD)
    page.click("#kc-login")
    page.wait_for_load_state()
    assert "leader in charge · leader" in who(page), "by the name, once the directory was read again"
    shot(page, "leader")
    page.context.close()


def test_an_account_that_is_disabled_is_out_at_once(installation: Installation, chromium: Browser) -> None:
    account = make_account(installation, "leaving", "chief", person="p-leaving", jurisdiction="441602")
    page = browser_of(chromium)
    sign_in(page, installation, "leaving")
    assert "p-leaving" in who(page)
    with admin_of(installation) as admin:
        admin.merge(f"/{REALM}/users/{account}", {"enabled": False})
        admin.make(f"/{REALM}/users/{account}/logout", {})
    page.goto(f"{installation.origin}/")
    assert "p-leaving" not in who(page)
    sign_in(page, installation, "leaving")
    assert "禁用" in page.inner_text("body")
    shot(page, "disabled")
    page.context.close()


def test_too_many_wrong_passwords_lock_an_account_for_a_while(installation: Installation, chromium: Browser) -> None:
    make_account(installation, "guessed", "unit", person="p-guessed", unit="jiaoyu", jurisdiction="441602")
    page = browser_of(chromium)
    for _ in range(6):
        sign_in(page, installation, "guessed", "a guess that is wrong")
    sign_in(page, installation, "guessed")
    assert page.is_visible("#password"), "the right password was taken after six wrong ones"
    page.context.close()


def test_a_sign_in_server_that_is_killed_comes_back_and_who_was_signed_in_goes_on_meanwhile(
    installation: Installation, chromium: Browser
) -> None:
    page = browser_of(chromium)
    sign_in(page, installation, "clerk")
    before = installation.pid("keycloak")
    os.kill(before, signal.SIGKILL)
    page.goto(f"{installation.origin}/")
    assert "p-clerk" in who(page)
    with installation.client() as browser:
        # For some seconds after it answered last nobody asks whether it is still there.
        until(lambda: browser.get("/sign-in").status_code == 503, "the page that says so", 120)
        told = httpx.get(f"{installation.urls['query-ops']}/readyz", trust_env=False, timeout=30)
        assert (told.status_code, "does not answer" in told.json()["sign_in"]) == (200, True), told.text
        down = until(lambda: browser.get("/sign-in").status_code == 303, "the sign-in server", 300)
    sys.stderr.write(f"\nkilled and back: {down:.0f} s\n")
    assert installation.pid("keycloak") not in (0, before)
    assert "keycloak 意外退出" in installation.said.read_text()
    page.context.clear_cookies(name="__Host-liangdeng")
    page.goto(f"{installation.origin}/sign-in")
    page.wait_for_load_state()
    assert "p-clerk" in who(page), "the sign-in server forgot its own session"
    page.context.close()


def test_tokens_are_taken_by_the_new_key_at_once_and_by_the_old_one_until_it_is_withdrawn(
    installation: Installation,
) -> None:
    url = f"{installation.urls['keycloak']}/identity"
    client, secret = grant_program(installation.home, url, "nongye", "441602", renew=False)

    def token() -> str:
        return str(program_token(installation, client, secret).json()["access_token"])

    def answer(given: str) -> int:
        return browser.get("/v1/programmes", headers={"Authorization": f"Bearer {given}"}).status_code

    def provider(**changes: list[str]) -> None:
        (old,) = admin.find(f"/{REALM}/components", name="rsa-generated")
        admin.put(f"/{REALM}/components/{old['id']}", {**old, "config": {**old["config"], **changes}})

    with installation.client() as browser:
        old = token()
        assert answer(old) == 200
        with admin_of(installation) as admin:
            key = {"providerId": "rsa-generated", "providerType": "org.keycloak.keys.KeyProvider"}
            admin.make(f"/{REALM}/components", {**key, "name": "rsa-new", "config": {"priority": ["200"]}})
            new = token()
            assert new.partition(".")[0] != old.partition(".")[0], "signed by the old key still"
            took = until(lambda: answer(new) == 200, "a token by the new key", 120)
            assert answer(old) == 200
            provider(active=["false"], enabled=["false"])
        gone = until(lambda: answer(old) == 401, "the old key to be withdrawn, long before the token ends", 150)
        assert answer(token()) == 200
    sys.stderr.write(f"\nnew key taken after {took:.1f} s, old key gone after {gone:.0f} s\n")


def test_a_second_installation_at_the_same_ports_is_refused_by_name(installation: Installation) -> None:
    other = installation.home.parent / "other"
    other.mkdir()
    shutil.copy(installation.home / "liangdeng.toml", other)
    done = subprocess.run(
        [PROGRAM, "up"], env={**os.environ, "LIANGDENG_HOME": str(other)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "已被其他程序占用" in done.stderr
    assert "[ports]" in done.stderr


def test_a_later_start_finds_everybody_at_the_same_address(
    installation: Installation, home: Path, chromium: Browser
) -> None:
    secrets = {file.name: file.read_bytes() for file in (home / "secrets").iterdir()}
    children = [installation.pid(part) for part in ("keycloak", "kafka", "front")]
    installation.process.send_signal(signal.SIGINT)
    assert installation.process.wait(60) == 0
    assert not any(alive(pid) for pid in children)
    for again in start(home, home.parent / "second.out"):
        sys.stderr.write(f"\nlater start: {again.ready_seconds:.0f} s\n")
        again.keys, again.codes = installation.keys, installation.codes
        assert again.origin == installation.origin
        assert secrets == {file.name: file.read_bytes() for file in (home / "secrets").iterdir()}
        page = browser_of(chromium)
        sign_in(page, again, "office")
        page.fill("#otp", again.code("office"))
        page.click("#kc-login")
        page.wait_for_url(f"{again.origin}/")
        assert "p-office" in who(page)
        page.context.close()
