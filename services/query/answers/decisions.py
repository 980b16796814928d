"""What waits for whose decision, and since when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from services.query.answers.access import Viewer
from services.query.answers.kept_items import KeptItems
from services.query.read_model import queues
from services.query.read_model.results import HeldItem
from services.query.read_model.snapshot import Snapshot
from services.query.read_model.tables import AwaitedRow
from supervision import awaited
from supervision.awaited import Awaited, AwaitedStep, Waiting
from supervision.right import Asker
from supervision.rights import role_answer

_KEPT: Final = 20_000
"""Items about which something waits."""


class Decision(NamedTuple):
    """Something that waits in a programme; `held` is the item that it is about, None: the programme as a whole."""

    programme: str
    held: HeldItem | None
    awaited: Awaited

    @property
    def item(self) -> str:
        """The id of the item, or nothing."""
        return self.held.item if self.held else ""


Decisions = Sequence[Decision]
"""Of one programme."""


def kept_decisions() -> KeptItems[Decisions, Decisions]:
    """What waits in the programmes asked for last."""
    return KeptItems(_decisions, lambda _, found: [one for listed in found.values() for one in listed], _KEPT)


async def _decisions(seen: Snapshot, programme: str, some: Sequence[str] | None) -> Mapping[str, Decisions]:
    waiting = _folded(await queues.awaited(seen, programme, some))
    about = {one.item: one for one in await seen.items(programme, [item for item in waiting if item])}
    found: dict[str, Decisions] = {}
    for item, waits in waiting.items():
        held = about.get(item)
        if held is not None or not item:
            listed = awaited.listed(waits, withdrawn=held is not None and held.withdrawn_at is not None)
            found[item] = [Decision(programme, held, one) for one in listed]
    return {item: listed for item, listed in found.items() if listed}


def _folded(rows: Iterable[AwaitedRow]) -> dict[str, Waiting]:
    """What waits, by item; an item's rows are in the order of the log."""
    found: dict[str, Waiting] = {}
    for row in rows:
        step = AwaitedStep(row.act, row.name, row.opens, row.of, row.place, row.weak, row.due_at)
        found[row.item] = awaited.evolve(found.get(row.item, {}), step, row.time)
    return found


def oldest_first(decisions: Iterable[Decision]) -> list[Decision]:
    """In the order in which they wait."""
    return sorted(decisions, key=lambda one: (one.awaited.since, one.programme, one.item))


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
