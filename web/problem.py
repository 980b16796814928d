"""Errors as RFC 9457 problem documents, Chinese first and English beside it; what every service can answer with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final, NamedTuple

import orjson
from starlette.requests import Request
from starlette.responses import Response

from exact.faults import Fault
from supervision.words import Language, Word

MEDIA_TYPE: Final = "application/problem+json"
TYPE_PREFIX: Final = "urn:liangdeng:problem:"
MOST_FAULTS: Final = 100
"""Faults that a document lists: who sent more mends these first."""
_MOST_FAULT_BYTES: Final = 48 * 1024
"""Bytes that they take together, so that no document is longer than 64 KB."""
_LONGEST: Final = 400
"""Characters of a text in a fault; a key of somebody's own can be as long as the body."""


RETRY_AFTER: Final[Mapping[int, str]] = {408: "1", 429: "2", 503: "5", 504: "2", 507: "300"}
"""Seconds after which to ask again, by status, where whoever refuses knows no better."""


class ProblemKind(NamedTuple):
    """What one code means: the HTTP status, and the title in both languages."""

    status: int
    title: Word


EVERYWHERE: Final[Mapping[str, ProblemKind]] = {
    "text_invalid": ProblemKind(400, Word("含有不允许的字符", "Has characters that are not allowed")),
    "no_such_address": ProblemKind(404, Word("没有这个地址", "No such address")),
    "not_acceptable": ProblemKind(406, Word("无法按所要求的格式回答", "No answer in a format that is accepted")),
    "method": ProblemKind(405, Word("不支持的方法", "Method not allowed")),
    "wrong_host": ProblemKind(421, Word("请求的主机名不属于本系统", "Not a host name of this system")),
    "slow": ProblemKind(408, Word("请求内容传送过慢", "The request came too slowly")),
    "rate": ProblemKind(429, Word("请求过于频繁，请稍后再试", "Too many requests; try again later")),
    "internal": ProblemKind(500, Word("系统内部错误", "Internal error")),
    "busy": ProblemKind(503, Word("系统繁忙，请稍后再试", "Busy; try again later")),
}
"""What the entrance of every service can answer, whatever was asked for."""


class FaultRoom:
    """Room for as many faults as one answer may tell: a hundred, in 48 KB."""

    def __init__(self) -> None:
        self._number, self._bytes = MOST_FAULTS, _MOST_FAULT_BYTES

    def members(self, faults: Sequence[Fault]) -> dict[str, Any]:
        """The members of a document that tell faults, as many as there is room for, and how many more there are."""
        if not faults:
            return {}
        shown = []
        for fault in faults[: self._number]:
            made = _error(fault)
            self._bytes -= len(orjson.dumps(made))
            if self._bytes < 0:
                break
            self._number -= 1
            shown.append(made)
        omitted = len(faults) - len(shown)
        return {"errors": shown, **({"errors_omitted": omitted} if omitted else {})}


class HttpProblem(Exception):
    """The answer to a request is an error; a service derives a class with its own kinds.

    `code` is one of `kinds` and the last part of the document's type. `zh` and `en` say more than the title, `faults`
    name fields, `headers` are sent with the answer, `more` are further members of the document.
    """

    kinds: ClassVar[Mapping[str, ProblemKind]] = EVERYWHERE

    def __init__(
        self,
        code: str,
        zh: str = "",
        en: str = "",
        *,
        faults: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.zh, self.en = zh, en
        self.faults = faults
        self.headers = {**_later(self.status), **(headers or {})}
        self.more = dict(more or {})

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.kinds[self.code].status

    @property
    def title(self) -> Word:
        """What happened, in both languages."""
        return self.kinds[self.code].title

    def detail(self, language: Language) -> str:
        """What a page says beside the title; in Chinese nothing that was written for programs, in English alone."""
        return self.zh if language == "zh" else self.en or self.zh

    def document(self, request_id: str, room: FaultRoom | None = None) -> dict[str, Any]:
        """The problem document of a request; `room` is shared by the documents of one answer."""
        said = {"detail": self.zh, "detail_en": self.en}  # each in its own language, or not at all
        return {
            "type": f"{TYPE_PREFIX}{self.code}",
            "title": self.title.zh,
            "title_en": self.title.en,
            "status": self.status,
            **self.more,
            **{name: text for name, text in said.items() if text},
            **(room or FaultRoom()).members(self.faults),
            "request_id": request_id,
        }

    def response(self, request_id: str) -> Response:
        """The document as an answer."""
        return Response(orjson.dumps(self.document(request_id)), self.status, self.headers, MEDIA_TYPE)


def _later(status: int) -> dict[str, str]:
    return {"Retry-After": RETRY_AFTER[status]} if status in RETRY_AFTER else {}


def wants_page(request: Request) -> bool:
    """Whether an error is told as a page: to a browser, but below `/v1`, where programs ask."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    return not path.startswith("/v1/") and "text/html" in request.headers.get("accept", "")


def _error(fault: Fault) -> dict[str, Any]:
    made: dict[str, Any] = {
        "pointer": _cut(f"#{fault.pointer}"),
        "field": _cut(fault.field),
        "rule": fault.rule,
        "message": _cut(fault.zh),
        "message_en": _cut(fault.en),
    }
    return made if fault.line is None else {**made, "line": fault.line}


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
