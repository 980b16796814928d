"""How the events of rulings change an item's escalations and appeals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from contracts.rulings import (
    AppealClosed,
    AppealOpened,
    AppealOverdue,
    BlockageResolved,
    EscalationClosed,
    EscalationConfirmed,
    EscalationJoined,
    EscalationOverdue,
    EscalationRaised,
    EscalationReduced,
    EscalationReported,
    EscalationReviewed,
    EscalationWithdrawn,
    NoticeSigned,
)
from contracts.values import Level
from services.rating.rules.state.item import involve
from services.rating.rules.state.state import Appeal, Arrival, Cause, Escalation, Item


def notice_of(item: Item, level: Level | None, cause: str | None) -> Escalation | None:
    """The last notice of a level with that cause: issued, and neither withdrawn nor relieved of the cause."""
    for escalation in reversed(item.escalations):
        if escalation.level == level and escalation.phase in ("open", "closed") and cause and escalation.has(cause):
            return escalation
    return None


def _raised(item: Item, at: datetime, data: EscalationRaised) -> Item:
    raised = Escalation(
        id=data.escalation,
        level=data.level,
        phase=data.state,
        causes=(Cause(data.cause, data.source),),
        raised_at=at,
        due_at=data.due_at,
    )
    return item._replace(escalations=(*item.escalations, raised))


def _joined(item: Item, _at: datetime, data: EscalationJoined) -> Item:
    cause = Cause(data.cause, data.source)
    return _change(item, data.escalation, lambda e: e._replace(causes=(*e.causes, cause)))


def _confirmed(item: Item, _at: datetime, data: EscalationConfirmed) -> Item:
    return _change(item, data.escalation, lambda e: e._replace(phase="open", due_at=data.due_at))


def _reported(item: Item, _at: datetime, data: EscalationReported) -> Item:
    arrival: Arrival = "late" if data.late else "in_time"

    def report(there: Escalation) -> Escalation:
        if data.by == "progress":
            return there._replace(
                progressed=_first(there.progressed, arrival), progress_report=data.report, awaits_review=True
            )
        return there._replace(acted=_first(there.acted, arrival), awaits_review=True)

    return _change(item, data.escalation, report)


def _first(before: Arrival | None, now: Arrival) -> Arrival:
    """A report in time stays the one that counts, whatever comes later."""
    return "in_time" if before == "in_time" else now


def _reviewed(item: Item, _at: datetime, data: EscalationReviewed) -> Item:
    after = _change(item, data.escalation, lambda e: e._replace(awaits_review=False))
    return after._replace(involved=involve(item, data.escalation, data.person))


def _overdue(item: Item, _at: datetime, data: EscalationOverdue) -> Item:
    return _change(item, data.escalation, lambda e: e._replace(overdue=True))


def _reduced(item: Item, _at: datetime, data: EscalationReduced) -> Item:
    def reduce(there: Escalation) -> Escalation:
        return there._replace(
            causes=tuple(
                c._replace(standing=False)
                if c.standing and c.name == data.cause and data.source in (None, c.source)
                else c
                for c in there.causes
            ),
        )

    return _change(item, data.escalation, reduce)


def _closed(item: Item, _at: datetime, data: EscalationClosed) -> Item:
    return _change(item, data.escalation, lambda e: e._replace(phase="closed"))


def _withdrawn(item: Item, _at: datetime, data: EscalationWithdrawn) -> Item:
    return _change(
        item,
        data.escalation,
        lambda e: e._replace(phase="withdrawn", causes=tuple(c._replace(standing=False) for c in e.causes)),
    )


def _answered(item: Item, _at: datetime, data: BlockageResolved) -> Item:
    return _change(item, data.escalation, lambda e: e._replace(answered=(*e.answered, data.blockage)))


def _signed(item: Item, _at: datetime, data: NoticeSigned) -> Item:
    def sign(there: Escalation) -> Escalation:
        return there._replace(
            causes=tuple(
                c._replace(signed_at=data.signed_at)
                if c.standing and c.name == data.cause and c.signed_at is None
                else c
                for c in there.causes
            ),
        )

    return _change(item, data.escalation, sign)


def _lodged(item: Item, _at: datetime, data: AppealOpened) -> Item:
    notice = notice_of(item, data.against.level, data.against.cause)
    appeal = Appeal(data.appeal, data.against, data.due_at)
    if notice is not None:
        causes = tuple(i for i, c in enumerate(notice.causes) if c.name == data.against.cause and c.standing)
        appeal = appeal._replace(notice=notice.id, causes=causes)
    return item._replace(appeals=(*item.appeals, appeal))


def _decided(item: Item, _at: datetime, data: AppealClosed) -> Item:
    index = next((i for i, a in enumerate(item.appeals) if a.id == data.appeal), None)
    appeals = item.appeals if index is None else item.appeals[:index] + item.appeals[index + 1 :]
    against = data.against
    topic = against.light or f"{against.level}:{against.cause}"
    if against.cause in item.frame.quarter_index:
        topic = str(against.cause)
    quarters = item.quarters
    if data.decision == "upheld" and against.light in item.frame.quarter_index:
        at = item.frame.quarter_index[against.light]
        quarters = (*quarters[:at], quarters[at]._replace(upheld=True), *quarters[at + 1 :])
    return item._replace(appeals=appeals, quarters=quarters, involved=involve(item, topic, data.person))


def _late_decision(item: Item, _at: datetime, data: AppealOverdue) -> Item:
    return item._replace(appeals=tuple(a._replace(overdue=True) if a.id == data.appeal else a for a in item.appeals))


def _change(item: Item, escalation_id: str, alter: Callable[[Escalation], Escalation]) -> Item:
    escalations = tuple(alter(e) if e.id == escalation_id else e for e in item.escalations)
    return item._replace(escalations=escalations)


TRANSITIONS: Final[Mapping[type, Callable[[Item, datetime, Any], Item]]] = {
    EscalationRaised: _raised,
    EscalationJoined: _joined,
    EscalationConfirmed: _confirmed,
    EscalationReported: _reported,
    EscalationReviewed: _reviewed,
    EscalationOverdue: _overdue,
    EscalationReduced: _reduced,
    EscalationClosed: _closed,
    EscalationWithdrawn: _withdrawn,
    BlockageResolved: _answered,
    NoticeSigned: _signed,
    AppealOpened: _lodged,
    AppealClosed: _decided,
    AppealOverdue: _late_decision,
}
