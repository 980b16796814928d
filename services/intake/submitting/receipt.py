"""The receipt: proof that a submission lies on the log, and where its ruling can be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.topics import SUBMISSIONS


@dataclass(frozen=True, slots=True)
class Receipt:
    """Given only after the broker answered; `received_at` is the stamp that the event carries."""

    submission_id: str
    partition: int
    offset: int
    received_at: datetime
    digest: str
    subject: str

    @property
    def position(self) -> str:
        """Where it lies, as text such as `submissions-3@120`."""
        return f"{SUBMISSIONS}-{self.partition}@{self.offset}"

    def location(self, query_url: str) -> str:
        """Address of its ruling at query, which waits until it is there."""
        return f"{query_url.rstrip('/')}/v1/submissions/{self.submission_id}?min_position={self.position}"

    def page(self, query_url: str) -> str:
        """Address of the same for a browser; empty where query's address is not set."""
        return self.location(query_url).replace("/v1/submissions/", "/submissions/", 1) if query_url else ""

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
