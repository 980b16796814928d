"""Which partitions an instance works on: an optimisation only, correctness never rests on it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol

LetGo = Callable[[], Awaitable[None]]
"""Answers what is in flight on all partitions and then rests, until it is known which of them are owned."""
Settled = Callable[[], None]
"""Is told that it is known now."""


async def hold_on() -> None:
    """Whoever works on them goes on until they are taken away."""


def look_later() -> None:
    """A ticker looks."""


class Assignment(Protocol):
    """Tells which partitions are this instance's now; looked at by a ticker."""

    async def start(self, let_go: LetGo = hold_on, settled: Settled = look_later) -> None:
        """Join. Before partitions move `let_go` is awaited, so that no two owners work on one; then comes `settled`."""
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

    async def start(self, let_go: LetGo = hold_on, settled: Settled = look_later) -> None:
        """Nothing to join; what is given is taken over at the next look, at once."""

    def owned(self) -> frozenset[int] | None:
        """What was given last."""
        return self._partitions

    def give(self, partitions: Iterable[int]) -> None:
        """Change what is owned, as a rebalance would."""
        self._partitions = frozenset(partitions)

    async def stop(self) -> None:
        """Nothing to leave."""
