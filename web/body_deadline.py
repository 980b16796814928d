"""A body that comes too slowly is given up, and what is left of a short one is read before the answer begins."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from supervision.words import Word
from web.request_limits import TooSlow

_BODILESS: Final = frozenset({"GET", "HEAD", "OPTIONS"})

MOST_BYTES: Final = 65_536
"""Of a body that is read for nothing: as long as a submission may be."""
SECONDS: Final = 1.0
"""For which the rest is waited for at most: what comes with its headers is there at once."""


class BodyDeadline:
    """Middleware: a body may be waited for `seconds`, and one more for every `a_second` bytes that have come."""

    def __init__(self, app: ASGIApp, seconds: float, a_second: int) -> None:
        self._app = app
        self._seconds = seconds
        self._a_second = a_second

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let whoever reads the body get TooSlow."""
        if scope["type"] == "http" and scope["method"] not in _BODILESS:
            receive = self._timed(receive)
        await self._app(scope, receive, send)

    def _timed(self, receive: Receive) -> Receive:
        clock = asyncio.get_running_loop().time
        left, more = self._seconds, True

        async def timed() -> Message:
            nonlocal left, more
            if not more:
                return await receive()
            began = clock()
            try:
                async with asyncio.timeout(left):
                    message = await receive()
            except TimeoutError:
                raise TooSlow(Word("请求内容未能及时到达", "the body did not come in time")) from None
            more = message.get("more_body", False)
            left += len(message.get("body", b"")) / self._a_second - (clock() - began)
            return message

        return timed


class UnreadBody:
    """Middleware: whoever is refused before the body was read, such as for the token, gets the whole answer.

    Over HTTP/1 a proxy written in Go drains the body before it passes an answer on, under the hands of whoever sends
    it to here; the connection to here then ends, and the answer with it, once in some eighty.
    """

    def __init__(self, app: ASGIApp, seconds: float = SECONDS) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the answer begin once a short body is there, or does not come."""
        if scope["type"] != "http" or not _is_short(Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        more = True

        async def heard() -> Message:
            nonlocal more
            message = await receive()
            more = message.get("more_body", False)
            return message

        async def answered(message: Message) -> None:
            if message["type"] == "http.response.start" and more:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._seconds):
                        while more:
                            await heard()
            await send(message)

        await self._app(scope, heard, answered)


def _is_short(headers: Headers) -> bool:
    """Whether a short body is declared; who asks first whether to send it has sent none."""
    length = headers.get("content-length", "")
    return length.isdecimal() and 0 < int(length[:9]) <= MOST_BYTES and "expect" not in headers
