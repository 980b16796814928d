"""How many lights of each colour and messages of each outcome there are: counted once, then by what is new."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Final, LiteralString, NamedTuple, TypeVar

from psycopg import AsyncConnection
from psycopg.rows import TupleRow, class_row

from contracts.topics import DISPATCHES, RULINGS
from services.query.read_model.position import next_offsets, positions_of
from services.query.read_model.results import StandingRow

Connection = AsyncConnection[TupleRow]
R = TypeVar("R")

_FORGOTTEN: Final = 50_000
"""So many new records, and everything is counted again, which PostgreSQL does faster."""
_READ: Final = "FROM unnest(%s::bigint[]) WITH ORDINALITY AS read (next, place) JOIN "
_PLACED: Final = " n ON n.part = read.place - 1 AND n.pos >= read.next "
_ALL_LIGHTS: Final = (
    "SELECT light, sum(number)::bigint AS number FROM ("
    "SELECT light, count(*) AS number FROM light WHERE kind = 'changed' GROUP BY light UNION ALL "
    "SELECT previous, -count(*) FROM light WHERE kind = 'changed' GROUP BY previous) AS moved GROUP BY light"
)
_ALL_MESSAGES: Final = (
    "SELECT a.delivery, a.channel, CASE WHEN a.channel = 'inbox' THEN 'accepted' "
    "ELSE coalesce(d.step, 'waiting') END AS outcome FROM addressed a "
    "LEFT JOIN LATERAL (SELECT step FROM delivery WHERE delivery = a.delivery "
    "ORDER BY step = 'accepted' DESC, part, pos DESC LIMIT 1) d ON true"
)


class LightCount(NamedTuple):
    """How many lights have a colour; of `none` how many fewer there are than at first."""

    light: str
    number: int


class MessageCount(NamedTuple):
    """How many messages of a channel have an outcome."""

    channel: str
    outcome: str
    number: int


class OpenMessage(NamedTuple):
    """A message that was not accepted, or not yet, and how far it has come."""

    delivery: str
    channel: str
    outcome: str


class _Move(NamedTuple):
    previous: str
    light: str


class _Step(NamedTuple):
    delivery: str
    step: str


class StandingCounts:
    """What Prometheus is told: the first look counts everything, each later one reads what was added since.

    Every change of a light names the colour before, so lights are counted by their changes alone; of messages those
    that were not accepted are remembered.
    """

    def __init__(self) -> None:
        self._tables = 0
        self._next: dict[str, list[int]] = {}
        self._lights: Counter[str] = Counter()
        self._messages: Counter[tuple[str, str]] = Counter()
        self._open: dict[str, tuple[str, str]] = {}
        self._one_after_the_other = asyncio.Lock()

    @property
    def lights(self) -> dict[str, int]:
        """Lights by colour; who has none is not counted."""
        return {light: number for light, number in self._lights.items() if light != "none"}

    @property
    def messages(self) -> dict[tuple[str, str], int]:
        """Messages by channel and outcome."""
        return dict(+self._messages)

    async def look(self, connection: Connection) -> None:
        """Take in what is there now; the connection's transactions see one state."""
        async with self._one_after_the_other, connection.transaction():
            standing = await _read(connection, StandingRow, "SELECT *, tableoid::bigint AS tables FROM position")
            now = {topic: next_offsets(positions_of(standing), topic) for topic in (RULINGS, DISPATCHES)}
            tables = standing[0].tables if standing else 0
            if tables != self._tables or self._is_far(now):
                await self._count(connection)
            elif now != self._next:
                await self._count_on(connection)
            self._tables, self._next = tables, now

    def _is_far(self, now: dict[str, list[int]]) -> bool:
        if not self._next:
            return True
        new = [one - before for topic in now for one, before in zip(now[topic], self._next[topic], strict=True)]
        return min(new) < 0 or sum(new) > _FORGOTTEN

    async def _count(self, connection: Connection) -> None:
        lights = {one.light: one.number for one in await _read(connection, LightCount, _ALL_LIGHTS)}
        counted = await _read(
            connection,
            MessageCount,
            "SELECT channel, outcome, count(*) AS number FROM (" + _ALL_MESSAGES + ") AS m GROUP BY channel, outcome",
        )
        unaccepted = "SELECT * FROM (" + _ALL_MESSAGES + ") AS m WHERE outcome <> 'accepted'"
        waiting = await _read(connection, OpenMessage, unaccepted)
        self._lights = Counter(lights)
        self._messages = Counter({(one.channel, one.outcome): one.number for one in counted})
        self._open = {one.delivery: (one.channel, one.outcome) for one in waiting}

    async def _count_on(self, connection: Connection) -> None:
        rulings, dispatches = self._next[RULINGS], self._next[DISPATCHES]
        moves = await _read(
            connection,
            _Move,
            "SELECT n.previous, n.light " + _READ + "light" + _PLACED + "WHERE kind = 'changed'",
            rulings,
        )
        issued = await _read(
            connection,
            OpenMessage,
            "SELECT n.delivery, n.channel, 'waiting' AS outcome " + _READ + "addressed" + _PLACED,
            dispatches,
        )
        steps = await _read(
            connection,
            _Step,
            "SELECT n.delivery, n.step " + _READ + "delivery" + _PLACED + "ORDER BY n.part, n.pos",
            dispatches,
        )
        for move in moves:
            self._lights[move.previous] -= 1
            self._lights[move.light] += 1
        for message in issued:
            self._issue(message)
        for step in steps:
            self._advance(step)

    def _issue(self, message: OpenMessage) -> None:
        stands = (message.channel, "accepted" if message.channel == "inbox" else message.outcome)
        self._messages[stands] += 1
        if message.channel != "inbox":
            self._open[message.delivery] = stands

    def _advance(self, step: _Step) -> None:
        """A message moves on; once it was accepted nothing changes that."""
        before = self._open.pop(step.delivery, None)
        if before is None:
            return
        after = (before[0], step.step)
        self._messages[before] -= 1
        self._messages[after] += 1
        if step.step != "accepted":
            self._open[step.delivery] = after


async def _read(connection: Connection, row: type[R], query: LiteralString, since: list[int] | None = None) -> list[R]:
    cursor = connection.cursor(row_factory=class_row(row))
    await cursor.execute(query, None if since is None else [since])
    return await cursor.fetchall()
