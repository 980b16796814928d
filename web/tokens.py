"""Tokens of programs and of the sign-in: checked against the published keys, and remembered for a short while."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from typing import Any, Final, NamedTuple

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jws import extract_compact

from web.identity import ClaimMapping, Identity, Unauthenticated
from web.keys import Keys

AUDIENCE: Final = "liangdeng"
ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA", "Ed25519")
"""Signatures with a public key alone: no shared secret, no `none`."""
TYPES: Final = ("JWT", "at+jwt", "application/at+jwt")
MAX_AGE_SECONDS: Final = 24 * 3600
"""A token is refused so long after it was issued, however late it says that it ends."""
LEEWAY_SECONDS: Final = 30
REMEMBERED_SECONDS: Final = 15.0
MAX_REMEMBERED: Final = 4096
MAX_TOKEN: Final = 8192
"""Characters; what is longer is refused unread."""
_NO_ACCESS: Final = frozenset({"ID", "Refresh", "Offline", "Logout"})
"""What a provider says in the claim `typ` of tokens that are not for asking with."""


class Verified(NamedTuple):
    """What a token proves, and until when (seconds since the epoch)."""

    identity: Identity
    expires_at: float


def bearer_of(authorization: str | None) -> str | None:
    """The token of an `Authorization: Bearer` header."""
    scheme, _, token = (authorization or "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


async def signed_claims(
    keys: Keys,
    token: str,
    *,
    issuer: str,
    audience: str,
    types: Collection[str],
    now: float,
    max_age: float = MAX_AGE_SECONDS,
) -> dict[str, Any]:
    """The claims of a token with a valid signature, type, issuer, audience, age and end. Raises Unauthenticated."""
    try:
        header = extract_compact(token.encode()).headers()
        if header.get("typ") not in types:
            raise Unauthenticated(f"typ: must be one of {', '.join(types)}")
        found = jwt.decode(token, await keys.find(header.get("kid")), algorithms=list(ALGORITHMS))
        registry = jwt.JWTClaimsRegistry(
            now=int(now),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            iat={"essential": True},
        )
        registry.validate(found.claims)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise Unauthenticated(f"token refused: {error}"[:200]) from None
    if now - found.claims["iat"] > max_age + LEEWAY_SECONDS:
        raise Unauthenticated("token refused: iat: issued too long ago")
    return dict(found.claims)


class TokenVerifier:
    """Checks access tokens once per 15 s, not beyond their end: a signature costs as much as the rest of a request."""

    def __init__(
        self,
        keys: Keys,
        *,
        issuer: str,
        audience: str = AUDIENCE,
        claims: ClaimMapping | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        """`issuer` is the only `iss` that counts, `now` tells the seconds since the epoch (real time)."""
        self.keys = keys
        self._issuer = issuer
        self._audience = audience
        self._claims = claims or ClaimMapping()
        self._now = now
        self._known: dict[str, Verified] = {}

    async def identity(self, token: str | None) -> Identity:
        """The identity that an access token proves. Raises Unauthenticated."""
        if not token or len(token) > MAX_TOKEN:
            raise Unauthenticated("no token")
        now = self._now()
        await self.keys.refresh()
        known = self._known.get(token)
        if known is not None and now < known.expires_at and self.keys.count:
            return known.identity
        verified = await self._verify(token, now)
        if len(self._known) >= MAX_REMEMBERED:
            self._known.clear()
        self._known[token] = Verified(verified.identity, min(now + REMEMBERED_SECONDS, verified.expires_at))
        return verified.identity

    async def _verify(self, token: str, now: float) -> Verified:
        claims = await signed_claims(
            self.keys, token, issuer=self._issuer, audience=self._audience, types=TYPES, now=now
        )
        if claims.get("typ") in _NO_ACCESS:
            raise Unauthenticated("token refused: typ: no access token")
        return Verified(self._claims.identity(claims), float(claims["exp"]))
