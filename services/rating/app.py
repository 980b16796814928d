"""Builds rating: the log, the owner of its partitions, the alarm's clock, the operational endpoints."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from faststream.asgi import AsgiFastStream
from faststream.kafka import KafkaBroker

from contracts.topics import PARTITIONS, SUBMISSIONS, TOPIC_CONFIG, TOPICS
from eventlog.clock import Clock, clock_from
from eventlog.log.kafka import KafkaLog
from eventlog.log.log import Log
from eventlog.log.provisioning import require, specs
from eventlog.log.quarantine import Quarantine
from eventlog.owner.assignment import Assignment
from eventlog.owner.group_assignment import GroupAssignment
from eventlog.owner.owner import Owner
from eventlog.owner.partition import PartitionStatus
from eventlog.remainder import Remainder
from services.rating import ops
from services.rating.alarm import Alarm
from services.rating.metrics import RatingMetrics
from services.rating.partition_handler import RatingHandler
from services.rating.rules.envelope import Rules
from services.rating.settings import RatingSettings


class Rating:
    """The service at work on one log; as `ops.RatingStatus`."""

    def __init__(
        self, settings: RatingSettings, log: Log, assignment: Assignment, clock: Clock, rules: Rules | None = None
    ) -> None:
        self._settings = settings
        self._rules = rules or Rules(reads_back=False)
        self._quarantine = Quarantine(settings.quarantine)
        self._margin = timedelta(0) if settings.clock else timedelta(seconds=settings.margin_seconds)
        self._metrics = RatingMetrics(self.statuses)
        self.owner = Owner(log, assignment, self._take_over, clock, settings.owner)

    @property
    def ready(self) -> bool:
        """As `ops.RatingStatus.ready`."""
        return self.owner.ready

    @property
    def left(self) -> Remainder | None:
        """As `ops.RatingStatus.left`."""
        return self.owner.left

    def statuses(self) -> dict[int, PartitionStatus]:
        """As `ops.RatingStatus.statuses`."""
        return self.owner.statuses()

    def announced_until(self, partition: int) -> datetime | None:
        """As `ops.RatingStatus.announced_until`; None while something waits that may have to be announced, too."""
        status = self.statuses()[partition]
        if status.announced_until is None or not status.idle:
            return None
        return status.announced_until - self._margin

    def metrics(self) -> bytes:
        """As `ops.RatingStatus.metrics`."""
        return self._metrics.render()

    def _take_over(self, partition: int) -> RatingHandler:
        settings = self._settings
        return RatingHandler(
            partition,
            settings.log,
            rules=self._rules,
            alarm=Alarm(settings.log, driven=bool(settings.clock), margin=self._margin),
            tally=self._metrics.tally(partition),
            quarantine=self._quarantine,
        )


def build(settings: RatingSettings) -> AsgiFastStream:
    """The whole service: FastStream starts and stops what eventlog runs (docs/decisions/0004)."""
    log = KafkaLog(settings.kafka)
    assignment = GroupAssignment(
        settings.kafka, settings.group, SUBMISSIONS, settings.session_timeout_seconds, settings.instance
    )
    rating = Rating(settings, log, assignment, clock_from(settings.clock))
    endpoints = ops.build(rating)

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        wanted = specs(TOPICS, PARTITIONS, TOPIC_CONFIG, prefix=settings.topic_prefix)
        await require(settings.bootstrap_servers, wanted)
        await rating.owner.start()
        try:
            yield
        finally:
            await rating.owner.stop()
            await log.close()

    broker = KafkaBroker(settings.bootstrap_servers, client_id="liangdeng-rating-frame", consumer_only=True)
    return AsgiFastStream(broker, lifespan=lifespan, asgi_routes=[(path, endpoints) for path in ops.PATHS])
