"""What Prometheus scrapes: verdicts, lights, positions and lag per partition, void records, time to a ruling."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from contracts.rulings import (
    LightChanged,
    RulingData,
    SubmissionAccepted,
    SubmissionRejected,
    SubmissionRepeated,
    SubmissionUnreadable,
)
from eventlog.owner.partition import PartitionStatus

VERDICTS: Final[Mapping[type[RulingData], str]] = {
    SubmissionAccepted: "accepted",
    SubmissionRejected: "rejected",
    SubmissionRepeated: "repeated",
    SubmissionUnreadable: "unreadable",
}
COLOURS: Final = ("green", "yellow", "red")
BUCKETS: Final = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0, 30.0)
GAUGES: Final[Mapping[str, tuple[str, Callable[[PartitionStatus], float]]]] = {
    "rating_position": ("Next offset of submissions to be ruled on", lambda s: s.position),
    "rating_lag": ("Submissions that wait for their ruling", lambda s: s.lag),
    "rating_catch_up_seconds": ("How long the latest catching up took", lambda s: s.catch_up_seconds),
    "rating_ready": ("1: the partition is followed and has no problem", lambda s: s.healthy),
}
COUNTERS: Final[Mapping[str, tuple[str, Callable[[PartitionStatus], float]]]] = {
    "rating_void_records": ("Records of rulings that do not count", lambda s: s.void),
    "rating_counted_records": ("Records of rulings that count", lambda s: s.counted),
    "rating_appended_rulings": ("Rulings of this owner that count", lambda s: s.answers),
    "rating_lost_races": ("Batches of this owner that lay elsewhere than expected", lambda s: s.lost_races),
    "rating_unknown_appends": ("Appends without an answer", lambda s: s.unknown_appends),
    "rating_defects": ("Times that a partition stopped at a defect", lambda s: s.defects),
}


class PartitionTally:
    """What was folded of one partition since it was taken over: rulings by verdict, lights by colour."""

    def __init__(self, waited: Histogram) -> None:
        self.verdicts: Counter[str] = Counter()
        self.lights: Counter[str] = Counter()
        self._waited = waited

    def count(self, ruling: Sequence[RulingData]) -> None:
        """Count the events of one ruling."""
        self.verdicts[VERDICTS[type(ruling[0])]] += 1
        for data in ruling:
            if type(data) is LightChanged:
                self.lights[data.from_] -= 1
                self.lights[data.to] += 1

    def waited(self, logged_ms: int) -> None:
        """A submission that reached the log then (LogAppendTime) has its counted ruling now."""
        self._waited.observe(max(0.0, time.time() - logged_ms / 1000))


class RatingMetrics(Collector):
    """All figures of this process; partitions that are no longer owned disappear from it."""

    def __init__(self, statuses: Callable[[], Mapping[int, PartitionStatus]]) -> None:
        self._statuses = statuses
        self._tallies: dict[int, PartitionTally] = {}
        self._registry = CollectorRegistry()
        self._waited = Histogram(
            "rating_submission_to_ruling_seconds",
            "From a submission's LogAppendTime to the answer that its ruling counts",
            buckets=BUCKETS,
            registry=self._registry,
        )
        self._registry.register(self)

    def tally(self, partition: int) -> PartitionTally:
        """A fresh tally of a partition that is taken over."""
        self._tallies[partition] = PartitionTally(self._waited)
        return self._tallies[partition]

    def render(self) -> bytes:
        """Text in the exposition format."""
        return generate_latest(self._registry)

    def collect(self) -> Iterator[Metric]:
        """The figures as they are now, for Prometheus' client."""
        statuses = self._statuses()
        for name, (text, read) in GAUGES.items():
            gauge = GaugeMetricFamily(name, text, labels=["partition"])
            for partition, status in statuses.items():
                gauge.add_metric([str(partition)], read(status))
            yield gauge
        for name, (text, read) in COUNTERS.items():
            counter = CounterMetricFamily(name, text, labels=["partition"])
            for partition, status in statuses.items():
                counter.add_metric([str(partition)], read(status))
            yield counter
        owned = [tally for partition, tally in self._tallies.items() if partition in statuses]
        verdicts = GaugeMetricFamily("rating_rulings", "Counted rulings on the partitions owned", labels=["verdict"])
        for verdict in VERDICTS.values():
            verdicts.add_metric([verdict], sum(tally.verdicts[verdict] for tally in owned))
        yield verdicts
        lights = GaugeMetricFamily("rating_lights", "Lights as they stand on the partitions owned", labels=["colour"])
        for colour in COLOURS:
            lights.add_metric([colour], sum(tally.lights[colour] for tally in owned))
        yield lights
