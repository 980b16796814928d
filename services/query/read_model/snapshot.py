"""Everything that pages and API read, from one consistent snapshot and within the same limits."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, LiteralString

from psycopg import AsyncConnection

from contracts.topics import PARTITIONS, RULINGS
from services.query.read_model.as_of import AsOf, Limits, limits_of
from services.query.read_model.pools import ReadingPool
from services.query.read_model.position import ReadPosition, ReadPositions, taken_in

Found = dict[str, Any]

_HELD: Final = " time <= %(until)s::timestamptz AND cause <= (%(causes)s::bigint[])[part + 1] "
_SENT: Final = " time <= %(until)s::timestamptz AND pos <= (%(dispatched)s::bigint[])[part + 1] "
_ITEMS: Final = (
    "SELECT i.*, h.lead_unit, h.cooperating, h.leader, n.lead_unit AS holding_unit, "
    "n.cooperating AS holding_cooperating, n.leader AS holding_leader, w.time AS withdrawn_at FROM item i "
    "JOIN LATERAL (SELECT lead_unit, cooperating, leader FROM holder "
    "WHERE programme = i.programme AND item = i.item AND" + _HELD + "ORDER BY pos DESC LIMIT 1) h ON true "
    "JOIN LATERAL (SELECT lead_unit, cooperating, leader FROM holder "
    "WHERE programme = i.programme AND item = i.item ORDER BY pos DESC LIMIT 1) n ON true "
    "LEFT JOIN LATERAL (SELECT time FROM event WHERE programme = i.programme AND item = i.item "
    "AND type = 'item.withdrawn' AND" + _HELD + "LIMIT 1) w ON true "
    "WHERE i.programme = %(programme)s AND (%(item)s::text IS NULL OR i.item = %(item)s) AND i.time <= %(until)s"
    "::timestamptz AND i.cause <= (%(causes)s::bigint[])[i.part + 1] ORDER BY i.item"
)
_SUBMISSIONS: Final = (
    "SELECT s.*, r.cause IS NOT NULL AS ruled, r.verdict, r.codes, r.rules, r.policy, r.time AS ruled_for, "
    "r.logged_at AS ruled_at, r.pos AS ruling_pos, r.until AS ruling_end FROM submission s "
    "LEFT JOIN ruling r ON r.part = s.part AND r.cause = s.pos "
    "AND r.cause <= (%(causes)s::bigint[])[r.part + 1] AND r.time <= %(until)s::timestamptz "
    "WHERE s.pos <= (%(causes)s::bigint[])[s.part + 1] "
)
_NOTICES: Final = (
    "SELECT part, pos, time, programme, item, notice, number, kind, title, sha256, recipients, causes, escalation, "
    "due_at, simulated FROM notice n WHERE" + _SENT
)


class Snapshot:
    """One consistent state of the read model; every method answers within the same limits."""

    def __init__(
        self, connection: AsyncConnection[Found], positions: ReadPositions, as_of: AsOf, limits: Limits
    ) -> None:
        self._connection = connection
        self._limits = limits
        self.as_of = as_of
        self.positions = positions

    @property
    def position(self) -> str:
        """Up to where everything was taken in, as text."""
        return str(taken_in(self.positions))

    async def programmes(self, programme: str | None = None) -> list[Found]:
        """The latest publication of each programme, or of one."""
        return await self._all(
            "SELECT DISTINCT ON (programme) * FROM programme WHERE (%(programme)s::text IS NULL OR "
            "programme = %(programme)s) AND" + _HELD + "ORDER BY programme, pos DESC",
            programme=programme,
        )

    async def programme_ids(self) -> list[str]:
        """The ids of all programmes there ever were."""
        return [row["programme"] for row in await self._all("SELECT DISTINCT programme FROM programme")]

    async def items(self, programme: str, item: str | None = None) -> list[Found]:
        """Items with their holders then (`lead_unit`, …) and now (`holding_…`, for who may see them)."""
        return await self._all(_ITEMS, programme=programme, item=item)

    async def lights(self, programme: str, item: str | None = None) -> list[Found]:
        """The light of each item and period that has ever had one, and what it was first rated."""
        return await self._all(
            "SELECT DISTINCT ON (item, period) l.*, (SELECT light FROM light WHERE programme = l.programme "
            "AND item = l.item AND period = l.period AND kind = 'settled' AND"
            + _HELD
            + "ORDER BY pos LIMIT 1) AS rated "
            "FROM light l WHERE programme = %(programme)s AND (%(item)s::text IS NULL OR item = %(item)s) "
            "AND kind = 'changed' AND" + _HELD + "ORDER BY item, period, pos DESC",
            programme=programme,
            item=item,
        )

    async def events(
        self,
        programme: str,
        item: str | None = None,
        types: list[str] | None = None,
        since: Sequence[int] = (0,) * PARTITIONS,
    ) -> list[Found]:
        """Events of a programme's items in the order of the log, of some types or all, from an offset per partition."""
        return await self._all(
            "SELECT * FROM event WHERE programme = %(programme)s AND (%(item)s::text IS NULL OR item = %(item)s) "
            "AND (%(types)s::text[] IS NULL OR type = ANY(%(types)s)) "
            "AND pos >= (%(since)s::bigint[])[part + 1] AND" + _HELD + "ORDER BY part, pos",
            programme=programme,
            item=item,
            types=types,
            since=list(since),
        )

    async def escalation_steps(self, programme: str, item: str | None = None) -> list[Found]:
        """The steps of escalations in the order of the log."""
        return await self._all(
            "SELECT * FROM escalation WHERE programme = %(programme)s AND (%(item)s::text IS NULL OR "
            "item = %(item)s) AND" + _HELD + "ORDER BY part, pos",
            programme=programme,
            item=item,
        )

    async def submissions_of(self, programme: str, item: str) -> list[Found]:
        """An item's submissions with their verdicts, in the order of the log."""
        return await self._all(
            _SUBMISSIONS + "AND s.programme = %(programme)s AND s.item = %(item)s "
            "AND s.received_at <= %(until)s::timestamptz ORDER BY s.part, s.pos",
            programme=programme,
            item=item,
        )

    async def submissions_named(self, id_: str) -> list[Found]:
        """A submission and its repetitions, in the order of the log."""
        return await self._all(_SUBMISSIONS + "AND s.id = %(id)s ORDER BY s.part, s.pos", id=id_)

    async def waiting(self, programme: str) -> list[Found]:
        """Submissions of a programme that have no ruling yet."""
        lasts = [self.positions.get((RULINGS, part), ReadPosition()).last for part in range(PARTITIONS)]
        return await self._all(
            "SELECT s.part, s.pos, s.id, s.item, s.type, s.unit, s.received_at FROM submission s "
            "JOIN unnest(%(lasts)s::bigint[]) WITH ORDINALITY AS held (last, place) "
            "ON s.part = held.place - 1 AND s.pos > held.last "
            "WHERE s.programme = %(programme)s ORDER BY s.received_at, s.part, s.pos",
            programme=programme,
            lasts=lasts,
        )

    async def caused(self, part: int, cause: int) -> list[Found]:
        """The events of the ruling on a submission."""
        return await self._all(
            "SELECT * FROM event WHERE part = %(part)s AND cause = %(cause)s AND pos >= (SELECT pos FROM ruling "
            "WHERE part = %(part)s AND cause = %(cause)s) AND" + _HELD + "ORDER BY pos",
            part=part,
            cause=cause,
        )

    async def notices(self, programme: str, item: str | None = None) -> list[Found]:
        """Notices without their documents, newest first."""
        return await self._all(
            _NOTICES + "AND programme = %(programme)s AND (%(item)s::text IS NULL OR item = %(item)s) "
            "ORDER BY time DESC, part, pos DESC",
            programme=programme,
            item=item,
        )

    async def notice(self, notice: str) -> Found | None:
        """One notice with its document."""
        found = await self._all(
            "SELECT * FROM notice WHERE notice = %(notice)s AND" + _SENT + "ORDER BY part, pos LIMIT 1", notice=notice
        )
        return found[0] if found else None

    async def inbox(self, recipient: str) -> list[Found]:
        """Notices in a role's inbox, newest first: one is there as soon as it is issued."""
        return await self._all(
            _NOTICES + "AND notice IN (SELECT notice FROM addressed WHERE channel = 'inbox' "
            "AND recipient = %(recipient)s) ORDER BY time DESC, part, pos DESC",
            recipient=recipient,
        )

    async def deliveries(self, notices: list[str]) -> list[Found]:
        """The messages of notices and how far each has come: accepted, if it ever was, else its latest step."""
        return await self._all(
            "SELECT a.notice, a.delivery, a.recipient, a.channel, CASE WHEN a.channel = 'inbox' THEN 'accepted' "
            "ELSE coalesce(d.step, 'waiting') END AS outcome, d.attempt, d.logged_at, d.data "
            "FROM addressed a LEFT JOIN LATERAL (SELECT step, attempt, logged_at, data FROM delivery "
            "WHERE delivery = a.delivery AND" + _SENT + "ORDER BY step = 'accepted' DESC, part, pos DESC LIMIT 1) d "
            "ON true WHERE a.notice = ANY(%(notices)s) ORDER BY a.notice, a.recipient, a.channel, a.delivery",
            notices=notices,
        )

    async def light_counts(self) -> list[Found]:
        """Lights by programme, period and colour, as they stand."""
        return await self._all(
            "SELECT programme, period, light, count(*) AS number FROM (SELECT DISTINCT ON (programme, item, period) "
            "programme, period, light FROM light WHERE kind = 'changed' ORDER BY programme, item, period, pos DESC) l "
            "GROUP BY programme, period, light"
        )

    async def delivery_counts(self) -> list[Found]:
        """Messages by channel and outcome."""
        return await self._all(
            "SELECT a.channel, CASE WHEN a.channel = 'inbox' THEN 'accepted' ELSE coalesce(d.step, 'waiting') END "
            "AS outcome, count(*) AS number FROM addressed a "
            "LEFT JOIN LATERAL (SELECT step FROM delivery WHERE delivery = a.delivery "
            "ORDER BY step = 'accepted' DESC, part, pos DESC LIMIT 1) d ON true GROUP BY 1, 2"
        )

    async def _all(self, query: LiteralString, **parameters: object) -> list[Found]:
        cursor = await self._connection.execute(query, {**self._limits.parameters(), **parameters})
        return await cursor.fetchall()


@asynccontextmanager
async def snapshot(pool: ReadingPool, as_of: AsOf | None = None) -> AsyncIterator[Snapshot]:
    """Open a read-only, repeatable snapshot of the read model."""
    asked = as_of or AsOf()
    async with pool.connection() as connection, connection.transaction():
        cursor = await connection.execute("SELECT topic, part, next, last, counted FROM position")
        positions = {
            (row["topic"], row["part"]): ReadPosition(row["next"], row["last"], row["counted"])
            for row in await cursor.fetchall()
        }
        resolved = {}
        for (topic, part), offset in asked.position.offsets.items():
            if topic == RULINGS:
                cursor = await connection.execute(
                    "SELECT coalesce(max(cause), -1) AS last FROM ruling WHERE part = %s AND until <= %s",
                    [part, offset],
                )
                resolved[(topic, part)] = (await cursor.fetchall())[0]["last"]
        yield Snapshot(connection, positions, asked, limits_of(asked, resolved))
