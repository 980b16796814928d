"""The queries of desks: what waits, whose items they are, which programmes run, what was reported."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from services.query.read_model.results import LedItem, ReportedPeriod, RunningProgramme
from services.query.read_model.snapshot import HELD, Snapshot
from services.query.read_model.tables import AwaitedRow

_AWAITED: Final = (
    "WITH waits AS (SELECT programme, item, act, name FROM awaited WHERE"
    + HELD
    + "GROUP BY programme, item, act, name "
    "HAVING count(*) FILTER (WHERE opens) > count(*) FILTER (WHERE NOT opens) "
    "OR max(pos) FILTER (WHERE opens) > max(pos) FILTER (WHERE NOT opens) OR act = 'reply.published') "
    "SELECT a.* FROM awaited a JOIN waits USING (programme, item, act, name) WHERE" + HELD + "ORDER BY part, pos"
)
"""Of one act and name what may wait is read, and no more: `supervision.awaited` says what does."""


async def awaited(seen: Snapshot) -> list[AwaitedRow]:
    """The steps of everything that may wait for somebody's act, in the order of the log."""
    return await seen.rows(AwaitedRow, _AWAITED)


async def led_by(seen: Snapshot, leaders: Sequence[str]) -> list[LedItem]:
    """The items that any of these leaders ever had."""
    return await seen.rows(
        LedItem, "SELECT DISTINCT programme, item FROM holder WHERE leader = ANY(%(ids)s)", ids=list(leaders)
    )


async def running(seen: Snapshot, since: datetime) -> list[str]:
    """The programmes with an item whose last report, as published, is due after `since`; the newest first."""
    found = await seen.rows(
        RunningProgramme,
        "SELECT programme, max(time) AS opened_at FROM item GROUP BY programme "
        "HAVING max((periods -> -1 ->> 'due_at')::timestamptz) > %(since)s ORDER BY opened_at DESC, programme",
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
