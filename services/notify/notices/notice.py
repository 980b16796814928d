"""Which events of rulings give rise to a notice, and who gets it; pure (rulebook: Escalation ladder)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from contracts.dispatches import NoticeKind, Recipient
from contracts.envelope import derived_id
from contracts.ruling import RulingEvent
from contracts.rulings import (
    EscalationConfirmed,
    EscalationJoined,
    EscalationRaised,
    EscalationReduced,
    EscalationWithdrawn,
    ReminderDue,
    RulingData,
)
from services.notify.notices import facts
from services.notify.notices.facts import NOBODY_YET, ItemFacts
from supervision.escalations import EscalationRecord

OFFICE = "office"
CHIEF = "chief"
HOLDERS = {"interview": "leader", "chief_interview": CHIEF}
"""Who holds an interview, and so gets a copy of its notice."""


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
    if due is None or due.escalation is None:
        return after, due
    return after.told(due.escalation, due.id, due.recipients), due


def _due(item: ItemFacts, event: RulingEvent, latest: datetime) -> NoticeDue | None:
    data = event.data
    if isinstance(data, ReminderDue):
        return _reminder(_blank(item, event, latest), data)
    known = item.record.escalations.get(getattr(data, "escalation", ""))
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


def _about_escalation(about: NoticeDue, known: EscalationRecord, data: RulingData) -> NoticeDue | None:
    match data:
        case EscalationRaised() | EscalationConfirmed():
            whom, reasons = recipients(about.item, known), tuple(cause.name for cause in known.causes)
            return replace(about, kind=known.level, recipients=whom, reasons=reasons)
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
    whom = _unique((*before.recipients, *recipients(about.item, known)))
    return replace(about, kind="withdrawn", recipients=whom, reasons=reasons, revokes=before.notices, partly=partly)


def recipients(item: ItemFacts, escalation: EscalationRecord) -> tuple[Recipient, ...]:
    """Who gets a notice of this escalation: those whom the ruling names, and who holds the interview.

    A notice to the government (a blockage) goes to the office, which submits it.
    """
    to = [Recipient(role=_role(escalation.to, item), kind="to")]
    copies = [_role(reference, item) for reference in escalation.copy]
    holder = HOLDERS.get(escalation.level)
    if holder is not None:
        copies.append(f"leader:{item.leader}" if holder == "leader" else holder)
    return _unique([*to, *(Recipient(role=role, kind="copy") for role in copies)])


def _unique(listed: Iterable[Recipient]) -> tuple[Recipient, ...]:
    by_role: dict[str, Recipient] = {}
    for recipient in listed:
        by_role.setdefault(recipient.role, recipient)
    return tuple(by_role.values())


def _role(reference: str, item: ItemFacts) -> str:
    if reference in (item.lead_unit, "lead_unit", "unit"):
        return f"unit:{item.lead_unit}"
    if reference in (item.leader, "leader"):
        return f"leader:{item.leader}"
    return OFFICE if reference == "government" else reference
