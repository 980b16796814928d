"""Events of `dispatches`: which notices were issued and what became of each delivery. Published by notify."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import Field

from contracts.values import Instant, Sha256

Channel = Annotated[str, Field(pattern=r"^[a-z]{2,20}$")]
Reference = Annotated[str, Field(min_length=1, max_length=200)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who a notice goes to: a role of the directory (`unit:nongye`, `leader:leader-1`, `office`), never an address."""

    role: Reference
    kind: Literal["to", "copy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeIssued:
    """A document was rendered and numbered; `causes` are ids of ruling events, `gathered` the position vector read."""

    notice: Reference
    number: Annotated[str, Field(max_length=100)]
    kind: Literal["rectification", "interview", "chief_interview", "blockage", "reminder", "withdrawn"]
    item: Annotated[str, Field(max_length=64)]
    title: Annotated[str, Field(max_length=400)]
    document_sha256: Sha256
    document: Annotated[str, Field(max_length=60_000)]
    recipients: tuple[Recipient, ...]
    causes: tuple[Reference, ...]
    gathered: Annotated[str, Field(max_length=2000)]
    simulated: bool
    issued_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryClaimed:
    """A sender may send this message until `until` (real time); nobody else may before that."""

    delivery: Reference
    notice: Reference
    recipient: Reference
    channel: Channel
    attempt: Annotated[int, Field(ge=1)]
    until: Instant
    copy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryAccepted:
    """The channel took the message; `receipt` is its own reference (e.g. an SMTP queue id), without addresses."""

    delivery: Reference
    attempt: Annotated[int, Field(ge=1)]
    receipt: Annotated[str, Field(max_length=400)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFailed:
    """The channel refused; a temporary refusal is retried not before `retry_at`."""

    delivery: Reference
    attempt: Annotated[int, Field(ge=1)]
    permanent: bool
    reason: Annotated[str, Field(max_length=400)]
    retry_at: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryUnknown:
    """A claim ran out without an outcome; `action` is what the channel's policy makes of it."""

    delivery: Reference
    attempt: Annotated[int, Field(ge=1)]
    action: Literal["retry", "ask", "resend_marked", "hold"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryAbandoned:
    """No further try; listed for the office, and can be driven again."""

    delivery: Reference
    reason: Annotated[str, Field(max_length=400)]
    tries: Annotated[int, Field(ge=0)] = field(default=0)


DispatchData = NoticeIssued | DeliveryClaimed | DeliveryAccepted | DeliveryFailed | DeliveryUnknown | DeliveryAbandoned
