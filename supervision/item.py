"""What an item's rulings say about its lights and its escalations, and the sentences about both."""

from __future__ import annotations

from dataclasses import dataclass, field

from contracts.rulings import ItemOpened, RulingData
from contracts.values import Light, PeriodId
from supervision import escalations as escalations_record
from supervision import lights as lights_record
from supervision.escalation_sentences import EscalationFacts, escalation_sentence
from supervision.escalations import Rungs, facts_of
from supervision.light_sentences import light_sentence
from supervision.lights import LightsRecord
from supervision.words import Word
from supervision.workdays import offset_of


@dataclass(frozen=True, slots=True)
class ItemRecord:
    """An item as told so far."""

    lights: LightsRecord
    rungs: Rungs = field(default_factory=dict)

    def explain(self, period: PeriodId, *, published: bool = False) -> Word:
        """Why a period has its light; `published`: for the public. Raises KeyError: the item has no such period."""
        return light_sentence(self.lights.facts(period), published=published)

    def explain_escalation(self, id_: str) -> Word:
        """What an escalation stands on, until when, and how far it is. Raises KeyError."""
        return escalation_sentence(self.escalation(id_))

    def escalation(self, id_: str) -> EscalationFacts:
        """What the sentence about an escalation is made from. Raises KeyError."""
        return facts_of(self.rungs[id_], self.rungs, self.light, offset_of(self.lights.utc_offset))

    def light(self, period: str) -> Light | None:
        """The light of a period as it stands; none for what is no period of this item."""
        if period not in self.lights.parts:
            return None
        return self.lights.light(period)


def opened(data: ItemOpened) -> ItemRecord:
    """The record of an item that was just published."""
    return ItemRecord(lights_record.opened(data))


def note(record: ItemRecord, data: RulingData) -> ItemRecord:
    """The record after one more event."""
    lights, rungs = lights_record.note(record.lights, data), escalations_record.note(record.rungs, data)
    return record if (lights is record.lights and rungs is record.rungs) else ItemRecord(lights, rungs)
