"""The entrance: what no request gets past, what every answer says, and how a failure is told."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from web import failures
from web.entrance import Entrance, host_names
from web.problem import HttpProblem
from web.visitor import request_id

HERE = "https://liangdeng.example"


async def _fine(_: Request) -> Response:
    return PlainTextResponse("fine", headers={"Server": "a", "Cache-Control": "max-age=5"})


async def _fails(_: Request) -> Response:
    raise KeyError("13800138000")


async def _breaks_off(_: Request) -> Response:
    async def half() -> AsyncIterator[bytes]:
        yield b"half"
        raise ValueError("gone")

    return StreamingResponse(half())


async def _told(request: Request, problem: HttpProblem) -> Response:
    return problem.response(request_id(request))


@asynccontextmanager
async def entered(origin: str = HERE) -> AsyncIterator[httpx.AsyncClient]:
    routes = [Route("/v1/fine", _fine), Route("/fails", _fails), Route("/half", _breaks_off)]
    within = Middleware(Entrance, told=_told, origin=origin, hosts=host_names(origin, ["intake"]))
    app = Starlette(routes=routes, middleware=[within])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=HERE) as client:
        yield client


async def test_every_answer_says_what_a_browser_may_do_with_it_and_no_server() -> None:
    async with entered() as client:
        answer = await client.get("/v1/fine")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "max-age=5", "an answer that says so itself is left"
        assert "server" not in answer.headers
        assert (await client.get("/v1/nothing")).headers["cache-control"] == "no-store"
    async with entered("http://localhost:8000") as client:
        answer = await client.get("/v1/fine", headers={"Host": "localhost"})
        assert "strict-transport-security" not in answer.headers, "other programs share this machine's name"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("liangdeng.example", 200),
        ("LIANGDENG.example:443", 200),
        ("intake:8001", 200),
        ("127.0.0.1:8001", 200),
        ("evil.example", 421),
        ("liangdeng.example.evil.example", 421),
        ("liangdeng.example@evil.example", 421),
        ("", 421),
        ("a b", 421),
    ],
)
async def test_a_name_that_is_not_the_systems_own_is_not_answered(host: str, status: int) -> None:
    async with entered() as client:
        answer = await client.get("/v1/fine", headers={"Host": host})
        assert answer.status_code == status
        assert not host or status == 200 or host not in answer.text + str(answer.headers)


@pytest.mark.parametrize("text", ["%E2%80%AE", "%00", "%ED%A0%80", "%EF%BF%BE", "%F0%9F%BF%BE", "%C2%85", "%FF"])
async def test_a_character_that_no_text_has_is_refused_wherever_it_stands(text: str) -> None:
    async with entered() as client:
        for address, field in ((f"/v1/{text}", "path"), (f"/v1/fine?q=a{text}", "q")):
            answer = await client.get(address)
            assert answer.status_code == 400, address
            (fault,) = answer.json()["errors"]
            assert (fault["field"], fault["rule"]) == (
                field,
                "not_utf8" if text in ("%FF", "%ED%A0%80") else "text_invalid",
            )
            assert fault["message"]
            assert fault["message_en"]
        assert (await client.get("/v1/fine?q=%E4%B8%AD%20%E6%96%87")).status_code == 200


@pytest.mark.parametrize("value", [b"a\xe2\x80\xaeb", b"a\x07b", b"\xed\xa0\x80", b"\xef\xbf\xbe", b"\xc2\x85"])
async def test_a_header_is_refused_by_its_name(value: bytes) -> None:
    async with entered() as client:
        answer = await client.get("/v1/fine", headers=[(b"Idempotency-Key", value)])
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] == "idempotency-key"


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("*/*", 200),
        ("application/json", 200),
        ("text/html,application/xhtml+xml,*/*;q=0.8", 200),
        ("application/problem+json;q=0.5", 200),
        ("text/html", 406),
        ("image/png", 406),
        ("nonsense", 406),
    ],
)
async def test_an_api_answers_in_json_or_says_that_it_cannot(accept: str, status: int) -> None:
    async with entered() as client:
        assert (await client.get("/v1/fine", headers={"Accept": accept})).status_code == status


async def test_a_failure_is_a_document_with_the_requests_id_and_one_line(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr(failures.Failures.__init__, "__defaults__", (lambda: now[0],))
    async with entered() as client:
        answers = [await client.get("/fails", headers={"X-Request-Id": f"r{n}"}) for n in range(20)]
        told: list[dict[str, Any]] = [answer.json() for answer in answers]
        assert {answer.status_code for answer in answers} == {500}
        assert [one["request_id"] for one in told] == [f"r{n}" for n in range(20)]
        assert answers[3].headers["x-request-id"] == "r3"
        assert "13800138000" not in answers[0].text
        lines = [record for record in caplog.records if record.name == "web.failures"]
        assert len(lines) == 20
        assert [bool(record.exc_info) for record in lines] == [True, *[False] * 19]
        assert "KeyError at tests/web/test_entrance.py:" in lines[5].getMessage()
        assert "request r5, GET /fails" in lines[5].getMessage()
        now[0] = 61.0
        await client.get("/fails")
        assert caplog.records[-1].exc_info
    assert {record.levelno for record in lines} == {logging.ERROR}


async def test_an_answer_that_breaks_off_is_not_made_to_look_whole() -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    app = Starlette(routes=[Route("/half", _breaks_off)], middleware=[Middleware(Entrance, told=_told)])
    scope = {
        "type": "http",
        "asgi": {"spec_version": "2.4"},
        "method": "GET",
        "path": "/half",
        "query_string": b"",
        "headers": [],
        "raw_path": b"/half",
    }
    await app(scope, receive, send)
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert sent[-1]["more_body"]
