"""What waits for whose decision, and since when: read once for all who ask, until a ruling changes it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from contracts.topics import PARTITIONS, RULINGS
from services.query.answers.access import Viewer
from services.query.read_model import queues
from services.query.read_model.position import ReadPosition
from services.query.read_model.results import HeldItem
from services.query.read_model.snapshot import Snapshot
from services.query.read_model.tables import AwaitedRow
from supervision import awaited
from supervision.awaited import Awaited, AwaitedStep, Waiting
from supervision.right import Asker
from supervision.rights import role_answer


class Decision(NamedTuple):
    """Something that waits in a programme; `held` is the item that it is about, None: the programme as a whole."""

    programme: str
    held: HeldItem | None
    awaited: Awaited

    @property
    def item(self) -> str:
        """The id of the item, or nothing."""
        return self.held.item if self.held else ""


class Decisions:
    """Everything that waits; of what is known now it is kept until the next ruling."""

    def __init__(self) -> None:
        self._at: Sequence[int] = ()
        self._kept: list[Decision] = []

    async def of(self, seen: Snapshot) -> list[Decision]:
        """What waits in all programmes, the oldest first, whoever asks."""
        if seen.as_of.text:
            return await _read(seen)
        now = [seen.positions.get((RULINGS, part), ReadPosition()).next for part in range(PARTITIONS)]
        if now != self._at:
            self._kept = await _read(seen)
            self._at = now
        return self._kept


async def _read(seen: Snapshot) -> list[Decision]:
    found: list[Decision] = []
    for programme, by_item in _folded(await queues.awaited(seen)).items():
        about = {one.item: one for one in await seen.items(programme, some=[item for item in by_item if item])}
        for item, waits in by_item.items():
            held = about.get(item)
            if held is not None or not item:
                listed = awaited.listed(waits, withdrawn=held is not None and held.withdrawn_at is not None)
                found += [Decision(programme, held, one) for one in listed]
    return sorted(found, key=lambda one: (one.awaited.since, one.programme, one.item))


def _folded(rows: Iterable[AwaitedRow]) -> dict[str, dict[str, Waiting]]:
    """What waits, by programme and item; an item's rows are in the order of the log."""
    found: dict[str, dict[str, Waiting]] = {}
    for row in rows:
        items = found.setdefault(row.programme, {})
        step = AwaitedStep(row.act, row.name, row.opens, row.of, row.place, row.weak, row.due_at)
        items[row.item] = awaited.evolve(items.get(row.item, {}), step, row.time)
    return found


def awaits(viewer: Viewer, one: Decision) -> bool:
    """Whether something waits for this viewer, or for whom they stand in today."""
    rights, (act, name, *_) = viewer.rights, one.awaited
    if not role_answer(f"submit.{act}", rights.asker).allowed:
        return False
    principals = viewer.principals(one.programme, one.item)
    roles: list[Asker] = [rights.asker, *("chief" if of == "chief" else "leader" for of in principals)]
    if not any(awaited.expected_of(role, act, name) for role in roles):
        return False
    if one.held is None:
        return rights.to(f"submit.{act}", one.programme).allowed
    return viewer.may_see(f"submit.{act}", one.held)
