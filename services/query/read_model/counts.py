"""How many lights and messages there are, for whoever watches the service."""

from __future__ import annotations

from typing import NamedTuple

from psycopg import AsyncConnection
from psycopg.rows import TupleRow, class_row


class LightCount(NamedTuple):
    """How many lights of a programme and period have a colour."""

    programme: str
    period: str
    light: str
    number: int


class MessageCount(NamedTuple):
    """How many messages of a channel have an outcome."""

    channel: str
    outcome: str
    number: int


async def light_counts(connection: AsyncConnection[TupleRow]) -> list[LightCount]:
    """Lights by programme, period and colour, as they stand."""
    cursor = connection.cursor(row_factory=class_row(LightCount))
    await cursor.execute(
        "SELECT programme, period, light, count(*) AS number FROM (SELECT DISTINCT ON (programme, item, period) "
        "programme, period, light FROM light WHERE kind = 'changed' ORDER BY programme, item, period, pos DESC) l "
        "GROUP BY programme, period, light"
    )
    return await cursor.fetchall()


async def message_counts(connection: AsyncConnection[TupleRow]) -> list[MessageCount]:
    """Messages by channel and outcome."""
    cursor = connection.cursor(row_factory=class_row(MessageCount))
    await cursor.execute(
        "SELECT a.channel, CASE WHEN a.channel = 'inbox' THEN 'accepted' ELSE coalesce(d.step, 'waiting') END "
        "AS outcome, count(*) AS number FROM addressed a "
        "LEFT JOIN LATERAL (SELECT step FROM delivery WHERE delivery = a.delivery "
        "ORDER BY step = 'accepted' DESC, part, pos DESC LIMIT 1) d ON true GROUP BY 1, 2"
    )
    return await cursor.fetchall()
