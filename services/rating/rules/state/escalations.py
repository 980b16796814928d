"""How the events of rulings change an item's escalations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from contracts.policy import Policy
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
    NoticeSigned,
)
from contracts.values import Level
from services.rating.rules.state.item import involve
from services.rating.rules.state.ladder import Arrival, Cause, Confirmation, Escalation
from services.rating.rules.state.state import Item


def notice_of(item: Item, level: Level | None, cause: str | None) -> Escalation | None:
    """The last notice of a level with that cause: issued, and neither withdrawn nor relieved of the cause.

    One withdrawn with the item is a notice still, by the causes that stood then (rulebook: Fairness).
    """
    for escalation in reversed(item.escalations):
        if escalation.level == level and escalation.phase != "proposed" and cause and escalation.has(cause):
            return escalation
    return None


def limit_days(policy: Policy, level: Level) -> int:
    """The limit of a level in working days (rulebook: Policy)."""
    return {
        "rectification": policy.rectification_days,
        "interview": policy.interview_days,
        "chief_interview": policy.chief_interview_days,
        "blockage": policy.blockage_days,
    }[level]


def _raised(item: Item, at: datetime, data: EscalationRaised) -> Item:
    raised = Escalation(
        id=data.escalation,
        level=data.level,
        phase=data.state,
        causes=(Cause(data.cause, data.source),),
        raised_at=at,
        due_at=data.due_at,
        limit_days=limit_days(item.frame.policy, data.level),
    )
    return item.with_escalations((*item.escalations, raised))


def _joined(item: Item, _at: datetime, data: EscalationJoined) -> Item:
    cause = Cause(data.cause, data.source)
    return change(item, data.escalation, lambda e: e._replace(causes=(*e.causes, cause)))


def _confirmed(item: Item, at: datetime, data: EscalationConfirmed) -> Item:
    local = item.frame.local(at)

    def begin(there: Escalation) -> Escalation:
        return there._replace(
            phase="open",
            due_at=data.due_at,
            limit_days=limit_days(item.frame.policy, data.level),
            confirmed=Confirmation(local, item.hands.lead_at(local)),
        )

    after = change(item, data.escalation, begin)
    if data.person is None:
        return after
    return after._replace(involved=involve(item, data.escalation, person=data.person))


def _reported(item: Item, _at: datetime, data: EscalationReported, cause: str) -> Item:
    arrival: Arrival = "late" if data.late else "in_time"

    def report(there: Escalation) -> Escalation:
        before = there.reporting
        if data.by == "progress":
            after = before._replace(
                progressed=_first(before.progressed, arrival),
                progress_report=data.report,
                awaits_review=True,
                report=data.report,
            )
        else:
            after = before._replace(
                acted=_first(before.acted, arrival),
                awaits_review=True,
                report=cause,
                acted_by=cause,
                acted_reviewed=False,
            )
        return there._replace(reporting=after)

    return change(item, data.escalation, report)


def _first(before: Arrival | None, now: Arrival) -> Arrival:
    """A report in time stays the one that counts, whatever comes later."""
    return "in_time" if before == "in_time" else now


def _unreported(item: Item, at: datetime, data: EscalationUnreported) -> Item:
    """The unit's own report stands, and one that was reviewed; without either nothing is reported, and hours to come
    are reminded of again.

    rulebook: Lights 5
    """
    local = item.frame.local(at)

    def retract(there: Escalation) -> Escalation:
        before = there.reporting
        waits = before.acted is not None and not before.acted_reviewed
        after = before._replace(
            progressed=before.progressed if before.progress_reviewed else None,
            progress_report=None,
            awaits_review=waits,
            report=before.acted_by if waits else None,
        )
        until = local if there.reminded_until is None else max(there.reminded_until, local)
        return there._replace(reporting=after, reminded_until=until)

    return change(item, data.escalation, retract)


def _reviewed(item: Item, _at: datetime, data: EscalationReviewed) -> Item:
    def review(there: Escalation) -> Escalation:
        before = there.reporting
        acted, progressed = before.acted is not None, before.progressed is not None
        after = before._replace(awaits_review=False, acted_reviewed=acted, progress_reviewed=progressed)
        return there._replace(reporting=after)

    after = change(item, data.escalation, review)
    return after._replace(involved=involve(item, data.escalation, person=data.person))


def _overdue(item: Item, _at: datetime, data: EscalationOverdue) -> Item:
    return change(item, data.escalation, lambda e: e._replace(overdue=True))


def _relieved(item: Item, _at: datetime, data: EscalationRelieved) -> Item:
    return change(item, data.escalation, lambda e: e._replace(overdue=False))


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

    return change(item, data.escalation, reduce)


def _closed(item: Item, _at: datetime, data: EscalationClosed) -> Item:
    return change(item, data.escalation, lambda e: e._replace(phase="closed"))


def _withdrawn(item: Item, _at: datetime, data: EscalationWithdrawn) -> Item:
    """Of one withdrawn with its item the causes that stood can be appealed about, if it had been issued."""

    def withdraw(there: Escalation) -> Escalation:
        issued = there.phase == "open" and data.cause is None
        causes = tuple(c._replace(standing=False, left=issued and c.standing) for c in there.causes)
        return there._replace(phase="withdrawn", causes=causes)

    return change(item, data.escalation, withdraw)


def _answered(item: Item, _at: datetime, data: BlockageResolved) -> Item:
    return change(item, data.escalation, lambda e: e._replace(answered=(*e.answered, data.blockage)))


def _signed(item: Item, _at: datetime, data: NoticeSigned) -> Item:
    def sign(there: Escalation) -> Escalation:
        return there._replace(
            causes=tuple(
                c._replace(signed_at=data.signed_at)
                if (c.standing or c.left) and c.name == data.cause and c.signed_at is None
                else c
                for c in there.causes
            ),
        )

    return change(item, data.escalation, sign)


def change(item: Item, escalation_id: str, alter: Callable[[Escalation], Escalation]) -> Item:
    """The item with one of its escalations altered."""
    escalations = tuple(alter(e) if e.id == escalation_id else e for e in item.escalations)
    return item.with_escalations(escalations)


TRANSITIONS: Final[Mapping[type, Callable[[Item, datetime, Any], Item]]] = {
    EscalationRaised: _raised,
    EscalationJoined: _joined,
    EscalationConfirmed: _confirmed,
    EscalationUnreported: _unreported,
    EscalationRelieved: _relieved,
    EscalationReviewed: _reviewed,
    EscalationOverdue: _overdue,
    EscalationReduced: _reduced,
    EscalationClosed: _closed,
    EscalationWithdrawn: _withdrawn,
    BlockageResolved: _answered,
    NoticeSigned: _signed,
}

NAMED: Final[Mapping[type, Callable[[Item, datetime, Any, str], Item]]] = {
    EscalationReported: _reported,
}
