"""Logs for the figures: the catalogue's recorded year, as many programmes of it as are asked for, on Kafka."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from bench.recorded import Recorded, record
from contracts.topics import MAX_BATCH_BYTES, PARTITIONS, TOPIC_CONFIG, TOPICS
from eventlog.log import provisioning
from eventlog.log.kafka import KafkaLog
from eventlog.log.record import Entry
from eventlog.log.settings import KafkaSettings
from programmes.programme_file import load_programme
from sandbox.year.plan import plan
from sandbox.year.simulated_year import CATALOGUE

BOOTSTRAP_MILLISECONDS = 10_000


def recorded_years(programmes: int) -> Recorded:
    """So many programmes like the catalogue, each with a year of its own."""
    catalogue = load_programme(CATALOGUE, simulated=True)
    copies = [catalogue.model_copy(update={"programme": f"{n:06d}-2024"}) for n in range(programmes)]
    return record([(copy, plan(copy, str(n))) for n, copy in enumerate(copies)])


@asynccontextmanager
async def fresh_log(bootstrap: str, prefix: str) -> AsyncIterator[KafkaLog]:
    """A log with empty topics of its own."""
    provisioning.apply(
        bootstrap,
        provisioning.specs(TOPICS, PARTITIONS, TOPIC_CONFIG, prefix=prefix),
        bootstrap_timeout_ms=BOOTSTRAP_MILLISECONDS,
    )
    log = KafkaLog(KafkaSettings(bootstrap_servers=bootstrap, topic_prefix=prefix, client_id="liangdeng-bench"))
    try:
        yield log
    finally:
        await log.close()


async def fill(log: KafkaLog, topic: str, partition: int, values: Sequence[bytes]) -> None:
    """Append records in large batches."""
    batch: list[Entry] = []
    size = 0
    for value in values:
        if size + len(value) + 100 > MAX_BATCH_BYTES * 0.9:
            await log.append_entries(topic, partition, batch)
            batch, size = [], 0
        batch.append(Entry(b"", value))
        size += len(value) + 100
    if batch:
        await log.append_entries(topic, partition, batch)
