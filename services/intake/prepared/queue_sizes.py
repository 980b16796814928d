"""How much waits for a head's signature, by unit: in memory, since every page of a head says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

from services.intake.prepared.passing_on import PassingOn
from services.intake.prepared.submissions import PreparedSubmissions
from services.intake.problem import IntakeProblem


class QueueSizes:
    """Right after each change that this process makes; of others' changes a minute later, at the latest."""

    def __init__(self, prepared: PreparedSubmissions, passing_on: PassingOn) -> None:
        self._prepared = prepared
        self._passing_on = passing_on
        self._sizes: Mapping[tuple[str, str], int] = {}

    def of(self, jurisdictions: Sequence[str], unit: str) -> int:
        """How many of a unit wait, as far as was read; without jurisdictions in all of the installation."""
        return sum(
            number
            for (where, of), number in self._sizes.items()
            if of == unit and (where in jurisdictions or not jurisdictions)
        )

    async def read(self) -> None:
        """Read them anew, each with the unit that may file it; while that cannot be done what was read before holds."""
        with suppress(IntakeProblem):
            await self._passing_on.pass_on()
            self._sizes = await self._prepared.sizes()
