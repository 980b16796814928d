"""Tokens are remembered for a short while, and never longer than they hold."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from sandbox.issuer import Issuer
from sandbox.people import Person
from web.tokens import REMEMBERED_SECONDS, Identity, TokenCache, Unauthenticated, Verifier

OFFICE = Person("o1", "office", None, "督查室", "the office")


class Setting:
    """An issuer, a cache of tokens, and the time that the cache reads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.issuer = Issuer(folder, "issuer")
        self.now = time.time()
        self.cache = TokenCache(Verifier(folder / "jwks.json"), lambda: self.now)

    def replace_the_keys(self) -> None:
        """From here on no token verifies that was made before."""
        (self.folder / "key.pem").unlink()
        Issuer(self.folder, "issuer")


@pytest.fixture
def setting(tmp_path: Path) -> Setting:
    return Setting(tmp_path)


def test_a_token_is_not_verified_again_for_15_seconds(setting: Setting) -> None:
    token = setting.issuer.mint(OFFICE, 600)
    assert setting.cache.identity(token) == Identity("o1", "office")
    setting.replace_the_keys()
    setting.now += REMEMBERED_SECONDS - 0.001
    assert setting.cache.identity(token) == Identity("o1", "office")
    setting.now += 0.001
    with pytest.raises(Unauthenticated):
        setting.cache.identity(token)


def test_a_token_that_expires_sooner_is_remembered_until_then(setting: Setting) -> None:
    token = setting.issuer.mint(OFFICE, 5)
    expires_at = Verifier(setting.folder / "jwks.json").verify(token).expires_at
    assert setting.now < expires_at < setting.now + REMEMBERED_SECONDS
    setting.cache.identity(token)
    setting.replace_the_keys()
    setting.now = expires_at - 0.001
    assert setting.cache.identity(token) == Identity("o1", "office")
    setting.now = expires_at
    with pytest.raises(Unauthenticated):
        setting.cache.identity(token)


@pytest.mark.parametrize("token", [None, "", "x", "a" * 4097])
def test_what_is_no_token_proves_nothing(setting: Setting, token: str | None) -> None:
    with pytest.raises(Unauthenticated):
        setting.cache.identity(token)
