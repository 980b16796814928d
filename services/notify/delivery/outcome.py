"""The outcome of one try to send, and the record of `dispatches` that says so; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from contracts.dispatches import DeliveryAccepted, DeliveryFailed, DeliveryUnknown
from services.notify.delivery.state import AfterUnknown, DeliveryState, RetryPolicy

Capability = Literal["blind", "idempotent", "queryable"]
"""What a channel offers when nobody knows whether a message left: nothing, sending it again without harm, or asking."""
MAX_REASON: Final = 400
_ADDRESS = re.compile(r"<?[^\s<>@:;,]+@[^\s<>@:;,]+>?")


@dataclass(frozen=True, slots=True)
class Accepted:
    """The channel took the message; `receipt` is its own reference."""

    receipt: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """The channel refused this message, for good (`permanent`) or for now."""

    reason: str
    permanent: bool


@dataclass(frozen=True, slots=True)
class Unsent:
    """The message certainly did not leave; `trouble`: the channel could not be used at all."""

    reason: str
    trouble: bool = False


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """The message may have left; the answer was lost."""

    reason: str


SendOutcome = Accepted | Refused | Unsent | Ambiguous


def without_addresses(text: str) -> str:
    """A server's answer as it may be written to the log: no addresses, one line, at most 400 characters."""
    return " ".join(_ADDRESS.sub("<address>", text).split())[:MAX_REASON]


def after_unknown(capability: Capability, blind: Literal["resend", "hold"]) -> AfterUnknown:
    """What to do when nobody knows whether a message left; `blind` is the policy's `blind_channel`."""
    if capability == "blind":
        return "resend_marked" if blind == "resend" else "hold"
    return "retry" if capability == "idempotent" else "ask"


def outcome_record(
    outcome: SendOutcome,
    delivery: DeliveryState,
    now: datetime,
    retry: RetryPolicy,
    jitter: float,
    unknown: AfterUnknown,
) -> DeliveryAccepted | DeliveryFailed | DeliveryUnknown:
    """The record that ends the open claim of `delivery`.

    `jitter` (0 to 1) as for `RetryPolicy.pause`; `unknown` is what follows from an ambiguous outcome.
    """
    retry_at = now + retry.pause(delivery.tries, jitter)
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
                action=unknown,
                reason=without_addresses(reason),
                retry_at=retry_at,
            )
