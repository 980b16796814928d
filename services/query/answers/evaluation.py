"""The annual evaluation's sheets, for those who may see them: a unit its own, whoever supervises all of them.

A leader sees the sheets of all units, but of items that are not theirs what was published, and of internal ones that
points were deducted, and no more (rulebook: Who).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from services.query.answers.access import shows_to_everybody
from services.query.answers.evaluation_outcomes import Outcomes
from services.query.answers.item import SeenItem, items, open_items
from services.query.answers.lights import Reasons, reasons
from services.query.answers.problem import QueryProblem
from services.query.answers.request_view import RequestView
from supervision.evaluation.deduction import Deduction, Source
from supervision.evaluation.sheets import ItemResult, Sheet, gathered
from supervision.words import DEDUCTIONS, Word

HIDDEN_ITEM: Final = Word("内部事项", "an internal item")
"""What is said of an item that is not the viewer's to see."""


async def sheets(view: RequestView, programme_id: str) -> list[Sheet]:
    """The sheets that the viewer may see, the highest score first; with what their deductions rest on."""
    return (await _opened(view, programme_id, await scores(view, programme_id)))[0]


async def scores(view: RequestView, programme_id: str) -> list[Sheet]:
    """The same for a list that names no item: deductions are counted, and none of them may be shown."""
    kept = await view.folds.outcomes.of(view.snapshot, programme_id)
    return await _sheets(view, programme_id, kept, {id_: one.result for id_, one in kept.items() if one.result})


async def sheet_of(view: RequestView, programme_id: str, unit: str) -> tuple[Sheet, list[SeenItem]]:
    """The sheet of a unit, and the items that it names, as far as the viewer sees them.

    Raises QueryProblem: there is none, or it is not the viewer's to see.
    """
    kept = await view.folds.outcomes.of(view.snapshot, programme_id)
    results = {id_: one.result for id_, one in kept.items() if one.result and _concerns(one.result, unit)}
    found = [one for one in await _sheets(view, programme_id, kept, results) if one.unit == unit]
    if not found:
        raise QueryProblem("not-found")
    (sheet,), seen = await _opened(view, programme_id, found)
    return sheet, seen


def _concerns(result: ItemResult, unit: str) -> bool:
    """Whether an item says anything about a unit's sheet."""
    return unit in result.led_by or any(one.unit == unit for one in result.deductions)


async def _sheets(
    view: RequestView, programme_id: str, kept: Outcomes, results: Mapping[str, ItemResult]
) -> list[Sheet]:
    """The sheets that the viewer may see, of these items; of others' units what the items that are seen tell."""
    policy = kept[""].policy if "" in kept else None
    visible = (await view.folds.sums.of(view.snapshot, programme_id)).seen_by(view.viewer)
    whole, shown = gathered(policy, results), results
    if not results.keys() <= visible:
        shown = {id_: one for id_, one in results.items() if id_ in visible}
    told = {one.unit: one.pending for one in (whole if shown is results else gathered(policy, shown))}
    found = []
    for sheet in whole:
        if not view.viewer.sees_sheet(programme_id, sheet.unit):
            continue
        if sheet.unit == view.viewer.unit:
            found.append(sheet)
        elif sheet.deductions or sheet.unit in told:
            found.append(replace(sheet, pending=told.get(sheet.unit, 0)))
    return sorted(found, key=lambda sheet: (-sheet.score, sheet.unit))


async def _opened(view: RequestView, programme_id: str, found: Sequence[Sheet]) -> tuple[list[Sheet], list[SeenItem]]:
    """Sheets with their deductions as far as the viewer may see them, and the items that they name."""
    named = {one.item for sheet in found for one in sheet.deductions}
    seen = await items(view, programme_id, some=sorted(named)) if named else []
    open_items(view, seen)
    by_id, why = {one.held.item: one for one in seen}, await reasons(view, programme_id, seen)
    return [
        sheet
        if sheet.unit == view.viewer.unit
        else replace(sheet, deductions=tuple(_as_seen(one, by_id.get(one.item), why) for one in sheet.deductions))
        for sheet in found
    ], seen


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
