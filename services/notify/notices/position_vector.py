"""Position vectors as text: up to where each partition of `rulings` was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from contracts.topics import RULINGS


@dataclass(frozen=True, slots=True)
class Vector:
    """The next offset to be read, per partition; a partition that is not named stands at 0."""

    offsets: Mapping[int, int] = field(default_factory=dict)

    def __str__(self) -> str:
        """As text, such as `rulings-3@120,rulings-4@17`."""
        return ",".join(
            f"{RULINGS}-{partition}@{offset}" for partition, offset in sorted(self.offsets.items()) if offset
        )

    @classmethod
    def parse(cls, text: str) -> Vector:
        """Read the text form. Raises ValueError."""
        offsets = {}
        for part in filter(None, text.split(",")):
            place, _, offset = part.partition("@")
            topic, _, partition = place.rpartition("-")
            if topic != RULINGS:
                raise ValueError(f"not a position of {RULINGS}: {part}")
            offsets[int(partition)] = int(offset)
        return cls(offsets)

    def joined(self, other: Vector) -> Vector:
        """The higher of both in every partition."""
        keys = self.offsets.keys() | other.offsets.keys()
        return Vector({key: max(self.offsets.get(key, 0), other.offsets.get(key, 0)) for key in keys})

    def reaches(self, other: Vector) -> bool:
        """Whether nothing of `other` lies beyond it."""
        return all(self.offsets.get(partition, 0) >= offset for partition, offset in other.offsets.items())
