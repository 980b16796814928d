"""The sentence that says why, for each change of a light and for the lights as they stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts.lights_record import LightsRecord, note, opened
from contracts.ruling import RULING_TYPES
from contracts.rulings import ItemOpened, LightChanged
from contracts.words import Word

Found = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Explained:
    """Sentences by the place of the `light.changed` that they explain, and by period as things stand."""

    changes: Mapping[tuple[int, int], Word] = field(default_factory=dict)
    lights: Mapping[str, Word] = field(default_factory=dict)


def explained(events: Iterable[Found]) -> Explained:
    """Explain the lights of one item from all its events, in the order of the log.

    What is told here rests on findings and appeals, so it is for who sees the item in full.
    """
    record: LightsRecord | None = None
    changes: dict[tuple[int, int], Word] = {}
    for event in events:
        data = RULING_TYPES.load(RULING_TYPES.by_short_name(event["type"]), event["data"])
        if isinstance(data, ItemOpened):
            record = opened(data)
        elif record is not None:
            record = note(record, data)
            if isinstance(data, LightChanged):
                changes[event["part"], event["pos"]] = record.explain(data.period)
    return Explained(changes, {period: record.explain(period) for period in record.parts} if record else {})
