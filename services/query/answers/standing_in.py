"""Who stands in for whoever asks today, by item: deputies that were named for it (rulebook: Who)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from contracts.rulings import ItemOpened
from services.query.answers.access import Deputies
from services.query.answers.kept_items import KeptItems
from services.query.read_model.results import known
from services.query.read_model.snapshot import Snapshot
from supervision.deputies import Namings, evolve, in_force
from supervision.right import DEPUTIES, reference_of
from web.identity import Identity

_KEPT: Final = 100_000
"""Items for which somebody was named."""

NamingsByItem = Mapping[str, Namings]


def kept_namings() -> KeptItems[Namings, NamingsByItem]:
    """Who was named in the programmes asked for last; what is known now holds for whatever day is looked at."""
    return KeptItems(_namings, lambda _, found: found, _KEPT, at_any_time=True)


async def _namings(seen: Snapshot, programme: str, some: Sequence[str] | None) -> NamingsByItem:
    found: dict[str, Namings] = {}
    for row, data in known(await seen.namings(programme, some)):
        item = row.item or ""
        found[item] = data.deputies if isinstance(data, ItemOpened) else evolve(found.get(item, ()), data)
    return found


async def standing_in(
    kept: KeptItems[Namings, NamingsByItem], seen: Snapshot, identity: Identity | None, own: Iterable[str], today: date
) -> Deputies:
    """For whom whoever asks stands in today, by item of these programmes, where they could be a deputy."""
    if identity is None or identity.role not in DEPUTIES:
        return {}
    mine = reference_of(identity.role, identity.id)
    found = {}
    for programme in own:
        for item, namings in (await kept.of(seen, programme)).items():
            pairs = [pair for pair in in_force(namings, today) if pair.deputy == mine]
            if pairs:
                found[programme, item] = pairs
    return found
