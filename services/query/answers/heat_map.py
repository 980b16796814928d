"""Units × quarters: the lights of a programme as they stand, gathered for the wall and for the phone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from contracts.values import Category, Light, PeriodId
from services.query.read_model.columns import ComparedColumn, UnitColumn
from services.query.read_model.results import CurrentLight, HeldItem, KnownEvent
from supervision import appeals
from supervision.appeals import Appeals
from supervision.deadlines import PeriodDeadline
from supervision.replies import Replies, ReplyRecord

COLOURS: Final[tuple[Light, ...]] = ("red", "yellow", "none", "green")
"""From what needs most attention to what needs least."""
RepliesByItem = Mapping[str, Replies]
"""The replies that may be read: by item, then by what they are about."""


@dataclass(frozen=True, slots=True)
class Tile:
    """The light of one item in one quarter; `rated` is what it was first settled as.

    It settles at `due_at` (exclusive; `moved_from`: the deadline that was moved); `reply` is what the unit says.
    """

    item: str
    title: str
    unit: str
    category: Category
    period: PeriodId
    light: Light
    settled: bool = False
    rated: Light | None = None
    under_appeal: bool = False
    rule: str = ""
    compared: Sequence[ComparedColumn] = ()
    changed_at: datetime | None = None
    position: str | None = None
    due_at: datetime | None = None
    moved_from: datetime | None = None
    provisional: bool = False
    reply: str | None = None


@dataclass(slots=True)
class Cell:
    """All lights of a unit in a quarter."""

    period: str
    tiles: list[Tile] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """How many of each colour, worst first, colours without one left out."""
        number = Counter(tile.light for tile in self.tiles)
        return {colour: number[colour] for colour in COLOURS if number[colour]}

    @property
    def worst(self) -> str:
        """The colour that the cell is tinted with: the worst there is; empty when there is no light at all."""
        return next(iter(self.counts), "")


@dataclass(slots=True)
class Line:
    """A unit's row: how many deadlines of its reports were moved (延期报送), of rectifications extended (延期整改)."""

    unit: str
    name: str
    cells: list[Cell]
    moved: int = 0
    extended: int = 0

    @property
    def trouble(self) -> tuple[int, int]:
        """Reds and yellows, for ordering."""
        counts = Counter(tile.light for cell in self.cells for tile in cell.tiles)
        return counts["red"], counts["yellow"]


@dataclass(slots=True)
class HeatMap:
    """Rows of units, columns of quarters, and what each quarter sums up to."""

    periods: list[str]
    lines: list[Line]
    totals: list[Cell]


def tiles(
    items: Iterable[HeldItem],
    lights: Iterable[CurrentLight],
    appeals: Iterable[KnownEvent],
    replies: RepliesByItem = MappingProxyType({}),
) -> list[Tile]:
    """A tile for every item and quarter that binds it; what has no light yet awaits its report.

    An item that was withdrawn keeps its settled lights and has none otherwise (rulebook: Lights 8).
    """
    current = {(light.item, light.period): light for light in lights}
    contested = under_appeal(appeals)
    found = []
    for item in items:
        for period in item.quarters:
            light = current.get((item.item, period))
            if item.withdrawn_at is None or (light is not None and light.rated is not None):
                tile = _tile(item, period, light, contested=(item.item, period) in contested)
                found.append(_dated(tile, item.last_of(period), replies.get(item.item, {}).get(period)))
    return found


def _dated(tile: Tile, deadline: PeriodDeadline | None, reply: ReplyRecord | None) -> Tile:
    said = reply.text if reply is not None else None
    if deadline is None:
        return replace(tile, reply=said)
    return replace(
        tile,
        due_at=deadline.due_at,
        moved_from=deadline.before,
        provisional=deadline.provisional,
        reply=said,
    )


def _tile(item: HeldItem, period: PeriodId, light: CurrentLight | None, *, contested: bool) -> Tile:
    if light is None:
        return Tile(
            item=item.item,
            title=item.title,
            unit=item.lead_unit,
            category=item.category,
            period=period,
            light="none",
            under_appeal=contested,
        )
    return Tile(
        item=item.item,
        title=item.title,
        unit=item.lead_unit,
        category=item.category,
        period=period,
        light=light.light,
        settled=light.settled or light.rated is not None,
        rated=light.rated,
        under_appeal=contested,
        rule=light.rule,
        compared=light.compared,
        changed_at=light.time,
        position=f"rulings-{light.part}@{light.pos}",
    )


def under_appeal(events: Iterable[KnownEvent]) -> set[tuple[str, str]]:
    """Items and periods whose light is being appealed against (rulebook: Fairness)."""
    waiting: dict[str, Appeals] = {}
    for row, data in events:
        item = row.item or ""
        waiting[item] = appeals.evolve(waiting.get(item, ()), data)
    return {(item, one.against.light) for item, found in waiting.items() for one in found if one.against.light}


def heat_map(
    found: Iterable[Tile],
    units: Iterable[UnitColumn],
    moved: Mapping[str, int] = MappingProxyType({}),
    extended: Mapping[str, int] = MappingProxyType({}),
) -> HeatMap:
    """Gather tiles by unit, in the order of the programme's own list of units, and by quarter.

    `moved` is how many reports' deadlines of a unit were moved, `extended` how many rectifications' limits.
    """
    gathered = list(found)
    periods = sorted({tile.period for tile in gathered})
    names = {unit["id"]: unit["name"] for unit in units}
    order = {unit: index for index, unit in enumerate(names)}
    by_unit: dict[str, dict[str, Cell]] = {}
    totals = {period: Cell(period) for period in periods}
    for tile in sorted(gathered, key=lambda tile: (COLOURS.index(tile.light), tile.item)):
        cells = by_unit.setdefault(tile.unit, {period: Cell(period) for period in periods})
        cells[tile.period].tiles.append(tile)
        totals[tile.period].tiles.append(tile)
    lines = [
        Line(unit, names.get(unit, unit), list(cells.values()), moved.get(unit, 0), extended.get(unit, 0))
        for unit, cells in sorted(by_unit.items(), key=lambda entry: (order.get(entry[0], len(order)), entry[0]))
    ]
    return HeatMap(periods, lines, list(totals.values()))
