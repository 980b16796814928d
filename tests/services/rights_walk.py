"""Walks cells of the table of rights over HTTP: asks for each, and compares what is hidden with what does not exist."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator

import httpx

from supervision.right import Answer, Cell, Operation, Reason
from supervision.rights import answer
from tests.services.districts import ITEMS, NO_ITEM, NO_PROGRAMME, PROGRAMME, Actor, actors

Ask = Callable[[Operation, Actor, Cell, str, str], Awaitable[httpx.Response]]
"""Does an operation as somebody who is in the cell's row, about a programme and an item."""


def outcome_of(response: httpx.Response) -> Answer:
    """What an answer over HTTP says of a right; anything beyond a right counts as allowed."""
    if response.status_code == 401:
        return Answer("forbidden", "sign_in")
    if response.status_code == 404:
        return Answer("hidden")
    if response.status_code == 403:
        return Answer("forbidden", _reason(response))
    assert response.status_code < 500, response.text
    return Answer("allowed")


def _reason(response: httpx.Response) -> Reason | None:
    reason: Reason | None = response.json()["reason"] if _is_document(response) else None
    return reason


def _is_document(response: httpx.Response) -> bool:
    return bool(response.content) and "json" in response.headers["content-type"]


async def walked(operation: Operation, ask: Ask, door: str = "") -> int:
    """Ask for every possible cell of an operation as everybody in its row; how often. Fails unless it is the table's.

    `door`: the door's own operation, which is looked at before the body says which one it is.
    """
    number = 0
    for cell in operation.possible:
        for actor in actors(*cell[:2], operation.scope):
            await _walk(operation, ask, actor, cell, door or operation.name)
            number += 1
    return number


async def _walk(operation: Operation, ask: Ask, actor: Actor, cell: Cell, door: str) -> None:
    item = ITEMS[cell[2]]
    response = await ask(operation, actor, cell, PROGRAMME, item)
    at_door, expected = (_expected(name, actor, cell) for name in (door, operation.name))
    expected = expected if at_door.allowed else at_door
    said = outcome_of(response)
    told_why = response.status_code != 403 or _is_document(response)
    assert (said if told_why else said.outcome) == (expected if told_why else expected.outcome), (
        operation.name,
        actor,
        cell,
        response.status_code,
        response.text[:300],
    )
    if expected.outcome == "hidden":
        for programme, id_ in _nothing(operation, cell):
            missing = await ask(operation, actor, cell, programme, id_)
            assert told(response, PROGRAMME, item) == told(missing, programme, id_), (operation.name, actor, cell)


def _expected(operation: str, actor: Actor, cell: Cell) -> Answer:
    """What the table says; a deputy is refused as who they are themselves."""
    said = answer(operation, *cell)
    return answer(operation, "leader", "other", cell[2]) if actor.deputy and not said.allowed else said


def told(response: httpx.Response, programme: str, item: str) -> tuple[int, dict[str, str], bytes]:
    """All that an answer tells but for the request's own id and what was asked for."""
    headers = {name: value for name, value in response.headers.items() if name not in ("date", "x-request-id")}
    body = response.content.replace(programme.encode(), b"PROGRAMME").replace(item.encode(), b"ITEM")
    return response.status_code, headers, re.sub(rb"[0-9a-f]{64}|[0-9a-f-]{36}|[0-9a-f]{32}", b"ID", body)


def _nothing(operation: Operation, cell: Cell) -> Iterator[tuple[str, str]]:
    """What does not exist, of the kind that was asked about."""
    if operation.scope in ("item", "record") and cell[1] != "foreign":
        yield PROGRAMME, NO_ITEM
    else:
        yield NO_PROGRAMME, ITEMS[cell[2]]
