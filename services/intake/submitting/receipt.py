"""The receipt: proof that a submission lies on the log, and where its ruling can be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.position_vector import LastOffsets
from contracts.topics import SUBMISSIONS
from web.position_tokens import PositionTokens


@dataclass(frozen=True, slots=True)
class Receipt:
    """Given only after the broker answered; `received_at` is the stamp that the event carries."""

    submission_id: str
    partition: int
    offset: int
    received_at: datetime
    digest: str
    subject: str
    repeated: bool = False
    """Whether the same was sent before: then this is the receipt that was given for it."""

    @property
    def position(self) -> str:
        """Where it lies, as text such as `submissions-3@120`."""
        return f"{SUBMISSIONS}-{self.partition}@{self.offset}"

    def location(self, origin: str, tokens: PositionTokens) -> str:
        """Address of its ruling at query, which waits until it is there; a path where people's address is not set."""
        return f"{origin}/v1{self.page(tokens)}"

    def page(self, tokens: PositionTokens) -> str:
        """Path of the same for a browser."""
        return f"/submissions/{self.submission_id}?min_position={self.sealed(tokens)}"

    def sealed(self, tokens: PositionTokens) -> str:
        """Its position, as query takes it from everybody."""
        return tokens.seal(LastOffsets({(SUBMISSIONS, self.partition): self.offset}))

    def document(self) -> dict[str, Any]:
        """The receipt as JSON."""
        return {
            "submission_id": self.submission_id,
            "topic": SUBMISSIONS,
            "partition": self.partition,
            "offset": self.offset,
            "received_at": self.received_at.isoformat(),
            "digest": self.digest,
            "subject": self.subject,
        }
