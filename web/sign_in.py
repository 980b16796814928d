"""Signing in and out: the way to the provider and back, for the application at the root of people's address."""

from __future__ import annotations

import functools
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import ClassVar, Final
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from supervision.words import Word
from web.addresses import BACK_CHANNEL, CALLBACK, SIGN_IN, SIGN_OUT, local_path
from web.cookies import cookies_of
from web.gate import PlainGuardedRoute, does
from web.identity import Unauthenticated
from web.problem import HttpProblem, ProblemKind
from web.provider import Provider, ProviderUnavailable, SignInRefused
from web.security_events import SecurityLog
from web.sessions import Pending, Sessions, SessionsUnavailable
from web.sign_in_pages import problem_page, signed_out_page
from web.visitor import request_id, same_site

logger = logging.getLogger(__name__)
_BROWSER_SECONDS: Final = 600
_SHORTLY: Final = Word(
    "登录服务没有响应，通常几分钟内恢复，不必反复尝试。已经登录的人不受影响，公开内容照常可看。",
    "The sign-in server does not answer; it is usually back within minutes. Whoever is signed in already goes on, and "
    "what is public can be read.",
)
_LONGEST_FORM: Final = 16 * 1024


class SignInProblem(HttpProblem):
    """Signing in did not work out; the page says what to do."""

    kinds: ClassVar[Mapping[str, ProblemKind]] = {
        "sign_in_unavailable": ProblemKind(503, Word("暂时无法登录，请稍后再试", "Sign-in is not available right now")),
        "sign_in_refused": ProblemKind(403, Word("登录未成功，请重新登录", "Signing in did not work; try again")),
        "sign_in_expired": ProblemKind(400, Word("登录已超时，请重新登录", "The sign-in took too long; try again")),
        "other_site": ProblemKind(403, Word("请求来自其他网站", "The request comes from another site")),
    }


class SignIn:
    """Sign-in, its way back, sign-out, and the provider's own sign-out."""

    def __init__(self, origin: str, intake: str, provider: Provider, sessions: Sessions, security: SecurityLog) -> None:
        """`origin` is people's address, `intake` the path below it where intake is."""
        self._cookies = cookies_of(origin)
        self._origin = origin
        self._intake = intake
        self._provider = provider
        self._sessions = sessions
        self._security = security

    def routes(self) -> list[Route]:
        """The addresses, for the application that people reach at the origin's root."""
        return [
            PlainGuardedRoute(SIGN_IN, self._told(self.begin), methods=["GET"]),
            PlainGuardedRoute(CALLBACK, self._told(self.finish), methods=["GET"]),
            PlainGuardedRoute(SIGN_OUT, self._told(self.end), methods=["POST"]),
            PlainGuardedRoute(BACK_CHANNEL, self.ended_by_provider, methods=["POST"]),
        ]

    @does("sign_in.begin")
    async def begin(self, request: Request) -> Response:
        """Send the browser to the provider; it comes back to `return`, a path of this origin."""
        language = "en" if request.query_params.get("lang") == "en" else "zh"
        begun = await self._provider.begin(self._origin + CALLBACK, language)
        # One per browser, not per sign-in: two tabs that sign in at the same time don't undo each other.
        browser = request.cookies.get(self._cookies.browser) or secrets.token_urlsafe(32)
        pending = Pending(begun.nonce, begun.verifier, local_path(request.query_params.get("return", "")))
        await self._sessions.begin(begun.state, browser, pending)
        answer = RedirectResponse(begun.address, 303)
        self._cookies.put(answer, self._cookies.browser, browser, _BROWSER_SECONDS)
        return answer

    @does("sign_in.return")
    async def finish(self, request: Request) -> Response:
        """The browser comes back from the provider: a session begins. Raises SignInProblem."""
        state, browser = request.query_params.get("state", ""), request.cookies.get(self._cookies.browser, "")
        pending = await self._sessions.take(state, browser) if state and browser else None
        if pending is None:
            self._tell(request, "no sign-in of this browser waits for it")
            raise SignInProblem("sign_in_expired")
        try:
            if "code" not in request.query_params:
                raise SignInRefused(f"the provider says: {request.query_params.get('error', 'nothing')}")
            code = request.query_params["code"]
            there = await self._provider.finish(self._origin + CALLBACK, code, pending.nonce, pending.verifier)
        except SignInRefused as error:
            self._tell(request, str(error))
            raise SignInProblem("sign_in_refused") from None
        await self._sessions.end(request.cookies.get(self._cookies.session, ""))
        secret = await self._sessions.open(there.identity, there.subject, there.session, there.id_token)
        self._security.tell("signed_in", request_id=request_id(request), who=there.identity)
        answer = RedirectResponse(pending.return_to, 303)
        self._cookies.put(answer, self._cookies.session, secret)
        return answer

    @does("sign_out")
    async def end(self, request: Request) -> Response:
        """End the session at once, here and at the provider. Raises SignInProblem."""
        if not same_site(request, self._origin):
            self._security.tell("form_forged", request_id=request_id(request), path=SIGN_OUT)
            raise SignInProblem("other_site")
        session = await self._sessions.end(request.cookies.get(self._cookies.session, ""))
        address = ""
        if session is not None:
            self._security.tell("signed_out", request_id=request_id(request), who=session.identity)
            try:
                address = await self._provider.sign_out_address(session.id_token, f"{self._origin}/")
            except ProviderUnavailable:
                logger.warning("signed out here; the provider does not answer")
        answer = signed_out_page(request, address, self._intake)
        self._cookies.drop(answer, self._cookies.session)
        return answer

    @does("sign_in.end_by_provider")
    async def ended_by_provider(self, request: Request) -> Response:
        """The provider ended sessions: OpenID Connect Back-Channel Logout 1.0."""
        headers = {"Cache-Control": "no-store"}
        try:
            subject, session = await self._provider.logged_out(await _logout_token(request))
            for identity in await self._sessions.end_all(subject, session):
                self._security.tell("session_ended_by_provider", request_id=request_id(request), who=identity)
        except Unauthenticated as error:
            self._security.tell("token_refused", request_id=request_id(request), path=BACK_CHANNEL, why=str(error))
            return PlainTextResponse("invalid_request\n", 400, headers)
        except (ProviderUnavailable, SessionsUnavailable):
            return PlainTextResponse("unavailable\n", 503, {**headers, "Retry-After": "5"})
        return Response(status_code=200, headers=headers)

    def _tell(self, request: Request, why: str) -> None:
        self._security.tell("sign_in_refused", request_id=request_id(request), why=why)

    def _told(self, door: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        @functools.wraps(door)
        async def answer(request: Request) -> Response:
            try:
                return await door(request)
            except SignInProblem as problem:
                return problem_page(request, problem, self._intake)
            except (ProviderUnavailable, SessionsUnavailable) as error:
                logger.warning("signing in is not possible: %s: %s", type(error).__name__, error)
                unavailable = SignInProblem("sign_in_unavailable")
                return problem_page(request, unavailable, self._intake, _SHORTLY)

        return answer


async def _logout_token(request: Request) -> str:
    """The token of a form that is no longer than such a form is; empty where there is none."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_FORM:
            raise Unauthenticated("the form is too long")
    return parse_qs(body.decode("ascii", "replace")).get("logout_token", [""])[0]
