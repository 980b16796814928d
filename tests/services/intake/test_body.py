"""A body is read up to its limits, whether it has to be walked for them or not."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from starlette.requests import Request
from starlette.types import Message

from services.intake.problem import IntakeProblem
from services.intake.submitting.body import MAX_ENTRIES, MAX_PARTS, read_object


async def _read(value: Any) -> dict[str, Any]:
    body = orjson.dumps(value)

    async def receive() -> Message:
        return {"type": "http.request", "body": body}

    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    return await read_object(Request({"type": "http", "method": "POST", "headers": headers}, receive))


@pytest.mark.parametrize(
    "value",
    [
        {"data": [0] * MAX_ENTRIES},
        {"data": {str(number): 0 for number in range(MAX_ENTRIES)}},
        {"data": [[[], [], [], []]] * (MAX_ENTRIES - 202), "narrative": "[," * 2 * MAX_PARTS},
    ],
)
async def test_as_much_as_may_be_sent_is_read(value: dict[str, Any]) -> None:
    assert await _read(value) == value


@pytest.mark.parametrize(
    ("value", "rule", "field"),
    [
        ({"data": [0] * (MAX_ENTRIES + 1)}, "too_long", "data"),
        ({"data": {str(number): 0 for number in range(MAX_ENTRIES + 1)}}, "too_long", "data"),
        ({"data": {"evidence": [{}] * (MAX_ENTRIES + 1)}}, "too_long", "data.evidence"),
        ({"data": [[[]] * 4] * (MAX_PARTS // 5)}, "too_many", ""),
        ({"data": [[[[[]]]]] * (MAX_PARTS // 4)}, "too_many", ""),
    ],
)
async def test_what_is_longer_is_refused_by_the_place(value: dict[str, Any], rule: str, field: str) -> None:
    with pytest.raises(IntakeProblem) as refused:
        await _read(value)
    assert [(fault.rule, fault.field) for fault in refused.value.faults] == [(rule, field)]
