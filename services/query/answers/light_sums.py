"""How many lights of each colour a programme has by quarter, as far as the viewer sees its items."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from sys import intern
from typing import Final, NamedTuple

from contracts.values import Light, PeriodId
from services.query.answers.access import Viewer
from services.query.answers.heat_map import COLOURS, Tile, tiles
from services.query.answers.kept_items import KeptItems
from services.query.read_model.results import HeldItem, ItemHolders
from services.query.read_model.snapshot import Snapshot
from web.rights import NOBODY

_KEPT: Final = 120_000
"""Items of which it is kept: with four quarters 380 bytes each, 500 if internal, as measured; so 60 MB at most."""


class ItemLights(NamedTuple):
    """An item's lights by quarter; `held` says who sees it, None: everybody who sees the programme."""

    held: ItemHolders | None
    lights: Mapping[PeriodId, Light]


class QuarterSum(NamedTuple):
    """How many lights of each colour a quarter has, worst first, colours without one left out."""

    period: PeriodId
    counts: Mapping[Light, int]


@dataclass(frozen=True, slots=True)
class LightSums:
    """The sums of one programme: of its public items together, of the others each by itself."""

    programme: str
    public: frozenset[str]
    sums: Mapping[PeriodId, Counter[Light]]
    internal: Mapping[str, ItemLights]

    def seen_by(self, viewer: Viewer) -> frozenset[str]:
        """The items that a viewer sees, in full or what was published."""
        public = self.public if self._sees_public(viewer) else frozenset()
        return public | {id_ for id_, one in self.internal.items() if _sees(viewer, one)}

    def quarters(self, viewer: Viewer) -> list[QuarterSum]:
        """The sums of the items that a viewer sees."""
        found = {period: sums.copy() for period, sums in self.sums.items()} if self._sees_public(viewer) else {}
        for one in self.internal.values():
            if _sees(viewer, one):
                _add(found, one.lights)
        return [
            QuarterSum(period, {colour: sums[colour] for colour in COLOURS if sums[colour]})
            for period, sums in sorted(found.items())
        ]

    def _sees_public(self, viewer: Viewer) -> bool:
        return viewer.rights.to("item.read", self.programme, NOBODY, "public").allowed


def _sees(viewer: Viewer, one: ItemLights) -> bool:
    return one.held is not None and viewer.sight_of(one.held) != "none"


def _add(found: dict[PeriodId, Counter[Light]], lights: Mapping[PeriodId, Light]) -> None:
    for period, light in lights.items():
        found.setdefault(period, Counter())[light] += 1


def kept_sums() -> KeptItems[ItemLights, LightSums]:
    """The sums of the programmes asked for last."""
    return KeptItems(_lights, _sums, _KEPT)


async def _lights(seen: Snapshot, programme: str, some: Sequence[str] | None) -> Mapping[str, ItemLights]:
    held = await seen.items(programme, some)
    return _lights_of(held, tiles(held, await seen.lights(programme, some), ()))


def _lights_of(items: Iterable[HeldItem], found: Iterable[Tile]) -> dict[str, ItemLights]:
    """The lights of items, by the tiles that they have."""
    lights: dict[str, dict[PeriodId, Light]] = {}
    for tile in found:
        lights.setdefault(tile.item, {})[intern(tile.period)] = tile.light
    return {
        one.item: ItemLights(None if one.classification == "public" else one.holders, lights.get(one.item, {}))
        for one in items
    }


def _sums(programme: str, found: Mapping[str, ItemLights]) -> LightSums:
    public = {id_: one for id_, one in found.items() if one.held is None}
    sums: dict[PeriodId, Counter[Light]] = {}
    for one in public.values():
        _add(sums, one.lights)
    return LightSums(programme, frozenset(public), sums, {id_: one for id_, one in found.items() if one.held})
