"""What the next bulletin must correct, as far as the viewer may see the items (rulebook: Bulletins)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from contracts.ruling import RULING_TYPES
from contracts.rulings import (
    AppealClosed,
    BulletinFiled,
    BulletinPublished,
    LightChanged,
    MonthSettled,
    ProgrammeOpened,
    VerificationRecorded,
)
from services.query.answers.item import SeenItem
from services.query.answers.request_view import RequestView
from services.query.read_model.results import known
from supervision.errata import Erratum, PlacedEvent, errata

_BULLETINS: Final = [RULING_TYPES.short_names[cls] for cls in (BulletinFiled, BulletinPublished, ProgrammeOpened)]
_CHANGES: Final = [
    RULING_TYPES.short_names[cls] for cls in (AppealClosed, LightChanged, MonthSettled, VerificationRecorded)
]


async def errata_of(view: RequestView, programme_id: str, seen: Sequence[SeenItem]) -> list[Erratum]:
    """The errata about these items, those told already included."""
    told = await view.snapshot.events(programme_id, types=_BULLETINS)
    if not any(row.type == "bulletin.published" for row in told):
        return []
    changed = await view.snapshot.events(programme_id, types=_CHANGES)
    shown = {one.held.item for one in seen}
    placed = [
        PlacedEvent(row.part, row.pos, row.cause, row.time, row.item, data) for row, data in known([*told, *changed])
    ]
    return [one for one in errata(placed) if one.item in shown]
