"""Redrives an abandoned or held delivery: appends one record, whichever process owns the partition."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from contracts.dispatch import Dispatch, encode_dispatch
from contracts.dispatches import DeliveryRedriven
from contracts.topics import DISPATCHES, partition_of
from eventlog.at.appender import Appender
from eventlog.at.at_rule import Counted, SingleAtRule
from eventlog.at.guarded_append import GuardedPartition
from eventlog.log.kafka import KafkaLog
from eventlog.log.log import Log
from eventlog.log.record import Entry
from eventlog.log.settings import KafkaSettings
from services.notify.dispatch.ledger import Ledger


class NotUndelivered(Exception):
    """No delivery with this id is abandoned or held."""


async def redrive(kafka: KafkaSettings, log_id: str, programme: str, delivery: str, reason: str) -> None:
    """Append `delivery.redriven`, so that the delivery is tried again. Raises NotUndelivered, LogError."""
    log = KafkaLog(kafka)
    try:
        await redrive_on(log, log_id, programme, delivery, reason)
    finally:
        await log.close()


async def redrive_on(log: Log, log_id: str, programme: str, delivery: str, reason: str) -> None:
    """As `redrive`, on an open log."""
    partition, ledger = partition_of(programme), Ledger()
    guarded = GuardedPartition[Counted](log, DISPATCHES, partition, SingleAtRule(), ledger.fold)
    await guarded.catch_up()
    known = ledger.deliveries.get(delivery)
    if known is None or known.status not in ("abandoned", "held"):
        raise NotUndelivered(f"{delivery}: {known.status if known else 'unknown or delivered'}")

    def build(at: int) -> Sequence[Entry]:
        if ledger.deliveries[delivery].status not in ("abandoned", "held"):
            return []
        dispatch = Dispatch(
            log=log_id,
            subject=programme,
            time=datetime.now(UTC),
            partition=partition,
            at=at,
            data=DeliveryRedriven(delivery=delivery, reason=reason),
        )
        return [Entry(programme.encode(), encode_dispatch(dispatch))]

    await Appender(guarded).append(build)
