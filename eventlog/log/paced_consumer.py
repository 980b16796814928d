"""aiokafka's consumer, whose fetches the broker holds longer while nothing comes."""

from __future__ import annotations

import time
from typing import Any

from aiokafka import AIOKafkaConsumer

LOOK_ROUND_MS = 5000
"""The client's routines go by events (an answer, records taken, an assignment, new metadata) and look round anyway so
often; its own 200 ms wake every consumer five times a second for nothing."""


class PacedConsumer(AIOKafkaConsumer):  # type: ignore[misc]  # the client has no types
    """Fetches stand for `short` seconds, or until there are `gather_bytes`; from `rest` to `hurry` for `long` ones, or
    until there is anything.
    """

    def __init__(self, *, short: float, long: float, gather_bytes: int = 1, **options: Any) -> None:
        paces = {"fetch_max_wait_ms": int(short * 1000), "fetch_min_bytes": gather_bytes}
        super().__init__(consumer_timeout_ms=LOOK_ROUND_MS, **paces, **options)
        self.hurried_at = time.monotonic()
        """When something last came or changed, by the monotonic clock."""
        self._short = short
        self._long = long
        self._gather_bytes = gather_bytes

    def hurry(self) -> None:
        """Something came or changes: a partition may be left out of the next fetch, and must not wait for it long."""
        self.hurried_at = time.monotonic()
        self._hold(self._short, self._gather_bytes)

    def rest(self) -> None:
        """Nothing comes: each fetch that is sent from now on asks for every partition, and data answers it at once."""
        self._hold(self._long, 1)

    def _hold(self, seconds: float, least_bytes: int) -> None:
        # The client asks its fetcher for them with each request, and has no other way to change them.
        self._fetcher._fetch_max_wait_ms = int(seconds * 1000)
        self._fetcher._fetch_min_bytes = least_bytes
