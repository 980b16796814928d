"""The annual evaluation's sheets, for those who may see them: a unit its own, whoever supervises all of them.

A leader sees the sheets of all units, but of items that are not theirs what was published, and of internal ones that
points were deducted, and no more (rulebook: Who).
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from services.query.answers.access import shows_to_everybody
from services.query.answers.events import KnownEvent, known
from services.query.answers.item import SeenItem, items
from services.query.answers.lights import Reasons, reasons
from services.query.answers.problem import QueryProblem
from services.query.answers.request_view import RequestView
from services.query.read_model.tables import EventRow
from supervision.evaluation.deduction import Deduction, Source, SourcedEvent
from supervision.evaluation.sheets import Sheet, evaluate
from supervision.words import DEDUCTIONS, Word

HIDDEN_ITEM: Final = Word("内部事项", "an internal item")
"""What is said of an item that is not the viewer's to see."""


async def sheets(view: RequestView, programme_id: str) -> list[Sheet]:
    """The sheets that the viewer may see, the highest score first; with what their deductions rest on."""
    found, seen = await _sheets(view, programme_id)
    for sheet in found:
        _open(view, sheet, seen)
    return found


async def scores(view: RequestView, programme_id: str) -> list[Sheet]:
    """The same for a list that names no item."""
    return (await _sheets(view, programme_id))[0]


async def sheet_of(view: RequestView, programme_id: str, unit: str) -> Sheet:
    """The sheet of a unit. Raises QueryProblem: there is none, or it is not the viewer's to see."""
    found, seen = await _sheets(view, programme_id)
    for sheet in found:
        if sheet.unit == unit:
            _open(view, sheet, seen)
            return sheet
    raise QueryProblem("not-found")


def _open(view: RequestView, sheet: Sheet, seen: Mapping[str, SeenItem]) -> None:
    for item in {one.item for one in sheet.deductions} & seen.keys():
        held = seen[item].held
        view.opened.item(held.programme, item, held.classification)


async def _sheets(view: RequestView, programme_id: str) -> tuple[list[Sheet], dict[str, SeenItem]]:
    rows = await view.snapshot.events(programme_id)
    seen = {one.held.item: one for one in await items(view, programme_id)}
    # A year of a programme is thousands of events: read and folded beside the loop, which has others to answer.
    whole, told = await asyncio.to_thread(_evaluated, rows, seen)
    why = await reasons(view, programme_id, list(seen.values()))
    found = []
    for sheet in whole:
        if not view.viewer.sees_sheet(programme_id, sheet.unit):
            continue
        if sheet.unit == view.viewer.unit:
            found.append(sheet)
        elif sheet.deductions or sheet.unit in told:
            shown = tuple(_as_seen(one, seen.get(one.item), why) for one in sheet.deductions)
            pending = told[sheet.unit].pending if sheet.unit in told else 0
            found.append(replace(sheet, deductions=shown, pending=pending))
    return sorted(found, key=lambda sheet: (-sheet.score, sheet.unit)), seen


def _evaluated(rows: Iterable[EventRow], seen: Collection[str]) -> tuple[list[Sheet], dict[str, Sheet]]:
    """The sheets as they are; and, by unit, as they would be of the items that are `seen` alone."""
    events = list(known(rows))
    whole = evaluate(_sourced(events))
    if all(not one.row.item or one.row.item in seen for one in events):
        return whole, {sheet.unit: sheet for sheet in whole}
    return whole, {
        one.unit: one for one in evaluate(_sourced(e for e in events if not e.row.item or e.row.item in seen))
    }


def _as_seen(one: Deduction, item: SeenItem | None, why: Reasons) -> Deduction:
    """A deduction of another's sheet, as far as its item is the viewer's to see."""
    if item is not None and item.whole:
        return one
    if item is None:
        return replace(one, item="", about="", why=HIDDEN_ITEM, sources=(), under_appeal=False)
    shown = _published(one.sources)
    if one.kind == "missing_report":
        return replace(one, sources=shown)
    said = why.get((one.item, one.about))
    if said is not None:
        return replace(one, sources=shown, why=said)
    return replace(one, about="", sources=shown, why=DEDUCTIONS[one.kind], under_appeal=False)


def _published(sources: Sequence[Source]) -> tuple[Source, ...]:
    return tuple(one for one in sources if shows_to_everybody(one.type))


def _sourced(events: Iterable[KnownEvent]) -> Iterator[SourcedEvent]:
    for row, data in events:
        source = Source(row.id, row.type, f"rulings-{row.part}@{row.pos}", f"submissions-{row.part}@{row.cause}")
        yield SourcedEvent(row.item or None, row.time, source, data)
