"""Notify's Prometheus metrics, read from the running parts at every scrape."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Protocol

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from services.notify.runtime import Runtime


class _Family(Protocol):
    def add_metric(self, labels: list[str], value: float) -> None: ...


class NotifyCollector(Collector):
    """Notices and deliveries of the owned partitions, positions and void records of what is read, tries per channel."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def collect(self) -> Iterator[Metric]:
        """All families, as they are now."""
        yield from self._issued()
        yield from self._deliveries()
        yield from self._rulings()
        yield from self._dispatches()
        yield from self._channels()
        yield self._directory()

    def _issued(self) -> Iterator[Metric]:
        issued = CounterMetricFamily("notify_notices_issued", "Notices on the owned partitions", labels=["kind"])
        kinds: Counter[str] = Counter()
        for worker in self._runtime.workers.by_partition.values():
            for (_, kind), count in worker.ledger.issued.items():
                kinds[kind] += count
        for kind, count in sorted(kinds.items()):
            issued.add_metric([kind], count)
        waiting = GaugeMetricFamily("notify_notices_due", "Notices due and not issued yet")
        due = self._runtime.gatherer.due
        waiting.add_metric([], sum(len(due[partition]) for partition in self._runtime.workers.by_partition))
        yield from (issued, waiting)

    def _deliveries(self) -> Iterator[Metric]:
        outcomes = CounterMetricFamily(
            "notify_deliveries", "Deliveries by channel and outcome", labels=["channel", "outcome"]
        )
        opened = GaugeMetricFamily("notify_deliveries_open", "Deliveries not accepted", labels=["channel", "status"])
        told: Counter[tuple[str, str]] = Counter()
        states: Counter[tuple[str, str]] = Counter()
        for worker in self._runtime.workers.by_partition.values():
            told.update(worker.ledger.outcomes)
            states.update((delivery.channel, delivery.status) for delivery in worker.ledger.deliveries.values())
        _fill(outcomes, told)
        _fill(opened, states)
        yield from (outcomes, opened)

    def _rulings(self) -> Iterator[Metric]:
        position = GaugeMetricFamily("notify_position", "Next offset to be read", labels=["topic", "partition"])
        lag = GaugeMetricFamily("notify_lag", "Records not read yet", labels=["topic", "partition"])
        void = CounterMetricFamily("notify_void_records", "Records that do not count", labels=["topic", "partition"])
        gatherer = self._runtime.gatherer
        for partition, counting in enumerate(gatherer.counting):
            labels = ["rulings", str(partition)]
            position.add_metric(labels, counting.seen)
            lag.add_metric(labels, max(0, gatherer.ends.get(("rulings", partition), 0) - counting.seen))
            void.add_metric(labels, counting.void)
        for partition, worker in self._runtime.workers.by_partition.items():
            labels = ["dispatches", str(partition)]
            position.add_metric(labels, worker.guarded.expected)
            void.add_metric(labels, worker.guarded.rule.void)
        yield from (position, lag, void)

    def _dispatches(self) -> Iterator[Metric]:
        ready = GaugeMetricFamily("notify_ready", "1: the partition is worked on", labels=["partition"])
        races = CounterMetricFamily("notify_lost_races", "Batches that lay elsewhere", labels=["partition"])
        seconds = GaugeMetricFamily("notify_catch_up_seconds", "Latest catching up", labels=["topic", "partition"])
        for partition, worker in self._runtime.workers.by_partition.items():
            ready.add_metric([str(partition)], worker.status.ready)
            races.add_metric([str(partition)], worker.guarded.lost_races)
            seconds.add_metric(["dispatches", str(partition)], worker.status.catch_up_seconds)
        seconds.add_metric(["rulings", "all"], self._runtime.gatherer.catch_up_seconds or 0)
        yield from (ready, races, seconds)

    def _directory(self) -> Metric:
        stale = GaugeMetricFamily("notify_directory_stale", "1: addresses are of a copy that can't be read again now")
        stale.add_metric([], self._runtime.directory.source.stale)
        return stale

    def _channels(self) -> Iterator[Metric]:
        tries = CounterMetricFamily("notify_tries", "Tries to send", labels=["channel", "outcome"])
        spent = CounterMetricFamily("notify_send_seconds", "Seconds spent sending", labels=["channel"])
        under_way = GaugeMetricFamily("notify_under_way", "Claimed, outcome not known yet", labels=["channel"])
        trouble = GaugeMetricFamily("notify_channel_in_trouble", "1: the channel cannot be used", labels=["channel"])
        for name, sender in self._runtime.senders.items():
            for outcome, count in sorted(sender.tries.items()):
                tries.add_metric([name, outcome], count)
            spent.add_metric([name], sender.seconds)
            under_way.add_metric([name], sender.under_way)
            trouble.add_metric([name], sender.in_trouble)
        yield from (tries, spent, under_way, trouble)


def _fill(family: _Family, counted: Counter[tuple[str, str]]) -> None:
    for (channel, what), count in sorted(counted.items()):
        family.add_metric([channel, what], count)
