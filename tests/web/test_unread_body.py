"""What is left of a short body is read before the answer begins."""

from __future__ import annotations

import asyncio

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from web.body_deadline import MOST_BYTES, UnreadBody


async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("no", 401)(scope, receive, send)


async def count(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse(str(len(await Request(scope, receive).body())))(scope, receive, send)


class Exchange:
    """One request whose body comes in parts, and in which order what was read and said."""

    def __init__(self, *parts: bytes, **headers: str) -> None:
        raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        self.scope: Scope = {"type": "http", "method": "POST", "path": "/", "headers": raw}
        self.parts = list(parts)
        self.happened: list[str] = []

    async def receive(self) -> Message:
        """The next part; behind the last one nothing ever comes."""
        if not self.parts:
            await asyncio.Event().wait()
        part = self.parts.pop(0)
        self.happened.append(f"read {len(part)}")
        return {"type": "http.request", "body": part, "more_body": not part.endswith(b".")}

    async def send(self, message: Message) -> None:
        """Note what is said."""
        self.happened.append(str(message.get("status", message.get("body", b"").decode())))


async def test_a_refusal_begins_when_the_short_body_is_there() -> None:
    one = Exchange(b"abc", b"de.", content_length="6")
    await UnreadBody(refuse)(one.scope, one.receive, one.send)
    assert one.happened == ["read 3", "read 3", "401", "no"]


async def test_a_body_that_the_service_read_is_not_asked_for_again() -> None:
    one = Exchange(b"abc", b"de.", content_length="6")
    await UnreadBody(count)(one.scope, one.receive, one.send)
    assert one.happened == ["read 3", "read 3", "200", "6"]


async def test_a_body_that_does_not_come_keeps_no_answer_back() -> None:
    one = Exchange(b"abc", content_length="6")
    await UnreadBody(refuse, seconds=0.01)(one.scope, one.receive, one.send)
    assert one.happened == ["read 3", "401", "no"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content_length": "0"},
        {"transfer_encoding": "chunked"},
        {"content_length": str(MOST_BYTES + 1)},
        {"content_length": "6", "expect": "100-continue"},
    ],
)
async def test_nothing_is_read_of_a_long_body_nor_of_one_that_was_not_sent(headers: dict[str, str]) -> None:
    one = Exchange(b"abcde.", **headers)
    await UnreadBody(refuse)(one.scope, one.receive, one.send)
    assert one.happened == ["401", "no"]
