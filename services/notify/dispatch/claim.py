"""This process's claims on one partition: what to claim now, and each message sent once its claim counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import NamedTuple

from contracts.dispatches import DeliveryClaimed
from contracts.envelope import derived_id
from services.notify.delivery.channels.channel import Lease, Message
from services.notify.delivery.outcome import Refused, SendOutcome
from services.notify.delivery.state import DeliveryState, claimable, next_claim
from services.notify.dispatch.context import DispatchContext
from services.notify.dispatch.ledger import Ledger

CLAIMS_PER_BATCH = 500
Attempt = tuple[str, int]
"""A delivery's id and the number of its claim."""


class _AppendedClaim(NamedTuple):
    claim: DeliveryClaimed
    lease: Lease
    at: int


class Claims:
    """The claims of this process, from the append until the outcome of the send counts on the log."""

    def __init__(self, context: DispatchContext, wake: Callable[[], None]) -> None:
        """`wake` is called whenever an outcome comes in."""
        self._sending: set[Attempt] = set()
        self._outcomes: dict[Attempt, SendOutcome] = {}
        self._context = context
        self._wake = wake
        self._appended: list[_AppendedClaim] = []

    @property
    def open(self) -> bool:
        """Whether a launched message is without a counted outcome."""
        return bool(self._sending or self._outcomes)

    def new(self, ledger: Ledger, now: datetime) -> Iterator[DeliveryClaimed]:
        """Claims of the deliveries that are due now, as many as their senders have room for."""
        context, terms = self._context, self._context.terms
        room = {name: sender.room() for name, sender in context.senders.items()}
        claims = 0
        for delivery in ledger.deliveries.values():
            if room.get(delivery.channel, 0) <= 0 or not claimable(delivery, now, terms.retry):
                continue
            room[delivery.channel] -= 1
            claims += 1
            yield next_claim(delivery, context.token, now, terms.lease)
            if claims >= CLAIMS_PER_BATCH:
                return

    def appended(self, claim: DeliveryClaimed, lease: Lease, at: int) -> None:
        """Keep a claim whose batch is about to be appended with `at`; its message leaves once the claim counts."""
        self._appended.append(_AppendedClaim(claim, lease, at))

    def in_hand(self, delivery: DeliveryState) -> bool:
        """Whether the open claim of `delivery` is of this process and its message is, or may still be, sent."""
        attempt = (delivery.id, delivery.attempt)
        if attempt in self._sending or attempt in self._outcomes:
            return True
        return any(kept.claim == delivery.claim and kept.lease.left > 0 for kept in self._appended)

    def launch(self, ledger: Ledger, expected: int) -> None:
        """Send the messages whose claims count; `expected` is the offset up to which `ledger` was folded."""
        waiting, self._appended = self._appended, []
        for kept in waiting:
            delivery = ledger.deliveries.get(kept.claim.delivery)
            if delivery is not None and delivery.claim == kept.claim:
                self._send(ledger, delivery, kept)
            elif kept.at >= expected:
                # The append of its batch was not answered: it may still land where it says.
                self._appended.append(kept)

    def outcomes(self, ledger: Ledger) -> Iterator[tuple[DeliveryState, SendOutcome]]:
        """The outcomes that do not count yet, with their deliveries; those of claims that have ended are dropped."""
        for attempt, outcome in list(self._outcomes.items()):
            delivery = ledger.deliveries.get(attempt[0])
            if delivery is None or delivery.claim is None or delivery.attempt != attempt[1]:
                del self._outcomes[attempt]
            else:
                yield delivery, outcome

    def forget_appended(self) -> None:
        """Launch nothing of what was appended so far."""
        self._appended.clear()

    def _send(self, ledger: Ledger, delivery: DeliveryState, kept: _AppendedClaim) -> None:
        context, claim = self._context, kept.claim
        attempt = (claim.delivery, claim.attempt)
        programme = ledger.programme_of(delivery.id)
        address = context.directory.address(programme, delivery.role, delivery.channel, delivery.contact)
        self._sending.add(attempt)
        if address is None:
            self._done(attempt, Refused("nobody in the directory has an address for this", permanent=True))
            return
        message = Message(
            id=derived_id(context.log_id, "delivery", delivery.id),
            delivery=delivery.id,
            notice=ledger.notices[delivery.notice],
            address=address,
            copy=claim.attempt if claim.copy else 0,
        )
        context.senders[delivery.channel].launch(message, kept.lease, partial(self._done, attempt))

    def _done(self, attempt: Attempt, outcome: SendOutcome) -> None:
        self._sending.discard(attempt)
        self._outcomes[attempt] = outcome
        self._wake()
