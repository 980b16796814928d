"""The sandbox's issuer: anybody may be anybody, tokens hold, and it sends a browser nowhere but home."""

from __future__ import annotations

import stat
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from prometheus_client import CollectorRegistry

from programmes import FOLDER
from sandbox.issuer import IssuerSettings, build
from sandbox.mint import Issuer
from sandbox.people import people, programmes_in
from web.identity import Identity, Unauthenticated
from web.keys import Keys
from web.security_events import SecurityLog
from web.tokens import TokenVerifier

LIBRARY = FOLDER


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = build(IssuerSettings(folder=tmp_path, programmes=LIBRARY))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:1") as client:
        yield client


def verifier(folder: Path, issuer: str = "liangdeng-sandbox") -> TokenVerifier:
    keys = Keys(folder / "jwks.json", SecurityLog("test", CollectorRegistry()))
    return TokenVerifier(keys, issuer=issuer)


async def test_a_program_gets_a_token_that_the_published_keys_vouch_for(
    browser: httpx.AsyncClient, tmp_path: Path
) -> None:
    token = (await browser.post("/token", json={"person": "u-nongye-1"})).json()["token"]
    known = await verifier(tmp_path).identity(token)
    assert known == Identity("u-nongye-1", "unit", "nongye", jurisdictions=known.jurisdictions, head=True)
    assert "441602" in known.jurisdictions
    with pytest.raises(Unauthenticated):
        await verifier(tmp_path, "somebody-else").identity(token)
    assert (await browser.post("/token", json={"person": "nobody"})).status_code == 404


async def test_client_credentials_are_those_of_a_program_and_no_program_is_a_head(
    browser: httpx.AsyncClient, tmp_path: Path
) -> None:
    form = {"grant_type": "client_credentials"}
    told = await browser.post("/token", data=form, auth=("u-nongye-1", "anything"))
    known = await verifier(tmp_path).identity(told.json()["access_token"])
    assert (known.unit, known.program, known.head) == ("nongye", True, False)
    assert (await browser.post("/token", data=form, auth=("nobody", "x"))).status_code == 401
    assert (await browser.post("/token", data={"grant_type": "authorization_code"})).status_code == 400


@pytest.mark.parametrize(
    "trap",
    ["http://evil.example/", "//evil.example", "javascript:alert(1)", "http://localhost@evil.example/", "http://["],
)
async def test_it_returns_to_addresses_of_this_machine_only(browser: httpx.AsyncClient, trap: str) -> None:
    shown = await browser.get("/authorize", params={"redirect_uri": trap})
    answer = await browser.post("/authorize", data={"person": "o1", "redirect_uri": trap})
    assert (shown.status_code, answer.status_code) == (400, 400)
    assert trap not in shown.text + answer.text
    ended = await browser.get("/end-session", params={"post_logout_redirect_uri": trap})
    assert (ended.status_code, ended.headers["location"]) == (303, "/")


async def test_a_code_is_taken_once_and_only_with_its_verifier_and_address(browser: httpx.AsyncClient) -> None:
    back = "http://127.0.0.1:1/sign-in/callback"
    # RFC 7636, appendix B.
    verifier_, challenge = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

    async def code() -> str:
        form = {"person": "o1", "redirect_uri": back, "state": "s", "nonce": "n", "code_challenge": challenge}
        there = (await browser.post("/authorize", data=form)).headers["location"]
        assert there.startswith(f"{back}?")
        assert there.endswith("&state=s")
        return httpx.URL(there).params["code"]

    async def take(**changed: str) -> int:
        told = {"grant_type": "authorization_code", "redirect_uri": back, "code_verifier": verifier_, **changed}
        return (await browser.post("/token", data=told)).status_code

    assert await take(code=await code(), code_verifier="another") == 400
    assert await take(code=await code(), redirect_uri="http://127.0.0.1:2/") == 400
    one = await code()
    assert [await take(code=one), await take(code=one)] == [200, 400]


def test_the_key_survives_a_restart_and_is_the_issuers_alone(tmp_path: Path) -> None:
    first, again = Issuer(tmp_path, "x"), Issuer(tmp_path, "x")
    assert first.jwks == again.jwks
    assert stat.S_IMODE((tmp_path / "key.json").stat().st_mode) == 0o600
    assert "d" not in first.jwks["keys"][0]


def test_there_is_somebody_for_every_unit_leader_and_role_of_every_programme() -> None:
    programmes = programmes_in(LIBRARY)
    known = people(programmes)
    assert {person.role for person in known.values()} == {"office", "chief", "leader", "auditor", "unit"}
    for programme in programmes:
        for item in programme.items:
            assert known[f"u-{item.lead_unit}-1"].unit == item.lead_unit
            assert known[programme.leader_of(item) or ""].role == "leader"
