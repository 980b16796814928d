"""The state of one delivery: how a record of `dispatches` changes it, and what may follow from it; pure."""

from __future__ import annotations

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
)

Status = Literal["due", "claimed", "refused", "held", "accepted", "abandoned"]
DeliveryEvent = (
    DeliveryClaimed | DeliveryAccepted | DeliveryFailed | DeliveryUnknown | DeliveryAbandoned | DeliveryRedriven
)
AfterUnknown = Literal["retry", "ask", "resend_marked", "hold"]
"""What follows when nobody knows whether a message left: `DeliveryUnknown.action`."""
INBOX = "inbox"
"""The channel that needs no sending: whoever may read a notice has it in the inbox once its issue is on the log."""


@dataclass(frozen=True, slots=True)
class DeliveryState:
    """One message of one notice to one contact.

    `attempt` counts the claims and never starts again; `tries` counts the tries that reached the channel since the
    notice was issued or the delivery was redriven. `doubtful`: an earlier message may have arrived, so every later
    one is a marked copy. `not_before` is real time, set by a retry.
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


def begin(notice: str, addressed: Addressed) -> DeliveryState:
    """The state when the notice is issued: due, or accepted at once if it goes to the inbox."""
    status: Status = "accepted" if addressed.channel == INBOX else "due"
    return DeliveryState(addressed.delivery, notice, addressed.role, addressed.channel, addressed.contact, status)


def evolve(delivery: DeliveryState, event: DeliveryEvent) -> DeliveryState:
    """The state after one counted record; the same object if the record changes nothing.

    A claim holds only if no claim is open and its `attempt` is the next one. The first outcome of a claim counts,
    later ones change nothing.
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


def _claimed(delivery: DeliveryState, event: DeliveryClaimed) -> DeliveryState:
    fits = event.attempt == delivery.attempt + 1 and event.copy == delivery.doubtful
    if delivery.status != "due" or not fits:
        return delivery
    return replace(
        delivery, status="claimed", attempt=event.attempt, tries=delivery.tries + 1, not_before=None, claim=event
    )


def _resolved(delivery: DeliveryState, event: DeliveryAccepted | DeliveryFailed | DeliveryUnknown) -> DeliveryState:
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
class RetryPolicy:
    """How often a delivery is tried, and the pauses between: `first`, doubled after every try, at most `longest`."""

    max_tries: int = 8
    first: timedelta = timedelta(seconds=30)
    longest: timedelta = timedelta(hours=1)

    def pause(self, tries: int, jitter: float) -> timedelta:
        """The pause after `tries` tries; `jitter` (0 to 1) shortens it by up to a half."""
        doubled: timedelta = self.first * 2 ** min(max(tries - 1, 0), 20)
        return min(doubled, self.longest) * (1 - jitter / 2)


def lapsed(delivery: DeliveryState, now: datetime, seen_for: timedelta, skew: timedelta) -> bool:
    """Whether a process that did not make the open claim may resolve it: never before `until`.

    `until` was read from the claimer's clock, which may be wrong by `skew`. So either this process has watched the
    claim for a whole lease (`seen_for`), or `skew` has passed since `until`.
    """
    claim = delivery.claim
    if claim is None or now < claim.until:
        return False
    return seen_for >= timedelta(seconds=claim.lease_seconds) or now >= claim.until + skew


def lapse_record(delivery: DeliveryState, after_unknown: AfterUnknown) -> DeliveryUnknown:
    """The record for a claim that lapsed without an outcome. The next try need not wait: the lease was the pause."""
    reason = "the claim ran out without an outcome"
    return DeliveryUnknown(delivery=delivery.id, attempt=delivery.attempt, action=after_unknown, reason=reason)


def abandonment(delivery: DeliveryState, retry: RetryPolicy) -> DeliveryAbandoned | None:
    """The record that ends a delivery which was refused for good or has had all its tries; else None."""
    if delivery.status == "refused" or (delivery.status == "due" and delivery.tries >= retry.max_tries):
        reason = delivery.reason or "tried often enough"
        return DeliveryAbandoned(delivery=delivery.id, reason=reason, tries=delivery.tries)
    return None


def claimable(delivery: DeliveryState, now: datetime, retry: RetryPolicy) -> bool:
    """Whether the delivery may be claimed now."""
    waited = delivery.not_before is None or now >= delivery.not_before
    return delivery.status == "due" and delivery.tries < retry.max_tries and waited


def next_claim(delivery: DeliveryState, by: str, now: datetime, lease: timedelta) -> DeliveryClaimed:
    """The next claim, by the process `by`, until `now` + `lease` (real time, whole seconds)."""
    return DeliveryClaimed(
        delivery=delivery.id,
        attempt=delivery.attempt + 1,
        by=by,
        until=now + lease,
        lease_seconds=int(lease.total_seconds()),
        copy=delivery.doubtful,
    )
