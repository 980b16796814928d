"""The lights of a programme: tiles, why each stands as it does, and both gathered for a heat map or a unit's page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.query.answers.escalations import EscalationAnswer, escalations
from services.query.answers.events import known
from services.query.answers.heat_map import HeatMap, RepliesByItem, Tile, heat_map, tiles
from services.query.answers.item import SeenItem, items, open_items
from services.query.answers.problem import QueryProblem
from services.query.answers.programme import ProgrammeAnswer
from services.query.answers.replies import replies_of
from services.query.answers.request_view import RequestView
from services.query.answers.submission import waiting
from services.query.read_model.results import HeldItem, WaitingSubmission
from supervision.words import Word

APPEALS: Final = ["appeal.opened", "appeal.closed"]

Reasons = Mapping[tuple[str, str], Word]
"""Why a light stands as it does, by item and period."""


async def tiles_of(
    view: RequestView, programme_id: str, seen: Sequence[SeenItem], item_id: str | None = None
) -> list[Tile]:
    """The lights of these items of a programme; `item_id` where it is only one of them."""
    return tiles(
        [one.held for one in seen],
        await view.snapshot.lights(programme_id, item_id),
        known(await view.snapshot.events(programme_id, item_id, APPEALS)),
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
    found = await view.explanations.of(view.snapshot, programme_id)
    whole = {one.held.item: one.whole for one in seen}
    return {key: why.full if whole[key[0]] else why.published for key, why in found.items() if key[0] in whole}


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
    ever = await escalations(view, about.id, open_only=False) if told else []
    led = {one.held.item for one in seen if one.held.lead_unit == unit}
    return UnitLights(
        sheet_seen=view.viewer.sees_sheet(about.id, unit),
        leads=[one.held for one in seen if one.held.lead_unit == unit],
        cooperates=[one.held for one in seen if one.held.lead_unit != unit],
        tiles=by_item,
        why=await reasons(view, about.id, seen),
        escalations=[one for one in ever if one.item in led and one.is_open],
        waiting=[one for one in await waiting(view, about.id, seen) if one.item in led],
        moved=moved_by_unit(seen).get(unit, 0),
        extended=(await extended_by_unit(view, about.id, seen)).get(unit, 0),
        replies=await replies_of(view, about.id, seen),
    )
