"""The sign-in provider, any that speaks OpenID Connect: found by discovery, asked with a code and PKCE."""

from __future__ import annotations

import asyncio
import secrets
import time
import warnings
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

import httpx
from authlib.common.errors import AuthlibBaseError

from web.identity import ClaimMapping, Identity, Unauthenticated
from web.keys import Keys
from web.provider_client import client, options
from web.security_events import SecurityLog
from web.tokens import signed_claims

with warnings.catch_warnings():
    # It asks for httpx2, which nothing else here uses, and puts its own filter before everybody's when imported.
    from authlib.deprecate import AuthlibDeprecationWarning

    warnings.simplefilter("ignore", AuthlibDeprecationWarning)
    from authlib.integrations.httpx_client import AsyncOAuth2Client

PATIENCE_SECONDS: Final = 10.0
REDISCOVER_SECONDS: Final = 600.0
ALIVE_SECONDS: Final = 2.0
"""Nobody is sent to a provider that has not answered within so long: they are told here that it is down."""
_SCOPE: Final = "openid"
_LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"


class ProviderUnavailable(Exception):
    """The provider does not answer, or answers with what is no discovery document."""


class SignInRefused(Exception):
    """The provider did not let this person in, or what it sent proves nothing; the text is for the log."""


class Begun(NamedTuple):
    """A sign-in on its way: where the browser goes, and what must come back with it."""

    address: str
    state: str
    nonce: str
    verifier: str


class SignedIn(NamedTuple):
    """Whom the provider let in; `subject` and `session` are its own names for the person and the session."""

    identity: Identity
    subject: str
    session: str | None
    id_token: str


class Provider:
    """One client of one provider.

    `issuer` is what tokens must name; `discovery` is where its document lies (empty: below the issuer), an address
    that the service reaches, which may be another one than people's.
    """

    def __init__(
        self,
        *,
        issuer: str,
        client_id: str,
        client_secret: str,
        discovery: str = "",
        claims: ClaimMapping,
        security: SecurityLog,
    ) -> None:
        self.issuer = issuer
        self._client_id = client_id
        self._client_secret = client_secret
        self._discovery = discovery or f"{issuer.rstrip('/')}/.well-known/openid-configuration"
        self._claims = claims
        self._security = security
        self._document: dict[str, Any] = {}
        self._found_at = float("-inf")
        self._keys: Keys | None = None

    async def begin(self, redirect_uri: str, language: str) -> Begun:
        """A new sign-in. Raises ProviderUnavailable."""
        document = await self._known(ALIVE_SECONDS)
        nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
        async with self._client(redirect_uri) as asking:
            address, state = asking.create_authorization_url(
                document["authorization_endpoint"],
                code_verifier=verifier,
                nonce=nonce,
                ui_locales="zh-CN" if language == "zh" else "en",
            )
        return Begun(address, state, nonce, verifier)

    async def trouble(self) -> str | None:
        """Why nobody could sign in now; None: they could."""
        try:
            async with asyncio.timeout(ALIVE_SECONDS):
                await self._known(ALIVE_SECONDS)
        except (ProviderUnavailable, TimeoutError) as error:
            return f"the sign-in provider does not answer: {str(error) or type(error).__name__}"
        return None

    async def finish(self, redirect_uri: str, code: str, nonce: str, verifier: str) -> SignedIn:
        """Whoever comes back with `code`. Raises ProviderUnavailable, SignInRefused."""
        document = await self._known()
        try:
            async with self._client(redirect_uri) as asking:
                tokens = await asking.fetch_token(document["token_endpoint"], code=code, code_verifier=verifier)
        except httpx.HTTPError as error:
            raise ProviderUnavailable(type(error).__name__) from error
        except (AuthlibBaseError, ValueError) as error:
            raise SignInRefused(f"the code was not taken: {type(error).__name__}") from None
        id_token = tokens.get("id_token")
        if not isinstance(id_token, str):
            raise SignInRefused("no id token came with the code")
        try:
            claims = await self._own_claims(id_token, types=("JWT",))
            if not secrets.compare_digest(str(claims.get("nonce", "")), nonce):
                raise SignInRefused("the id token is of another sign-in")
            identity = self._claims.identity(claims)
        except Unauthenticated as error:
            raise SignInRefused(str(error)) from None
        session = claims.get("sid")
        return SignedIn(identity, str(claims.get("sub", "")), session if isinstance(session, str) else None, id_token)

    async def sign_out_address(self, id_token: str, back_to: str) -> str:
        """Where a browser ends its session at the provider; empty if the provider has no such place."""
        end = (await self._known()).get("end_session_endpoint", "")
        told = {"id_token_hint": id_token, "post_logout_redirect_uri": back_to, "client_id": self._client_id}
        return f"{end}?{urlencode(told)}" if end else ""

    async def logged_out(self, logout_token: str) -> tuple[str | None, str | None]:
        """Subject and session that a back-channel logout token ends. Raises Unauthenticated, ProviderUnavailable."""
        claims = await self._own_claims(logout_token, types=("logout+jwt", "JWT"), max_age=300)
        events = claims.get("events")
        if not isinstance(events, Mapping) or _LOGOUT_EVENT not in events or "nonce" in claims:
            raise Unauthenticated("no logout token")
        subject, session = claims.get("sub"), claims.get("sid")
        if not isinstance(subject, str) and not isinstance(session, str):
            raise Unauthenticated("the logout token names nobody")
        return (subject if isinstance(subject, str) else None, session if isinstance(session, str) else None)

    async def _own_claims(self, token: str, types: tuple[str, ...], max_age: float = 3600) -> dict[str, Any]:
        await self._known()
        assert self._keys is not None
        return await signed_claims(
            self._keys,
            token,
            issuer=self.issuer,
            audience=self._client_id,
            types=types,
            now=time.time(),
            max_age=max_age,
        )

    def _client(self, redirect_uri: str) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            client_id=self._client_id,
            client_secret=self._client_secret,
            scope=_SCOPE,
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            timeout=PATIENCE_SECONDS,
            **options(),
        )

    async def _known(self, seconds: float = REDISCOVER_SECONDS) -> dict[str, Any]:
        """The discovery document, at most so old; one that cannot be fetched again serves what was begun before."""
        if time.monotonic() - self._found_at < seconds:
            return self._document
        try:
            async with client(PATIENCE_SECONDS) as asking:
                answer = await asking.get(self._discovery)
                answer.raise_for_status()
                document = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            if self._document and seconds == REDISCOVER_SECONDS:
                return self._document
            raise ProviderUnavailable(type(error).__name__) from error
        needed = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
        if not isinstance(document, dict) or not all(isinstance(document.get(name), str) for name in needed):
            raise ProviderUnavailable("no discovery document")
        if document["issuer"] != self.issuer:
            raise ProviderUnavailable("the discovery document is of another issuer")
        if self._keys is None or document["jwks_uri"] != self._document.get("jwks_uri"):
            self._keys = Keys(document["jwks_uri"], self._security)
        self._document, self._found_at = document, time.monotonic()
        return document
