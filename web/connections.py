"""Connections of the public door: so many at a time, and none that takes its time over a request's headers."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import httptools
import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from supervision.words import Word
from web.problem import EVERYWHERE, MEDIA_TYPE, TYPE_PREFIX, ProblemKind

_AGAIN_SECONDS: Final = 2
_MALFORMED: Final = ProblemKind(400, Word("请求有误", "The request is malformed"))


def _refusal(code: str, kind: ProblemKind) -> bytes:
    """A whole answer from below the application, in the form that its own refusals have; the connection ends."""
    body = orjson.dumps(
        {
            "type": f"{TYPE_PREFIX}{code}",
            "title": kind.title.zh,
            "title_en": kind.title.en,
            "status": kind.status,
            "request_id": uuid.uuid4().hex,
        }
    )
    later = f"Retry-After: {_AGAIN_SECONDS}\r\n" if kind.status == HTTPStatus.SERVICE_UNAVAILABLE else ""
    head = (
        f"HTTP/1.1 {kind.status} {HTTPStatus(kind.status).phrase}\r\nContent-Type: {MEDIA_TYPE}\r\n"
        f"Content-Length: {len(body)}\r\nX-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n"
        f"{later}Connection: close\r\n\r\n"
    )
    return head.encode() + body


_HEAD_BYTES: Final = 65_536
"""Of a request's line and headers; the parser itself knows no limit, and keeps what has come so far."""


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """At most so many connections, and seconds until the headers of a request must be there."""

    most: int
    header_seconds: float


def limited_protocol(limits: ConnectionLimits) -> type[HttpToolsProtocol]:
    """The protocol that uvicorn is to speak."""

    class LimitedProtocol(HttpToolsProtocol):
        """Closes what waits too long for headers, and answers 503 to whom there is no room for."""

        _headers_late: asyncio.TimerHandle | None = None
        _head_bytes = 0
        """Of a request whose headers are not all there."""

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            if len(self.connections) > limits.most:
                transport.write(_refusal("busy", EVERYWHERE["busy"]))
                transport.close()
                return
            self._await_headers()

        def data_received(self, data: bytes) -> None:
            if self.transport.is_closing():
                return
            super().data_received(data)
            if self._headers_late is not None:
                self._head_bytes += len(data)
                if self._head_bytes > _HEAD_BYTES and not self.transport.is_closing():
                    self.send_400_response("the headers are too long")

        def send_400_response(self, msg: str) -> None:  # noqa: ARG002
            # In place of a line of plain text that is English alone.
            self.transport.write(_refusal("malformed", _MALFORMED))
            self.transport.close()

        def connection_lost(self, exc: Exception | None) -> None:
            self._stop_waiting()
            super().connection_lost(exc)

        def on_message_begin(self) -> None:
            super().on_message_begin()
            self._await_headers()

        def on_headers_complete(self) -> None:
            self._stop_waiting()
            if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > _HEAD_BYTES:
                raise httptools.HttpParserError("the headers are too long")
            super().on_headers_complete()

        def _await_headers(self) -> None:
            if self._headers_late is None:
                self._head_bytes = 0
                self._headers_late = self.loop.call_later(limits.header_seconds, self._close_late)

        def _stop_waiting(self) -> None:
            if self._headers_late is not None:
                self._headers_late.cancel()
                self._headers_late = None

        def _close_late(self) -> None:
            self._headers_late = None
            if not self.transport.is_closing():
                self.transport.close()

    return LimitedProtocol
