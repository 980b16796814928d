"""Query on real Kafka: it follows, restarts where it stood, shows a ruling soon, and is rebuilt to the same rows."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
from pydantic import SecretStr

from contracts.position_vector import LastOffsets
from contracts.topics import PARTITIONS, RULINGS, SUBMISSIONS, TOPIC_CONFIG, TOPICS, partition_of
from eventlog.log import provisioning
from eventlog.log.kafka import KafkaLog
from eventlog.log.record import Entry
from services.query.app import build, require_topics
from services.query.follow.rebuild import rebuild
from services.query.read_model.position import PLACES
from services.query.settings import QuerySettings
from tests.services.query.feed import Feed
from tests.services.query.house import tables, until
from tests.web.desk import POSITION_KEY
from web.position_tokens import PositionTokens

pytestmark = pytest.mark.services
P = "p-2024"
PART = partition_of(f"{P}/K01")


class Broker:
    """Copies what a feed writes in memory to Kafka; both give the same offsets."""

    def __init__(self, settings: QuerySettings, feed: Feed) -> None:
        self.log = KafkaLog(settings.kafka)
        self.feed = feed
        self._copied = dict.fromkeys(PLACES, 0)

    async def catch_up(self) -> None:
        """Append everything that is new."""
        for topic, part in PLACES:
            records = self.feed.topics.records(topic, part)[self._copied[(topic, part)] :]
            if records:
                base = await self.log.append_entries(topic, part, [Entry(one.key, one.value) for one in records])
                assert base == records[0].offset
                self._copied[(topic, part)] += len(records)


@asynccontextmanager
async def serving(settings: QuerySettings) -> AsyncIterator[httpx.AsyncClient]:
    """The application on real Kafka and PostgreSQL."""
    await require_topics(settings)
    app = build(settings)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://query") as client,
    ):
        await until(lambda: app.state.following.ready, "query did not get ready", 120)
        yield client


async def test_query_follows_kafka_restarts_where_it_stood_and_is_rebuilt_to_the_same_rows(
    kafka: str, topic_prefix: str, postgres: Callable[[], str]
) -> None:
    settings = QuerySettings(
        bootstrap_servers=kafka,
        database_url=postgres(),
        topic_prefix=topic_prefix,
        position_key=SecretStr(POSITION_KEY),
    )
    with pytest.raises(provisioning.TopicDrift):
        await require_topics(settings)
    await asyncio.to_thread(
        provisioning.apply, kafka, provisioning.specs(TOPICS, PARTITIONS, TOPIC_CONFIG, prefix=topic_prefix)
    )
    feed = Feed()
    broker = Broker(settings, feed)
    feed.publish(P, items=[f"K{n:02}" for n in range(1, 11)])
    feed.green(feed.report(P, "K01"))
    feed.notice(P, "K02", feed.deadline(P, "K02", "2024Q1", "none", "yellow")[-1])
    await broker.catch_up()
    async with serving(settings) as client:
        lights = (await client.get(f"/v1/programmes/{P}/lights?period=2024Q1")).json()["lights"]
        assert {one["item"]: one["light"] for one in lights}.items() >= {"K01": "green", "K02": "yellow"}.items()
    feed.green(feed.report(P, "K01", "2024Q2"), "2024Q2")
    feed.deadline(P, "K01", "2024Q1", "green", "green")
    await broker.catch_up()
    async with serving(settings) as client:
        took = []
        for period in ("2024Q3", "2024Q4"):
            for item in ("K03", "K04", "K05", "K06", "K07"):
                part = partition_of(f"{P}/{item}")
                report = feed.report(P, item, period)
                feed.green(report, period)
                offset = feed.topics.end(SUBMISSIONS, part) - 1
                began = time.monotonic()
                await broker.catch_up()
                answer = await client.get(f"/v1/progress?min_position={token(SUBMISSIONS, part, offset)}&timeout=5")
                took.append(time.monotonic() - began)
                assert answer.status_code == 200
        assert sorted(took)[len(took) // 2] < 1.0, took
        live = await tables(settings.database_url)
        assert len(live["submission"]) == sum(feed.topics.end(SUBMISSIONS, part) for part in range(PARTITIONS))
        outcome = await rebuild(broker.log, settings.database_url)
        assert (outcome.exit_code, outcome.swapped) == (0, True), outcome.difference
        feed.rule(feed.report(P, "K01", "2024Q3"), shift=1)
        feed.green(feed.report(P, "K08"))
        await broker.catch_up()
        part = partition_of(f"{P}/K08")
        reached = await client.get(
            f"/v1/progress?min_position={token(RULINGS, part, feed.topics.end(RULINGS, part) - 1)}&timeout=10"
        )
        assert reached.status_code == 200
    assert len((await tables(settings.database_url))["light"]) == len(live["light"]) + 1
    await broker.log.close()


def token(topic: str, partition: int, offset: int) -> str:
    """The token of one place."""
    return PositionTokens(POSITION_KEY).seal(LastOffsets({(topic, partition): offset}))
