"""The sandbox's issuer: anybody may be anybody, tokens hold, and it sends a browser nowhere but home."""

from __future__ import annotations

import stat
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from programmes import FOLDER
from sandbox.issuer import Issuer, IssuerSettings, build
from sandbox.people import people, programmes_in
from web.tokens import Identity, Unauthenticated, Verifier

LIBRARY = FOLDER


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = build(IssuerSettings(folder=tmp_path, programmes=LIBRARY))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:1") as client:
        yield client


async def test_a_program_gets_a_token_that_the_published_keys_vouch_for(
    browser: httpx.AsyncClient, tmp_path: Path
) -> None:
    token = (await browser.post("/token", json={"person": "u-nongye-1"})).json()["token"]
    verifier = Verifier(tmp_path / "jwks.json", "liangdeng-sandbox")
    assert verifier.verify(token).identity == Identity("u-nongye-1", "unit", "nongye")
    with pytest.raises(Unauthenticated):
        Verifier(tmp_path / "jwks.json", "somebody-else").verify(token)
    assert (await browser.post("/token", json={"person": "nobody"})).status_code == 404


async def test_signing_in_sets_a_cookie_that_scripts_and_other_sites_cannot_use(browser: httpx.AsyncClient) -> None:
    back = "http://127.0.0.1:8001/items"
    page = await browser.get("/sign-in", params={"return": back})
    assert "仅供试用" in page.text
    assert back in page.text
    answer = await browser.post("/sign-in", data={"person": "leader-1", "came_from": back})
    assert (answer.status_code, answer.headers["location"]) == (303, back)
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("liangdeng_token=")
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


@pytest.mark.parametrize(
    "trap",
    ["http://evil.example/", "//evil.example", "javascript:alert(1)", "http://localhost@evil.example/", "http://["],
)
async def test_it_returns_to_addresses_of_this_machine_only(browser: httpx.AsyncClient, trap: str) -> None:
    answer = await browser.post("/sign-in", data={"person": "o1", "came_from": trap})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert trap not in (await browser.get("/sign-in", params={"return": trap})).text


def test_the_key_survives_a_restart_and_is_the_issuers_alone(tmp_path: Path) -> None:
    first, again = Issuer(tmp_path, "x"), Issuer(tmp_path, "x")
    assert first.jwks == again.jwks
    assert stat.S_IMODE((tmp_path / "key.pem").stat().st_mode) == 0o600
    assert "d" not in first.jwks["keys"][0]


def test_there_is_somebody_for_every_unit_leader_and_role_of_every_programme() -> None:
    programmes = programmes_in(LIBRARY)
    known = people(programmes)
    assert {person.role for person in known.values()} == {"office", "chief", "leader", "auditor", "unit"}
    for programme in programmes:
        for item in programme.items:
            assert known[f"u-{item.lead_unit}-1"].unit == item.lead_unit
            assert known[programme.leader_of(item) or ""].role == "leader"
