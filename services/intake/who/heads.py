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
        register, today = self._directory.register, self._clock.now().astimezone(LOCAL).date()
        for where in identity.jurisdictions:
            me = register.actor(where, identity.id)
            if me is None or not me.active or me.unit != identity.unit:
                continue
            colleagues = (one for one in register.persons.values() if (one.jurisdiction, one.unit) == (where, me.unit))
            away = (one.absence(today) for one in colleagues if one.head and one.id != me.id)
            if any(one is not None and one.stand_in == me.id for one in away):
                return True
        return False
