"""A request's headers and body: the key, the content type, the bytes up to a limit, JSON read exactly."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from typing import Any, Final

from starlette.requests import ClientDisconnect, Request

from contracts.topics import MAX_SUBMISSION_BYTES
from exact.texts import Inexact, read_json
from services.intake.problem import IntakeProblem

_KEY: Final = re.compile(r"[\x21-\x7e]{1,128}")
_LONGEST_LENGTH: Final = 18
"""Digits of a Content-Length that is worth reading as a number."""


class LimitedRequest(Request):
    """A request whose body has at most `limit` bytes, whether it is read at once, as a stream or as a form.

    Reading it raises IntakeProblem `too_large` (of a declared length, before anything is read) or `aborted`.
    """

    def __init__(self, request: Request, limit: int) -> None:
        super().__init__(request.scope, request.receive)
        self._limit = limit

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """The body in chunks; `body` and `form` read it from here."""
        declared = self.headers.get("content-length", "")
        if declared.isdecimal() and (len(declared) > _LONGEST_LENGTH or int(declared) > self._limit):
            raise too_large(self._limit)
        size = 0
        try:
            async for chunk in super().stream():
                size += len(chunk)
                if size > self._limit:
                    raise too_large(self._limit)
                yield chunk
        except ClientDisconnect:
            raise IntakeProblem("aborted") from None


def idempotency_key(request: Request) -> str:
    """The header Idempotency-Key: 1 to 128 visible ASCII characters. Raises IntakeProblem `key_required`."""
    keys = request.headers.getlist("idempotency-key")
    if len(keys) != 1 or not _KEY.fullmatch(keys[0]):
        raise IntakeProblem(
            "key_required", "须为 1 至 128 个可见 ASCII 字符", "one header of 1 to 128 visible ASCII characters"
        )
    return keys[0]


def content_type(request: Request, *allowed: str) -> str:
    """The media type of the body, if it is one of `allowed`. Raises IntakeProblem `media_type`."""
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given not in allowed or request.headers.get("content-encoding", "identity") != "identity":
        raise IntakeProblem("media_type", f"应为 {'、'.join(allowed)}", f"must be {' or '.join(allowed)}, not encoded")
    return given


async def read_object(request: Request) -> dict[str, Any]:
    """The body as a JSON object of at most 64 KiB. Raises IntakeProblem."""
    content_type(request, "application/json")
    return exact_object(await LimitedRequest(request, MAX_SUBMISSION_BYTES).body())


def exact_object(text: bytes) -> dict[str, Any]:
    """A JSON object, its numbers exactly as they are written. Raises IntakeProblem `malformed`."""
    try:
        value = read_json(text)
    except Inexact as error:
        raise IntakeProblem("malformed", faults=[error.fault]) from None
    if not isinstance(value, dict):
        raise IntakeProblem("malformed", "应为 JSON 对象", "must be a JSON object")
    return value


def too_large(limit: int) -> IntakeProblem:
    """Refused for its size; the connection is closed, since the rest is not read."""
    return IntakeProblem("too_large", f"至多 {limit} 字节", f"at most {limit} bytes", headers={"Connection": "close"})
