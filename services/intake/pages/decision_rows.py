"""What can be decided several at once, each with what is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from contracts.rulings import AdjustmentFiled, ExtensionFiled
from services.intake.dependencies import Dependencies
from services.intake.who.decisions import PendingDecision, pending
from services.intake.who.item import KnownItem
from services.intake.who.permission import rights_of
from web.identity import Identity

TOGETHER: Final[dict[str, tuple[str, str, str]]] = {
    "plan.decided": ("", "confirmed", "returned"),
    "adjustment.decided": ("adjustment", "approved", "refused"),
    "extension.decided": ("extension", "approved", "refused"),
    "bulletin.approved": ("bulletin", "", ""),
}
"""What can be decided together: the datum that names what is decided, and the words for yes and no.

A bulletin is about no item, and is only approved.
"""
MOST: Final = 100
"""Rows on one page."""


class DecisionRow(NamedTuple):
    """Something to decide, with what is asked for."""

    value: str
    item: KnownItem | None
    pending: PendingDecision
    unit: str
    request: AdjustmentFiled | ExtensionFiled | None


def decision_rows(dependencies: Dependencies, identity: Identity, act: str) -> list[DecisionRow]:
    """What waits for somebody and this act, the oldest first."""
    roster = dependencies.roster
    found = [one for one in pending(roster, rights_of(roster, identity)) if one.awaited.act == act]
    return [_row(dependencies, one.item, one) for one in found][:MOST]


def _row(dependencies: Dependencies, item: KnownItem | None, one: PendingDecision) -> DecisionRow:
    name, of = one.awaited.name, one.awaited.of
    if item is None:
        return DecisionRow("|".join((one.programme, "", name, of)), None, one, "", None)
    filed: Sequence[AdjustmentFiled | ExtensionFiled] = ()
    if one.awaited.act == "adjustment.decided":
        filed = [asked for asked in item.adjustments if asked.adjustment == name]
    elif one.awaited.act == "extension.decided":
        filed = [asked for asked in item.extensions if asked.extension == name]
    unit = dependencies.roster.unit_name(item.programme, item.lead_unit)
    request = filed[one.place] if one.place < len(filed) else None
    return DecisionRow("|".join((item.programme, item.id, name, of)), item, one, unit, request)
