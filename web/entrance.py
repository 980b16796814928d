"""The entrance of an application: what a request may look like, what every answer says, what becomes of a failure."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from typing import Final
from urllib.parse import unquote_to_bytes

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from exact.characters import forbidden_in, text_fault
from exact.faults import Fault, Location
from web.failures import Failures
from web.problem import HttpProblem
from web.visitor import request_id

RawHeaders = list[tuple[bytes, bytes]]


def _raw(headers: Mapping[str, str]) -> RawHeaders:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]


Told = Callable[[Request, HttpProblem], Awaitable[Response]]
"""How a service tells of a problem: as a document, or to a browser as a page."""
_ALWAYS: Final = {"x-content-type-options": "nosniff"}
_UNLESS_SAID: Final = _raw(
    {
        "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
    }
)
"""For answers that are no pages; a page says itself what it needs."""
_TRANSPORT: Final = ("strict-transport-security", "max-age=31536000")
_HOST: Final = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]{1,253})(:[0-9]{1,5})?")
_HEADER: Final = re.compile(
    rb"[\x00-\x08\x0a-\x1f\x7f]|\xc2[\x80-\x9f]|\xd8\x9c|\xe2\x80[\x8e\x8f\xaa-\xae]|\xe2\x81[\xa6-\xa9]"
    rb"|\xed[\xa0-\xbf][\x80-\xbf]|\xef\xb7[\x90-\xaf]|\xef\xbf[\xbe\xbf]"
)
"""Characters that `exact.characters` forbids, as the bytes of a header; a line feed ends one, so that none holds it."""
_JSON_ALONE: Final = ("/v1/", "/openapi.json")
_ANY_TYPE: Final = "/v1/evidence/"
_JSON: Final = re.compile(r"(?:^|,)\s*(\*/\*|application/\*|application/(problem\+)?json|text/event-stream)\s*(;|,|$)")
"""The types of what is asked of an API, in an Accept header."""


class Entrance:
    """Middleware: nothing of an application is reached but through it, and no answer leaves without its headers."""

    def __init__(self, app: ASGIApp, told: Told, origin: str = "", hosts: Collection[str] = ()) -> None:
        """`hosts` are the names by which this application is asked, without ports; none named: it trusts no name.

        `origin` is people's address: where it is https, browsers are told to come that way alone.
        """
        self._app = app
        self._told = told
        self._hosts = frozenset(hosts)
        always = {**_ALWAYS, **(dict([_TRANSPORT]) if origin.startswith("https://") else {})}
        self._always = _raw(always)
        self._replaced = frozenset({b"x-request-id", b"server", *(name for name, _ in self._always)})
        self._failures = Failures()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; whatever goes wrong within becomes a problem document with the request's id."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request, begun = Request(scope, receive), False
        told = request_id(request)

        async def leave(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                message["headers"] = self._completed(message["headers"], told)
            await send(message)

        try:
            if (problem := self._refused(request)) is not None:
                await (await self._told(request, problem))(scope, receive, leave)
            else:
                await self._app(scope, receive, leave)
        except ClientDisconnect:
            pass  # nobody is there any more who could be answered
        except Exception as error:
            self._failures.tell(request, error)
            if not begun:  # else the connection breaks off, and the client sees that the answer is not whole
                await HttpProblem("internal").response(told)(scope, receive, leave)

    def _completed(self, said: RawHeaders, told: str) -> RawHeaders:
        names = {name for name, _ in said}
        kept = [one for one in said if one[0] not in self._replaced]
        unless_said = [one for one in _UNLESS_SAID if one[0] not in names]
        return [*kept, *self._always, *unless_said, (b"x-request-id", told.encode("latin-1"))]

    def _refused(self, request: Request) -> HttpProblem | None:
        """What is wrong with the line and the headers of a request, before anything is looked for."""
        if self._hosts and _host_of(request) not in self._hosts:
            return HttpProblem("wrong_host")
        if faults := list(_text_faults(request.scope)):
            return HttpProblem("text_invalid", faults=faults)
        path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
        accept = request.headers.get("accept", "")
        if accept and path.startswith(_JSON_ALONE) and not path.startswith(_ANY_TYPE) and not _JSON.search(accept):
            return HttpProblem("not_acceptable", "应接受 application/json", "accept application/json")
        return None


def host_names(origin: str, further: Iterable[str]) -> frozenset[str]:
    """The names by which an application is asked: that of people's address, of this machine, and `further` ones.

    None where there is no such address: then no answer is built from a name, and none is trusted.
    """
    if not origin:
        return frozenset()
    own = _HOST.fullmatch(origin.partition("://")[2])
    return frozenset({"localhost", "127.0.0.1", "[::1]", *([own[1].lower()] if own else []), *further})


def _host_of(request: Request) -> str:
    hosts = request.headers.getlist("host")
    found = _HOST.fullmatch(hosts[0]) if len(hosts) == 1 else None
    return found[1].lower() if found else ""


def _text_faults(scope: Scope) -> Iterable[Fault]:
    raw_path, query = scope.get("raw_path") or b"", scope["query_string"]
    if b"%" in raw_path or not scope["path"].isascii():
        yield from _fault(("path",), unquote_to_bytes(raw_path or scope["path"].encode()))
    if b"%" in query or not query.isascii():
        for pair in query.split(b"&"):
            name, _, value = (unquote_to_bytes(part) for part in pair.partition(b"="))
            yield from _fault((name.decode("utf-8", "replace")[:60],), name + b" " + value)
    for name, value in scope["headers"]:
        if not (value.isascii() and value.decode().isprintable()) and _HEADER.search(value):
            yield Fault((name.decode("latin-1"),), "text_invalid", *_HEADER_WHY)


_HEADER_WHY: Final = ("请求头含有不允许的字符", "the header has a character that is not allowed")


def _fault(loc: Location, content: bytes) -> Iterable[Fault]:
    try:
        found = forbidden_in(content.decode())
    except UnicodeDecodeError:
        yield Fault(loc, "not_utf8", "不是 UTF-8 文本", "is not UTF-8 text")
    else:
        if found:
            yield text_fault(loc, found)
