"""Whoever takes their time over headers or a body, or opens connections without end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import orjson
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from embedded.child_process import LOOPBACK, free_port
from web.body_deadline import BodyDeadline
from web.connections import ConnectionLimits, limited_protocol
from web.doors import beside
from web.request_limits import TooSlow

SECONDS = 0.3
MOST = 4


async def _echo(request: Request) -> Response:
    try:
        return PlainTextResponse(str(len(await request.body())))
    except TooSlow as slow:
        return slow.response("an id")


@pytest.fixture
async def port() -> AsyncIterator[int]:
    app = Starlette(routes=[Route("/", _echo, methods=["GET", "POST"])])
    app.add_middleware(BodyDeadline, seconds=SECONDS, a_second=100)
    found = free_port()
    protocol = limited_protocol(ConnectionLimits(MOST, SECONDS))
    async with beside(app, LOOPBACK, found, http=protocol):
        yield found


async def _ended(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(120):
        return await reader.read()


async def test_headers_that_do_not_come_are_not_waited_for(port: int) -> None:
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
    assert await _ended(reader) == b""
    silent, other = await asyncio.open_connection(LOOPBACK, port)
    assert await _ended(silent) == b""
    writer.close()
    other.close()


@pytest.mark.parametrize("end", [b"", b"\r\n\r\n"], ids=["that go on", "that end"])
async def test_headers_that_are_too_long_are_refused_and_the_connection_closed(port: int, end: bytes) -> None:
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * 70_000 + end)
    assert (await _ended(reader)).startswith(b"HTTP/1.1 400 ")
    writer.close()


@pytest.mark.parametrize(
    "request_", [b"FOO / HTTP/1.1\r\nHost: x\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02"]
)
async def test_what_is_no_request_is_refused_as_every_other_one_is(port: int, request_: bytes) -> None:
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    writer.write(request_)
    head, body = (await _ended(reader)).split(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\nContent-Type: application/problem+json\r\n")
    document = orjson.loads(body)
    assert document["request_id"]
    assert (document["type"], document["status"]) == ("urn:liangdeng:problem:malformed", 400)
    assert (document["title"], document["title_en"]) == ("请求有误", "The request is malformed")
    writer.close()


async def test_a_second_request_of_a_connection_is_not_waited_for_either(port: int) -> None:
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nX-Slow: ")
    answer = await _ended(reader)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.count(b"HTTP/1.1") == 1
    writer.close()


async def test_a_body_that_comes_too_slowly_is_answered_408_and_the_connection_closed(port: int) -> None:
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc")
    answer = await _ended(reader)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 ")
    assert orjson.loads(body)["type"] == "urn:liangdeng:problem:slow"
    writer.close()


async def test_a_body_that_goes_on_coming_has_the_time_that_it_takes(port: int) -> None:
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 400\r\n\r\n")
    for _ in range(8):  # 50 bytes, half a second's worth, every tenth of a second: longer than `SECONDS` in all
        writer.write(b"x" * 50)
        await asyncio.sleep(0.1)
    assert (await _ended(reader)).endswith(b"400")
    writer.close()


async def test_a_connection_beyond_the_limit_is_told_to_come_again(port: int) -> None:
    held = [await asyncio.open_connection(LOOPBACK, port) for _ in range(MOST)]
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    head, _, body = (await _ended(reader)).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 503 ")
    assert b"Retry-After:" in head
    assert orjson.loads(body)["type"] == "urn:liangdeng:problem:busy"
    for _, other in [*held, (reader, writer)]:
        other.close()
