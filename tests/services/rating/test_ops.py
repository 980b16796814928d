"""The operational door tells the truth: progress, readiness, metrics."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from contracts.topics import RULINGS
from eventlog.log.memory import AppendFault, MemoryLog
from services.rating import ops
from services.rating.app import Rating
from tests.eventlog.slow_log import SlowLog
from tests.services.rating.acts import PUBLISHED, UNIT, at, report, subjects, until
from tests.services.rating.running_rating import RunningRating, broken_for, status

SUBJECT = subjects(3)[0]


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[RunningRating]:
    running = RunningRating(tmp_path)
    yield running
    await running.close()


async def ask(rating: Rating, path: str) -> httpx.Response:
    """What the door answers."""
    transport = httpx.ASGITransport(app=ops.build(rating))
    async with httpx.AsyncClient(transport=transport, base_url="http://rating") as client:
        return await client.get(path)


async def figures(rating: Rating) -> dict[tuple[str, str], float]:
    """Samples by name and first label."""
    text = (await ask(rating, "/metrics")).text
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {(s.name, next(iter(s.labels.values()), "")): s.value for s in samples}


async def progress(rating: Rating) -> dict[str, Any]:
    """Progress of partition 3."""
    partitions: dict[str, Any] = (await ask(rating, "/v1/progress")).json()["partitions"]
    return partitions["3"]  # type: ignore[no-any-return]


async def test_progress_tells_up_to_when_everything_is_announced_and_ruled_on(running: RunningRating) -> None:
    rating = await running.start()
    await running.open(SUBJECT)
    await running.ruled()
    await running.live_until(PUBLISHED)
    assert await progress(rating) == {"position": 3, "announced_until": PUBLISHED.isoformat(), "idle": True}
    instant = at("2024-04-11 00:10")
    running.clock.set(instant)
    assert (await progress(rating))["announced_until"] == PUBLISHED.isoformat(), "not claimed before it is done"
    await running.live_until(instant)
    assert running.settlements(SUBJECT) == ["2024Q1"]
    assert (await progress(rating))["announced_until"] == instant.isoformat()


async def test_progress_is_taken_back_when_a_ruling_leaves_something_to_announce(running: RunningRating) -> None:
    instant = at("2024-06-01 00:00")
    rating = await running.start(3)
    await running.live_until(instant)
    await running.open(SUBJECT)
    for _ in range(1000):
        told = await progress(rating)
        if told["position"] >= 3 and told["announced_until"]:
            break
        await asyncio.sleep(0.002)
    assert running.settlements(SUBJECT) == ["2024Q1"], "claimed before it was done"


async def test_nothing_is_claimed_while_a_submission_waits_for_its_ruling(running: RunningRating) -> None:
    log = MemoryLog(running.topics)
    rating = await running.start(3, log=log)
    await running.open(SUBJECT)
    await running.live_until(PUBLISHED)
    log.fail_next(RULINGS, AppendFault.HELD)
    await running.say(SUBJECT, report("2024Q1"), UNIT, PUBLISHED)
    await log.held()
    assert await progress(rating) == {"position": 3, "announced_until": None, "idle": False}
    log.release()
    await running.live_until(PUBLISHED)
    assert (await progress(rating))["position"] == 4


async def test_every_partition_owned_is_told_and_no_other(running: RunningRating) -> None:
    rating = await running.start(3, 7)
    await running.ruled()
    await until(lambda: rating.ready, "readiness")
    assert list((await ask(rating, "/v1/progress")).json()["partitions"]) == ["3", "7"]
    assert (await ask(rating, "/readyz")).status_code == 200
    assert (await ask(rating, "/healthz")).status_code == 200


async def test_readiness_names_the_partition_that_is_stopped_and_why(running: RunningRating) -> None:
    rating = await running.start(rules=broken_for(SUBJECT))
    await running.open(SUBJECT)
    await until(lambda: status(rating, 3).defects, "the defect")
    answer = await ask(rating, "/readyz")
    assert answer.status_code == 503
    assert "a defect" in answer.json()["partitions"]["3"]["problem"]
    assert answer.json()["partitions"]["4"]["problem"] is None
    assert (await ask(rating, "/healthz")).status_code == 200


async def test_metrics_count_verdicts_lights_positions_and_waiting(running: RunningRating) -> None:
    rating = await running.start()
    await running.open(SUBJECT)
    await running.put(SUBJECT, b"garbage")
    await running.say(SUBJECT, report("2024Q1"), UNIT, at("2024-04-09 10:00"))
    await running.live_until(at("2024-07-11 00:10"))
    found = await figures(rating)
    assert found[("rating_lights", "green")] == 1
    assert found[("rating_lights", "yellow")] == 1
    assert found[("rating_rulings", "unreadable")] == 1
    assert found[("rating_rulings", "accepted")] + 1 == found[("rating_position", "3")]
    assert found[("rating_submission_to_ruling_seconds_count", "")] == found[("rating_position", "3")]
    assert found[("rating_lag", "3")] == 0
    assert found[("rating_void_records_total", "3")] == 0
    await running.close()
    again = await running.start(3)
    await until(lambda: status(again, 3).healthy, "a second owner")
    found = await figures(again)
    assert found[("rating_lights", "green")] == 1, "lights are a state, not a count since the start"
    assert found[("rating_submission_to_ruling_seconds_count", "")] == 0


async def test_readiness_tells_what_is_left_to_be_read_and_for_how_long(running: RunningRating) -> None:
    first = await running.start(3)
    await running.open(SUBJECT)
    await running.ruled()
    await first.owner.stop()
    running.instances.remove(first)
    log = SlowLog(running.topics, RULINGS)
    records = running.topics.end(RULINGS, 3)
    rating = await running.start(3, log=log)
    await until(lambda: rating.left is not None and rating.left.records == records - 1, "one record read")
    await until(lambda: rating.left is not None and rating.left.per_second > 0, "a rate")
    before = rating.left
    answer = await ask(rating, "/readyz")
    after = rating.left
    assert before is not None
    assert after is not None
    assert answer.status_code == 503
    told = answer.json()["catching_up"]
    assert told["records"] == records - 1
    assert round(after.per_second) <= told["per_second"] <= round(before.per_second)
    assert 1 <= (before.seconds or 0) <= told["seconds"] <= (after.seconds or 0)
    log.go_on.set()
    await until(lambda: rating.ready, "readiness")
    answer = await ask(rating, "/readyz")
    assert (answer.status_code, "catching_up" in answer.json()) == (200, False)
