"""Logs for the figures: the catalogue's recorded year, as many programmes of it as are asked for, on Kafka."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
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
PORTION = 5


def recorded_years(programmes: int, first: int = 0) -> Recorded:
    """So many programmes like the catalogue, numbered from `first`, each with a year of its own."""
    catalogue = load_programme(CATALOGUE, simulated=True)
    copies = {n: catalogue.model_copy(update={"programme": f"{n:06d}-2024"}) for n in range(first, first + programmes)}
    return record([(copy, plan(copy, str(n))) for n, copy in copies.items()])


def portions(programmes: int) -> Iterator[Recorded]:
    """As many programmes, a few at a time: the bytes of thousands would not fit into memory."""
    portion = max(1, min(PORTION, programmes // 3))
    for first in range(0, programmes, portion):
        yield recorded_years(min(portion, programmes - first), first)


def keyed(recorded: Recorded) -> dict[int, list[Entry]]:
    """By partition: the submissions with their subjects as keys, as intake appends them."""
    return {
        number: [
            Entry(recorded.verdicts[f"{number}@{offset}"][0].encode(), value)
            for offset, value in enumerate(partition.submissions)
        ]
        for number, partition in recorded.partitions.items()
    }


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


async def fill(log: KafkaLog, topic: str, partition: int, values: Iterable[bytes]) -> None:
    """Append records without keys in large batches."""
    await fill_entries(log, topic, partition, (Entry(b"", value) for value in values))


async def fill_entries(log: KafkaLog, topic: str, partition: int, entries: Iterable[Entry]) -> None:
    """Append records in large batches."""
    batch: list[Entry] = []
    size = 0
    for entry in entries:
        taken = len(entry.key or b"") + len(entry.value or b"") + 100
        if size + taken > MAX_BATCH_BYTES * 0.9:
            await log.append_entries(topic, partition, batch)
            batch, size = [], 0
        batch.append(entry)
        size += taken
    if batch:
        await log.append_entries(topic, partition, batch)
