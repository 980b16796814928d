"""What surrounds every story of a programme."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sandbox.year.planned_act import PlannedAbsence
from sandbox.year.stories.habits import Habit


@dataclass(frozen=True, slots=True, kw_only=True)
class YearCircumstances:
    """What surrounds every story of a programme: `leads` are the units that lead items.

    From `chief_approves_from` on an inspection plan needs the chief leader's approval; None: its planner's word is
    enough all year.
    """

    programme: str
    seed: str
    absence: PlannedAbsence | None = None
    leads: Sequence[str] = ()
    habits: Mapping[str, Habit] = field(default_factory=dict)
    chief_approves_from: date | None = None
    returned_once: str = ""
    """The item whose plan the unit's own head returns before signing it."""

    def rng(self, about: str) -> random.Random:
        """What is drawn about one thing, the same for each seed."""
        return random.Random(f"{self.seed}/{self.programme}/{about}")

    @property
    def by_hand(self) -> bool:
        """Whether people do it, through pages."""
        return any(habit != "api" for habit in self.habits.values())
