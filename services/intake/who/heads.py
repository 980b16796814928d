"""Who signs for a unit: its head, and in the head's absence whoever the directory names (rulebook: Who, signed)."""

from __future__ import annotations

from directory.copy import DirectoryCopy
from directory.persons import LOCAL
from eventlog.clock import Clock
from web.identity import Identity


class UnitHeads:
    """Asks the sign-in first, then the directory's copy; a program is never one."""

    def __init__(self, directory: DirectoryCopy | None, clock: Clock) -> None:
        self._directory = directory
        self._clock = clock

    def sign(self, identity: Identity) -> bool:
        """Whether somebody signs for their unit today."""
        return identity.head or self.stands_in(identity)

    def stands_in(self, identity: Identity) -> bool:
        """Whether the directory names them for a head of their unit who is away today."""
        if self._directory is None or identity.role != "unit" or identity.program:
            return False
        today = self._clock.now().astimezone(LOCAL).date()
        return self._directory.register.stands_in_for_head(
            identity.jurisdictions, identity.id, identity.unit or "", today
        )
