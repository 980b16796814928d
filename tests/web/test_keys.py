"""Keys are read and fetched, rotated, and gone when they are empty or unreadable: said once, counted, alarmed."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import OctKey, OKPKey
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from embedded.child_process import LOOPBACK, free_port
from web.doors import beside
from web.identity import Unauthenticated
from web.keys import FORGET_SECONDS, PAUSE_SECONDS, REFRESH_SECONDS, Keys
from web.security_events import SecurityLog


def a_set(*kids: str) -> bytes:
    """A key set with keys of these names."""
    keys = [OKPKey.generate_key("Ed25519", {"kid": kid}).as_dict(private=False) for kid in kids]
    return json.dumps({"keys": keys}).encode()


class Watched:
    """Keys with their metrics and the time that they read."""

    def __init__(self, source: str | Path) -> None:
        self.registry = CollectorRegistry()
        self.now = 1000.0
        self.keys = Keys(source, SecurityLog("test", self.registry), lambda: self.now)
        self.keys.measure(self.registry)

    @property
    def gauge(self) -> float | None:
        return self.registry.get_sample_value("liangdeng_keys")

    @property
    def problem(self) -> str | None:
        return self.keys.problem

    def events(self, kind: str) -> float | None:
        return self.registry.get_sample_value("liangdeng_security_events_total", {"event": kind})


LARGE = b" " * 300_000
SYMMETRIC = json.dumps({"keys": [OctKey.generate_key(256).as_dict(private=True)]}).encode()


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"keys": []}',
        b'{"keys": [{}]}',
        b'{"keys": [{"kty": "OKP"}]}',
        SYMMETRIC,
        b"x" * 300_000,
    ],
)
async def test_a_file_that_is_emptied_or_broken_means_no_keys_until_it_is_mended(
    tmp_path: Path, broken: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "jwks.json"
    file.write_bytes(a_set("k1"))
    at = Watched(file)
    await at.keys.refresh()
    assert (at.gauge, at.problem, at.events("keys_read")) == (1, None, 1)
    file.write_bytes(broken)
    with caplog.at_level(logging.ERROR, "web.keys"):
        for _ in range(3):
            with pytest.raises(Unauthenticated):
                await at.keys.find("k1")
    assert (at.gauge, at.events("keys_lost")) == (0, 1)
    assert at.keys.problem
    assert [one.message for one in caplog.records if one.name == "web.keys"] == [f"keys: {at.keys.problem}"]
    file.write_bytes(a_set("k1", "k2"))
    assert len((await at.keys.find("k2")).keys) == 1
    assert (at.gauge, at.problem, at.events("keys_read")) == (2, None, 2)


async def test_a_file_that_is_gone_or_may_not_be_read_means_no_keys(tmp_path: Path) -> None:
    for source in (tmp_path / "nowhere.json", tmp_path):
        at = Watched(source)
        with pytest.raises(Unauthenticated):
            await at.keys.find("k1")
        assert (at.gauge, at.events("keys_lost")) == (0, 1)


class Published:
    """A key set at an address, and how often it was asked for."""

    def __init__(self) -> None:
        self.content, self.status, self.asked = a_set("k1"), 200, 0

    async def answer(self, _request: Request) -> Response:
        self.asked += 1
        return Response(self.content, self.status)


@pytest.fixture
async def published() -> AsyncIterator[tuple[Published, str]]:
    what, port = Published(), free_port()
    async with beside(Starlette(routes=[Route("/certs", what.answer)]), LOOPBACK, port):
        yield what, f"http://{LOOPBACK}:{port}/certs"


async def test_keys_are_fetched_again_after_five_minutes_and_sooner_for_an_unknown_name(
    published: tuple[Published, str],
) -> None:
    what, address = published
    at = Watched(address)
    await at.keys.find("k1")
    at.now += REFRESH_SECONDS - 1
    await at.keys.find("k1")
    assert what.asked == 1
    what.content = a_set("k1", "k2")
    await at.keys.find("k2")
    assert what.asked == 2
    at.now += REFRESH_SECONDS + 1
    await at.keys.find("k1")
    assert what.asked == 3


async def test_made_up_names_are_no_requests_to_the_provider(published: tuple[Published, str]) -> None:
    what, address = published
    at = Watched(address)
    for n in range(50):
        with pytest.raises(Unauthenticated):
            await at.keys.find(f"made-up-{n}")
    assert what.asked == 1
    at.now += PAUSE_SECONDS
    with pytest.raises(Unauthenticated):
        await at.keys.find("made-up")
    assert what.asked == 2


@pytest.mark.parametrize("ill", [lambda what: setattr(what, "status", 503), lambda what: setattr(what, "status", 404)])
async def test_an_address_that_does_not_answer_leaves_the_keys_for_an_hour(
    published: tuple[Published, str], ill: Callable[[Any], None]
) -> None:
    what, address = published
    at = Watched(address)
    await at.keys.find("k1")
    ill(what)
    at.now += REFRESH_SECONDS + 1
    await at.keys.find("k1")
    assert at.gauge == 1
    assert at.keys.problem is not None
    at.now += FORGET_SECONDS
    with pytest.raises(Unauthenticated):
        await at.keys.find("k1")
    assert (at.gauge, at.events("keys_lost")) == (0, 1)
    what.status = 200
    at.now += PAUSE_SECONDS
    await at.keys.find("k1")
    assert (at.gauge, at.problem) == (1, None)


async def test_an_address_that_answers_with_no_keys_means_none_at_once(published: tuple[Published, str]) -> None:
    what, address = published
    at = Watched(address)
    await at.keys.find("k1")
    what.content = b'{"keys": []}'
    at.now += REFRESH_SECONDS + 1
    with pytest.raises(Unauthenticated, match="empty"):
        await at.keys.find("k1")
    assert at.gauge == 0


async def test_nobody_at_an_address_is_said_so() -> None:
    at = Watched(f"http://{LOOPBACK}:{free_port()}/certs")
    with pytest.raises(Unauthenticated, match="ConnectError"):
        await at.keys.find("k1")
    assert at.events("keys_lost") == 1
