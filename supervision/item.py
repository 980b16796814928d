"""What an item's rulings say about it: the whole record, and the sentences about its lights and escalations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from contracts.rulings import ItemOpened, RulingData
from contracts.values import Light, PeriodId
from supervision import appeals, assignment, escalations, light_facts, lights
from supervision.appeals import Appeals
from supervision.assignment import AssignmentRecord
from supervision.escalation_sentences import EscalationFacts, escalation_sentence, with_texts
from supervision.escalations import Escalations
from supervision.light_sentences import LightFacts, light_sentence
from supervision.lights import LightsRecord
from supervision.words import Word

LIGHTS_FOLDED: Final = assignment.FOLDED | lights.FOLDED | appeals.FOLDED
"""The events that the sentences about lights rest on, besides the opening of the item."""

FOLDED: Final = LIGHTS_FOLDED | escalations.FOLDED
"""The events that change the record."""


class ItemRecord(NamedTuple):
    """An item as its rulings tell it so far; its parts are folded each by itself."""

    assignment: AssignmentRecord
    lights: LightsRecord
    escalations: Escalations
    appeals: Appeals

    def explain(self, period: PeriodId, *, published: bool = False) -> Word:
        """Why a period has its light; `published`: for the public. Raises KeyError: the item has no such period."""
        return light_sentence(self.light_facts(period), published=published)

    def light_facts(self, period: PeriodId) -> LightFacts:
        """What the sentence about a period is made from. Raises KeyError."""
        return light_facts.facts_of(self.lights, period, self.assignment, self.appeals)

    def explain_escalation(self, id_: str, said: Mapping[str, str] = MappingProxyType({})) -> Word:
        """What an escalation stands on, until when, and how far it is. Raises KeyError.

        `said` are the texts of blockages by their numbers, where the reader has them.
        """
        return escalation_sentence(with_texts(self.escalation_facts(id_), said))

    def escalation_facts(self, id_: str) -> EscalationFacts:
        """What the sentence about an escalation is made from. Raises KeyError."""
        return escalations.facts_of(self.escalations[id_], self.escalations, self.light, self.assignment.zone)

    def light(self, period: str) -> Light | None:
        """The light of a period as it stands; none for what is no period of this item."""
        return self.lights.light(period) if period in self.lights.parts else None


def opened(data: ItemOpened) -> ItemRecord:
    """The record of an item that was just published."""
    return ItemRecord(assignment.opened(data), lights.opened(data), {}, ())


def evolve(record: ItemRecord, data: RulingData) -> ItemRecord:
    """The record after one more event: the parts that it concerns take it in, nearly always one."""
    for part in _PARTS.get(type(data), ()):
        record = part(record, data)
    return record


def _assigned(record: ItemRecord, data: RulingData) -> ItemRecord:
    return ItemRecord(assignment.evolve(record.assignment, data), record.lights, record.escalations, record.appeals)


def _lit(record: ItemRecord, data: RulingData) -> ItemRecord:
    lit = lights.evolve(record.lights, data, record.assignment.policy)
    return ItemRecord(record.assignment, lit, record.escalations, record.appeals)


def _escalated(record: ItemRecord, data: RulingData) -> ItemRecord:
    return ItemRecord(record.assignment, record.lights, escalations.evolve(record.escalations, data), record.appeals)


def _appealed(record: ItemRecord, data: RulingData) -> ItemRecord:
    return ItemRecord(record.assignment, record.lights, record.escalations, appeals.evolve(record.appeals, data))


_FOLDS: Final = (
    (assignment.FOLDED, _assigned),
    (lights.FOLDED, _lit),
    (escalations.FOLDED, _escalated),
    (appeals.FOLDED, _appealed),
)
_PARTS: Final[Mapping[type, tuple[Callable[[ItemRecord, RulingData], ItemRecord], ...]]] = {
    kind: tuple(part for folded, part in _FOLDS if kind in folded) for kind in FOLDED
}
"""By type of event, the parts that it concerns."""
