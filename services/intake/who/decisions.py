"""What waits for whose decision, by the table of rights and what the roster knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from services.intake.who.item import KnownItem
from services.intake.who.permission import ItemRights, to_item
from services.intake.who.roster import Roster
from supervision.awaited import OUTLIVING, RECTIFICATIONS, Awaited, expected_of
from supervision.right import DEPUTIES, Asker, reference_of
from supervision.rights import role_answer

_NAMING: Final = frozenset(
    {
        "plan.decided",
        "progress.reviewed",
        "adjustment.decided",
        "extension.decided",
        "withdrawal.decided",
        "cancellation.approved",
        "inspection.approved",
        "appeal.decided",
        RECTIFICATIONS,
    }
)
"""Decisions that may name the submission which they are about."""


class PendingDecision(NamedTuple):
    """Something that waits in a programme, about an item or (None) about the programme as a whole.

    `place` is which of those of its act and name it is.
    """

    programme: str
    item: KnownItem | None
    awaited: Awaited
    place: int


def pending(roster: Roster, rights: ItemRights) -> list[PendingDecision]:
    """What waits for whoever has these rights, or for whom they stand in today; the oldest first."""
    if not rights.may("desk.read"):
        return []
    found = []
    own = rights.identity.jurisdictions if rights.identity else ()
    for programme, id_, waits in roster.waiting_of(own):
        item = roster.items.get((programme, id_))
        places: dict[tuple[str, str], int] = {}
        for one in waits:
            place = places[one.act, one.name] = places.get((one.act, one.name), -1) + 1
            if _awaits(rights, programme, item, one):
                found.append(PendingDecision(programme, item, one, place))
    return sorted(found, key=lambda one: (one.awaited.since, one.programme, one.item.id if one.item else ""))


def named_submissions(waits: Sequence[Awaited], name: str) -> Mapping[str, str]:
    """The submission that a decision of this type would be about, by the value that its form asks for (or "").

    Of several under one id the oldest (rulebook: Fine print, `of`).
    """
    if name not in _NAMING:
        return {}
    found: dict[str, str] = {}
    for one in waits:
        if one.act == name:
            found.setdefault("" if name == RECTIFICATIONS else one.name, one.of)
    return found


def _in_place(rights: ItemRights, item: KnownItem) -> list[Asker]:
    """In which roles whoever has these rights stands in for somebody on an item today."""
    if rights.asker not in DEPUTIES or rights.identity is None:
        return []
    mine = reference_of(rights.asker, rights.identity.id)
    pairs = item.deputies_at(rights.at)
    return ["chief" if pair.principal == "chief" else "leader" for pair in pairs if pair.deputy == mine]


def _awaits(rights: ItemRights, programme: str, item: KnownItem | None, one: Awaited) -> bool:
    if not role_answer(f"submit.{one.act}", rights.asker).allowed:
        return False
    in_place = _in_place(rights, item) if item is not None else ()
    if not any(expected_of(role, one.act, one.name) for role in (rights.asker, *in_place)):
        return False
    if item is None:
        return rights.to(f"submit.{one.act}", programme).allowed
    if item.withdrawn and one.act not in OUTLIVING:
        return False
    return to_item(rights, f"submit.{one.act}", item).allowed
