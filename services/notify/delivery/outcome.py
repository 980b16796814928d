"""What a try to send came to, and the record that says so; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from contracts.dispatches import DeliveryAccepted, DeliveryFailed, DeliveryUnknown
from services.notify.delivery.delivery import Action, Delivery, Retrying

Sort = Literal["blind", "idempotent", "queryable"]
"""What a channel can do about a message of which nobody knows whether it left."""
MAX_REASON: Final = 400
_ADDRESS = re.compile(r"<?[^\s<>@:;,]+@[^\s<>@:;,]+>?")


@dataclass(frozen=True, slots=True)
class Accepted:
    """The channel took the message over."""

    receipt: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """The channel said no to this message: for good, or for now."""

    reason: str
    permanent: bool


@dataclass(frozen=True, slots=True)
class Unsent:
    """The message certainly did not leave; `trouble`: the channel as a whole could not be used."""

    reason: str
    trouble: bool = False


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """The message may have left; the answer was lost."""

    reason: str


Outcome = Accepted | Refused | Unsent | Ambiguous


def without_addresses(text: str) -> str:
    """A server's words as they may lie on the log: no addresses, one line, at most 400 characters."""
    return " ".join(_ADDRESS.sub("<address>", text).split())[:MAX_REASON]


def action(sort: Sort, blind: Literal["resend", "hold"]) -> Action:
    """What follows from not knowing whether a message left; `blind` is the policy's `blind_channel`."""
    if sort == "blind":
        return "resend_marked" if blind == "resend" else "hold"
    return "retry" if sort == "idempotent" else "ask"


def record_of(
    outcome: Outcome,
    delivery: Delivery,
    now: datetime,
    retrying: Retrying,
    jitter: float,
    what_then: Action,
) -> DeliveryAccepted | DeliveryFailed | DeliveryUnknown:
    """The record of what the open claim of `delivery` came to."""
    retry_at = now + retrying.pause(delivery.tries, jitter)
    match outcome:
        case Accepted(receipt):
            return DeliveryAccepted(delivery=delivery.id, attempt=delivery.attempt, receipt=without_addresses(receipt))
        case Refused(reason, True):
            return DeliveryFailed(
                delivery=delivery.id, attempt=delivery.attempt, permanent=True, reason=without_addresses(reason)
            )
        case Refused(reason):
            return DeliveryFailed(
                delivery=delivery.id,
                attempt=delivery.attempt,
                permanent=False,
                reason=without_addresses(reason),
                retry_at=retry_at,
            )
        case Unsent(reason, trouble):
            return DeliveryFailed(
                delivery=delivery.id,
                attempt=delivery.attempt,
                permanent=False,
                reason=without_addresses(reason),
                retry_at=retry_at if trouble else None,
                tried=False,
            )
        case Ambiguous(reason):
            return DeliveryUnknown(
                delivery=delivery.id,
                attempt=delivery.attempt,
                action=what_then,
                reason=without_addresses(reason),
                retry_at=retry_at,
            )
