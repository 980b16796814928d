"""What became of each of several submissions that were sent with one click."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from typing import Any, Final, Literal, NamedTuple, TypeVar

from contracts.position_vector import LastOffsets
from contracts.topics import SUBMISSIONS
from services.intake.dependencies import Dependencies
from services.intake.problem import IntakeProblem, denied
from services.intake.submitting.receiver import Received
from services.intake.who.item import KnownItem
from services.intake.who.permission import rights_of, to_item
from web.identity import Identity
from web.rights import RightDenied

_AT_ONCE: Final = 16
_SECONDS: Final = 10.0
"""How long the rulings of all rows are waited for; one that comes later is found by its receipt."""
_REFUSALS: Final = ("rejected", "unreadable")
State = Literal["decided", "refused", "waiting", "left_out", "unsigned", "returned", "signed", "problem"]
Row = TypeVar("Row")
Outcome = TypeVar("Outcome")
Done = TypeVar("Done")


class RowOutcome(NamedTuple):
    """What became of a row: `left_out` where it changed or was decided meanwhile.

    What is given to the head instead of being filed is `unsigned`; given before, perhaps `returned` or `signed` since.
    """

    item: KnownItem | None
    name: str
    state: State
    received: Received | None = None
    problem: IntakeProblem | None = None


class SentRow(NamedTuple):
    """One submission of several; `open`: what it is about is still as it was shown."""

    programme: str
    item: str
    name: str
    body: dict[str, Any]
    key: str
    open: bool = True


async def together(
    dependencies: Dependencies,
    rows: Sequence[Row],
    about: Callable[[Row], Hashable],
    send: Callable[[Row, float], Awaitable[Outcome]],
) -> list[Outcome]:
    """What becomes of all rows, in their order; some are sent at a time, of those about one thing the first first.

    `send` is told for how many seconds it may wait for the ruling: all rows together wait no longer than one would.
    """
    turn, loop = asyncio.Semaphore(_AT_ONCE), asyncio.get_running_loop()
    until = loop.time() + min(_SECONDS, dependencies.settings.max_wait)
    found: dict[int, Outcome] = {}

    async def in_order(numbers: Iterable[int]) -> None:
        async with turn:
            for number in numbers:
                found[number] = await send(rows[number], max(0.0, until - loop.time()))

    groups: dict[Hashable, list[int]] = {}
    for number, row in enumerate(rows):
        groups.setdefault(about(row), []).append(number)
    await asyncio.gather(*map(in_order, groups.values()))
    return [found[number] for number in range(len(rows))]


async def done(act: Awaitable[Done]) -> Done | IntakeProblem:
    """What came of it, or why it was not done; a right that is denied is a problem, too."""
    try:
        return await act
    except RightDenied as error:
        return denied(error)
    except IntakeProblem as problem:
        return problem


async def outcomes_of(dependencies: Dependencies, identity: Identity, rows: Sequence[SentRow]) -> list[RowOutcome]:
    """Send all rows, and wait for their rulings together."""

    async def send(row: SentRow, left: float) -> RowOutcome:
        return await _sent(dependencies, identity, row, left)

    return await together(dependencies, rows, lambda row: (row.programme, row.item), send)


async def _sent(dependencies: Dependencies, identity: Identity, row: SentRow, left: float) -> RowOutcome:
    """What becomes of one row, its ruling waited for `left` seconds; one that is not open was sent before, or is left.

    The item is named only to whom it is shown: a row may name any.
    """
    receiver, item = dependencies.receiver, dependencies.roster.items.get((row.programme, row.item))
    about = row.programme, row.item or None
    if item is not None and not to_item(rights_of(dependencies.roster, identity), "item.read_full", item).allowed:
        item = None
    if row.open:
        return outcome_of(item, row.name, await done(receiver.receive(identity, *about, row.body, row.key, left)))
    before = await done(receiver.sent_before(identity, *about, row.body, row.key))
    return RowOutcome(item, row.name, "left_out") if before is None else outcome_of(item, row.name, before)


def outcome_of(item: KnownItem | None, name: str, came: Received | IntakeProblem) -> RowOutcome:
    """What became of a row that was sent."""
    if isinstance(came, IntakeProblem):
        return RowOutcome(item, name, "problem", problem=came)
    verdict = came.ruling["verdict"] if came.ruling else "waiting"
    state: State = "waiting" if verdict == "waiting" else "refused" if verdict in _REFUSALS else "decided"
    return RowOutcome(item, name, state, came)


def position_after(dependencies: Dependencies, outcomes: Iterable[RowOutcome]) -> str:
    """Behind which position the desk no longer shows what was decided."""
    last: dict[tuple[str, int], int] = {}
    for one in outcomes:
        if one.received is not None:
            place = SUBMISSIONS, one.received.receipt.partition
            last[place] = max(last.get(place, 0), one.received.receipt.offset)
    return dependencies.position_tokens.seal(LastOffsets(last)) if last else ""
