"""How the events of rulings change an item's escalations and appeals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from contracts.policy import Policy
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
    EscalationRelieved,
    EscalationReported,
    EscalationReviewed,
    EscalationUnreported,
    EscalationWithdrawn,
    ExtensionFiled,
    ExtensionRefused,
    LimitMoved,
    NoticeSigned,
)
from contracts.values import Level
from services.rating.rules.state.item import barred, involve, overturning
from services.rating.rules.state.state import Appeal, Arrival, Cause, Escalation, Extension, Item


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
        limit_from=None if data.due_at is None else at,
        limit_days=limit_days(item.frame.policy, data.level),
    )
    return item._replace(escalations=(*item.escalations, raised))


def _joined(item: Item, _at: datetime, data: EscalationJoined) -> Item:
    cause = Cause(data.cause, data.source)
    return _change(item, data.escalation, lambda e: e._replace(causes=(*e.causes, cause)))


def _confirmed(item: Item, at: datetime, data: EscalationConfirmed) -> Item:
    local = item.frame.local(at)

    def begin(there: Escalation) -> Escalation:
        return there._replace(
            phase="open",
            due_at=data.due_at,
            limit_from=local,
            limit_days=limit_days(item.frame.policy, data.level),
            led_by=item.hands.lead_at(local),
        )

    after = _change(item, data.escalation, begin)
    if data.person is None:
        return after
    return after._replace(involved=involve(item, data.escalation, person=data.person))


def _reported(item: Item, _at: datetime, data: EscalationReported, cause: str) -> Item:
    arrival: Arrival = "late" if data.late else "in_time"

    def report(there: Escalation) -> Escalation:
        if data.by == "progress":
            return there._replace(
                progressed=_first(there.progressed, arrival),
                progress_report=data.report,
                awaits_review=True,
                report=data.report,
            )
        return there._replace(
            acted=_first(there.acted, arrival),
            awaits_review=True,
            report=cause,
            acted_by=cause,
            acted_reviewed=False,
        )

    return _change(item, data.escalation, report)


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
        waits = there.acted is not None and not there.acted_reviewed
        until = local if there.reminded_until is None else max(there.reminded_until, local)
        return there._replace(
            progressed=there.progressed if there.progress_reviewed else None,
            progress_report=None,
            awaits_review=waits,
            report=there.acted_by if waits else None,
            reminded_until=until,
        )

    return _change(item, data.escalation, retract)


def _reviewed(item: Item, _at: datetime, data: EscalationReviewed) -> Item:
    def review(there: Escalation) -> Escalation:
        acted, progressed = there.acted is not None, there.progressed is not None
        return there._replace(awaits_review=False, acted_reviewed=acted, progress_reviewed=progressed)

    after = _change(item, data.escalation, review)
    return after._replace(involved=involve(item, data.escalation, person=data.person))


def _overdue(item: Item, _at: datetime, data: EscalationOverdue) -> Item:
    return _change(item, data.escalation, lambda e: e._replace(overdue=True))


def _relieved(item: Item, _at: datetime, data: EscalationRelieved) -> Item:
    return _change(item, data.escalation, lambda e: e._replace(overdue=False))


def _limit_moved(item: Item, at: datetime, data: LimitMoved) -> Item:
    """Reminders follow the new limit, none of an hour that had passed (rulebook: Escalation ladder)."""
    local = item.frame.local(at)

    def move(there: Escalation) -> Escalation:
        until = local if there.reminded_until is None else max(there.reminded_until, local)
        extended = there.extended + (data.extension is not None)
        return there._replace(due_at=item.frame.local(data.due_at), reminded_until=until, extended=extended)

    after = _change(item, data.escalation, move)
    return after if data.extension is None else _decided_extension(after, data.extension, data.place)


def _extension_filed(item: Item, _at: datetime, data: ExtensionFiled, cause: str) -> Item:
    request = Extension(data.extension, data.escalation, data.until_on, cause)
    return item._replace(extensions=(*item.extensions, request))


def _extension_refused(item: Item, _at: datetime, data: ExtensionRefused) -> Item:
    return _decided_extension(item, data.extension, data.place)


def _decided_extension(item: Item, extension: str, place: int | None) -> Item:
    decided = [e for e in item.extensions if e.id == extension][place or 0 :][:1]
    return item._replace(extensions=tuple(e for e in item.extensions if e not in decided))


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
    """Of one withdrawn with its item the causes that stood can be appealed about, if it had been issued."""

    def withdraw(there: Escalation) -> Escalation:
        issued = there.phase == "open" and data.cause is None
        causes = tuple(c._replace(standing=False, left=issued and c.standing) for c in there.causes)
        return there._replace(phase="withdrawn", causes=causes)

    return _change(item, data.escalation, withdraw)


def _answered(item: Item, _at: datetime, data: BlockageResolved) -> Item:
    return _change(item, data.escalation, lambda e: e._replace(answered=(*e.answered, data.blockage)))


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

    return _change(item, data.escalation, sign)


def _lodged(item: Item, _at: datetime, data: AppealOpened, cause: str) -> Item:
    notice = notice_of(item, data.against.level, data.against.cause)
    appeal = Appeal(data.appeal, data.against, data.due_at, of=cause)
    if notice is not None:
        causes = tuple(
            i for i, c in enumerate(notice.causes) if c.name == data.against.cause and (c.standing or c.left)
        )
        appeal = appeal._replace(notice=notice.id, causes=causes)
    return item._replace(appeals=(*item.appeals, appeal))


def _decided(item: Item, _at: datetime, data: AppealClosed) -> Item:
    same = [i for i, a in enumerate(item.appeals) if a.id == data.appeal][data.place or 0 :]
    index = same[0] if same else None
    appeals = item.appeals if index is None else item.appeals[:index] + item.appeals[index + 1 :]
    against = data.against
    topic = against.light or f"{against.level}:{against.cause}"
    if against.cause in item.frame.quarter_index:
        topic = str(against.cause)
    involved = involve(item, topic, person=data.person)
    if data.decision == "upheld" and topic in item.frame.quarter_index:
        overturned = [person for what, person in involved if what == overturning(topic)]
        involved = tuple(dict.fromkeys([*involved, *((barred(topic), person) for person in overturned)]))
    quarters = item.quarters
    if data.decision == "upheld" and against.light in item.frame.quarter_index:
        at = item.frame.quarter_index[against.light]
        quarters = (*quarters[:at], quarters[at]._replace(upheld=True), *quarters[at + 1 :])
    return item._replace(appeals=appeals, quarters=quarters, involved=involved)


def _late_decision(item: Item, at: datetime, data: AppealOverdue) -> Item:
    late = [a for a in item.appeals if a.id == data.appeal and a.due_at <= at]
    return item._replace(appeals=tuple(a._replace(overdue=True) if a in late else a for a in item.appeals))


def _change(item: Item, escalation_id: str, alter: Callable[[Escalation], Escalation]) -> Item:
    escalations = tuple(alter(e) if e.id == escalation_id else e for e in item.escalations)
    return item._replace(escalations=escalations)


TRANSITIONS: Final[Mapping[type, Callable[[Item, datetime, Any], Item]]] = {
    EscalationRaised: _raised,
    EscalationJoined: _joined,
    EscalationConfirmed: _confirmed,
    EscalationUnreported: _unreported,
    EscalationRelieved: _relieved,
    LimitMoved: _limit_moved,
    ExtensionRefused: _extension_refused,
    EscalationReviewed: _reviewed,
    EscalationOverdue: _overdue,
    EscalationReduced: _reduced,
    EscalationClosed: _closed,
    EscalationWithdrawn: _withdrawn,
    BlockageResolved: _answered,
    NoticeSigned: _signed,
    AppealClosed: _decided,
    AppealOverdue: _late_decision,
}

NAMED: Final[Mapping[type, Callable[[Item, datetime, Any, str], Item]]] = {
    EscalationReported: _reported,
    ExtensionFiled: _extension_filed,
    AppealOpened: _lodged,
}
