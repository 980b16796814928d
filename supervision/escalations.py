"""What an item's rulings say about its escalations: a pure fold, the same for every reader of rulings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any, Final, Literal, NamedTuple

from contracts.rulings import (
    BlockageResolved,
    EscalationClosed,
    EscalationConfirmed,
    EscalationJoined,
    EscalationOverdue,
    EscalationRaised,
    EscalationReduced,
    EscalationRelieved,
    EscalationReported,
    EscalationReviewed,
    EscalationUnreported,
    EscalationWithdrawn,
    LimitMoved,
    RulingData,
)
from contracts.values import Level, Light
from supervision.escalation_sentences import CauseFacts, EscalationFacts, EscalationState
from supervision.workdays import last_day


class CauseRecord(NamedTuple):
    """A cause that stands; `source` is the escalation that it came from."""

    name: str
    source: str | None = None


class EscalationRecord(NamedTuple):
    """An escalation: the causes that stand in the order told, to whom and with copy to whom, `due_at` exclusive.

    `answered` are the blockages that were; `own_waits`: the unit's own report of a rectification waits for its review.
    `before` is the limit that it had first, where that was moved, `extended` how often by an extension (延期整改).
    """

    id: str
    level: Level
    phase: Literal["proposed", "open", "closed", "withdrawn"]
    causes: tuple[CauseRecord, ...]
    raised_at: datetime
    due_at: datetime | None
    to: str
    copy: tuple[str, ...]
    overdue: bool = False
    awaits_review: bool = False
    not_done: bool = False
    answered: tuple[str, ...] = ()
    own_waits: bool = False
    before: datetime | None = None
    extended: int = 0

    @property
    def stands(self) -> bool:
        """Open or proposed: somebody still has to act."""
        return self.phase in ("open", "proposed")

    @property
    def state(self) -> EscalationState:
        """The one word for how far it is, the mark of being overdue aside."""
        if self.phase != "open":
            return self.phase
        if self.awaits_review:
            return "reported"
        return "not_done" if self.not_done else "open"

    @property
    def names(self) -> list[str]:
        """The names of the causes that stand, in their order, each once."""
        return list(dict.fromkeys(cause.name for cause in self.causes))

    @property
    def unanswered(self) -> list[str]:
        """Of a blockage, those that stand and wait for their answer."""
        waits = self.level == "blockage" and self.stands
        return [name for name in self.names if name not in self.answered] if waits else []


Escalations = Mapping[str, EscalationRecord]
"""An item's escalations by id, in the order raised."""


def evolve(escalations: Escalations, data: RulingData) -> Escalations:
    """The escalations after one more event of their item."""
    transition = _TRANSITIONS.get(type(data))
    return escalations if transition is None else transition(escalations, data)


def facts_of(
    record: EscalationRecord, escalations: Escalations, light: Callable[[str], Light | None], zone: timezone
) -> EscalationFacts:
    """What the sentence about an escalation is made from.

    `escalations` are all of its item, `light` tells the light of a period as it stands (none for what is no period of
    it), `zone` is where days are counted.
    """
    return EscalationFacts(
        level=record.level,
        state=record.state,
        causes=[_cause(cause, escalations, light, zone) for cause in record.causes],
        due_on=None if record.due_at is None else last_day(record.due_at, zone),
        overdue=record.overdue,
    )


def _cause(
    cause: CauseRecord, escalations: Escalations, light: Callable[[str], Light | None], zone: timezone
) -> CauseFacts:
    source = escalations.get(cause.source or "")
    due_on = None if source is None or source.due_at is None else last_day(source.due_at, zone)
    return CauseFacts(name=cause.name, light=light(cause.name), due_on=due_on)


def _raised(escalations: Escalations, data: EscalationRaised) -> Escalations:
    record = EscalationRecord(
        id=data.escalation,
        level=data.level,
        phase=data.state,
        causes=(CauseRecord(data.cause, data.source),),
        raised_at=data.raised_at,
        due_at=data.due_at,
        to=data.to,
        copy=data.copy,
    )
    return {**escalations, record.id: record}


def _joined(record: EscalationRecord, data: EscalationJoined) -> EscalationRecord:
    return record._replace(causes=(*record.causes, CauseRecord(data.cause, data.source)))


def _reduced(record: EscalationRecord, data: EscalationReduced) -> EscalationRecord:
    """Without a cause; with no source named, from wherever it came."""
    left = (one for one in record.causes if one.name != data.cause or data.source not in (None, one.source))
    return record._replace(causes=tuple(left))


def _confirmed(record: EscalationRecord, data: EscalationConfirmed) -> EscalationRecord:
    return record._replace(phase="open", due_at=data.due_at, to=data.to, copy=data.copy)


def _reviewed(record: EscalationRecord, data: EscalationReviewed) -> EscalationRecord:
    """One that was found done is closed by an event of its own."""
    return record._replace(awaits_review=False, own_waits=False, not_done=data.finding == "not_done")


def _reported(record: EscalationRecord, data: EscalationReported) -> EscalationRecord:
    return record._replace(awaits_review=True, own_waits=record.own_waits or data.by == "rectification")


def _moved(record: EscalationRecord, data: LimitMoved) -> EscalationRecord:
    extended = record.extended + (data.extension is not None)
    return record._replace(due_at=data.due_at, before=record.before or record.due_at, extended=extended)


def _answered(record: EscalationRecord, data: BlockageResolved) -> EscalationRecord:
    return record._replace(answered=(*record.answered, data.blockage))


def _one(rule: Callable[[EscalationRecord, Any], EscalationRecord]) -> Callable[[Escalations, Any], Escalations]:
    """The transition of all escalations by that of the one which the event is about."""

    def transition(escalations: Escalations, data: Any) -> Escalations:
        record = escalations.get(data.escalation)
        return escalations if record is None else {**escalations, record.id: rule(record, data)}

    return transition


_TRANSITIONS: Final[Mapping[type, Callable[[Escalations, Any], Escalations]]] = {
    EscalationRaised: _raised,
    EscalationJoined: _one(_joined),
    EscalationReduced: _one(_reduced),
    EscalationConfirmed: _one(_confirmed),
    EscalationReported: _one(_reported),
    EscalationUnreported: _one(lambda record, _: record._replace(awaits_review=record.own_waits)),
    EscalationRelieved: _one(lambda record, _: record._replace(overdue=False)),
    LimitMoved: _one(_moved),
    EscalationReviewed: _one(_reviewed),
    EscalationOverdue: _one(lambda record, _: record._replace(overdue=True)),
    EscalationClosed: _one(lambda record, _: record._replace(phase="closed")),
    EscalationWithdrawn: _one(lambda record, _: record._replace(phase="withdrawn", causes=())),
    BlockageResolved: _one(_answered),
}

FOLDED: Final = frozenset(_TRANSITIONS)
"""The events that change escalations."""
