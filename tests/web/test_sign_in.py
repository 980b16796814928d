"""People sign in through the provider, stay signed in for a while, and are signed out at once, everywhere."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import psycopg
import pytest

from embedded.child_process import free_port
from embedded.postgres import PostgresServer
from sandbox.mint import Issuer
from sandbox.people import Account
from tests.web.desk import Desk, come_back, desk, new_browser, sandbox_issuer, sign_in
from web.addresses import local_path
from web.cookies import cookies_of
from web.sessions import PATIENCE_SECONDS

pytestmark = pytest.mark.services


async def until(holds: Callable[[], Awaitable[bool]], missing: str, seconds: float = 120) -> None:
    """Poll until something holds, or say what was missing."""
    deadline = time.monotonic() + seconds
    while not await holds():
        assert time.monotonic() < deadline, missing
        await asyncio.sleep(0.05)


@pytest.fixture
async def at(postgres: Callable[[], str], tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk(tmp_path, postgres()) as made:
        yield made


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    async with new_browser() as made:
        yield made


async def who(browser: httpx.AsyncClient, at: Desk, **headers: str) -> str:
    """Whom the desk recognises."""
    answer = await browser.get(f"{at.origin}/who", headers=headers)
    return answer.text if answer.is_success else str(answer.status_code)


async def test_a_person_signs_in_with_code_and_pkce_and_comes_back_to_the_page(
    at: Desk, browser: httpx.AsyncClient
) -> None:
    begun = await browser.get(f"{at.origin}/sign-in", params={"return": "/programmes/441602-2024?as_of=2024-04-01"})
    asked = httpx.URL(begun.headers["location"]).params
    assert (asked["response_type"], asked["scope"]) == ("code", "openid")
    assert (asked["code_challenge_method"], asked["redirect_uri"]) == ("S256", f"{at.origin}/sign-in/callback")
    assert len(asked["state"]) >= 20
    assert len(asked["nonce"]) >= 20
    assert len(asked["code_challenge"]) == 43
    answer = await sign_in(browser, at.origin, "u-nongye-1", "/programmes/441602-2024?as_of=2024-04-01")
    assert answer.headers["location"] == "/programmes/441602-2024?as_of=2024-04-01"
    assert await who(browser, at) == "u-nongye-1"
    assert at.told("signed_in") == 1


async def test_the_cookie_is_for_no_script_and_no_other_site_and_its_secret_is_stored_nowhere(
    at: Desk, browser: httpx.AsyncClient
) -> None:
    answer = await sign_in(browser, at.origin, "o1")
    cookies = [one.lower() for one in answer.headers.get_list("set-cookie") if one.startswith("liangdeng=")]
    assert len(cookies) == 1
    assert all(word in cookies[0] for word in ("httponly", "samesite=lax", "path=/"))
    assert "max-age" not in cookies[0]
    secret = browser.cookies["liangdeng"]
    assert len(secret) >= 43
    async with await psycopg.AsyncConnection.connect(at.settings["database_url"]) as connection:
        rows = await (await connection.execute("SELECT s::text FROM sessions.session s")).fetchall()
    assert len(rows) == 1
    assert secret not in rows[0][0]


def test_beyond_loopback_people_come_over_https_alone_with_a_cookie_of_this_host() -> None:
    assert cookies_of("https://liangdeng.example").session == "__Host-liangdeng"
    for origin in ("http://liangdeng.example", "ftp://x", "https://", "https://x/", "https://x/y", "https://u@x", "x"):
        with pytest.raises(ValueError, match=r"origin|https"):
            cookies_of(origin)


async def test_what_comes_back_must_be_of_a_sign_in_that_this_browser_began(
    at: Desk, browser: httpx.AsyncClient
) -> None:
    address = httpx.URL(await come_back(browser, at.origin, "o1"))
    async with new_browser() as stranger:
        assert (await stranger.get(address)).status_code == 400
        assert await who(stranger, at) == ""
        await stranger.get(f"{at.origin}/sign-in")
        assert (await stranger.get(address)).status_code == 400
    for changed in ({"state": "x"}, {"state": ""}):
        assert (await browser.get(address.copy_merge_params(changed))).status_code == 400
    assert (await browser.get(address)).status_code == 303
    assert (await browser.get(address)).status_code == 400, "a state is taken once"
    assert at.told("sign_in_refused") == 5


async def test_two_tabs_may_sign_in_at_the_same_time(at: Desk, browser: httpx.AsyncClient) -> None:
    first = await come_back(browser, at.origin, "o1", "/one")
    second = await come_back(browser, at.origin, "o1", "/two")
    answers = [(await browser.get(address)).headers["location"] for address in (first, second)]
    assert answers == ["/one", "/two"]


async def test_a_code_of_another_sign_in_is_refused_by_its_verifier_and_nonce(
    at: Desk, browser: httpx.AsyncClient
) -> None:
    async with new_browser() as attacker:
        theirs = httpx.URL(await come_back(attacker, at.origin, "chief"))
    mine = httpx.URL(await come_back(browser, at.origin, "o1"))
    answer = await browser.get(mine.copy_merge_params({"code": theirs.params["code"]}))
    assert answer.status_code == 403
    assert "登录未成功" in answer.text
    assert await who(browser, at) == ""


async def test_an_id_token_with_another_nonce_is_refused(at: Desk, browser: httpx.AsyncClient) -> None:
    mine = httpx.URL(await come_back(browser, at.origin, "o1"))
    async with await psycopg.AsyncConnection.connect(at.settings["database_url"], autocommit=True) as connection:
        await connection.execute("UPDATE sessions.sign_in SET nonce = 'another'")
    assert (await browser.get(mine)).status_code == 403
    assert await who(browser, at) == ""


async def test_what_the_provider_refuses_is_said_and_is_no_session(at: Desk, browser: httpx.AsyncClient) -> None:
    mine = httpx.URL(await come_back(browser, at.origin, "o1"))
    denied = mine.copy_remove_param("code").copy_merge_params({"error": "access_denied\n<b>"})
    answer = await browser.get(denied)
    assert (answer.status_code, "<b>" in answer.text) == (403, False)


@pytest.mark.parametrize(
    "trap",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "\t//evil.example",
        "javascript:alert(1)",
        "evil.example",
        "///evil.example",
        "http:evil.example",
        "/\r\nSet-Cookie: a=b",
        "/" + "a" * 5000,
        "http://[",
        "",
    ],
)
async def test_after_signing_in_nobody_is_sent_elsewhere(at: Desk, browser: httpx.AsyncClient, trap: str) -> None:
    assert local_path(trap) == "/"
    begun = await browser.get(f"{at.origin}/sign-in?return={quote(trap, safe='')}")
    state = httpx.URL(begun.headers["location"]).params["state"]
    form = {**httpx.URL(begun.headers["location"]).params, "person": "o1"}
    chosen = await browser.post(begun.headers["location"].partition("?")[0], data=form)
    answer = await browser.get(chosen.headers["location"])
    assert httpx.URL(chosen.headers["location"]).params["state"] == state
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


async def test_no_address_is_made_of_what_a_request_says_of_its_host(at: Desk, browser: httpx.AsyncClient) -> None:
    lies = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    begun = await browser.get(f"{at.origin}/sign-in", headers=lies)
    assert begun.status_code == 303
    assert "evil" not in str(begun.headers)
    await sign_in(browser, at.origin, "o1")
    ended = await browser.post(f"{at.origin}/sign-out", headers=lies)
    assert "evil" not in ended.text + str(ended.headers)


async def test_a_session_ends_when_its_browser_is_left_alone(
    postgres: Callable[[], str], tmp_path: Path, browser: httpx.AsyncClient
) -> None:
    async with desk(tmp_path, postgres(), session_idle_ms=1500) as at:
        await sign_in(browser, at.origin, "o1")
        began = time.monotonic()
        while time.monotonic() - began < 3:
            assert await who(browser, at) == "o1", "each request holds it"
            await asyncio.sleep(0.2)

        async def gone() -> bool:
            await asyncio.sleep(1.6)
            return await who(browser, at) == ""

        await until(gone, "the session did not end")


async def test_a_session_ends_after_a_day_of_work_however_busy_it_is(
    postgres: Callable[[], str], tmp_path: Path, browser: httpx.AsyncClient
) -> None:
    async with desk(tmp_path, postgres(), session_absolute_ms=1500) as at:
        await sign_in(browser, at.origin, "o1")
        assert await who(browser, at) == "o1"

        async def gone() -> bool:
            return await who(browser, at) == ""

        began = time.monotonic()
        await until(gone, "the session did not end")
        assert time.monotonic() - began > 1


async def test_signing_in_again_ends_the_session_before(at: Desk, browser: httpx.AsyncClient) -> None:
    await sign_in(browser, at.origin, "o1")
    before = browser.cookies["liangdeng"]
    await sign_in(browser, at.origin, "o2")
    assert await who(browser, at) == "o2"
    browser.cookies.set("liangdeng", before, domain="127.0.0.1")
    async with new_browser() as old:
        assert await who(old, at, Cookie=f"liangdeng={before}") == ""


async def test_signing_out_ends_the_session_at_once_here_and_at_the_provider(
    at: Desk, browser: httpx.AsyncClient
) -> None:
    await sign_in(browser, at.origin, "o1")
    kept = browser.cookies["liangdeng"]
    answer = await browser.post(f"{at.origin}/sign-out", headers={"Origin": at.origin, "Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 200
    assert "您已退出登录" in answer.text
    assert "/end-session?id_token_hint=" in answer.text
    assert "liangdeng" not in browser.cookies
    async with new_browser() as thief:
        assert await who(thief, at, Cookie=f"liangdeng={kept}") == ""
    assert at.told("signed_out") == 1
    assert (await browser.get(f"{at.origin}/sign-out")).status_code == 405, "a link or an image signs nobody out"


@pytest.mark.parametrize(
    "sent", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
async def test_another_site_signs_nobody_out(at: Desk, browser: httpx.AsyncClient, sent: dict[str, str]) -> None:
    await sign_in(browser, at.origin, "o1")
    assert (await browser.post(f"{at.origin}/sign-out", headers=sent)).status_code == 403
    assert await who(browser, at) == "o1"
    assert at.told("form_forged") == 1


async def back_channel(browser: httpx.AsyncClient, at: Desk, token: str) -> int:
    """What the desk answers to the provider's own sign-out."""
    answer = await browser.post(f"{at.origin}/sign-in/back-channel-logout", data={"logout_token": token})
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code


async def test_the_provider_ends_one_session_or_all_of_a_person(at: Desk, browser: httpx.AsyncClient) -> None:
    async with new_browser() as second, new_browser() as other:
        for one in (browser, second):
            await sign_in(one, at.origin, "o1")
        await sign_in(other, at.origin, "o2")
        async with await psycopg.AsyncConnection.connect(at.settings["database_url"]) as connection:
            cursor = await connection.execute(
                "SELECT provider_session FROM sessions.session WHERE subject = 'o1' ORDER BY began_at"
            )
            first = (await cursor.fetchall())[0][0]
        assert await back_channel(browser, at, at.issuer.logout_token("o1", first)) == 200
        assert [await who(one, at) for one in (browser, second, other)] == ["", "o1", "o2"]
        assert await back_channel(browser, at, at.issuer.logout_token("o1")) == 200
        assert [await who(one, at) for one in (browser, second, other)] == ["", "", "o2"]
    assert at.told("session_ended_by_provider") == 2


async def test_nothing_else_ends_sessions_by_that_way(at: Desk, browser: httpx.AsyncClient, tmp_path: Path) -> None:
    await sign_in(browser, at.origin, "o1")
    person = next(one for one in (await _people(browser, at)) if one["id"] == "o1")
    known = Account("o1", "office", None, person["label"], person["label_en"])
    stranger = Issuer(tmp_path / "stranger", at.issuer.name)
    bad = ["", "x", at.issuer.mint(known), at.issuer.id_token(known, "n", "s"), stranger.logout_token("o1")]
    assert [await back_channel(browser, at, token) for token in [*bad, "x" * 20_000]] == [400] * 6
    assert await who(browser, at) == "o1"


async def _people(browser: httpx.AsyncClient, at: Desk) -> list[dict[str, Any]]:
    begun = await browser.get(f"{at.origin}/sign-in")
    address = httpx.URL(begun.headers["location"])
    found: list[dict[str, Any]] = (await browser.get(address.copy_with(path="/people", query=None))).json()
    return found


async def test_an_id_token_or_a_session_is_no_bearer_token(at: Desk, browser: httpx.AsyncClient) -> None:
    await sign_in(browser, at.origin, "o1")
    async with await psycopg.AsyncConnection.connect(at.settings["database_url"]) as connection:
        (row,) = await (await connection.execute("SELECT id_token FROM sessions.session")).fetchall()
    for token in (row[0], browser.cookies["liangdeng"], "x"):
        assert await who(browser, at, Authorization=f"Bearer {token}") == "401"
    assert await who(browser, at, Authorization="Basic bzE6eA==") == "401"
    assert at.told("token_refused") == 4


async def test_while_the_provider_is_down_people_are_told_and_afterwards_they_sign_in(
    postgres: Callable[[], str], tmp_path: Path, browser: httpx.AsyncClient
) -> None:
    port, url = free_port(), postgres()
    discovery = f"http://127.0.0.1:{port}/.well-known/openid-configuration"
    async with desk(tmp_path, url, oidc_discovery=discovery) as at:
        answer = await browser.get(f"{at.origin}/sign-in", params={"return": "/inbox"})
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert "暂时无法登录" in answer.text
        assert 'href="/sign-in?return=%2Finbox"' in answer.text, "the way to try again"
        assert "not available" in (await browser.get(f"{at.origin}/sign-in?lang=en")).text
        async with sandbox_issuer(tmp_path, port):
            await sign_in(browser, at.origin, "o1")
            address = await come_back(browser, at.origin, "o2")
        # It went down between the choice and the way back.
        assert (await browser.get(address)).status_code == 503
        assert await who(browser, at) == "o1", "who is signed in stays so"


async def test_without_postgresql_programs_go_on_and_people_are_told(
    servers_folder: Path, tmp_path: Path, browser: httpx.AsyncClient
) -> None:
    server = PostgresServer(servers_folder / "sessions-alone", say=lambda _: None)
    url = await asyncio.to_thread(server.start)
    try:
        async with desk(tmp_path, url) as at:
            await sign_in(browser, at.origin, "o1")
            form = {"grant_type": "client_credentials"}
            issuer = at.settings["oidc_discovery"].partition("/.well-known")[0]
            told = (await browser.post(f"{issuer}/token", data=form, auth=("u-nongye-1", "x"))).json()
            bearer = {"Authorization": f"Bearer {told['access_token']}"}
            await asyncio.to_thread(server.stop)
            began = time.monotonic()
            assert await who(browser, at, **bearer) == "u-nongye-1"
            assert time.monotonic() - began < PATIENCE_SECONDS, "the sessions were asked"
            assert await who(browser, at) == "503"
            async with new_browser() as stranger:
                assert await who(stranger, at) == "", "whoever has no session is the public"
                assert (await stranger.get(f"{at.origin}/sign-in")).status_code == 503
            assert (await browser.post(f"{at.origin}/sign-out")).status_code == 503
            assert await back_channel(browser, at, at.issuer.logout_token("o1")) == 503
            # Longer than a pool tries to connect by itself.
            await asyncio.sleep(4)
            await asyncio.to_thread(server.start)

            async def recognised() -> bool:
                return await who(browser, at) == "o1"

            await until(recognised, "the session was not found again", 30)
    finally:
        await asyncio.to_thread(server.stop)


async def test_security_events_are_lines_of_json_with_the_request_and_without_secrets(
    at: Desk, browser: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "liangdeng.security"):
        address = await come_back(browser, at.origin, "u-nongye-1")
        await browser.get(address, headers={"X-Request-Id": "front-17"})
        await who(browser, at, Authorization="Bearer a.b.c", **{"X-Request-Id": "evil; [31m"})
        broken = await browser.get(at.origin, headers={"X-Request-Id": "evil\x1b[31m"})
        assert broken.status_code == 400, "what no header may hold is refused before anybody reads it"
    told = [json.loads(one.message) for one in caplog.records if one.name == "liangdeng.security"]
    events = {one["event"]: one for one in told}
    assert events["signed_in"]["request_id"] == "front-17"
    assert (events["signed_in"]["person"], events["signed_in"]["unit"]) == ("u-nongye-1", "nongye")
    assert len(events["token_refused"]["request_id"]) == 32, "one of our own where the front gave none in order"
    secrets = [browser.cookies["liangdeng"], httpx.URL(address).params["code"], "a.b.c"]
    assert not any(secret in caplog.text for secret in secrets)
    assert "\x1b" not in caplog.text
