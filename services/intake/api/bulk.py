"""Many submissions in one request: a result for each of them, and what is wrong with one hurts no other."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

import orjson
from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from contracts.values import Identifier
from exact.faults import Fault
from services.intake.api.answers import JSON, document
from services.intake.dependencies import Dependencies
from services.intake.problem import IntakeProblem, denied, invalid
from services.intake.submitting.body import idempotency_key_of, read_object
from web.identity import Identity
from web.rights import RightDenied
from web.visitor import request_id

_AT_ONCE: Final = 16
"""Items whose submissions are checked in one turn of the loop: about a millisecond each."""
_NAMES: Final = frozenset({"item", "key"})
_ITEM: Final[TypeAdapter[str]] = TypeAdapter(Identifier)


async def submit_many(
    request: Request, dependencies: Dependencies, identity: Identity, programme: str, wait: float
) -> Response:
    """`{"submissions": [{"item", "key", "type", "data", …}]}` → 200 with a result per row, in their order.

    Rows about one item are taken in their order, one after the other; `wait` is for all of them together.
    Raises IntakeProblem about the request itself.
    """
    settings = dependencies.settings
    body = await read_object(request, settings.bulk_limit)
    rows = _rows(body, settings.bulk_rows)
    results: list[dict[str, Any]] = [{} for _ in rows]
    lanes: dict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        lanes[str(row.get("item")) if isinstance(row, dict) else ""].append(number)
    turn, loop = asyncio.Semaphore(_AT_ONCE), asyncio.get_running_loop()
    told = request_id(request)
    until = loop.time() + wait

    async def run(lane: list[int]) -> None:
        for number in lane:
            async with turn:
                left = max(0.0, until - loop.time()) if wait else 0.0
                results[number] = await _one(dependencies, identity, programme, rows[number], left, told)
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        for lane in lanes.values():
            group.create_task(run(lane))
    refused = sum(1 for result in results if "problem" in result)
    answer = {"received": len(results) - refused, "refused": refused, "results": results}
    return Response(orjson.dumps(answer), 200, media_type=JSON)


async def _one(
    dependencies: Dependencies, identity: Identity, programme: str, row: Any, wait: float, told: str
) -> dict[str, Any]:
    """The result of one row: its receipt, or its problem document."""
    try:
        item, key, body = _read(row)
        dependencies.receiver.permit("submission.send", identity, programme, item)
        answered = await dependencies.receiver.receive(identity, programme, item, body, key, wait)
    except (IntakeProblem, RightDenied) as error:
        problem = error if isinstance(error, IntakeProblem) else denied(error)
        return {"status": problem.status, "problem": problem.document(told)}
    return {"status": 202 if answered.ruling is None else 200, "receipt": document(answered, dependencies)}


def _rows(body: Mapping[str, Any], most: int) -> list[Any]:
    rows = body.get("submissions")
    if body.keys() - {"submissions"}:
        fields = sorted(body.keys() - {"submissions"})
        raise invalid(*(Fault((name,), "extra_forbidden", "没有这个字段", "there is no such field") for name in fields))
    if not isinstance(rows, list) or not 1 <= len(rows) <= most:
        raise invalid(Fault(("submissions",), "length", f"应为 1 至 {most} 条", f"must be a list of 1 to {most}"))
    return rows


def _read(row: Any) -> tuple[str, str, dict[str, Any]]:
    """Item, key and the submission itself. Raises IntakeProblem."""
    if not isinstance(row, dict):
        raise invalid(Fault((), "dict_type", "应为对象", "must be an object"))
    try:
        item = _ITEM.validate_python(row.get("item"))
    except ValidationError:
        raise invalid(Fault(("item",), "value_error", "应为事项编号", "must be the id of an item")) from None
    key = row.get("key")
    return (
        item,
        idempotency_key_of([key] if isinstance(key, str) else []),
        {name: value for name, value in row.items() if name not in _NAMES},
    )
