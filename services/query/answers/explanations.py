"""The sentences that say why: for each change, for what stands now, and for a whole programme at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, NamedTuple

from contracts.ruling import RULING_TYPES
from contracts.rulings import (
    EscalationConfirmed,
    EscalationJoined,
    EscalationOverdue,
    EscalationRaised,
    EscalationReduced,
    EscalationWithdrawn,
    ItemOpened,
    LightChanged,
)
from contracts.values import PeriodId
from services.query.answers.kept_items import KeptItems, fold_of_events
from services.query.read_model.results import KnownEvent, known
from services.query.read_model.tables import EventRow
from supervision.item import LIGHTS_FOLDED, ItemRecord, evolve, opened
from supervision.words import Word

_LIGHTS: Final = [RULING_TYPES.short_names[cls] for cls in (ItemOpened, *LIGHTS_FOLDED)]
_KEPT: Final = 20_000
"""Items whose sentences are kept: some 2 KB each."""
_TOLD: Final = (
    EscalationRaised,
    EscalationJoined,
    EscalationConfirmed,
    EscalationReduced,
    EscalationOverdue,
    EscalationWithdrawn,
)
"""What changes on what an escalation stands, or until when."""


@dataclass(frozen=True, slots=True)
class Explained:
    """Sentences by the place of the event that they explain, and by period as things stand."""

    changes: Mapping[tuple[int, int], Word] = field(default_factory=dict)
    lights: Mapping[str, Word] = field(default_factory=dict)


def explained(
    events: Iterable[KnownEvent], *, published: bool, said: Mapping[str, str] = MappingProxyType({})
) -> Explained:
    """Explain lights and escalations of one item from all its events, in the order of the log.

    `published`: in the words for the public, who are not told of findings, appeals and escalations. `said` are the
    texts of blockages by their numbers.
    """
    record: ItemRecord | None = None
    changes: dict[tuple[int, int], Word] = {}
    for event in events:
        data = event.data
        if isinstance(data, ItemOpened):
            record = opened(data)
        elif record is not None:
            record = evolve(record, data)
            if isinstance(data, LightChanged):
                changes[event.place] = record.explain(data.period, published=published)
            elif isinstance(data, _TOLD) and not published:
                changes[event.place] = record.explain_escalation(data.escalation, said)
    if record is None:
        return Explained(changes)
    return Explained(changes, {period: record.explain(period, published=published) for period in record.lights.parts})


class Sentence(NamedTuple):
    """Why a light stands as it does: for who sees the item in full, and for the public."""

    full: Word
    published: Word


ItemSentences = Mapping[PeriodId, Sentence]
Sentences = Mapping[str, ItemSentences]
"""By item."""


def kept_sentences() -> KeptItems[ItemSentences, Sentences]:
    """The sentences about all lights of the programmes asked for last."""
    return KeptItems(fold_of_events(_LIGHTS, _folded), lambda _, found: found, _KEPT)


def _folded(rows: Iterable[EventRow]) -> Sentences:
    records: dict[str, ItemRecord] = {}
    for row, data in known(rows):
        item = row.item or ""
        if isinstance(data, ItemOpened):
            records[item] = opened(data)
        elif (record := records.get(item)) is not None:
            records[item] = evolve(record, data)
    return {item: {period: _sentence(one, period) for period in one.lights.parts} for item, one in records.items()}


def _sentence(record: ItemRecord, period: PeriodId) -> Sentence:
    full, published = record.explain(period), record.explain(period, published=True)
    return Sentence(full, full if published == full else published)
