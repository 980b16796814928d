"""What intake counts, for Prometheus; one registry per application, so that several can live in one process."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class IntakeMetrics:
    """The metrics by name; units are in the names."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.submissions = Counter(
            "intake_submissions", "Submissions by type and outcome", ["type", "outcome"], registry=self.registry
        )
        self.append_seconds = Histogram(
            "intake_append_seconds",
            "From the stamp to the broker's answer",
            buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
            registry=self.registry,
        )
        self.waiting = Gauge("intake_waiting_appends", "Appends without an answer yet", registry=self.registry)
        self.producers = Counter("intake_broken_producers", "Producers given up after an error", registry=self.registry)
        self.evidence_bytes = Counter("intake_evidence_bytes", "Bytes of evidence stored", registry=self.registry)
        self.roster_position = Gauge(
            "intake_roster_position", "Next offset of rulings to be folded", ["partition"], registry=self.registry
        )
        self.roster_void = Gauge(
            "intake_roster_void_records", "Void records met in rulings", ["partition"], registry=self.registry
        )
        self.roster_items = Gauge("intake_roster_items", "Items known", registry=self.registry)
