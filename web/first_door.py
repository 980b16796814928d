"""The busiest route is answered before an application looks for any other, without what the others need around them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp, Receive, Scope, Send

from web.gate import PlainGuardedRoute

Handlers = Mapping[Any, Callable[[Request, Exception], Awaitable[Response]]]
"""By type of exception: an application's own table."""


class FirstDoor:
    """Middleware inside the entrance: one route, which stands in the application's table as well.

    It is behind the same gate and limits as there; `handlers` are the application's, so that it refuses alike.
    """

    def __init__(self, app: ASGIApp, route: PlainGuardedRoute, handlers: Handlers) -> None:
        self._app = app
        self._route = route
        self._end: Final = route.path.rpartition("}")[2]
        self._handlers = handlers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what is asked of this route, and leave all else to the application."""
        if scope["type"] == "http" and scope["path"].endswith(self._end):
            match, found = self._route.matches(scope)
            if match is Match.FULL:
                scope.update(found)
                request = Request(scope, receive, send)
                await (await self._answer(request))(scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        try:
            return await self._route.guarded(request)
        except Exception as error:
            handler = next((self._handlers[kind] for kind in type(error).__mro__ if kind in self._handlers), None)
            if handler is None:
                raise
            return await handler(request, error)
