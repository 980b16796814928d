"""The queries of desks: what waits, whose items they are, which programmes run, what was reported."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from services.query.read_model.results import LedItem, ReportedPeriod, RunningProgramme
from services.query.read_model.snapshot import HELD, Snapshot
from services.query.read_model.tables import AwaitedRow

_AWAITED: Final = (
    "WITH waits AS (SELECT item, act, name FROM awaited WHERE programme = %(programme)s "
    "AND (%(some)s::text[] IS NULL OR item = ANY(%(some)s)) AND" + HELD + "GROUP BY item, act, name "
    "HAVING count(*) FILTER (WHERE opens) > count(*) FILTER (WHERE NOT opens) "
    "OR max(pos) FILTER (WHERE opens) > max(pos) FILTER (WHERE NOT opens) OR act = 'reply.published') "
    "SELECT a.* FROM awaited a JOIN waits USING (item, act, name) WHERE programme = %(programme)s AND"
    + HELD
    + "ORDER BY part, pos"
)
"""Of one act and name what may wait is read, and no more: `supervision.awaited` says what does."""


async def awaited(seen: Snapshot, programme: str, some: Sequence[str] | None) -> list[AwaitedRow]:
    """The steps of what may wait for somebody's act about items (None: all; "": the programme), in the log's order."""
    listed = None if some is None else list(some)
    return await seen.rows(AwaitedRow, _AWAITED, programme=programme, some=listed)


async def led_by(seen: Snapshot, programmes: Sequence[str], leaders: Sequence[str]) -> list[LedItem]:
    """The items of these programmes that any of these leaders ever had."""
    return await seen.rows(
        LedItem,
        "SELECT DISTINCT programme, item FROM holder WHERE programme = ANY(%(programmes)s) AND leader = ANY(%(ids)s)",
        programmes=list(programmes),
        ids=list(leaders),
    )


async def parts_of(seen: Snapshot, programme: str, unit: str) -> list[str]:
    """The items of a programme that a unit ever led or where it ever cooperated."""
    found = await seen.rows(
        LedItem,
        "SELECT DISTINCT programme, item FROM holder WHERE programme = %(programme)s "
        "AND (lead_unit = %(unit)s OR %(unit)s = ANY(cooperating)) "
        "UNION SELECT programme, item FROM event WHERE programme = %(programme)s AND type = 'item.revised' "
        "AND data -> 'cooperating' ? %(unit)s",
        programme=programme,
        unit=unit,
    )
    return [one.item for one in found]


async def running(seen: Snapshot, programmes: Sequence[str], since: datetime) -> list[str]:
    """Those of these programmes with an item whose last report, as published, is due after `since`; newest first."""
    found = await seen.rows(
        RunningProgramme,
        "SELECT programme, max(time) AS opened_at FROM item WHERE programme = ANY(%(programmes)s) GROUP BY programme "
        "HAVING max((periods -> -1 ->> 'due_at')::timestamptz) > %(since)s ORDER BY opened_at DESC, programme",
        programmes=list(programmes),
        since=since,
    )
    return [one.programme for one in found]


async def reported(seen: Snapshot, programme: str, items: Sequence[str]) -> set[tuple[str, str]]:
    """Of these items: for which periods a report was recorded."""
    found = await seen.rows(
        ReportedPeriod,
        "SELECT DISTINCT item, data ->> 'period' AS period FROM event WHERE programme = %(programme)s "
        "AND item = ANY(%(items)s) AND type = 'progress.recorded' AND" + HELD,
        programme=programme,
        items=list(items),
    )
    return {(one.item, one.period) for one in found}
