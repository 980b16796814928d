"""What Prometheus reads of this service, in a registry of its own."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from eventlog.log.record import Place

COUNT_SECONDS: Final = 10.0
_SECONDS: Final = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 30)


class QueryMetrics:
    """Positions and lag, void records, catching up, lights, deliveries, and how soon a ruling is visible."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        places = ("topic", "partition")
        self._counted_at = float("-inf")
        self._position = Gauge(
            "query_position", "Next offset to read, as committed in the read model", places, registry=self.registry
        )
        self._lag = Gauge("query_lag_records", "Records on the log beyond the position", places, registry=self.registry)
        self._void = Gauge("query_void_records", "Records that do not count (at rule)", places, registry=self.registry)
        self.catch_up_seconds = Gauge(
            "query_catch_up_seconds", "From the start of following to no lag", registry=self.registry
        )
        self.visible_after = Histogram(
            "query_submission_visible_seconds",
            "From a submission's append to its ruling in the read model, by the broker's and this machine's clocks",
            registry=self.registry,
            buckets=_SECONDS,
        )
        self.rows = Counter("query_rows_added", "Rows added to the read model", registry=self.registry)
        self.sign_in = Gauge("liangdeng_sign_in", "Whether the sign-in provider answers", registry=self.registry)
        self.stopped = Gauge("query_stopped_partitions", "Partitions that are not read on", registry=self.registry)
        self._lights = Gauge("query_lights", "Lights as they stand", ("light",), registry=self.registry)
        self._deliveries = Gauge(
            "query_deliveries", "Messages by channel and latest outcome", ("channel", "outcome"), registry=self.registry
        )

    def stands(self, place: Place, position: int, lag: int, void: int) -> None:
        """Note where reading of a partition stands."""
        labels = (place[0], str(place[1]))
        self._position.labels(*labels).set(position)
        self._lag.labels(*labels).set(lag)
        self._void.labels(*labels).set(void)

    def counts_are_old(self) -> bool:
        """Whether lights and deliveries should be looked at again: at most every 10 s, however often it is scraped."""
        return time.monotonic() - self._counted_at > COUNT_SECONDS

    def counted(self, lights: Mapping[str, int], messages: Mapping[tuple[str, str], int]) -> None:
        """Note the numbers of lights by colour, and of messages by channel and outcome."""
        self._counted_at = time.monotonic()
        self._lights.clear()
        for light, number in lights.items():
            self._lights.labels(light).set(number)
        self._deliveries.clear()
        for (channel, outcome), number in messages.items():
            self._deliveries.labels(channel, outcome).set(number)
