"""A request's headers and body: the key, the content type, the bytes up to a limit, JSON read exactly, what it says."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.types import Message, Receive

from contracts.envelope import UnknownType
from contracts.submission import SUBMISSION_TYPES
from contracts.topics import MAX_SUBMISSION_BYTES
from contracts.values import Identifier
from exact.faults import UNKNOWN_FIELD, Fault, faults_of
from exact.texts import Inexact, agrees, completed, differences, longest, read_json
from services.intake.problem import IntakeProblem, invalid

_KEY: Final = re.compile(r"[\x21-\x7e]{1,128}")
_WAIT: Final = re.compile(r"wait\s*=\s*\"?([0-9]{1,4})\"?", re.IGNORECASE)
MAX_ENTRIES: Final = 1000
"""Entries of one list or object of a submission: as many as a programme has items (`MAX_ITEMS`)."""
MAX_PARTS: Final = 4000
"""Lists and objects in one submission: 500 units and 100 leaders, each an object, are the most that is sent."""
_ITEM: Final[TypeAdapter[str]] = TypeAdapter(Identifier)
_SHAPE: Final = frozenset({"type", "data"})
_NAMED: Final = frozenset({"prepared_by", "on_behalf_of"})
"""What a body may say about who acts, beside its type and data."""
_LONGEST_LENGTH: Final = 18
"""Digits of a Content-Length that is worth reading as a number."""


def declared_length(request: Request) -> int:
    """Bytes of the body as the request declares them; 0 where it does not."""
    declared = request.headers.get("content-length", "")
    return int(declared[:_LONGEST_LENGTH]) if declared.isdecimal() else 0


def limited(request: Request, limit: int) -> Receive:
    """Receives the request's body up to `limit` bytes, whether it is read at once, as a stream or as a form.

    Raises IntakeProblem `too_large` here where a longer one is declared, else it or `aborted` while it is received.
    """
    if declared_length(request) > limit:
        raise too_large(limit)
    size = 0

    async def receive() -> Message:
        nonlocal size
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise IntakeProblem("aborted")
        size += len(message.get("body", b""))
        if size > limit:
            raise too_large(limit)
        return message

    return receive


def idempotency_key(request: Request) -> str:
    """The header Idempotency-Key: 1 to 128 visible ASCII characters. Raises IntakeProblem `key_required`."""
    return idempotency_key_of(request.headers.getlist("idempotency-key"))


def idempotency_key_of(keys: Sequence[str]) -> str:
    """The one key, from wherever it was given. Raises IntakeProblem `key_required`."""
    if len(keys) != 1 or not _KEY.fullmatch(keys[0]):
        raise IntakeProblem(
            "key_required", "须为 1 至 128 个可见 ASCII 字符", "one header of 1 to 128 visible ASCII characters"
        )
    return keys[0]


def preferred_wait(request: Request, most: float) -> float:
    """Seconds that the caller would wait for the ruling (`Prefer: wait=10`, RFC 7240), at most `most`; 0 if none.

    What is not understood of that header is passed over, as the RFC asks.
    """
    for preference in request.headers.get("prefer", "").split(","):
        if (found := _WAIT.fullmatch(preference.strip())) is not None:
            return min(float(found[1]), most)
    return 0


def content_type(request: Request, *allowed: str) -> str:
    """The media type of the body, if it is one of `allowed`. Raises IntakeProblem `media_type`."""
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given not in allowed or request.headers.get("content-encoding", "identity") != "identity":
        raise IntakeProblem("media_type", f"应为 {'、'.join(allowed)}", f"must be {' or '.join(allowed)}, not encoded")
    return given


async def read_body(request: Request, limit: int) -> bytes:
    """The whole body, at most `limit` bytes. Raises IntakeProblem `too_large` or `aborted`."""
    receive, chunks, more = limited(request, limit), [], True
    while more:  # starlette's `body` takes two generators for this, on the busiest way
        message = await receive()
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(chunks)


async def read_object(request: Request, limit: int = MAX_SUBMISSION_BYTES, parts: int = MAX_PARTS) -> dict[str, Any]:
    """The body as a JSON object of at most `limit` bytes, and lists and objects in it. Raises IntakeProblem."""
    content_type(request, "application/json")
    body = await read_body(request, limit)
    if len(body) <= MAX_SUBMISSION_BYTES:
        return _checked_object(body, parts)
    return await asyncio.to_thread(_checked_object, body, parts)  # a megabyte takes a tenth of a second


def _checked_object(body: bytes, parts: int) -> dict[str, Any]:
    value = exact_object(body)
    # What has few commas and brackets, wherever they stand, has no more entries and parts: it needs no walk.
    if body.count(b",") >= MAX_ENTRIES or body.count(b"{") + body.count(b"[") > parts:
        check_lengths(value, parts)
    return value


def check_lengths(value: dict[str, Any], parts: int = MAX_PARTS) -> None:
    """Raises IntakeProblem `invalid` for what is longer than any submission, before each part of it is looked at."""
    if (fault := longest(value, MAX_ENTRIES, parts)) is not None:
        raise invalid(fault)


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


def posted_data(name: str, given: Mapping[str, Any]) -> Any:
    """The data of a submission. Raises IntakeProblem `invalid` with every fault."""
    try:
        full = SUBMISSION_TYPES.by_short_name(name)
        data = SUBMISSION_TYPES.validate(full, dict(given))
    except UnknownType:
        raise invalid(_unknown_type(name)) from None
    except ValidationError as error:
        raise invalid(*faults_of(error, under=("data",))) from None
    written = SUBMISSION_TYPES.dump(data)
    if not agrees(given, written) and (faults := list(differences(given, completed(data, written), ("data",)))):
        raise invalid(*faults)
    return data


def submission_in(body: Mapping[str, Any], known: Collection[str]) -> tuple[str, Mapping[str, Any]]:
    """Type (one of `known`) and data of a submission. Raises IntakeProblem `invalid`."""
    name, data = body.get("type"), body.get("data")
    faults = unknown_fields(body, _SHAPE | _NAMED)
    if not isinstance(name, str) or name not in known:
        faults.append(_unknown_type(str(name)))
    if not isinstance(data, dict):
        faults.append(Fault(("data",), "dict_type", "应为对象", "must be an object"))
    if faults or not isinstance(name, str) or not isinstance(data, dict):
        raise invalid(*faults)
    return name, data


def item_named(value: Any) -> str:
    """The id of an item, from wherever it was given. Raises IntakeProblem `invalid`."""
    try:
        return _ITEM.validate_python(value)
    except ValidationError:
        raise invalid(Fault(("item",), "value_error", "应为事项编号", "must be the id of an item")) from None


def unknown_fields(body: Mapping[str, Any], known: Collection[str]) -> list[Fault]:
    """The fields at the top of a body that nothing asks for, by name."""
    return [Fault((field,), "extra_forbidden", *UNKNOWN_FIELD) for field in sorted(body.keys() - set(known))]


def _unknown_type(name: str) -> Fault:
    return Fault(("type",), "unknown_type", f"这里不能提交 {name[:60]}", f"{name[:60]} cannot be submitted here")
