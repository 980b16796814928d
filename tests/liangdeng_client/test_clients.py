"""The two clients differ in `async` and `await` alone, and the token is fetched as the standard says."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

import liangdeng_client
from liangdeng_client import Client, ClientCredentials, OutcomeUnknown, Refused

FOLDER = Path(liangdeng_client.__file__).parent
_SAME = {
    "async def ": "def ",
    "await ": "",
    "AsyncClient": "Client",
    "AsyncBaseTransport": "BaseTransport",
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "aclose": "close",
    "asyncio.sleep": "time.sleep",
    "import asyncio": "import time",
    "with async calls": "with blocking calls",
}


def test_both_clients_have_the_same_calls() -> None:
    text = (FOLDER / "async_client.py").read_text(encoding="utf-8")
    for theirs, ours in _SAME.items():
        text = text.replace(theirs, ours)
    assert "".join(text.split()) == "".join((FOLDER / "client.py").read_text(encoding="utf-8").split())


def test_a_token_is_fetched_once_and_again_when_it_is_refused() -> None:
    fetched, good = [], "first"

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/token":
            fetched.append(request)
            assert request.content == b"grant_type=client_credentials"
            assert request.headers["authorization"].startswith("Basic ")
            return httpx.Response(200, json={"access_token": good, "expires_in": 600})
        return httpx.Response(200 if request.headers["authorization"] == f"Bearer {good}" else 401)

    signed_in = ClientCredentials("https://provider/token", "fagai-system", "secret")
    with httpx.Client(transport=httpx.MockTransport(answer), auth=signed_in) as client:
        assert [client.get("https://liangdeng/v1/x").status_code for _ in range(3)] == [200, 200, 200]
        assert len(fetched) == 1
        good = "second"
        assert client.get("https://liangdeng/v1/x").status_code == 200
        assert len(fetched) == 2


def client_of(answer: Callable[[httpx.Request], httpx.Response], patience: float = 5.0) -> Client:
    signed_in = ClientCredentials("https://provider/token", "fagai-system", "secret")
    return Client("https://liangdeng", signed_in, patience=patience, transport=httpx.MockTransport(answer))


def test_credentials_that_are_not_taken_are_said_to_be_so() -> None:
    def answer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(401, json={"error": "invalid_client"})

    with client_of(answer) as client, pytest.raises(Refused, match="invalid_client") as refused:
        client.get("/v1/programmes")
    assert refused.value.code == "sign_in_refused"


def test_a_sign_in_server_that_is_being_started_is_waited_for() -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        if request.url.path != "/token":
            return httpx.Response(200, json={"programmes": []})
        return httpx.Response(503) if len(asked) == 1 else httpx.Response(200, json={"access_token": "t"})

    with client_of(answer) as client:
        assert client.get("/v1/programmes") == {"programmes": []}
    assert asked == ["/token", "/token", "/v1/programmes"]


@pytest.mark.parametrize(("status", "raised"), [(429, Refused), (503, OutcomeUnknown)])
def test_what_asks_to_wait_for_hours_is_not_waited_for(status: int, raised: type[Exception]) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/token":
            return httpx.Response(200, json={"access_token": "t"})
        problem = {"type": "urn:liangdeng:problem:quota", "title": "今日配额已用完"}
        return httpx.Response(status, headers={"Retry-After": "7200"}, json=problem)

    with client_of(answer) as client, pytest.raises(raised) as told:
        client.submit("441602-2024", "K01", "progress.reported", {}, key="row-17")
    if isinstance(told.value, Refused):
        assert (told.value.code, told.value.retry_after) == ("quota", 7200)
