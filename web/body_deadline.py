"""A body that comes too slowly is given up: whoever sends a byte a minute holds no place for hours."""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from supervision.words import Word
from web.request_limits import TooSlow

_BODILESS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


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
