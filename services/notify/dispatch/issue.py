"""Turns notices that are due into issued ones: the next numbers, the documents, the deliveries they give rise to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from contracts.dispatches import Addressed, NoticeIssued
from services.notify.delivery.delivery import INBOX
from services.notify.dispatch.ledger import Ledger
from services.notify.notices.directory import Directory
from services.notify.notices.documents.render import render
from services.notify.notices.gatherer import Gatherer
from services.notify.notices.notice import NoticeDue
from services.notify.notices.number import number

MAX_NOTICES = 40
"""Notices in one batch: with some 10 KB each, it stays well below the 900,000 bytes of a batch."""


class Issued(NamedTuple):
    """A notice ready to be appended, and the programme that it belongs to."""

    programme: str
    data: NoticeIssued


class Issuing:
    """Issues in the order of `NoticeDue.order`: each notice is the first of all that are due up to its `gathered`."""

    def __init__(
        self, gatherer: Gatherer, directory: Directory, channels: Sequence[str], prefixes: Mapping[str, str]
    ) -> None:
        self._gatherer = gatherer
        self._directory = directory
        self._channels = channels
        self._prefixes = prefixes

    def issue(self, partition: int, ledger: Ledger) -> Iterator[Issued]:
        """The next notices of a partition of `dispatches`, to be appended in one batch on top of `ledger`.

        Nothing as long as less was gathered than for an earlier notice: then another instance knew more.
        """
        due, vector = self._gatherer.due[partition], self._gatherer.vector()
        for id_ in due.keys() & ledger.numbers.keys():
            del due[id_]
        if not due or not self._gatherer.caught_up or not vector.reaches(ledger.gathered):
            return
        ready = [notice for notice in due.values() if notice.item.programme in self._gatherer.programmes]
        counts, numbers = ledger.issued.copy(), dict[str, str]()
        for notice in sorted(ready, key=lambda one: one.order)[:MAX_NOTICES]:
            programme = notice.item.programme
            counts[(programme, notice.kind)] += 1
            told = number(
                self._gatherer.programmes[programme], notice.kind, counts[(programme, notice.kind)], self._prefixes
            )
            numbers[notice.id] = told
            revoked = [numbers.get(id_) or ledger.numbers.get(id_, "") for id_ in notice.revokes]
            yield Issued(programme, self._issued(notice, told, revoked, str(vector)))

    def _issued(self, due: NoticeDue, told: str, revoked: Sequence[str], gathered: str) -> NoticeIssued:
        item = due.item
        document = render(due, self._gatherer.programmes[item.programme], told, revoked)
        return NoticeIssued(
            notice=due.id,
            number=told,
            kind=due.kind,
            item=item.id,
            title=document.title,
            document_sha256=document.sha256,
            document=document.html,
            text=document.text,
            recipients=due.recipients,
            deliveries=tuple(self._deliveries(due)),
            causes=(due.cause,),
            escalation=due.escalation,
            due_at=due.due_at,
            gathered=gathered,
            simulated=item.simulated,
            issued_at=due.issued_at,
        )

    def _deliveries(self, due: NoticeDue) -> Iterator[Addressed]:
        for recipient in due.recipients:
            role = recipient.role
            yield Addressed(delivery=f"{due.id}/{role}/{INBOX}", role=role, channel=INBOX)
            for channel in self._channels:
                # Nobody known is told as a delivery, too: it is refused, abandoned and listed.
                for contact in self._directory.reachable(due.item.programme, role, channel) or [""]:
                    id_ = f"{due.id}/{role}/{channel}/{contact}"
                    yield Addressed(delivery=id_, role=role, channel=channel, contact=contact)
