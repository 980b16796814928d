"""Errors as RFC 9457 problem documents: what those of every service have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final, NamedTuple

import orjson
from starlette.responses import Response

from supervision.words import Word

MEDIA_TYPE: Final = "application/problem+json"


class ProblemKind(NamedTuple):
    """What one code means: the HTTP status, and the title in both languages."""

    status: int
    title: Word


class HttpProblem(Exception):
    """The answer to a request is an error; each service derives a class with its own kinds and wording.

    `code` is one of `kinds` and the last part of the document's type; `headers` are sent with the answer.
    """

    kinds: ClassVar[Mapping[str, ProblemKind]]

    def __init__(self, code: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.headers = dict(headers or {})

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.kinds[self.code].status

    @property
    def title(self) -> Word:
        """What happened, in both languages."""
        return self.kinds[self.code].title

    def titles(self) -> dict[str, str]:
        """The title as the document says it."""
        raise NotImplementedError

    def members(self) -> dict[str, Any]:
        """What the document says beyond type, title and status."""
        raise NotImplementedError

    def document(self) -> dict[str, Any]:
        """The problem document."""
        kind = {"type": f"urn:liangdeng:problem:{self.code}", **self.titles(), "status": self.status}
        return {**kind, **self.members()}

    def response(self) -> Response:
        """The document as an answer."""
        return Response(orjson.dumps(self.document()), self.status, self.headers, MEDIA_TYPE)
