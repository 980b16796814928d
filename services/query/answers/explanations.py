"""The sentences that say why: for each change, for what stands now, and for a whole programme at once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

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
from contracts.topics import PARTITIONS, RULINGS
from services.query.answers.events import KnownEvent, known
from services.query.read_model.position import ReadPosition
from services.query.read_model.snapshot import Snapshot
from services.query.read_model.tables import EventRow
from supervision.item import LIGHTS_FOLDED, ItemRecord, evolve, opened
from supervision.words import Word

_LIGHTS: Final = [RULING_TYPES.short_names[cls] for cls in (ItemOpened, *LIGHTS_FOLDED)]
_KEPT: Final = 16
_AT_ONCE: Final = 200
"""Events that are folded in a turn of the loop."""
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


def explained(events: Iterable[KnownEvent], *, published: bool) -> Explained:
    """Explain lights and escalations of one item from all its events, in the order of the log.

    `published`: in the words for the public, who are not told of findings, appeals and escalations.
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
                changes[event.place] = record.explain_escalation(data.escalation)
    if record is None:
        return Explained(changes)
    return Explained(changes, {period: record.explain(period, published=published) for period in record.lights.parts})


@dataclass(frozen=True, slots=True)
class Sentence:
    """Why a light stands as it does: for who sees the item in full, and for the public."""

    full: Word
    published: Word


Sentences = Mapping[tuple[str, str], Sentence]
"""By item and period."""


@dataclass(frozen=True, slots=True)
class _Folded:
    """A programme up to `reached`, the next offset per partition of rulings."""

    reached: Sequence[int] = (0,) * PARTITIONS
    records: Mapping[str, ItemRecord] = field(default_factory=dict)
    sentences: Sentences = field(default_factory=dict)


class Explanations:
    """The sentences of all lights of a programme; of those asked for last only what is new is read and folded."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], _Folded] = OrderedDict()

    async def of(self, snapshot: Snapshot, programme: str) -> Sentences:
        """The sentences of a programme's lights as they stand in this snapshot."""
        key = (programme, snapshot.as_of.text)
        now = [snapshot.positions.get((RULINGS, part), ReadPosition()).next for part in range(PARTITIONS)]
        folded = self._kept.get(key, _Folded())
        if any(reached > end for reached, end in zip(folded.reached, now, strict=True)):
            folded = _Folded()
        if list(folded.reached) != now:
            rows = await snapshot.events(programme, types=_LIGHTS, since=folded.reached)
            # A whole year of a programme is folded beside the loop, what is new since the last time at once.
            apart = len(rows) > _AT_ONCE
            folded = await asyncio.to_thread(_further, folded, rows, now) if apart else _further(folded, rows, now)
        self._kept[key] = folded
        self._kept.move_to_end(key)
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return folded.sentences


def _further(folded: _Folded, rows: Iterable[EventRow], reached: Sequence[int]) -> _Folded:
    moved: dict[str, ItemRecord] = {}
    for row, data in known(rows):
        item = row.item or ""
        if isinstance(data, ItemOpened):
            moved[item] = opened(data)
        elif (record := moved.get(item) or folded.records.get(item)) is not None:
            moved[item] = evolve(record, data)
    sentences = {
        (item, period): Sentence(record.explain(period), record.explain(period, published=True))
        for item, record in moved.items()
        for period in record.lights.parts
    }
    return _Folded(reached, {**folded.records, **moved}, {**folded.sentences, **sentences})
