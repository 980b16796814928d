"""Issues the notices that are due: gives each its number, its document and its deliveries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from contracts.dispatches import Addressed, NoticeIssued
from services.notify.delivery.state import INBOX
from services.notify.dispatch.context import DispatchContext
from services.notify.dispatch.ledger import Ledger
from services.notify.notices.documents.render import render
from services.notify.notices.notice import NoticeDue
from services.notify.notices.number import number

MAX_NOTICES = 40
"""Notices in one batch: at some 10 KB each they stay well below the 900,000 bytes of a batch."""


class IssuedNotice(NamedTuple):
    """A notice ready to be appended, and its programme."""

    programme: str
    data: NoticeIssued


def issue(context: DispatchContext, partition: int, ledger: Ledger) -> Iterator[IssuedNotice]:
    """The next notices of a partition of `dispatches`, to be appended in one batch on top of `ledger`.

    They come in the order of `NoticeDue.order`, so each is the first of all that were due up to its `gathered`.
    None as long as less was gathered here than for an earlier notice: the instance that issued it had read more.
    """
    gatherer = context.gatherer
    due, vector = gatherer.due[partition], gatherer.vector()
    for id_ in due.keys() & ledger.numbers.keys():
        del due[id_]
    if not due or not gatherer.caught_up or not vector.reaches(ledger.gathered):
        return
    ready = [notice for notice in due.values() if notice.item.programme in gatherer.programmes]
    counts, numbers = ledger.issued.copy(), dict[str, str]()
    for notice in sorted(ready, key=lambda one: one.order)[:MAX_NOTICES]:
        programme = gatherer.programmes[notice.item.programme]
        counts[(programme.id, notice.kind)] += 1
        own = numbers[notice.id] = number(programme, notice.kind, counts[(programme.id, notice.kind)], context.prefixes)
        revoked = [numbers.get(id_) or ledger.numbers.get(id_, "") for id_ in notice.revokes]
        yield IssuedNotice(programme.id, _issued(context, notice, own, revoked, str(vector)))


def _issued(
    context: DispatchContext, due: NoticeDue, own_number: str, revoked: Sequence[str], gathered: str
) -> NoticeIssued:
    item = due.item
    document = render(due, context.gatherer.programmes[item.programme], own_number, revoked)
    return NoticeIssued(
        notice=due.id,
        number=own_number,
        kind=due.kind,
        item=item.id,
        title=document.title,
        document_sha256=document.sha256,
        document=document.html,
        text=document.text,
        recipients=due.recipients,
        deliveries=tuple(_deliveries(context, due)),
        causes=(due.cause,),
        escalation=due.escalation,
        due_at=due.due_at,
        gathered=gathered,
        simulated=item.simulated,
        issued_at=due.issued_at,
    )


def _deliveries(context: DispatchContext, due: NoticeDue) -> Iterator[Addressed]:
    for recipient in due.recipients:
        role = recipient.role
        yield Addressed(delivery=f"{due.id}/{role}/{INBOX}", role=role, channel=INBOX)
        for channel in context.senders:
            # A role without a contact gets a delivery, too: it is refused, abandoned and listed.
            for contact in context.directory.reachable(due.item.programme, role, channel) or [""]:
                id_ = f"{due.id}/{role}/{channel}/{contact}"
                yield Addressed(delivery=id_, role=role, channel=channel, contact=contact)
