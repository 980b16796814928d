"""The route that is answered before the others: what it refuses is told as the application tells it."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from web.gate import FirstDoor, PlainGuardedRoute, does


class Refused(Exception):
    """What the application knows how to tell."""


class SomeRefused(Refused):
    """A kind of it."""


@does("api.describe")
async def _answer(request: Request) -> Response:
    raised = {"refused": SomeRefused(), "defect": ZeroDivisionError()}.get(request.path_params["what"])
    if raised is not None:
        raise raised
    return PlainTextResponse(request.path_params["what"])


async def _told(_request: Request, error: Exception) -> Response:
    return PlainTextResponse(type(error).__name__, 418)


@pytest.fixture
def client() -> httpx.AsyncClient:
    app, route = FastAPI(openapi_url=None), PlainGuardedRoute("/things/{what}/parts", _answer, methods=["POST"])
    app.add_middleware(FirstDoor, route=route, handlers=app.exception_handlers)
    app.add_exception_handler(Refused, _told)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://app")


async def test_its_answer_is_that_of_its_handler(client: httpx.AsyncClient) -> None:
    assert (await client.post("/things/one/parts")).text == "one"


async def test_what_it_refuses_is_told_by_the_applications_handler(client: httpx.AsyncClient) -> None:
    told = await client.post("/things/refused/parts")
    assert (told.status_code, told.text) == (418, "SomeRefused")


async def test_a_defect_goes_on_to_whoever_is_around_it(client: httpx.AsyncClient) -> None:
    with pytest.raises(ZeroDivisionError):
        await client.post("/things/defect/parts")


@pytest.mark.parametrize(("method", "path"), [("GET", "/things/one/parts"), ("POST", "/things/one/parts/two")])
async def test_what_is_not_asked_of_it_is_left_to_the_application(
    client: httpx.AsyncClient, method: str, path: str
) -> None:
    assert (await client.request(method, path)).status_code == 404
