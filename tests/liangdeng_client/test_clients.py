"""The two clients differ in `async` and `await` alone, and the token is fetched as the standard says."""

from pathlib import Path

import httpx

import liangdeng_client
from liangdeng_client import ClientCredentials

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
