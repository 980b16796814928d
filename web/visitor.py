"""Who asks: a program by its bearer token, a person by the session of their browser, or nobody known."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request

from web.cookies import Cookies
from web.identity import Identity, Unauthenticated
from web.security_events import SecurityEvent, SecurityLog
from web.sessions import Sessions, SessionsUnavailable
from web.tokens import TokenVerifier, bearer_of

VISITOR: Final = "liangdeng.visitor"
"""Where a request's scope holds who asks, once that was found out."""
_ID: Final = "liangdeng.request_id"
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who asks; without `identity` the public. `secret` is that of a person's session, else empty."""

    identity: Identity | None = None
    secret: str = ""

    def form_token(self, path: str) -> str:
        """Stands in the form at `path`: only who can read the session's cookie can make it."""
        return hmac.new(self.secret.encode(), f"liangdeng form {path}".encode(), hashlib.sha256).hexdigest()

    def sent(self, form_token: str, path: str) -> bool:
        """Whether a form was opened in this very session."""
        return bool(self.secret) and hmac.compare_digest(form_token.encode(), self.form_token(path).encode())


_NOBODY: Final = Visitor()


class Visitors:
    """The one place that finds out who asks.

    `tokens` is None where no keys are known: then every token is refused. `sessions` is None where no person signs in.
    """

    def __init__(
        self,
        tokens: TokenVerifier | None,
        sessions: Sessions | None,
        cookies: Cookies | None,
        security: SecurityLog,
    ) -> None:
        self._tokens = tokens
        self._sessions = sessions
        self._cookies = cookies
        self._security = security
        self.admits: Callable[[Identity], bool] = _everybody
        """Whether a person or a program may still come in: a service that knows them asks the directory."""

    async def of(self, request: Request) -> Visitor:
        """Who asks. A program's bad token is an error, a browser's old cookie only means signed out.

        Raises Unauthenticated, and SessionsUnavailable for a browser with a cookie while PostgreSQL does not answer.
        """
        header = request.headers.get("authorization")
        visitor = await self._person(request) if header is None else await self._program(request, header)
        request.scope[VISITOR] = visitor
        return visitor

    async def still(self, request: Request) -> bool:
        """Whether whoever began a request that goes on is still let in as the same; a session is not prolonged."""
        visitor = known_visitor(request)
        if visitor.identity is None:
            return True
        try:
            if not self.admits(visitor.identity):
                return False
            if visitor.secret:
                return self._sessions is not None and await self._sessions.holds(visitor.secret)
            bearer = bearer_of(request.headers.get("authorization"))
            return self._tokens is not None and await self._tokens.identity(bearer) == visitor.identity
        except (Unauthenticated, SessionsUnavailable):
            return False

    async def glance(self, request: Request) -> None:
        """Find out who asks for the header of a page that says what went wrong; nothing more goes wrong by that."""
        if VISITOR not in request.scope and "authorization" not in request.headers:
            with contextlib.suppress(SessionsUnavailable):
                await self.of(request)

    def tell(self, event: SecurityEvent, request: Request, why: str = "", **more: str) -> None:
        """Write a security event about a request, by whom as far as that is known: a right denied, a form forged."""
        about = {"method": request.method, "path": request.scope["path"], **({"why": why} if why else {}), **more}
        who = known_visitor(request).identity
        self._security.tell(event, request_id=request_id(request), who=who, **about)

    async def _program(self, request: Request, header: str) -> Visitor:
        try:
            if self._tokens is None:
                raise Unauthenticated("no keys are known here")
            identity = await self._tokens.identity(bearer_of(header))
            if not self.admits(identity):
                raise Unauthenticated("this account is disabled")
            return Visitor(identity)
        except Unauthenticated as error:
            self.tell("token_refused", request, str(error))
            raise

    async def _person(self, request: Request) -> Visitor:
        secret = request.cookies.get(self._cookies.session, "") if self._cookies else ""
        if not secret or self._sessions is None:
            return Visitor()
        session = await self._sessions.find(secret)
        return Visitor(session.identity, secret) if session and self.admits(session.identity) else Visitor()


def _everybody(_: Identity) -> bool:
    return True


def known_visitor(request: Request) -> Visitor:
    """Who asks, as far as that was found out for this request already."""
    found: Visitor = request.scope.get(VISITOR, _NOBODY)
    return found


def kept_by(identity: Identity | None) -> str:
    """`Cache-Control`: what somebody known is shown is kept nowhere; what is public is asked about again."""
    return "no-cache" if identity is None else "no-store"


def request_id(request: Request) -> str:
    """The id that the front gave the request, else one of our own; the same however often it is asked for."""
    found: str | None = request.scope.get(_ID)
    if found is None:
        given = request.headers.get("x-request-id", "")
        request.scope[_ID] = found = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(16)
    return found


def same_site(request: Request, origin: str) -> bool:
    """Whether a form was sent from a page of this origin, by what the browser says of it."""
    sent = request.headers.get("origin")
    return request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none") and sent in (None, origin)
