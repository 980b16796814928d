"""How to reach the broker and how to treat it; each number with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class KafkaSettings:
    """Settings of every Kafka client of a service."""

    bootstrap_servers: str
    topic_prefix: str = ""
    """Goes before every logical topic name; keeps generations and tests apart on one broker."""
    client_id: str = "liangdeng"
    compression: Literal["gzip"] | None = None
    """No other codec: every reader must be able to do without a native library."""
    max_batch_bytes: int = 900_000
    """Below `max.message.bytes` (1,000,000): one oversized batch kills a producer for its partition."""
    request_timeout_seconds: float = 20.0
    """One request; a produce request is sent again after it, for as long as it takes."""
    stop_seconds: float = 5.0
    """After that a stop no longer waits for answers: the process ends and is started again."""
    answer_seconds: float = 5.0
    """How long one is asked where a partition ends; a leader is elected within a second or two."""
    stall_seconds: float = 5.0
    """A partition for which the broker answers no fetch for so long is given up until the next look."""
    retry_seconds: float = 1.0
    """Between the tries that a client makes by itself, until it is given up."""
    fetch_wait_seconds: float = 0.5
    """How long the broker holds a fetch without data; data answers it at once. Of several partitions one whose records
    were not taken yet is left out of the next fetch, and may wait so long for its second record."""
    fetch_wait_at_rest_seconds: float = 2.5
    """The same once nothing comes, so that no partition is left out; well below `stall_seconds`."""
    rest_after_seconds: float = 1.0
    """After so long without a record a follower of several partitions is at rest; one of a single partition is at once,
    since nothing is ever left out of its fetch."""
    gather_bytes: int = 1
    """While something comes, the broker answers a fetch once it has so many bytes, or after `fetch_wait_seconds`: a
    reader in no hurry takes what came in half a second together. What comes after a rest comes at once."""
    client_options: Mapping[str, Any] = field(default_factory=dict)
    """Passed on to the client as they are: `security_protocol`, `ssl_context`, `sasl_…`."""

    def physical(self, topic: str) -> str:
        """The name of a logical topic on the broker."""
        return self.topic_prefix + topic
