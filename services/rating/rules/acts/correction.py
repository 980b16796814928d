"""Corrections of an item's words, and units and leaders that join a programme (rulebook: Changing the goal posts)."""

from __future__ import annotations

from datetime import datetime

from contracts.refusal_reasons import Reason
from contracts.rulings import ItemRevised, ProgrammeEnlarged, Remark
from contracts.submissions import ItemCorrected, ProgrammeExtended
from services.rating.rules.draft import Draft
from services.rating.rules.state.programme import Programme
from services.rating.rules.state.state import Item


def object_to_correction(_item: Item, _data: ItemCorrected, _at: datetime) -> list[Reason]:
    """The office may always correct words."""
    return []


def correct(draft: Draft, data: ItemCorrected) -> list[Remark]:
    """Words change, lights never."""
    draft.emit(
        ItemRevised(
            title=data.title,
            source=data.source,
            classification=data.classification,
            cooperating=data.cooperating,
            annual_targets=data.annual_targets,
            reason=data.reason,
        )
    )
    return []


def object_to_extension(_item: Item, _data: ProgrammeExtended, _at: datetime) -> list[Reason]:
    """The office may always add units and leaders."""
    return []


def extend(draft: Draft, data: ProgrammeExtended) -> list[Remark]:
    """The item knows them from here on."""
    draft.emit(ProgrammeEnlarged(units=data.units, leaders=data.leaders))
    return []


def object_to_programme_extension(_programme: Programme, _data: ProgrammeExtended) -> list[Reason]:
    """The same, of the programme's own record."""
    return []


def extend_programme(draft: Draft, data: ProgrammeExtended) -> None:
    """The programme's own record of its units and leaders."""
    draft.emit(ProgrammeEnlarged(units=data.units, leaders=data.leaders))
