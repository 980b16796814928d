"""Access tokens: what is refused, whoever signed it; and that a good one is remembered for a short while only."""

from __future__ import annotations

import base64
import hmac
import json
import logging
import time
from pathlib import Path
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, OKPKey, RSAKey
from prometheus_client import CollectorRegistry

from sandbox.mint import Issuer
from sandbox.people import Account
from web.identity import ClaimMapping, Identity, Unauthenticated
from web.keys import Keys
from web.security_events import SecurityLog
from web.tokens import LEEWAY_SECONDS, MAX_AGE_SECONDS, MAX_TOKEN, REMEMBERED_SECONDS, TokenVerifier

OFFICE = Account("o1", "office", None, "督查室", "the office")
ISSUER = "https://people.example/realm"


class Provider:
    """Keys of every kind that is taken, their public halves in a file, and tokens as one likes them."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "jwks.json"
        self.keys: dict[str, Any] = {
            "RS256": RSAKey.generate_key(2048, {"kid": "rsa"}),
            "ES256": ECKey.generate_key("P-256", {"kid": "ec"}),
            "EdDSA": OKPKey.generate_key("Ed25519", {"kid": "okp"}),
        }
        self.publish()

    def publish(self) -> None:
        """Write the public halves down."""
        public = [{**key.as_dict(private=False), "use": "sig"} for key in self.keys.values()]
        self.file.write_text(json.dumps({"keys": public}))

    def claims(self, **changed: Any) -> dict[str, Any]:
        """Claims of a token that is in order, but for what is changed; None takes one away."""
        now = int(time.time())
        good = {"iss": ISSUER, "aud": "liangdeng", "iat": now, "exp": now + 600, "sub": "o1", "role": "office"}
        return {name: value for name, value in {**good, **changed}.items() if value is not None}

    def token(self, alg: str = "RS256", header: dict[str, Any] | None = None, **changed: Any) -> str:
        """A signed token."""
        key = self.keys["RS256" if alg == "PS256" else alg]
        told = {"alg": alg, "kid": key.kid, "typ": "at+jwt", **(header or {})}
        told = {name: value for name, value in told.items() if value is not None}
        return jws.serialize_compact(told, json.dumps(self.claims(**changed)), key, algorithms=[alg])


@pytest.fixture
def provider(tmp_path: Path) -> Provider:
    return Provider(tmp_path)


def verifier(file: Path, **more: Any) -> TokenVerifier:
    keys = Keys(file, SecurityLog("test", CollectorRegistry()))
    return TokenVerifier(keys, **{"issuer": ISSUER, **more})


@pytest.mark.parametrize("alg", ["RS256", "PS256", "ES256", "EdDSA"])
async def test_every_signature_by_a_public_key_is_taken(provider: Provider, alg: str) -> None:
    assert await verifier(provider.file).identity(provider.token(alg)) == Identity("o1", "office")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"iss": "https://evil.example"}, "iss"),
        ({"iss": None}, "iss"),
        ({"aud": "another"}, "aud"),
        ({"aud": None}, "aud"),
        ({"exp": int(time.time()) - LEEWAY_SECONDS - 1}, "exp"),
        ({"exp": None}, "exp"),
        ({"iat": None}, "iat"),
        ({"iat": int(time.time()) - MAX_AGE_SECONDS - LEEWAY_SECONDS - 1}, "iat"),
        ({"iat": int(time.time()) + 3600}, "issued in the future"),
        ({"iat": "yesterday"}, "iat"),
        ({"nbf": int(time.time()) + 3600}, "not yet valid"),
        ({"role": "emperor"}, "role"),
        ({"role": None}, "role"),
        ({"sub": None}, "person"),
        ({"sub": 7}, "sub"),
        ({"sub": ["o1"]}, "sub"),
        ({"role": "unit"}, "unit"),
        ({"role": "unit", "unit": "../etc"}, "unit"),
        ({"jurisdiction": "somewhere"}, "jurisdiction"),
        ({"typ": "ID"}, "typ"),
        ({"typ": "Refresh"}, "typ"),
    ],
)
async def test_a_token_with_a_claim_that_is_wrong_or_missing_is_refused(
    provider: Provider, changed: dict[str, Any], said: str
) -> None:
    with pytest.raises(Unauthenticated, match=said):
        await verifier(provider.file).identity(provider.token(**changed))


@pytest.mark.parametrize("typ", [None, "logout+jwt", "id_token", "dpop+jwt"])
async def test_a_token_of_another_kind_is_refused(provider: Provider, typ: str | None) -> None:
    with pytest.raises(Unauthenticated, match="typ"):
        await verifier(provider.file).identity(provider.token(header={"typ": typ}))


def part(content: bytes) -> str:
    """A part of a token."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def unsigned(provider: Provider, alg: str) -> str:
    """A token without its signature."""
    header = {"alg": alg, "kid": "rsa", "typ": "JWT"}
    return ".".join(part(json.dumps(told).encode()) for told in (header, provider.claims()))


async def test_neither_none_nor_a_shared_secret_is_a_signature(provider: Provider) -> None:
    forged = [f"{unsigned(provider, alg)}." for alg in ("none", "None", "NONE")]
    for secret in (provider.keys["RS256"].as_pem(private=False), b"", b"secret"):
        text = unsigned(provider, "HS256")
        forged.append(f"{text}.{part(hmac.digest(secret, text.encode(), 'sha256'))}")
    for token in forged:
        with pytest.raises(Unauthenticated):
            await verifier(provider.file).identity(token)


async def test_a_key_that_is_not_published_signs_nothing_whatever_its_name(provider: Provider) -> None:
    provider.keys["RS256"] = RSAKey.generate_key(2048, {"kid": "rsa"})
    headers: list[dict[str, Any]] = [
        {},
        {"kid": "other"},
        {"kid": None},
        {"jwk": provider.keys["RS256"].as_dict(private=False)},
    ]
    for header in headers:
        with pytest.raises(Unauthenticated):
            await verifier(provider.file).identity(provider.token(header=header))


@pytest.mark.parametrize("token", [None, "", "x", "a.b.c", "a" * (MAX_TOKEN + 1), "é.é.é", "\x00.\x00.\x00"])
async def test_what_is_no_token_proves_nothing(provider: Provider, token: str | None) -> None:
    with pytest.raises(Unauthenticated):
        await verifier(provider.file).identity(token)


@pytest.mark.parametrize(
    "person",
    ["张三 13800138000", "o1\n\x1b[31m", "张三", "a b", "", "-o1", "o" * 65, "o1;DROP", "../o1", "o1\u202e"],
)
async def test_a_person_is_an_opaque_id_and_nothing_with_room_for_a_name(provider: Provider, person: object) -> None:
    with pytest.raises(Unauthenticated, match="person"):
        await verifier(provider.file).identity(provider.token(sub=person))


async def test_claims_stand_where_the_setting_says(provider: Provider) -> None:
    paths = {"person": "ext.id", "role": "realm_access.roles", "unit": "ext.unit", "jurisdiction": "ext.where"}
    token = provider.token(
        sub="f:1:u",
        role=None,
        ext={"id": "p-7", "unit": "nongye", "where": ["441602", "441621"]},
        realm_access={"roles": ["offline_access", "unit"]},
        head="true",
    )
    known = await verifier(provider.file, claims=ClaimMapping(paths)).identity(token)
    assert known == Identity("p-7", "unit", "nongye", ("441602", "441621"), head=True)
    with pytest.raises(ValueError, match="rank"):
        ClaimMapping({"rank": "x"})


async def test_whom_the_claims_name_no_jurisdiction_acts_in_those_of_the_installation(provider: Provider) -> None:
    token = provider.token()
    known = await verifier(provider.file, claims=ClaimMapping(jurisdictions=("441602",))).identity(token)
    assert known.jurisdictions == ("441602",)


async def test_no_program_is_the_head_of_its_unit(provider: Provider) -> None:
    token = provider.token(role="unit", unit="nongye", head=True, program=True)
    known = await verifier(provider.file).identity(token)
    assert (known.program, known.head) == (True, False)


class Remembering:
    """The sandbox's issuer, and a verifier with the time that it reads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.issuer = Issuer(folder, "issuer")
        self.now = time.time()
        self.tokens = verifier(folder / "jwks.json", issuer="issuer", now=lambda: self.now)

    def replace_the_keys(self) -> None:
        """From here on no token verifies that was made before."""
        (self.folder / "key.json").unlink()
        Issuer(self.folder, "issuer")


async def test_a_token_is_not_verified_again_for_15_seconds(tmp_path: Path) -> None:
    at = Remembering(tmp_path)
    token = at.issuer.mint(OFFICE, 600)
    assert await at.tokens.identity(token) == Identity("o1", "office")
    at.replace_the_keys()
    at.now += REMEMBERED_SECONDS - 0.001
    assert await at.tokens.identity(token) == Identity("o1", "office")
    at.now += 0.001
    with pytest.raises(Unauthenticated):
        await at.tokens.identity(token)


async def test_a_token_that_ends_sooner_is_remembered_until_then(tmp_path: Path) -> None:
    at = Remembering(tmp_path)
    token = at.issuer.mint(OFFICE, 5)
    ends_at = json.loads(_payload(token))["exp"]
    await at.tokens.identity(token)
    at.replace_the_keys()
    at.now = ends_at - 0.001
    assert await at.tokens.identity(token) == Identity("o1", "office")
    at.now = ends_at
    with pytest.raises(Unauthenticated):
        await at.tokens.identity(token)


async def test_a_remembered_token_is_refused_at_once_when_there_are_no_keys(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    at = Remembering(tmp_path)
    token = at.issuer.mint(OFFICE, 600)
    await at.tokens.identity(token)
    (tmp_path / "jwks.json").unlink()
    with caplog.at_level(logging.ERROR), pytest.raises(Unauthenticated, match="No such file"):
        await at.tokens.identity(token)
    assert [one.message for one in caplog.records if one.name == "web.keys"] == [
        "keys: jwks.json: No such file or directory"
    ]


def _payload(token: str) -> bytes:
    body = token.split(".")[1]
    return base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
