"""The sentences that say why: for each change, for what stands now, and for a whole programme at once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from contracts.item_record import ItemRecord, note, opened
from contracts.lights_record import TAKEN
from contracts.ruling import RULING_TYPES
from contracts.rulings import ItemOpened, LightChanged
from contracts.words import Word
from services.query.read_model.reading import Snapshot

Found = Mapping[str, Any]

_LIGHTS: Final = [RULING_TYPES.short_names[cls] for cls in (ItemOpened, *TAKEN)]
_KEPT: Final = 16


@dataclass(frozen=True, slots=True)
class Explained:
    """Sentences by the place of the event that they explain, and by period as things stand."""

    changes: Mapping[tuple[int, int], Word] = field(default_factory=dict)
    lights: Mapping[str, Word] = field(default_factory=dict)


def explained(events: Iterable[Found], *, published: bool) -> Explained:
    """Explain lights and escalations of one item from all its events, in the order of the log.

    `published`: in the words for the public, who are not told of findings, appeals and escalations.
    """
    record: ItemRecord | None = None
    changes: dict[tuple[int, int], Word] = {}
    for event in events:
        data = _data(event)
        if isinstance(data, ItemOpened):
            record = opened(data)
        elif record is not None:
            record = note(record, data)
            if isinstance(data, LightChanged):
                changes[event["part"], event["pos"]] = record.explain(data.period, published=published)
            elif not published and getattr(data, "escalation", "") in record.rungs:
                changes[event["part"], event["pos"]] = record.explain_escalation(data.escalation)
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


class Explanations:
    """The sentences of all lights of a programme; the last ones are kept for as long as the log does not move."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str, str], Sentences] = OrderedDict()

    async def of(self, snapshot: Snapshot, programme: str) -> Sentences:
        """The sentences of a programme's lights as they stand in this snapshot."""
        key = (programme, snapshot.position, snapshot.as_of.text)
        found = self._kept.get(key)
        if found is None:
            found = _sentences(await snapshot.events(programme, types=_LIGHTS))
            self._kept[key] = found
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return found


def _sentences(events: Iterable[Found]) -> Sentences:
    records: dict[str, ItemRecord] = {}
    for event in events:
        data, item = _data(event), event["item"]
        if isinstance(data, ItemOpened):
            records[item] = opened(data)
        elif item in records:
            records[item] = note(records[item], data)
    return {
        (item, period): Sentence(record.explain(period), record.explain(period, published=True))
        for item, record in records.items()
        for period in record.lights.parts
    }


def _data(event: Found) -> Any:
    return RULING_TYPES.load(RULING_TYPES.by_short_name(event["type"]), event["data"])
