"""What a change of a published programme would do, as it is shown before it is confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from contracts.values import Level, Light
from supervision.words import Word


class MovedDeadline(NamedTuple):
    """A deadline that becomes another one, by its last days; `before` is None for one that is new."""

    item: str
    title: str
    period: str
    before: date | None
    after: date


class MovedLimit(NamedTuple):
    """A running limit of an escalation that gets longer, by its last days."""

    item: str
    title: str
    level: Level
    before: date
    after: date


class OtherLight(NamedTuple):
    """A light that another policy gives: as it stands (`now`), or as it settles if nothing more is reported."""

    item: str
    title: str
    period: str
    now: bool
    before: Light
    after: Light


class PolicyDifference(NamedTuple):
    """A value of the policy that becomes another one."""

    name: Word
    before: Word
    after: Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What a change says about itself, which deadlines, limits and lights it moves, and which values of the policy."""

    says: Sequence[Word]
    moved: Sequence[MovedDeadline] = ()
    limits: Sequence[MovedLimit] = ()
    lights: Sequence[OtherLight] = ()
    policy: Sequence[PolicyDifference] = ()

    @property
    def items(self) -> set[str]:
        """The items that are shown."""
        return {one.item for some in (self.moved, self.limits, self.lights) for one in some}
