"""Position vectors, such as `rulings-3@120`: how far each partition was read; one text, two meanings, a type for each.

What query prints and accepts names the last offset read (`LastOffsets`); what a notice keeps as `gathered` names the
next one (`NextOffsets`). docs/decisions/0014.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from contracts.topics import PARTITIONS, TOPICS

TopicPartition = tuple[str, int]
Offsets = Mapping[TopicPartition, int]

_ENTRY: Final = re.compile(rf"({'|'.join(TOPICS)})-(\d{{1,2}})@(\d{{1,18}})")


class MalformedPosition(ValueError):
    """A text that is no position vector."""


@dataclass(frozen=True, slots=True)
class LastOffsets:
    """The last offset that was read, inclusive; of a partition that is not named nothing was read."""

    offsets: Offsets = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> LastOffsets:
        """Read `submissions-3@120,rulings-3@351`; of a partition named twice the higher holds.

        Raises:
            MalformedPosition: an entry is no topic, partition and offset.
        """
        return cls(_parsed(text))

    def __str__(self) -> str:
        """As text, in the order of topics and partitions."""
        return _printed(self.offsets)

    def next_offsets(self) -> NextOffsets:
        """The same position, by the offsets to be read next."""
        return NextOffsets({place: offset + 1 for place, offset in self.offsets.items()})

    def missing(self, wanted: LastOffsets) -> LastOffsets:
        """What of `wanted` lies beyond this."""
        return LastOffsets({p: offset for p, offset in wanted.offsets.items() if self.offsets.get(p, -1) < offset})


@dataclass(frozen=True, slots=True)
class NextOffsets:
    """The offset to be read next; a partition that is not named stands at 0."""

    offsets: Offsets = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> NextOffsets:
        """Read the text form, as `LastOffsets.parse`. Raises MalformedPosition."""
        return cls(_parsed(text))

    def __str__(self) -> str:
        """As text, in the order of topics and partitions; those at 0 are left out."""
        return _printed({place: offset for place, offset in self.offsets.items() if offset})

    def last_offsets(self) -> LastOffsets:
        """The same position, by the offsets read last."""
        return LastOffsets({place: offset - 1 for place, offset in self.offsets.items() if offset})

    def joined(self, other: NextOffsets) -> NextOffsets:
        """The higher of both in every partition."""
        places = self.offsets.keys() | other.offsets.keys()
        return NextOffsets({place: max(self.offsets.get(place, 0), other.offsets.get(place, 0)) for place in places})

    def reaches(self, other: NextOffsets) -> bool:
        """Whether nothing of `other` lies beyond it."""
        return all(self.offsets.get(place, 0) >= offset for place, offset in other.offsets.items())


def _parsed(text: str) -> Offsets:
    offsets: dict[TopicPartition, int] = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        match = _ENTRY.fullmatch(entry)
        if match is None or int(match[2]) >= PARTITIONS:
            raise MalformedPosition(f"{entry[:80]!r}: write topic-partition@offset, such as submissions-3@120")
        place = (match[1], int(match[2]))
        offsets[place] = max(offsets.get(place, -1), int(match[3]))
    return offsets


def _printed(offsets: Offsets) -> str:
    places = sorted(offsets, key=lambda place: (TOPICS.index(place[0]), place[1]))
    return ",".join(f"{topic}-{partition}@{offsets[topic, partition]}" for topic, partition in places)
