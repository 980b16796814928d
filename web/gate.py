"""The gate before every handler: which operation it declares to be, and whether this role may do it at all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Final, TypeVar

import orjson
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Mount, Route, compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

from supervision.right import HIDDEN, asker_of
from supervision.rights import OPERATIONS, role_answer
from web.privileged_reads import record_opened
from web.request_limits import LIMITS, RequestLimits
from web.rights import RightDenied
from web.visitor import Visitors, known_visitor

Handler = Callable[[Request], Awaitable[Response]]
Handlers = Mapping[Any, Callable[[Request, Any], Response | Awaitable[Response]]]
"""By type of exception: an application's own table."""
AnyHandler = TypeVar("AnyHandler", bound=Callable[..., Any])
_MARK: Final = "declared_operation"


class Undeclared(TypeError):
    """A handler that declares no operation, or one that is not in the table."""


def does(operation: str) -> Callable[[AnyHandler], AnyHandler]:
    """Declare which operation a handler is; a part in braces is a parameter of its path. Raises Undeclared."""
    if not _expanded(operation):
        raise Undeclared(operation)

    def declare(handler: AnyHandler) -> AnyHandler:
        setattr(handler, _MARK, operation)
        return handler

    return declare


def declared(handler: Callable[..., Any]) -> str:
    """What a handler declares. Raises Undeclared."""
    operation = getattr(handler, _MARK, None)
    if not isinstance(operation, str):
        raise Undeclared(f"{handler!r} declares no operation")
    return operation


def operations_of(handler: Callable[..., Any]) -> list[str]:
    """The operations that a handler is, several where its path names which. Raises Undeclared."""
    return _expanded(declared(handler))


class GuardedRoute(APIRoute):
    """A route of FastAPI behind the gate, which comes before everything that it depends on and before its body.

    What its answer opens of what few may read is on record before the answer is sent.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler with the gate before it. Raises Undeclared."""
        operation, handler = declared(self.endpoint), super().get_route_handler()

        async def guarded(request: Request) -> Response:
            passed = await pass_gate(request, operation)
            with _under_way(request):
                answer = await handler(request)
                await record_opened(request, passed)
                return answer

        return guarded


class PlainGuardedRoute(Route):
    """The same for a handler that asks FastAPI for nothing."""

    def __init__(self, path: str, endpoint: Handler, methods: list[str]) -> None:
        """Raises Undeclared."""
        operation = declared(endpoint)

        async def guarded(request: Request) -> Response:
            await pass_gate(request, operation)
            with _under_way(request):
                return await endpoint(request)

        setattr(guarded, _MARK, operation)
        self.guarded: Handler = guarded
        """The endpoint behind the gate."""
        super().__init__(path, guarded, methods=methods, name=getattr(endpoint, "__name__", None))


class FirstDoor:
    """Middleware inside the entrance: the busiest route, before any other is looked for; the table has it as well.

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
            told = handler(request, error)
            return told if isinstance(told, Response) else await told


class OpenMount(Mount):
    """An application below a path that declares one operation for all that it answers, one that is open to all."""

    def __init__(self, path: str, app: ASGIApp, operation: str) -> None:
        """Raises Undeclared, also for an operation that asks who comes: nothing below the path would ask."""
        known = OPERATIONS.get(operation)
        if known is None or not known.open:
            raise Undeclared(f"{path}: {operation} is no operation that is open to all")
        self.operation = operation
        super().__init__(path, app)


def operations_served(routes: Sequence[BaseRoute]) -> Iterator[tuple[str, list[str]]]:
    """The path of every route and the operations that it is. Raises Undeclared for one that does not pass the gate."""
    for found in iter_route_contexts(routes):
        route = found.original_route
        if isinstance(route, OpenMount):
            yield route.path, [route.operation]
        elif isinstance(route, GuardedRoute | PlainGuardedRoute):
            yield found.path or route.path, operations_of(route.endpoint)
        else:
            raise Undeclared(f"{getattr(route, 'path', route)!r} is no route behind the gate")


def methods_at(request: Request) -> str:
    """Every method that an address takes, whichever of its routes: what 405 says in `Allow`."""
    path, found = request.scope["path"].removeprefix(request.scope.get("root_path", "")), set[str]()
    for one in iter_route_contexts(request.app.router.routes):
        route = one.original_route
        if isinstance(route, Route) and compile_path(one.path or route.path)[0].match(path):
            found |= route.methods or set()
    return ", ".join(sorted(found))


def description(document: Mapping[str, Any]) -> Route:
    """The address at which an application shows its OpenAPI document."""
    content = orjson.dumps(document)

    @does("api.describe")
    async def openapi(_: Request) -> Response:
        return Response(content, headers={"Cache-Control": "no-cache"}, media_type="application/json")

    return PlainGuardedRoute("/openapi.json", openapi, methods=["GET"])


def tell_denied(request: Request, error: RightDenied) -> None:
    """Write the security event, if somebody is known: the public is asked to sign in, or finds nothing."""
    visitors: Visitors = request.app.state.who.visitors
    if known_visitor(request).identity is not None:
        said = error.said
        visitors.tell("right_denied", request, said.reason or "", operation=error.operation, outcome=said.outcome)


async def pass_gate(request: Request, operation: str) -> str:
    """Find out who asks, unless the door is open to all, and whether their role may do this to anything at all.

    Returns the operation, as the path names it.
    Raises RightDenied, Unauthenticated, SessionsUnavailable, and RateReached for whom asks too often.
    """
    name = operation.format(**request.path_params) if "{" in operation else operation
    known = OPERATIONS.get(name)
    if known is None:
        raise RightDenied(operation, HIDDEN)
    if known.open:
        _count(request)
        return name
    visitors: Visitors = request.app.state.who.visitors
    try:
        identity = (await visitors.of(request)).identity
    finally:  # of an account, or of the address that shows no good token
        _count(request)
    answer = role_answer(name, asker_of(identity.role if identity else None))
    if not answer.allowed:
        raise RightDenied(name, answer)
    return name


def _count(request: Request) -> None:
    limits: RequestLimits | None = request.scope.get(LIMITS)
    if limits is not None:
        limits.count(request)


def _under_way(request: Request) -> AbstractContextManager[None]:
    limits: RequestLimits | None = request.scope.get(LIMITS)
    return nullcontext() if limits is None else limits.under_way(request)


def _expanded(operation: str) -> list[str]:
    fixed, brace, _ = operation.partition("{")
    return [name for name in OPERATIONS if (name.startswith(fixed) if fixed and brace else name == operation)]
