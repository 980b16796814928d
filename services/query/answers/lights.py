"""The lights of a programme: tiles, why each stands as it does, and both gathered for a heat map or a unit's page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.query.answers.escalations import EscalationAnswer, escalations
from services.query.answers.heat_map import HeatMap, RepliesByItem, Tile, heat_map, tiles
from services.query.answers.item import SeenItem, items, open_items
from services.query.answers.problem import QueryProblem
from services.query.answers.programme import ProgrammeAnswer
from services.query.answers.replies import replies_of
from services.query.answers.request_view import RequestView
from services.query.read_model.results import HeldItem, WaitingSubmission, known
from supervision.words import Word
from web.rights import NOBODY

APPEALS: Final = ["appeal.opened", "appeal.closed"]

Reasons = Mapping[tuple[str, str], Word]
"""Why a light stands as it does, by item and period."""


async def tiles_of(view: RequestView, programme_id: str, seen: Sequence[SeenItem]) -> list[Tile]:
    """The lights of these items of a programme."""
    some = [one.held.item for one in seen]
    return tiles(
        [one.held for one in seen],
        await view.snapshot.lights(programme_id, some),
        known(await view.snapshot.events(programme_id, some, APPEALS)),
        await replies_of(view, programme_id, seen),
    )


def moved_by_unit(seen: Iterable[SeenItem]) -> dict[str, int]:
    """How many reports' deadlines were moved of the items that each unit leads (rulebook: Deadlines)."""
    found: Counter[str] = Counter()
    for one in seen:
        found[one.held.lead_unit] += one.held.moved
    return dict(+found)


async def extended_by_unit(view: RequestView, programme_id: str, seen: Iterable[SeenItem]) -> dict[str, int]:
    """How often rectifications of the items that each unit leads were extended: a number for everybody (延期整改)."""
    extended = {one.item: one.number for one in await view.snapshot.extended(programme_id)}
    found: Counter[str] = Counter()
    for one in seen:
        found[one.held.lead_unit] += extended.get(one.held.item, 0)
    return dict(+found)


async def reasons(view: RequestView, programme_id: str, seen: Sequence[SeenItem]) -> Reasons:
    """Why each light of these items stands as it does, in the words for this viewer."""
    found = await view.folds.sentences.of(view.snapshot, programme_id)
    return {
        (one.held.item, period): why.full if one.whole else why.published
        for one in seen
        if one.held.item in found
        for period, why in found[one.held.item].items()
    }


async def waiting(view: RequestView, programme_id: str, seen: Sequence[SeenItem]) -> list[WaitingSubmission]:
    """Submissions without a ruling about items where the viewer sees them; an inspection as a plan before the visit."""
    viewer = view.viewer
    about = {one.held.item: one.held for one in seen if viewer.may_see("waiting.see", one.held)}

    def shown(row: WaitingSubmission) -> bool:
        if row.item is None:
            return viewer.rights.to("submission.read", programme_id, NOBODY, "internal").allowed
        held = about.get(row.item)
        if held is None or not row.type.startswith("inspection."):
            return held is not None
        return viewer.may_see("inspection_plans.see", held)

    found = [row for row in await view.snapshot.waiting(programme_id) if shown(row)]
    for row in found:
        if row.item is not None:
            view.opened.item(programme_id, row.item, about[row.item].classification)
            if row.type == "inspection.planned":
                view.opened.plan(programme_id, row.item, row.id)
    return found


@dataclass(frozen=True, slots=True)
class ProgrammeLights:
    """A heat map, why each light stands as it does, and what has no ruling yet."""

    map: HeatMap
    why: Reasons
    waiting: list[WaitingSubmission]


async def programme_lights(
    view: RequestView, about: ProgrammeAnswer, category: str, *, most_trouble_first: bool
) -> ProgrammeLights:
    """The lights of a programme's items of a category (empty: of all), units as listed or by their red and yellow."""
    seen = await items(view, about.id)
    open_items(view, seen)
    found = [tile for tile in await tiles_of(view, about.id, seen) if category in ("", tile.category)]
    gathered = heat_map(found, about.units, moved_by_unit(seen), await extended_by_unit(view, about.id, seen))
    if most_trouble_first:
        gathered.lines.sort(key=lambda line: line.trouble, reverse=True)
    return ProgrammeLights(gathered, await reasons(view, about.id, seen), await waiting(view, about.id, seen))


@dataclass(frozen=True, slots=True)
class UnitLights:
    """The items that a unit leads and where it cooperates, with the lights of each and the open escalations.

    `sheet_seen`: the viewer sees the unit's evaluation sheet. `moved` counts the reports' deadlines that were moved,
    `extended` the extensions of rectifications' limits.
    """

    sheet_seen: bool
    leads: list[HeldItem]
    cooperates: list[HeldItem]
    tiles: dict[str, list[Tile]]
    why: Reasons
    escalations: list[EscalationAnswer]
    waiting: list[WaitingSubmission]
    moved: int
    extended: int
    replies: RepliesByItem


async def unit_lights(view: RequestView, about: ProgrammeAnswer, unit: str) -> UnitLights:
    """What a unit has to do with a programme. Raises QueryProblem: it has no such unit."""
    if unit not in {one["id"] for one in about.units}:
        raise QueryProblem("not-found", f"unit {unit}")
    seen = await items(view, about.id, unit)
    open_items(view, seen)
    by_item: dict[str, list[Tile]] = {}
    for tile in await tiles_of(view, about.id, seen):
        by_item.setdefault(tile.item, []).append(tile)
    told = view.viewer.may("escalations.list", about.id)
    led = {one.held.item for one in seen if one.held.lead_unit == unit}
    open_now = await escalations(view, about.id, [one for one in seen if one.held.item in led]) if told else []
    return UnitLights(
        sheet_seen=view.viewer.sees_sheet(about.id, unit),
        leads=[one.held for one in seen if one.held.lead_unit == unit],
        cooperates=[one.held for one in seen if one.held.lead_unit != unit],
        tiles=by_item,
        why=await reasons(view, about.id, seen),
        escalations=open_now,
        waiting=[one for one in await waiting(view, about.id, seen) if one.item in led],
        moved=moved_by_unit(seen).get(unit, 0),
        extended=(await extended_by_unit(view, about.id, seen)).get(unit, 0),
        replies=await replies_of(view, about.id, seen),
    )
