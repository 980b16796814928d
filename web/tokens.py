"""Who asks: the claims of a token (JWT, Ed25519), and how a service checks it against the published keys."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple, TypeGuard, get_args

import jwt

from contracts.values import Actor, Role

AUDIENCE: Final = "liangdeng"
ALGORITHM: Final = "EdDSA"
COOKIE: Final = "liangdeng_token"
"""The browser's cookie with the token; programs send `Authorization: Bearer`."""
REMEMBERED_SECONDS: Final = 15.0
MAX_REMEMBERED: Final = 4096
MAX_TOKEN: Final = 4096
"""Characters; what is longer is refused unread."""

_ROLES = frozenset(get_args(Role))


class Unauthenticated(Exception):
    """There is no token that these keys vouch for; the text says why and holds nothing secret."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A signed-in person: an id (never a name), a role, and for the role `unit` the unit's id."""

    id: str
    role: Role
    unit: str | None = None

    @property
    def actor(self) -> Actor:
        """The same person as an event names it."""
        return Actor(role=self.role, id=self.id, unit=self.unit)


class Verified(NamedTuple):
    """What a token proves, and until when (its claim `exp`, in seconds since the epoch)."""

    identity: Identity
    expires_at: float


def token_from(authorization: str | None, cookie: str | None) -> str | None:
    """The token of a request, from its `Authorization` header, else from its cookie."""
    scheme, _, token = (authorization or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else cookie or None


class Verifier:
    """Checks tokens against the JWKS file at `path`, which is read again when it changes (keys rotate)."""

    def __init__(self, path: str | Path, issuer: str | None = None) -> None:
        self._path = Path(path)
        self._issuer = issuer
        self._stamp: tuple[int, int] | None = None
        self._keys: dict[str | None, jwt.PyJWK] = {}

    def verify(self, token: str) -> Verified:
        """What a token proves. Raises Unauthenticated."""
        self._refresh()
        try:
            kid = jwt.get_unverified_header(token).get("kid")
            claims = jwt.decode(
                token,
                self._key(kid),
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=self._issuer,
                options={"require": ["sub", "role", "iss", "aud", "exp"]},
            )
        except jwt.PyJWTError as error:
            raise Unauthenticated(f"token refused: {error}") from None
        person, role, unit = claims["sub"], claims["role"], claims.get("unit")
        if not isinstance(person, str) or not person or not _is_role(role):
            raise Unauthenticated("token refused: sub and role must name a person and a known role")
        if role == "unit" and not (isinstance(unit, str) and unit):
            raise Unauthenticated("token refused: the role unit needs the claim unit")
        return Verified(Identity(person, role, unit if role == "unit" else None), float(claims["exp"]))

    def _key(self, kid: object) -> jwt.PyJWK:
        if isinstance(kid, str) and kid in self._keys:
            return self._keys[kid]
        if kid is None and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        raise Unauthenticated("token refused: signed with a key that is not published")

    def _refresh(self) -> None:
        with contextlib.suppress(OSError, jwt.PyJWTError, ValueError):
            status = self._path.stat()
            stamp = (status.st_mtime_ns, status.st_ino)
            if stamp != self._stamp:
                self._keys = {key.key_id: key for key in jwt.PyJWKSet.from_json(self._path.read_text()).keys}
                self._stamp = stamp


class TokenCache:
    """Verifies a token once per 15 s, not beyond its expiry: a signature costs as much as the rest of a request."""

    def __init__(self, verifier: Verifier, now: Callable[[], float] = time.time) -> None:
        """`now` tells the seconds since the epoch."""
        self._verifier = verifier
        self._now = now
        self._known: dict[str, Verified] = {}

    def identity(self, token: str | None) -> Identity:
        """The identity that a token proves. Raises Unauthenticated."""
        if not token or len(token) > MAX_TOKEN:
            raise Unauthenticated("no token / 没有令牌")
        now = self._now()
        known = self._known.get(token)
        if known is not None and now < known.expires_at:
            return known.identity
        identity, expires_at = self._verifier.verify(token)
        if len(self._known) >= MAX_REMEMBERED:
            self._known.clear()
        self._known[token] = Verified(identity, min(now + REMEMBERED_SECONDS, expires_at))
        return identity


def _is_role(value: object) -> TypeGuard[Role]:
    return isinstance(value, str) and value in _ROLES
