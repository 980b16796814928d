"""The gate: no handler without a declared operation, and nothing is read of a request before it."""

from __future__ import annotations

from types import SimpleNamespace

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Request
from prometheus_client import CollectorRegistry
from starlette.responses import PlainTextResponse, Response

from web.gate import GuardedRoute, PlainGuardedRoute, Undeclared, does, operations_of
from web.identity import Identity
from web.rights import RightDenied
from web.security_events import SecurityLog
from web.visitor import VISITOR, Visitor, Visitors


class Known(Visitors):
    """Somebody is at the door; nobody is asked for a proof."""

    def __init__(self, identity: Identity | None) -> None:
        super().__init__(None, None, None, SecurityLog("test", CollectorRegistry()))
        self._known = identity

    async def of(self, request: Request) -> Visitor:
        request.scope[VISITOR] = visitor = Visitor(self._known)
        return visitor


def application(router: APIRouter, identity: Identity | None) -> httpx.AsyncClient:
    app = FastAPI()
    app.state.who = SimpleNamespace(visitors=Known(identity))
    app.include_router(router)

    @app.exception_handler(RightDenied)
    async def denied(_: Request, error: Exception) -> Response:
        assert isinstance(error, RightDenied)
        return PlainTextResponse(f"{error.operation} {error.said.outcome} {error.said.reason}", 403)

    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


def test_a_handler_that_declares_nothing_cannot_be_served() -> None:
    async def handler() -> Response:
        return Response()

    with pytest.raises(Undeclared):
        APIRouter(route_class=GuardedRoute).get("/x")(handler)
    with pytest.raises(Undeclared):
        PlainGuardedRoute("/x", handler, methods=["GET"])  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["item.burn", "", "submitted.{name}", "{name}"])
def test_an_operation_that_is_not_in_the_table_cannot_be_declared(name: str) -> None:
    with pytest.raises(Undeclared):
        does(name)


def test_a_path_may_say_which_of_several_operations_it_is() -> None:
    @does("submit.{name}")
    async def handler() -> Response:
        return Response()

    assert "submit.plan.decided" in operations_of(handler)
    assert all(name.startswith("submit.") for name in operations_of(handler))


@pytest.mark.parametrize(
    ("identity", "said"),
    [
        (None, "lag forbidden sign_in"),
        (Identity("u", "unit", "fagai"), "lag forbidden wrong_role"),
        (Identity("a", "alarm"), "lag forbidden wrong_role"),
        (Identity("o", "office"), "done"),
    ],
)
async def test_the_role_is_looked_at_before_what_a_handler_depends_on(identity: Identity | None, said: str) -> None:
    router = APIRouter(route_class=GuardedRoute)

    @router.post("/{name}")
    @does("submit.{name}")
    async def handler(body: dict[str, int]) -> Response:
        return PlainTextResponse(f"done{len(body) * '!'}")

    @does("submit.lag.declared")
    async def other(_: Request) -> Response:
        return PlainTextResponse("done")

    router.routes.insert(0, PlainGuardedRoute("/plain", other, methods=["POST"]))
    async with application(router, identity) as client:
        for path in ("/lag.declared", "/plain"):
            content = b"{}" if identity and identity.role == "office" else b"no json"
            answer = await client.post(path, content=content, headers={"content-type": "application/json"})
            assert answer.text == said.replace("lag", "submit.lag.declared"), path
        unknown = await client.post("/no.such", content=b"no json")
        assert unknown.text == "submit.{name} hidden None"
