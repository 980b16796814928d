"""What became of each delivery: a state machine over the records of `dispatches`, pure (design: notify)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from contracts.dispatches import (
    Addressed,
    DeliveryAbandoned,
    DeliveryAccepted,
    DeliveryClaimed,
    DeliveryFailed,
    DeliveryRedriven,
    DeliveryUnknown,
    DispatchData,
)

Status = Literal["due", "claimed", "refused", "held", "accepted", "abandoned"]
DeliveryEvent = (
    DeliveryClaimed | DeliveryAccepted | DeliveryFailed | DeliveryUnknown | DeliveryAbandoned | DeliveryRedriven
)
Action = Literal["retry", "ask", "resend_marked", "hold"]
INBOX = "inbox"
"""The channel that is the dispatch itself: who may read the notice has it in the inbox as soon as it is issued."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message of one notice to one contact.

    `attempt` numbers the claims for ever, `tries` the real tries since it was issued or driven again. `doubtful`: an
    earlier try may have arrived, so whatever is sent from now on is a marked copy. `not_before` is real time.
    """

    id: str
    notice: str
    role: str
    channel: str
    contact: str
    status: Status = "due"
    attempt: int = 0
    tries: int = 0
    doubtful: bool = False
    not_before: datetime | None = None
    claim: DeliveryClaimed | None = None
    reason: str = ""


def begin(notice: str, addressed: Addressed) -> Delivery:
    """A delivery as its notice's issue leaves it; one to the inbox has arrived with that."""
    status: Status = "accepted" if addressed.channel == INBOX else "due"
    return Delivery(addressed.delivery, notice, addressed.role, addressed.channel, addressed.contact, status)


def evolve(delivery: Delivery, event: DeliveryEvent) -> Delivery:
    """The delivery after a counted record; the same object if the record changes nothing.

    A claim holds only if nobody else's is open and it is the next one; the first outcome of a claim counts.
    """
    match event:
        case DeliveryClaimed():
            return _claimed(delivery, event)
        case DeliveryAbandoned() if delivery.status in ("due", "refused", "held"):
            return replace(delivery, status="abandoned", reason=event.reason, not_before=None)
        case DeliveryRedriven() if delivery.status in ("abandoned", "held"):
            return replace(delivery, status="due", tries=0, not_before=None, reason="")
        case DeliveryAccepted() | DeliveryFailed() | DeliveryUnknown():
            if delivery.status == "claimed" and event.attempt == delivery.attempt:
                return _resolved(replace(delivery, claim=None), event)
    return delivery


def _claimed(delivery: Delivery, event: DeliveryClaimed) -> Delivery:
    fits = event.attempt == delivery.attempt + 1 and event.copy == delivery.doubtful
    if delivery.status != "due" or not fits:
        return delivery
    return replace(
        delivery, status="claimed", attempt=event.attempt, tries=delivery.tries + 1, not_before=None, claim=event
    )


def _resolved(delivery: Delivery, event: DeliveryAccepted | DeliveryFailed | DeliveryUnknown) -> Delivery:
    match event:
        case DeliveryAccepted():
            return replace(delivery, status="accepted", reason="")
        case DeliveryFailed(permanent=True):
            return replace(delivery, status="refused", reason=event.reason)
        case DeliveryFailed():
            tries = delivery.tries - (not event.tried)
            return replace(delivery, status="due", reason=event.reason, not_before=event.retry_at, tries=tries)
        case DeliveryUnknown(action="hold"):
            return replace(delivery, status="held", reason=event.reason, doubtful=True)
        case DeliveryUnknown(action="resend_marked"):
            return replace(delivery, status="due", reason=event.reason, doubtful=True, not_before=event.retry_at)
    return replace(delivery, status="due", reason=event.reason, not_before=event.retry_at)


@dataclass(frozen=True, slots=True)
class Retrying:
    """How often and how fast a delivery is tried again: `first` doubles with every try up to `longest`."""

    max_tries: int = 8
    first: timedelta = timedelta(seconds=30)
    longest: timedelta = timedelta(hours=1)

    def pause(self, tries: int, jitter: float) -> timedelta:
        """The pause after `tries` tries; `jitter` from 0 to 1 takes away up to half of it."""
        doubled: timedelta = self.first * 2 ** min(max(tries - 1, 0), 20)
        return min(doubled, self.longest) * (1 - jitter / 2)


def lapsed(delivery: Delivery, now: datetime, seen_for: timedelta, skew: timedelta) -> bool:
    """Whether the open claim may be resolved by anyone: never before `until`.

    `until` stands in the claimer's clock; so one whose lease has not been seen to pass here (`seen_for`) is left alone
    until `skew` after it.
    """
    claim = delivery.claim
    if claim is None or now < claim.until:
        return False
    return seen_for >= timedelta(seconds=claim.lease_seconds) or now >= claim.until + skew


def unresolved(delivery: Delivery, what_then: Action) -> DeliveryUnknown:
    """A claim that lapsed without an outcome; the next try need not wait, the lease was pause enough."""
    reason = "the claim ran out without an outcome"
    return DeliveryUnknown(delivery=delivery.id, attempt=delivery.attempt, action=what_then, reason=reason)


def to_abandon(delivery: Delivery, retrying: Retrying) -> DeliveryAbandoned | None:
    """The end of a delivery that was refused for good or tried often enough."""
    if delivery.status == "refused" or (delivery.status == "due" and delivery.tries >= retrying.max_tries):
        reason = delivery.reason or "tried often enough"
        return DeliveryAbandoned(delivery=delivery.id, reason=reason, tries=delivery.tries)
    return None


def claimable(delivery: Delivery, now: datetime, retrying: Retrying) -> bool:
    """Whether a try is due now."""
    waited = delivery.not_before is None or now >= delivery.not_before
    return delivery.status == "due" and delivery.tries < retrying.max_tries and waited


def claim(delivery: Delivery, by: str, now: datetime, lease: timedelta) -> DeliveryClaimed:
    """The next claim of a delivery, until `now` + `lease` (real time, whole seconds)."""
    return DeliveryClaimed(
        delivery=delivery.id,
        attempt=delivery.attempt + 1,
        by=by,
        until=now + lease,
        lease_seconds=int(lease.total_seconds()),
        copy=delivery.doubtful,
    )


def fold(deliveries: dict[str, Delivery], event: DispatchData) -> Iterator[tuple[Delivery, Delivery]]:
    """Take a delivery's event into `deliveries`; yields (before, after) if it changed anything."""
    if not isinstance(event, DeliveryEvent):
        return
    before = deliveries.get(event.delivery)
    if before is None:
        return
    after = evolve(before, event)
    if after is not before:
        deliveries[event.delivery] = after
        yield before, after
