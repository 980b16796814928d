"""What an item's rulings say about its escalations: a pure fold, for whoever must tell of them without the rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any, Final, Literal

from contracts.rulings import (
    EscalationClosed,
    EscalationConfirmed,
    EscalationJoined,
    EscalationOverdue,
    EscalationRaised,
    EscalationReduced,
    EscalationReported,
    EscalationReviewed,
    EscalationWithdrawn,
    RulingData,
)
from contracts.values import Level, Light
from supervision.escalation_sentences import CauseFacts, EscalationFacts, Standing
from supervision.light_sentences import last_day

Rungs = Mapping[str, "Rung"]


@dataclass(frozen=True, slots=True)
class Ground:
    """A cause that stands; `source` is the escalation that it came from."""

    name: str
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Rung:
    """An escalation as told so far, its causes in the order told; `due_at` is exclusive."""

    id: str
    level: Level
    phase: Literal["proposed", "open", "closed", "withdrawn"]
    grounds: tuple[Ground, ...]
    due_at: datetime | None = None
    overdue: bool = False
    awaits_review: bool = False
    not_done: bool = False

    @property
    def standing(self) -> Standing:
        """The one word for how far it is, the mark of being overdue aside."""
        if self.phase != "open":
            return self.phase
        if self.awaits_review:
            return "reported"
        return "not_done" if self.not_done else "open"

    def joined(self, cause: str, source: str | None) -> Rung:
        """With a further cause."""
        return replace(self, grounds=(*self.grounds, Ground(cause, source)))

    def reduced(self, cause: str, source: str | None) -> Rung:
        """Without a cause; with no source named, from wherever it came."""
        gone = [one for one in self.grounds if one.name == cause and source in (None, one.source)]
        return replace(self, grounds=tuple(one for one in self.grounds if one not in gone))

    def confirmed(self, due_at: datetime) -> Rung:
        """No longer only proposed; its limit runs."""
        return replace(self, phase="open", due_at=due_at)

    def reported(self) -> Rung:
        """Reported, and to be reviewed."""
        return replace(self, awaits_review=True)

    def reviewed(self, finding: str) -> Rung:
        """Reviewed; one that was found done is closed by an event of its own."""
        return replace(self, awaits_review=False, not_done=finding == "not_done")

    def lapsed(self) -> Rung:
        """Marked as overdue for good."""
        return replace(self, overdue=True)

    def closed(self) -> Rung:
        """Dealt with; it keeps its causes."""
        return replace(self, phase="closed")

    def withdrawn(self) -> Rung:
        """With no cause left, or of an item that was withdrawn."""
        return replace(self, phase="withdrawn", grounds=())


def note(rungs: Rungs, data: RulingData) -> Rungs:
    """The escalations after one more event of their item."""
    if isinstance(data, EscalationRaised):
        grounds = (Ground(data.cause, data.source),)
        return {**rungs, data.escalation: Rung(data.escalation, data.level, data.state, grounds, data.due_at)}
    take, rung = _TAKES.get(type(data)), rungs.get(getattr(data, "escalation", ""))
    return rungs if take is None or rung is None else {**rungs, rung.id: take(rung, data)}


def facts_of(rung: Rung, rungs: Rungs, light: Callable[[str], Light | None], zone: timezone) -> EscalationFacts:
    """What the sentence about an escalation is made from.

    `rungs` are all of its item, `light` tells the light of a period as it stands (none for what is no period of it),
    `zone` is where days are counted.
    """
    return EscalationFacts(
        level=rung.level,
        state=rung.standing,
        causes=[_cause(ground, rungs, light, zone) for ground in rung.grounds],
        due_on=None if rung.due_at is None else last_day(rung.due_at, zone),
        overdue=rung.overdue,
    )


def _cause(ground: Ground, rungs: Rungs, light: Callable[[str], Light | None], zone: timezone) -> CauseFacts:
    source = rungs.get(ground.source or "")
    due_on = None if source is None or source.due_at is None else last_day(source.due_at, zone)
    return CauseFacts(name=ground.name, light=light(ground.name), due_on=due_on)


_TAKES: Final[Mapping[type, Callable[[Rung, Any], Rung]]] = {
    EscalationJoined: lambda rung, data: rung.joined(data.cause, data.source),
    EscalationReduced: lambda rung, data: rung.reduced(data.cause, data.source),
    EscalationConfirmed: lambda rung, data: rung.confirmed(data.due_at),
    EscalationReported: lambda rung, _: rung.reported(),
    EscalationReviewed: lambda rung, data: rung.reviewed(data.finding),
    EscalationOverdue: lambda rung, _: rung.lapsed(),
    EscalationClosed: lambda rung, _: rung.closed(),
    EscalationWithdrawn: lambda rung, _: rung.withdrawn(),
}
