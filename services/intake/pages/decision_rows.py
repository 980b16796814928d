"""What can be decided several at once, each with what is asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from contracts.rulings import AdjustmentFiled, BulletinFiled, ExtensionFiled
from services.intake.dependencies import Dependencies
from services.intake.who.decisions import PendingDecision, pending
from services.intake.who.item import KnownItem
from services.intake.who.permission import rights_of
from services.intake.who.roster import Roster
from supervision.schedule import quarter_of
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


class ToldUnit(NamedTuple):
    """How many lights of a unit's items have each colour in the period of a bulletin; `none` are not lit."""

    name: str
    green: int
    yellow: int
    red: int
    none: int

    @property
    def praised(self) -> bool:
        """Whether all its lights are green."""
        return bool(self.green) and not (self.yellow or self.red or self.none)


class FiledBulletin(NamedTuple):
    """What is known of a bulletin: its record, and the lights of its period by unit, the most trouble first.

    The log has the digest of its text, not the text (rulebook: Bulletins).
    """

    filed: BulletinFiled
    units: Sequence[ToldUnit]


class DecisionRow(NamedTuple):
    """Something to decide, with what is asked for."""

    value: str
    item: KnownItem | None
    pending: PendingDecision
    unit: str
    request: AdjustmentFiled | ExtensionFiled | None
    bulletin: FiledBulletin | None = None


def decision_rows(dependencies: Dependencies, identity: Identity, act: str) -> list[DecisionRow]:
    """What waits for somebody and this act, the oldest first."""
    roster = dependencies.roster
    found = [one for one in pending(roster, rights_of(roster, identity)) if one.awaited.act == act]
    return [_row(dependencies, one.item, one) for one in found][:MOST]


def _row(dependencies: Dependencies, item: KnownItem | None, one: PendingDecision) -> DecisionRow:
    name, of = one.awaited.name, one.awaited.of
    if item is None:
        about = _bulletin(dependencies.roster, one.programme, name)
        return DecisionRow("|".join((one.programme, "", name, of)), None, one, "", None, about)
    filed: Sequence[AdjustmentFiled | ExtensionFiled] = ()
    if one.awaited.act == "adjustment.decided":
        filed = [asked for asked in item.adjustments if asked.adjustment == name]
    elif one.awaited.act == "extension.decided":
        filed = [asked for asked in item.extensions if asked.extension == name]
    unit = dependencies.roster.unit_name(item.programme, item.lead_unit)
    request = filed[one.place] if one.place < len(filed) else None
    return DecisionRow("|".join((item.programme, item.id, name, of)), item, one, unit, request)


def _bulletin(roster: Roster, programme: str, name: str) -> FiledBulletin | None:
    """The lights are those of now: how they stood where it was composed, the page of lights at that position shows."""
    filed = roster.bulletins.get((programme, name))
    if filed is None:
        return None
    quarter = filed.period if "Q" in filed.period else quarter_of(filed.period)
    told = told_units(roster.items_in(programme), quarter, lambda unit: roster.unit_name(programme, unit))
    return FiledBulletin(filed, told)


def told_units(items: Iterable[KnownItem], quarter: str, name_of: Callable[[str], str]) -> list[ToldUnit]:
    """The lights of a quarter by lead unit; items on which no period of it binds count nowhere."""
    counts: dict[str, Counter[str]] = {}
    for item in items:
        if not item.withdrawn and item.lights.parts.get(quarter):
            counts.setdefault(item.lead_unit, Counter())[item.lights.light(quarter)] += 1
    told = [
        ToldUnit(name_of(unit), lit["green"], lit["yellow"], lit["red"], lit["none"]) for unit, lit in counts.items()
    ]
    return sorted(told, key=lambda one: (-one.red, -one.yellow, -one.green, one.name))
