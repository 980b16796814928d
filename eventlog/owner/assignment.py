"""Which partitions an instance works on: an optimisation only, correctness never rests on it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol


class Assignment(Protocol):
    """Tells which partitions are this instance's now; looked at by a ticker, it calls nobody."""

    async def start(self) -> None:
        """Join."""
        ...

    def owned(self) -> frozenset[int] | None:
        """The partitions assigned now; None while that is not settled (those owned before are kept)."""
        ...

    async def stop(self) -> None:
        """Leave; bounded."""
        ...


class FixedAssignment:
    """An assignment made by hand: one instance owns what it is told to."""

    def __init__(self, partitions: Iterable[int]) -> None:
        self._partitions = frozenset(partitions)

    async def start(self) -> None:
        """Nothing to join."""

    def owned(self) -> frozenset[int] | None:
        """What was given last."""
        return self._partitions

    def give(self, partitions: Iterable[int]) -> None:
        """Change what is owned, as a rebalance would."""
        self._partitions = frozenset(partitions)

    async def stop(self) -> None:
        """Nothing to leave."""
