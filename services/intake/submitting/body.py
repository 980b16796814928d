"""A request's body: streamed up to a limit, of the right content type, read exactly."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any, Final

from starlette.requests import ClientDisconnect, Request

from contracts.topics import MAX_SUBMISSION_BYTES
from exact.texts import Inexact, read_json
from services.intake.problem import IntakeProblem

_KEY: Final = re.compile(r"[\x21-\x7e]{1,128}")


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


async def read_body(request: Request, limit: int) -> bytes:
    """The body, at most `limit` bytes: reading stops at the limit. Raises IntakeProblem `too_large`, `aborted`."""
    length = request.headers.get("content-length", "")
    if length.isdecimal() and (len(length) > 18 or int(length) > limit):
        raise too_large(limit)
    chunks, size = [], 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > limit:
                raise too_large(limit)
            chunks.append(chunk)
    except ClientDisconnect:
        raise IntakeProblem("aborted") from None
    return b"".join(chunks)


async def read_object(request: Request) -> dict[str, Any]:
    """A JSON object of at most 64 KiB. Raises IntakeProblem."""
    content_type(request, "application/json")
    body = await read_body(request, MAX_SUBMISSION_BYTES)
    try:
        value = read_json(body)
    except Inexact as error:
        raise IntakeProblem("malformed", faults=[error.fault]) from None
    if not isinstance(value, dict):
        raise IntakeProblem("malformed", "应为 JSON 对象", "must be a JSON object")
    return value


def too_large(limit: int) -> IntakeProblem:
    """Refused for its size; the connection is closed, since the rest is not read."""
    return IntakeProblem("too_large", f"至多 {limit} 字节", f"at most {limit} bytes", headers={"Connection": "close"})


async def evidence_stream(request: Request, limit: int) -> AsyncIterator[bytes]:
    """The raw body in chunks. Raises IntakeProblem `too_large` (nothing was read), `aborted`."""
    length = request.headers.get("content-length", "")
    if length.isdecimal() and (len(length) > 18 or int(length) > limit):
        raise too_large(limit)
    try:
        async for chunk in request.stream():
            yield chunk
    except ClientDisconnect:
        raise IntakeProblem("aborted") from None
