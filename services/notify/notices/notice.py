"""Which events of rulings give rise to a notice, and who gets it; pure (rulebook: Escalation ladder)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal, NamedTuple

from contracts.dispatches import NoticeKind, Recipient
from contracts.envelope import derived_id
from contracts.ruling import RulingEvent
from contracts.rulings import (
    CalendarRevised,
    DeadlineShifted,
    EscalationConfirmed,
    EscalationJoined,
    EscalationRaised,
    EscalationReduced,
    EscalationWithdrawn,
    ExtensionRefused,
    LimitMoved,
    ReminderDue,
    ReplyReleased,
    ReplyRetained,
    RulingData,
)
from contracts.values import PeriodId
from services.notify.notices import facts
from services.notify.notices.facts import NOBODY_YET, ItemFacts
from services.notify.notices.recipients import addressed, recipients, unique, with_deputies
from supervision.escalations import EscalationRecord

_TELLING: Final = (
    EscalationRaised,
    EscalationConfirmed,
    EscalationJoined,
    EscalationReduced,
    EscalationWithdrawn,
    LimitMoved,
)
"""Events of an escalation that somebody is told about."""
_INFORMING: Final = ("deadline", "extension", "reply")
"""Notices that order nothing of their own, so that a withdrawal has nothing of them to take back."""


class IssueOrder(NamedTuple):
    """The order in which notices are issued: by business time, then by place on the log.

    `time` is the latest business time seen on the partition up to this event, so it never falls there.
    """

    time: datetime
    partition: int
    causeoffset: int
    ordinal: int


@dataclass(frozen=True, slots=True)
class NoticeDue:
    """A notice that an event of a ruling gives rise to, with the item as it stood at that event.

    `cause` is the event's id. `reasons` is what the notice is about: a period, `lag`, a blockage's id, an escalation's
    id. `revokes` are the ids of the notices that a withdrawal takes back; `partly`: they have other causes, which
    still stand. `joined`: a further cause of an escalation that has a notice already; its limit has not moved.
    Of a deadline or limit that is another one, `before` is what it was; `decision` is what was decided about a request
    for an extension or a reply, `said` the text that goes with it (a ground, a reason, a reply).
    """

    id: str
    cause: str
    kind: NoticeKind
    item: ItemFacts
    recipients: tuple[Recipient, ...]
    reasons: tuple[str, ...]
    issued_at: datetime
    order: IssueOrder
    escalation: str | None = None
    level: str = ""
    due_at: datetime | None = None
    days: int | None = None
    joined: bool = False
    revokes: tuple[str, ...] = ()
    partly: bool = False
    before: datetime | None = None
    decision: Literal["approved", "refused", "published", "withheld"] | None = None
    said: str = ""


def evolve(
    item: ItemFacts | None, event: RulingEvent, latest: datetime | None
) -> tuple[ItemFacts | None, NoticeDue | None]:
    """The item after one counted event (None: not opened yet), and the notice that the event gives rise to, if any.

    `latest` is the latest business time seen on this partition before; None: this is its first event.
    """
    after = facts.evolve(item, event)
    if after is None:
        return None, None
    due = _due(after, event, max(latest or event.time, event.time))
    if due is None:
        return after, None
    whom = with_deputies(due.recipients, after, event.time)
    if whom != due.recipients:
        due = replace(due, recipients=whom)
    if due.escalation is None or due.kind in _INFORMING:
        return after, due
    return after.told(due.escalation, due.id, due.recipients), due


def _due(item: ItemFacts, event: RulingEvent, latest: datetime) -> NoticeDue | None:
    data = event.data
    if isinstance(data, ReminderDue):
        return _reminder(_blank(item, event, latest), data)
    if isinstance(data, DeadlineShifted | CalendarRevised | ExtensionRefused | ReplyReleased | ReplyRetained):
        return _informing(_blank(item, event, latest), data)
    if not isinstance(data, _TELLING):
        return None
    known = item.record.escalations.get(data.escalation)
    if known is None or known.phase == "proposed":
        return None
    blank = replace(_blank(item, event, latest), escalation=known.id, level=known.level, due_at=known.due_at)
    return _about_escalation(blank, known, data)


def _blank(item: ItemFacts, event: RulingEvent, latest: datetime) -> NoticeDue:
    return NoticeDue(
        id=derived_id(event.log, "notice", event.id),
        cause=event.id,
        kind="reminder",
        item=item,
        recipients=(),
        reasons=(),
        issued_at=event.time,
        order=IssueOrder(latest, event.partition, event.causeoffset, event.ordinal),
    )


def _reminder(blank: NoticeDue, data: ReminderDue) -> NoticeDue:
    return replace(
        blank,
        recipients=(Recipient(role=f"unit:{data.to.removeprefix('unit:')}", kind="to"),),
        reasons=(data.about,),
        due_at=data.due_at,
        days=data.days,
        level=data.kind,
    )


def _informing(
    blank: NoticeDue, data: DeadlineShifted | CalendarRevised | ExtensionRefused | ReplyReleased | ReplyRetained
) -> NoticeDue | None:
    """What changes no obligation but its date, or is an answer: to the unit, moved deadlines with a copy to the leader.

    rulebook: Deadlines; Escalation ladder; Right of reply
    """
    item = blank.item
    unit, leader = f"unit:{item.lead_unit}", f"leader:{item.leader}"
    match data:
        case DeadlineShifted():
            about = replace(blank, kind="deadline", reasons=(data.period,), before=data.before, due_at=data.due_at)
            return replace(about, said=data.ground, recipients=addressed(unit, leader))
        case CalendarRevised():
            periods: tuple[PeriodId, ...] = tuple(period.id for period in data.periods)
            return replace(blank, kind="deadline", reasons=periods, recipients=addressed(unit)) if periods else None
        case ExtensionRefused():
            standing = [e for e in item.record.escalations.values() if e.level == "rectification" and e.stands]
            if not standing:
                return None
            known = standing[-1]
            about = replace(blank, kind="extension", decision="refused", recipients=addressed(unit, leader))
            return replace(about, escalation=known.id, level=known.level, due_at=known.due_at, reasons=_names(known))
    reply = next((one for one in item.replies.values() if one.reply == data.reply), None)
    if reply is None:
        return None
    published = isinstance(data, ReplyReleased)
    return replace(
        blank,
        kind="reply",
        decision="published" if published else "withheld",
        said=data.reason if isinstance(data, ReplyRetained) else "",
        reasons=(reply.light or reply.cause or "",),
        level=reply.level or "",
        recipients=addressed(f"unit:{reply.unit}"),
    )


def _moved(about: NoticeDue, known: EscalationRecord, data: LimitMoved) -> NoticeDue:
    """A limit is another one: by an extension that was granted, or by the calendar."""
    about = replace(about, before=data.before, reasons=_names(known), recipients=recipients(about.item, known))
    if data.extension is None:
        return replace(about, kind="deadline")
    return replace(about, kind="extension", decision="approved")


def _names(known: EscalationRecord) -> tuple[str, ...]:
    return tuple(cause.name for cause in known.causes)


def _about_escalation(about: NoticeDue, known: EscalationRecord, data: RulingData) -> NoticeDue | None:
    match data:
        case EscalationRaised() | EscalationConfirmed():
            whom, reasons = recipients(about.item, known), _names(known)
            return replace(about, kind=known.level, recipients=whom, reasons=reasons)
        case LimitMoved():
            return _moved(about, known, data)
        case EscalationJoined():
            whom, reasons = recipients(about.item, known), (data.cause,)
            return replace(about, kind=known.level, recipients=whom, reasons=reasons, joined=True)
        case EscalationReduced():
            return _withdrawal(about, known, (data.cause,), partly=True)
        case EscalationWithdrawn():
            return _withdrawal(about, known, (data.cause,) if data.cause else (), partly=False)
    return None


def _withdrawal(
    about: NoticeDue, known: EscalationRecord, reasons: tuple[str, ...], *, partly: bool
) -> NoticeDue | None:
    before = about.item.notified.get(known.id, NOBODY_YET)
    if not before.notices:
        return None
    whom = unique((*before.recipients, *recipients(about.item, known)))
    return replace(about, kind="withdrawn", recipients=whom, reasons=reasons, revokes=before.notices, partly=partly)
