"""One record that cannot be decoded: every service goes on with the other partitions, and readiness names the place."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from contracts.topics import PARTITIONS, RULINGS, SUBMISSIONS, TOPIC_CONFIG, TOPICS, partition_of, subject_of
from eventlog.log import provisioning
from eventlog.log.kafka import KafkaLog
from eventlog.log.settings import KafkaSettings
from services.query.app import build, require_topics
from services.query.ops import operator
from services.query.settings import QuerySettings
from tests.eventlog.undecodable import append_undecodable
from tests.services.intake import running_intake
from tests.services.notify import running_notify
from tests.services.query.feed import Feed
from tests.services.query.test_kafka import Broker
from tests.services.rating.acts import at
from tests.services.rating.rating_processes import ITEMS, RatingProcesses
from tests.web.desk import POSITION_KEY

pytestmark = [pytest.mark.services, pytest.mark.timeout(240)]


async def reached(holds: Callable[[], Awaitable[bool]], missing: str, seconds: float = 120) -> None:
    """Poll until something holds, or say what was missing."""
    deadline = time.monotonic() + seconds
    while not await holds():
        assert time.monotonic() < deadline, missing
        await asyncio.sleep(0.1)


def topics(kafka: str, prefix: str) -> KafkaSettings:
    """The three topics, made."""
    provisioning.apply(kafka, provisioning.specs(TOPICS, PARTITIONS, TOPIC_CONFIG, prefix=prefix))
    return KafkaSettings(bootstrap_servers=kafka, topic_prefix=prefix)


async def test_rating_rules_on_all_other_partitions(kafka: str, topic_prefix: str, tmp_path: Path) -> None:
    rating = RatingProcesses(kafka, topic_prefix, tmp_path)
    spoilt = 3
    try:
        port = rating.start()
        await rating.open()
        settings = KafkaSettings(bootstrap_servers=kafka, topic_prefix=topic_prefix)
        offset = await append_undecodable(settings, SUBMISSIONS, spoilt)
        await rating.report("2024Q1", at("2024-04-01 10:00"))

        async def ready() -> tuple[int, dict[str, Any]]:
            answer = await rating.http.get(f"http://127.0.0.1:{port}/readyz")
            return answer.status_code, answer.json()["partitions"]

        async def others_ruled() -> bool:
            progress = await rating.progress()
            return all(
                progress.get(p, {"position": 0})["position"] >= rating.positions[p]
                for p in range(PARTITIONS)
                if p != spoilt
            )

        async def named() -> bool:
            status, partitions = await ready()
            problem = partitions.get(str(spoilt), {}).get("problem") or ""
            return status == 503 and problem.startswith(f"submissions-{spoilt}@{offset} cannot be decoded")

        await reached(others_ruled, "the other partitions were not ruled on")
        await reached(named, "readiness does not name the record")
        _, partitions = await ready()
        assert [p for p, told in partitions.items() if told["problem"]] == [str(spoilt)]
        answer = await rating.http.get(f"http://127.0.0.1:{port}/v1/progress")
        assert answer.json()["partitions"][str(spoilt)]["position"] == offset
        assert len(ITEMS) == 2 * PARTITIONS
    finally:
        await rating.close()


async def test_intake_goes_on_with_items_on_all_other_partitions(kafka: str, topic_prefix: str, tmp_path: Path) -> None:
    settings = topics(kafka, topic_prefix)
    chosen = running_intake.settings_for(kafka, topic_prefix, tmp_path)
    async with running_intake.running(chosen, tmp_path) as intake:
        await intake.publish_and_rule()
        lead = {item.id: item.lead_unit for item in intake.dependencies.roster.items.values()}
        programme = intake.programme.programme
        spoilt = partition_of(subject_of(programme, "K01"))
        sound = next(
            item
            for item, unit in lead.items()
            if unit == lead["K01"] and partition_of(subject_of(programme, item)) != spoilt
        )
        offset = await append_undecodable(settings, RULINGS, spoilt)

        async def named() -> bool:
            answer = await intake.ops.get("/readyz")
            reasons: list[str] = answer.json()["reasons"]
            return answer.status_code == 503 and [r for r in reasons if f"rulings-{spoilt}@{offset}" in r] == reasons

        await reached(named, "readiness does not name the record")
        refused = await intake.submit("u-fagai-1", "K01", running_intake.REPORT, "spoilt")
        assert refused.status_code == 503
        assert f"rulings-{spoilt}@{offset}" in refused.text
        taken = await intake.submit("u-fagai-1", sound, running_intake.REPORT, "sound")
        assert taken.status_code == 202, taken.text
        await intake.rating.rule()
        place = partition_of(subject_of(programme, sound))
        counting = intake.dependencies.roster_feed.counting
        end = await intake.log.end(RULINGS, place)

        async def followed() -> bool:
            return counting[place].seen == end

        await reached(followed, "the ruling on the other partition was not read")


async def test_query_shows_what_comes_on_all_other_partitions(
    kafka: str, topic_prefix: str, postgres: Callable[[], str]
) -> None:
    settings = topics(kafka, topic_prefix)
    chosen = QuerySettings(
        bootstrap_servers=kafka,
        database_url=postgres(),
        topic_prefix=topic_prefix,
        position_key=SecretStr(POSITION_KEY),
    )
    programme, feed = "p-2024", Feed()
    broker = Broker(chosen, feed)
    feed.publish(programme, items=["K01", "K02"])
    await broker.catch_up()
    used = {partition_of(programme), *(partition_of(f"{programme}/{item}") for item in ("K01", "K02"))}
    spoilt = next(partition for partition in range(PARTITIONS) if partition not in used)
    await require_topics(chosen)
    app = build(chosen)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://query") as client,
        httpx.AsyncClient(transport=httpx.ASGITransport(operator(app)), base_url="http://operator") as ops,
    ):
        offset = await append_undecodable(settings, RULINGS, spoilt)

        async def named() -> bool:
            answer = await ops.get("/readyz")
            stopped: list[str] = answer.json()["stopped"]
            return answer.status_code == 503 and [s for s in stopped if f"rulings-{spoilt}@{offset}" in s] != []

        await reached(named, "readiness does not name the record")
        feed.green(feed.report(programme, "K01"))
        await broker.catch_up()

        async def shown() -> bool:
            answer = await client.get(f"/v1/programmes/{programme}/lights?period=2024Q1")
            return {one["item"]: one["light"] for one in answer.json()["lights"]}.get("K01") == "green"

        await reached(shown, "the light on another partition is not shown")
        assert len((await ops.get("/readyz")).json()["stopped"]) == 1
    await broker.log.close()


async def test_notify_tells_of_what_comes_on_all_other_partitions(
    kafka: str, topic_prefix: str, tmp_path: Path
) -> None:
    settings = topics(kafka, topic_prefix)
    log = KafkaLog(settings)
    rulings = running_notify.Rulings(log)
    await rulings.opened("k-001")
    subject = f"{running_notify.PROGRAMME}/k-001"
    used = {partition_of(subject), partition_of(running_notify.PROGRAMME)}
    spoilt = next(partition for partition in range(PARTITIONS) if partition not in used)
    offset = await append_undecodable(settings, RULINGS, spoilt)
    async with running_notify.mailbox(tmp_path) as mail:
        chosen = running_notify.settings(tmp_path, smtp_port=mail.port)
        async with running_notify.running(running_notify.notify_on(KafkaLog(settings), chosen)) as notify:

            async def named() -> bool:
                return any(reason.startswith(f"rulings-{spoilt}@{offset}") for reason in notify.reasons())

            await reached(named, "readiness does not name the record")
            await rulings.rule(subject, running_notify.reminder())
            await running_notify.until(lambda: mail.originals == 1, "the mail", 120)
            await reached(named, "readiness does not name the record")
    await log.close()
