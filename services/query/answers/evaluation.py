"""The annual evaluation's sheets, for those who may see them: a unit its own, whoever supervises all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from services.query.answers.events import KnownEvent, known
from services.query.answers.problem import QueryProblem
from services.query.answers.request_view import RequestView
from supervision.evaluation.deduction import Source, SourcedEvent
from supervision.evaluation.sheets import Sheet, evaluate


async def sheets(view: RequestView, programme_id: str) -> list[Sheet]:
    """The sheets that the viewer may see, the highest score first."""
    found = evaluate(_sourced(known(await view.snapshot.events(programme_id))))
    seen = [sheet for sheet in found if view.viewer.sees_sheet(programme_id, sheet.unit)]
    return sorted(seen, key=lambda sheet: (-sheet.score, sheet.unit))


async def sheet_of(view: RequestView, programme_id: str, unit: str) -> Sheet:
    """The sheet of a unit. Raises QueryProblem: there is none, or it is not the viewer's to see."""
    for sheet in await sheets(view, programme_id):
        if sheet.unit == unit:
            return sheet
    raise QueryProblem("not-found")


def _sourced(events: Iterable[KnownEvent]) -> Iterator[SourcedEvent]:
    for row, data in events:
        source = Source(row.id, row.type, f"rulings-{row.part}@{row.pos}", f"submissions-{row.part}@{row.cause}")
        yield SourcedEvent(row.item or None, row.time, source, data)
