"""What was prepared about an item that is handed over passes to the unit that leads it now, to be looked at first."""

from __future__ import annotations

from typing import Final

from services.intake.evidence.store import EvidenceStore
from services.intake.prepared.submissions import PreparedPlace, PreparedSubmissions
from services.intake.who.permission import OF_FORMER
from services.intake.who.roster import Roster

REASON: Final = (
    "事项已移交本单位。这是原牵头单位拟的稿，请核对后再交签。"
    " The item was handed over; the unit that led before drafted this. Check it and give it again."
)


class PassingOn:
    """Nobody of the former unit may file it any more, and nobody of the new one has seen it: so it is returned.

    What a former unit may still file, an appeal or a reply, stays with it (rulebook: Who, order of the log).
    """

    def __init__(self, prepared: PreparedSubmissions, roster: Roster, evidence: EvidenceStore) -> None:
        self._prepared = prepared
        self._roster = roster
        self._evidence = evidence

    async def pass_on(self) -> None:
        """What lies with a unit that handed its item over; its evidence first.

        Nothing until the roster has caught up: before that it takes for a hand-over what was handed back since.

        Raises IntakeProblem `prepared_unavailable`, `store_unavailable`.
        """
        if not self._roster.caught_up:
            return
        for place in await self._prepared.places():
            item = self._roster.items.get((place.programme, place.item))
            if item is None or item.lead_unit == place.unit or place.unit not in item.assignment.former:
                continue
            if passes_on(place.type):
                await self._pass_on(place, item.lead_unit)

    async def _pass_on(self, place: PreparedPlace, unit: str) -> None:
        for one in await self._prepared.open([place.jurisdiction], place.unit):
            if (one.programme, one.item, one.type) == (place.programme, place.item, place.type):
                for file in one.body["data"].get("evidence", ()):
                    await self._evidence.pass_on(file["sha256"], [f"{place.jurisdiction}/unit:{unit}"])
        await self._prepared.pass_on(place, unit, REASON)


def passes_on(name: str) -> bool:
    """Whether a submission of this type is the new lead unit's to file once its item is handed over."""
    return f"submit.{name}" not in OF_FORMER
