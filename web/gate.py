"""The gate before every handler: which operation it declares to be, and whether this role may do it at all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final, TypeVar

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from supervision.right import HIDDEN, asker_of
from supervision.rights import OPERATIONS, role_answer
from web.rights import RightDenied
from web.visitor import Visitors, known_visitor

Handler = Callable[[Request], Awaitable[Response]]
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
    """A route of FastAPI behind the gate, which comes before everything that it depends on and before its body."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler with the gate before it. Raises Undeclared."""
        operation, handler = declared(self.endpoint), super().get_route_handler()

        async def guarded(request: Request) -> Response:
            await pass_gate(request, operation)
            return await handler(request)

        return guarded


class PlainGuardedRoute(Route):
    """The same for a handler that asks FastAPI for nothing."""

    def __init__(self, path: str, endpoint: Handler, methods: list[str]) -> None:
        """Raises Undeclared."""
        operation = declared(endpoint)

        async def guarded(request: Request) -> Response:
            await pass_gate(request, operation)
            return await endpoint(request)

        setattr(guarded, _MARK, operation)
        super().__init__(path, guarded, methods=methods, name=getattr(endpoint, "__name__", None))


def description(app: FastAPI) -> Route:
    """The address at which an application describes its API."""

    @does("api.describe")
    async def openapi(_: Request) -> Response:
        return JSONResponse(app.openapi())

    return PlainGuardedRoute("/openapi.json", openapi, methods=["GET"])


def tell_denied(request: Request, error: RightDenied) -> None:
    """Write the security event, if somebody is known: the public is asked to sign in, or finds nothing."""
    visitors: Visitors = request.app.state.who.visitors
    if known_visitor(request).identity is not None:
        said = error.said
        visitors.tell("right_denied", request, said.reason or "", operation=error.operation, outcome=said.outcome)


async def pass_gate(request: Request, operation: str) -> None:
    """Find out who asks, unless the door is open to all, and whether their role may do this to anything at all.

    Raises RightDenied, Unauthenticated, SessionsUnavailable.
    """
    name = operation.format(**request.path_params) if "{" in operation else operation
    known = OPERATIONS.get(name)
    if known is None:
        raise RightDenied(operation, HIDDEN)
    if known.open:
        return
    visitors: Visitors = request.app.state.who.visitors
    identity = (await visitors.of(request)).identity
    answer = role_answer(name, asker_of(identity.role if identity else None))
    if not answer.allowed:
        raise RightDenied(name, answer)


def _expanded(operation: str) -> list[str]:
    fixed, brace, _ = operation.partition("{")
    return [name for name in OPERATIONS if (name.startswith(fixed) if fixed and brace else name == operation)]
