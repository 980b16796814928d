"""What a draft would change in a known programme, item by item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from programmes.programme import ItemEntry, ProgrammeFile


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftComparison:
    """Ids of items: new ones, changed ones with the names of the fields that differ, unchanged ones, those gone."""

    new: tuple[str, ...]
    changed: dict[str, tuple[str, ...]]
    unchanged: tuple[str, ...]
    gone: tuple[str, ...]


def compared(before: ProgrammeFile | None, after: ProgrammeFile) -> DraftComparison:
    """The items of a draft beside those of a programme of the same year; without one everything is new.

    Units and leaders are compared by name; a leader that follows from the aspect is the same as one that is named.
    """
    known = {item.id: _shown(item, before) for item in before.items} if before else {}
    new, unchanged = [], []
    changed: dict[str, tuple[str, ...]] = {}
    for item in after.items:
        shown, earlier = _shown(item, after), known.pop(item.id, None)
        if earlier is None:
            new.append(item.id)
        elif earlier == shown:
            unchanged.append(item.id)
        else:
            changed[item.id] = tuple(name for name in shown if shown[name] != earlier[name])
    return DraftComparison(new=tuple(new), changed=changed, unchanged=tuple(unchanged), gone=tuple(known))


def _shown(item: ItemEntry, programme: ProgrammeFile) -> dict[str, Any]:
    names = {one.id: one.name for one in programme.units}
    labels = {one.id: one.label for one in programme.leaders}
    aspects = {one.number: one.name for one in programme.aspects}
    return item.model_dump() | {
        "lead_unit": names.get(item.lead_unit),
        "cooperating_units": tuple(names.get(one) for one in item.cooperating_units),
        "leader": labels.get(programme.leader_of(item) or ""),
        "aspect": aspects.get(item.aspect),
    }
