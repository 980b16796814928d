"""Who asks: tokens verified against the published keys, and remembered for a short while."""

from __future__ import annotations

import base64
import time
from pathlib import Path
from typing import Any

import orjson

from services.intake.problem import IntakeProblem
from web.tokens import Identity, Unauthenticated, Verifier

REMEMBERED_SECONDS = 15.0
MAX_REMEMBERED = 4096
MAX_TOKEN = 4096


class Tokens:
    """Verifies a token once per 15 s of real time: a signature costs as much as the rest of a request."""

    def __init__(self, jwks: Path, issuer: str | None) -> None:
        self._verifier = Verifier(jwks, issuer)
        self._known: dict[str, tuple[Identity, float]] = {}

    def identity(self, token: str | None) -> Identity:
        """The identity that a token proves. Raises IntakeProblem `unauthenticated`."""
        if not token or len(token) > MAX_TOKEN:
            raise _refused("no token / 没有令牌")
        now = time.time()
        known = self._known.get(token)
        if known is not None and now < known[1]:
            return known[0]
        try:
            identity = self._verifier.verify(token)
        except Unauthenticated as error:
            raise _refused(str(error)) from None
        if len(self._known) >= MAX_REMEMBERED:
            self._known.clear()
        self._known[token] = (identity, min(now + REMEMBERED_SECONDS, _expiry(token)))
        return identity


def _expiry(token: str) -> float:
    claims: dict[str, Any] = orjson.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    return float(claims["exp"])


def _refused(why: str) -> IntakeProblem:
    return IntakeProblem("unauthenticated", "", why, headers={"WWW-Authenticate": 'Bearer realm="liangdeng"'})
