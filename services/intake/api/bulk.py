"""Many submissions in one request: a result for each of them, and what is wrong with one hurts no other."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import Response

from exact.faults import Fault
from services.intake.api.answers import JSON, document
from services.intake.dependencies import Dependencies
from services.intake.problem import IntakeProblem, denied, invalid
from services.intake.submitting.body import (
    MAX_PARTS,
    check_lengths,
    idempotency_key_of,
    item_named,
    read_object,
    unknown_fields,
)
from web.identity import Identity
from web.problem import FaultRoom
from web.rights import RightDenied
from web.visitor import request_id

_AT_ONCE: Final = 16
"""Items whose submissions are on their way at a time; each is checked in a turn of the loop of its own."""
_MORE_PARTS: Final = 5
"""Times as many lists and objects as in one submission, for all rows together; each row has the usual limit."""
_NAMES: Final = frozenset({"item", "key"})


async def submit_many(
    request: Request, dependencies: Dependencies, identity: Identity, programme: str, wait: float
) -> Response:
    """`{"submissions": [{"item", "key", "type", "data", …}]}` → 200 with a result per row, in their order.

    Rows about one item are taken in their order, one after the other; `wait` is for all of them together.
    Raises IntakeProblem about the request itself.
    """
    settings = dependencies.settings
    body = await read_object(request, settings.bulk_limit, _MORE_PARTS * MAX_PARTS)
    rows = _rows(body, settings.bulk_rows)
    results: list[dict[str, Any]] = [{} for _ in rows]
    lanes: dict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        lanes[str(row.get("item")) if isinstance(row, dict) else ""].append(number)
    turn, checking, loop = asyncio.Semaphore(_AT_ONCE), asyncio.Lock(), asyncio.get_running_loop()
    until, room, asked = loop.time() + wait, FaultRoom(), request_id(request)

    async def run(lane: list[int]) -> None:
        for number in lane:
            async with turn:
                async with checking:  # one row's checks in one turn of the loop, whoever else waits for it
                    await asyncio.sleep(0)
                left = max(0.0, until - loop.time()) if wait else 0.0
                try:
                    results[number] = await _received(dependencies, identity, programme, rows[number], left)
                except (IntakeProblem, RightDenied) as error:
                    problem = error if isinstance(error, IntakeProblem) else denied(error)
                    results[number] = {"status": problem.status, "problem": problem.document(asked, room)}

    async with asyncio.TaskGroup() as group:
        for lane in lanes.values():
            group.create_task(run(lane))
    refused = sum(1 for result in results if "problem" in result)
    answer = {"received": len(results) - refused, "refused": refused, "results": results}
    return Response(orjson.dumps(answer), 200, media_type=JSON)


async def _received(
    dependencies: Dependencies, identity: Identity, programme: str, row: Any, wait: float
) -> dict[str, Any]:
    """The result of a row that was received. Raises IntakeProblem, RightDenied."""
    item, key, body = _read(row)
    dependencies.receiver.permit("submission.send", identity, programme, item)
    answered = await dependencies.receiver.receive(identity, programme, item, body, key, wait)
    return {"status": 202 if answered.ruling is None else 200, "receipt": document(answered, dependencies)}


def _rows(body: Mapping[str, Any], most: int) -> list[Any]:
    rows = body.get("submissions")
    if faults := unknown_fields(body, {"submissions"}):
        raise invalid(*faults)
    if not isinstance(rows, list) or not 1 <= len(rows) <= most:
        raise invalid(Fault(("submissions",), "length", f"应为 1 至 {most} 条", f"must be a list of 1 to {most}"))
    return rows


def _read(row: Any) -> tuple[str, str, dict[str, Any]]:
    """Item, key and the submission itself. Raises IntakeProblem."""
    if not isinstance(row, dict):
        raise invalid(Fault((), "dict_type", "应为对象", "must be an object"))
    item = item_named(row.get("item"))
    check_lengths(row)
    key = row.get("key")
    return (
        item,
        idempotency_key_of([key] if isinstance(key, str) else []),
        {name: value for name, value in row.items() if name not in _NAMES},
    )
