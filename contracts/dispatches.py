"""Events of `dispatches`: which notices were issued and what became of each delivery. Published by notify."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import Field

from contracts.values import Instant, Sha256

Channel = Annotated[str, Field(pattern=r"^[a-z]{2,20}$")]
Reference = Annotated[str, Field(min_length=1, max_length=200)]
NoticeKind = Literal[
    "rectification",
    "interview",
    "chief_interview",
    "blockage",
    "reminder",
    "withdrawn",
    "deadline",
    "extension",
    "reply",
]
"""`deadline`: a report's deadline or a limit is another one; `extension`: what was decided about a request for one;
`reply`: whether the public may read what the unit said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who a notice goes to: a role of the directory (`unit:nongye`, `leader:leader-1`, `office`), never an address."""

    role: Reference
    kind: Literal["to", "copy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressed:
    """One message that a notice gives rise to; `contact` is the directory's own id below the role, never an address."""

    delivery: Reference
    role: Reference
    channel: Channel
    contact: Annotated[str, Field(max_length=64)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeIssued:
    """A document was rendered and numbered; `causes` are ids of ruling events, `gathered` the position vector read.

    `title` begins with the document's kind in Chinese; `document` is HTML, `document_sha256` of its UTF-8 bytes,
    `text` the same in plain text. `due_at` is exclusive (the instant after the last day); `issued_at` is business time.
    """

    notice: Reference
    number: Annotated[str, Field(max_length=100)]
    kind: NoticeKind
    item: Annotated[str, Field(max_length=64)]
    title: Annotated[str, Field(max_length=400)]
    document_sha256: Sha256
    document: Annotated[str, Field(max_length=60_000)]
    text: Annotated[str, Field(max_length=20_000)]
    recipients: tuple[Recipient, ...]
    deliveries: tuple[Addressed, ...]
    causes: tuple[Reference, ...]
    escalation: Reference | None = None
    due_at: Instant | None = None
    gathered: Annotated[str, Field(max_length=2000)]
    simulated: bool
    issued_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryClaimed:
    """The sender `by` may send this message until `until` (real time); nobody else may before that.

    `lease_seconds` is how long that was when it was claimed; `copy` tells that an earlier try may have arrived.
    """

    delivery: Reference
    attempt: Annotated[int, Field(ge=1)]
    by: Reference
    until: Instant
    lease_seconds: Annotated[int, Field(ge=1, le=86400)]
    copy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryAccepted:
    """The channel took the message; `receipt` is its own reference (e.g. an SMTP queue id), without addresses."""

    delivery: Reference
    attempt: Annotated[int, Field(ge=1)]
    receipt: Annotated[str, Field(max_length=400)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFailed:
    """The channel refused, or the message did not leave; a temporary failure is retried not before `retry_at`.

    `tried` is false where the message itself was never judged (no relay, no time left): that is not counted as a try.
    """

    delivery: Reference
    attempt: Annotated[int, Field(ge=1)]
    permanent: bool
    reason: Annotated[str, Field(max_length=400)]
    retry_at: Instant | None = None
    tried: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryUnknown:
    """Whether a claim's message left cannot be told; `action` is what the channel's policy makes of it."""

    delivery: Reference
    attempt: Annotated[int, Field(ge=1)]
    action: Literal["retry", "ask", "resend_marked", "hold"]
    reason: Annotated[str, Field(max_length=400)] = ""
    retry_at: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryAbandoned:
    """No further try; listed for the office, and can be driven again."""

    delivery: Reference
    reason: Annotated[str, Field(max_length=400)]
    tries: Annotated[int, Field(ge=0)] = field(default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRedriven:
    """The office has an abandoned or held delivery tried again."""

    delivery: Reference
    reason: Annotated[str, Field(max_length=400)] = ""


DispatchData = (
    NoticeIssued
    | DeliveryClaimed
    | DeliveryAccepted
    | DeliveryFailed
    | DeliveryUnknown
    | DeliveryAbandoned
    | DeliveryRedriven
)
