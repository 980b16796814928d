"""Query: a rebuild of the read model, against COPY of the very rows that it makes, indexes included in both."""

from __future__ import annotations

from collections.abc import Sequence

from psycopg import AsyncConnection

from bench.figures import Rate, Watch
from bench.logs import fill, fresh_log
from bench.recorded import Recorded
from contracts.topics import RULINGS, SUBMISSIONS
from eventlog.log.kafka import KafkaLog
from services.query.follow.batch import PartitionFolds
from services.query.follow.log_reader import CHUNK
from services.query.follow.rebuild import rebuild
from services.query.read_model import schemas, writer
from services.query.read_model.position import PLACES, ReadPosition
from services.query.read_model.rows import Rows


async def measure(
    bootstrap: str, database_url: str, prefix: str, recorded: Recorded, rounds: int
) -> list[tuple[Rate, Rate]]:
    """Records per second of rebuilds, and of COPY of their rows."""
    async with fresh_log(bootstrap, prefix) as log:
        for number, partition in recorded.partitions.items():
            await fill(log, SUBMISSIONS, number, partition.submissions)
            await fill(log, RULINGS, number, partition.rulings)
        chunks = await _rows(log, recorded)
        figures = []
        for _ in range(rounds):
            watch = Watch()
            outcome = await rebuild(log, database_url, schema="bench", swap=False)
            _, cpu_seconds = watch.read()
            copied = await _copy(database_url, chunks)
            rate = Rate(outcome.records / outcome.seconds, outcome.records / cpu_seconds)
            figures.append((rate, Rate(*(outcome.records / seconds for seconds in copied))))
        return figures


async def _rows(log: KafkaLog, recorded: Recorded) -> Sequence[Rows]:
    """The rows of a rebuild, in chunks as it writes them."""
    folds, chunks = PartitionFolds(dict.fromkeys(PLACES, ReadPosition())), [Rows()]
    left = sum(len(p.submissions) + len(p.rulings) for p in recorded.partitions.values())
    async with log.follow(dict.fromkeys(PLACES, 0)) as follower:
        while left:
            for place, records in (await follower.poll(1.0, CHUNK)).items():
                folds.fold(place, records, chunks[-1])
                left -= len(records)
            if chunks[-1].total >= CHUNK:
                chunks.append(Rows())
    return chunks


async def _copy(database_url: str, chunks: Sequence[Rows]) -> tuple[float, float]:
    async with await AsyncConnection.connect(database_url, autocommit=True) as connection:
        await schemas.drop(connection, "bench_floor")
        watch = Watch()
        await schemas.make_tables(connection, "bench_floor")
        for rows in chunks:
            await writer.add(connection, rows)
        await schemas.make_indexes(connection)
        return watch.read()
