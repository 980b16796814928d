"""The log itself is damaged while real processes of rating work on it; and what each guard is for."""

from __future__ import annotations

import asyncio
import dataclasses
import signal
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from kafka import KafkaAdminClient

from contracts.envelope import digest_of
from contracts.submission import decode_submission
from contracts.submissions import DeadlinePassed, LagDeclared, PlanDecided, PlanSubmitted, ProgressReported
from contracts.topics import PARTITIONS, RULINGS, SUBMISSIONS, TOPIC_CONFIG, TOPICS, partition_of
from contracts.values import Actor, Node
from eventlog.at.at_rule import AtRule
from eventlog.log import provisioning
from services.audit.finding import AuditVerdict
from tests.services.rating.acts import (
    LEADER,
    LOG,
    OFFICE,
    PROOF,
    PUBLISHED,
    UNIT,
    assigned,
    at,
    report,
    submitted,
    until,
)
from tests.services.rating.rating_processes import ITEMS, RatingProcesses

pytestmark = [pytest.mark.chaos, pytest.mark.services, pytest.mark.timeout(400)]
SABOTAGE = Path(__file__).parent / "sabotage"
ALARM = Actor(role="alarm", id="alarm")


@pytest.fixture
async def running(kafka: str, topic_prefix: str, tmp_path: Path) -> AsyncIterator[RatingProcesses]:
    running = RatingProcesses(kafka, topic_prefix, tmp_path)
    yield running
    await running.close()


def without(guard: str) -> dict[str, str]:
    """The environment of a process that lacks a guard."""
    return {"PYTHONPATH": str(SABOTAGE / guard)}


async def readiness(running: RatingProcesses, port: int) -> httpx.Response:
    return await running.http.get(f"http://127.0.0.1:{port}/readyz")


async def rulings_on(running: RatingProcesses, partition: int) -> list[str]:
    """The types of the events that count on a partition."""
    end, counting, found = await running.log.end(RULINGS, partition), AtRule(), []
    async with asyncio.timeout(120), running.log.follow({(RULINGS, partition): 0}) as follower:
        while counting.seen < end:
            for records in (await follower.poll(0.5)).values():
                found += [event.body for ruling in counting.fold(records) for event in ruling.events]
    return [event["type"].removeprefix("liangdeng.").removesuffix(".v1") for event in found]


@pytest.mark.parametrize("guard", [None, "no_compare"])
async def test_two_owners_for_ever_agree_but_not_without_the_comparison(
    running: RatingProcesses, guard: str | None
) -> None:
    """Chaos 2: without `offset == at` before a state changes, two owners rule on states that never were."""
    env = without(guard) if guard else {}
    for group in ("one", "two"):
        await running.owns_everything(running.start(RATING_GROUP=group, **env))
    await running.open()
    await running.report("2024Q1", at("2024-04-09 10:00"))
    if guard is None:
        await running.live_until(at("2024-07-11 00:10"))
        report_ = await running.audit()
        assert report_.verdict is AuditVerdict.PROVED
        assert report_.void > 0
        return
    await until(running.ruled, "a ruling on everything", 120)

    async def contradicted() -> bool:
        return (await running.audit()).verdict is AuditVerdict.CONTRADICTED

    await until(contradicted, "two owners that contradict each other", 120)


@pytest.mark.parametrize("guard", [None, "no_verify"])
async def test_submissions_that_were_cut_and_written_anew_stop_the_partitions(
    running: RatingProcesses, guard: str | None
) -> None:
    """Chaos 7: the offsets are there again, but hold something else."""
    port = running.start()
    await running.open()
    await running.report("2024Q1", at("2024-04-09 10:00"))
    await running.live_until(at("2024-04-09 12:00"))
    running.hit(port, signal.SIGKILL)
    await asyncio.to_thread(_cut, running)
    for subject in ITEMS:
        for number in range(10):
            await running.put(subject, submitted(subject, LagDeclared(), OFFICE, f"other-{number}", PUBLISHED))
    port = running.start(**(without(guard) if guard else {}))
    if guard:
        await running.owns_everything(port, 120)
        return
    await until(lambda: running.logs().count("the log was cut") >= PARTITIONS, "every partition stopped", 120)
    assert (await readiness(running, port)).status_code == 503
    assert (await running.audit()).verdict is AuditVerdict.CONTRADICTED


def _cut(running: RatingProcesses) -> None:
    admin = KafkaAdminClient(bootstrap_servers=running.bootstrap)
    try:
        admin.delete_topics([running.prefix + SUBMISSIONS])
    finally:
        admin.close()
    specs = provisioning.specs(TOPICS, PARTITIONS, TOPIC_CONFIG, prefix=running.prefix)
    for _ in range(100):
        try:
            provisioning.apply(running.bootstrap, specs)
            provisioning.check(running.bootstrap, specs)
        except Exception:
            continue
        return


@pytest.mark.parametrize("guard", [None, "no_alarm"])
async def test_a_quiet_partition_lets_its_deadline_pass_after_everybody_restarted(
    running: RatingProcesses, guard: str | None
) -> None:
    """Chaos 9: nothing comes in, and the light turns yellow all the same."""
    port = running.start()
    await running.open()
    await running.live_until(at("2024-04-01 00:00"))
    running.hit(port, signal.SIGKILL)
    await running.owns_everything(running.start(**(without(guard) if guard else {})))
    partition = partition_of(ITEMS[0])
    if guard:
        await running.live_until(at("2024-04-11 00:10"))
        assert "light.settled" not in await rulings_on(running, partition)
        return
    await running.live_until(at("2024-04-11 00:10"))
    assert (await rulings_on(running, partition)).count("light.settled") == 2
    assert (await running.audit()).verdict is AuditVerdict.PROVED


async def test_alarms_early_double_late_and_by_a_zombie_settle_once(running: RatingProcesses) -> None:
    """Chaos 10: whoever announces, and how often, a period settles once."""
    subject = ITEMS[0]
    due = at("2024-04-11 00:00")
    passed = DeadlinePassed(kind="report", ref="2024Q1", due_at=due)

    async def ring(when: str, key: str) -> None:
        value = orjson.loads(submitted(subject, passed, ALARM, key, at(when)))
        value["source"] = f"//liangdeng/{LOG}/rating"
        await running.put(subject, orjson.dumps(value, option=orjson.OPT_SORT_KEYS))

    port = running.start()
    await running.open()
    await running.live_until(at("2024-04-08 00:00"))
    await ring("2024-04-08 00:00", "early")
    await running.live_until(at("2024-04-11 00:10"))
    running.hit(port, signal.SIGKILL)
    for key in ("double", "late", "zombie"):
        await ring("2024-04-11 00:10", key)
    running.start()
    await running.live_until(at("2024-04-12 00:00"))
    found = await rulings_on(running, partition_of(subject))
    assert found.count("light.settled") == 2  # two items lie on the partition
    report_ = await running.audit()
    assert report_.verdict is AuditVerdict.PROVED
    assert report_.verdicts["rejected"] >= 1
    assert report_.verdicts["repeated"] >= 3


async def test_an_unknown_type_waits_for_the_upgrade_and_holds_up_no_other_partition(running: RatingProcesses) -> None:
    """Chaos 12."""
    port = running.start()
    await running.open()
    await running.live_until(PUBLISHED)
    subject = ITEMS[0]
    partition = partition_of(subject)
    event = orjson.loads(submitted(subject, LagDeclared(), OFFICE, "kumquat", PUBLISHED))
    event["type"] = "liangdeng.kumquat.eaten.v1"
    event["digest"] = _digest_of(event)
    await running.put(subject, orjson.dumps(event, option=orjson.OPT_SORT_KEYS))
    await running.report("2024Q1", at("2024-04-09 10:00"))

    async def others_are_ruled() -> bool:
        found = await running.progress()
        return all(
            p == partition or (p in found and found[p]["position"] >= running.positions[p]) for p in range(PARTITIONS)
        )

    await until(others_are_ruled, "rulings on the other partitions", 120)
    answer = await readiness(running, port)
    assert answer.status_code == 503
    assert "kumquat" in answer.text
    running.hit(port, signal.SIGKILL)
    running.start(**without("upgraded"))
    await running.live_until(at("2024-04-11 00:10"))


def _digest_of(event: dict[str, Any]) -> str:
    data = event["data"]
    assert isinstance(data, dict)
    return digest_of(str(event["type"]), {key: value for key, value in data.items() if key != "received_at"})


async def test_a_defect_for_one_item_stops_its_partition_alone_until_it_is_mended(running: RatingProcesses) -> None:
    """Chaos 14: never a ruling made from an exception, never a skip."""
    subject = ITEMS[0]
    partition = partition_of(subject)
    port = running.start(**without("defect"), SABOTAGE_SUBJECT=subject)
    await running.open()
    await running.report("2024Q1", at("2024-04-09 10:00"))
    await until(lambda: "a defect" in running.logs(), "the defect", 120)

    async def stopped_alone() -> bool:
        found = await running.progress()
        return set(range(PARTITIONS)) - {partition} <= {
            p for p, told in found.items() if told["position"] >= running.positions[p]
        }

    await until(stopped_alone, "rulings on the other partitions", 120)
    assert (await readiness(running, port)).status_code == 503
    running.hit(port, signal.SIGKILL)
    running.start()
    await running.live_until(at("2024-04-11 00:10"))
    report_ = await running.audit()
    assert report_.verdict is AuditVerdict.PROVED
    assert "unreadable" not in report_.verdicts


async def test_an_oversized_submission_and_a_stray_record_hold_nobody_up(running: RatingProcesses) -> None:
    """Chaos 6 and 15: the next small submission passes, the stray record is void."""
    subject = ITEMS[0]
    partition = partition_of(subject)
    running.start()
    await running.open()
    long = ProgressReported(period="2024Q1", claim="in_progress", narrative="长" * 4000)
    value = orjson.loads(submitted(subject, long, UNIT, "huge", at("2024-04-01 10:00")))
    value["data"]["padding"] = "x" * 200_000
    value["digest"] = _digest_of(value)
    await running.put(subject, orjson.dumps(value, option=orjson.OPT_SORT_KEYS))
    await running.put(subject, submitted(subject, report("2024Q1"), UNIT, "small", at("2024-04-01 10:01")))
    await running.live_until(at("2024-04-02 00:00"))
    await running.log.append(RULINGS, partition, b"stray", [b'{"at":"0","causeoffset":"7"}', b"\xff"])
    await running.put(subject, submitted(subject, report("2024Q1"), UNIT, "smaller", at("2024-04-02 10:01")))
    await running.live_until(at("2024-04-11 00:10"))
    report_ = await running.audit()
    assert report_.verdict is AuditVerdict.PROVED
    assert report_.void >= 2
    assert report_.verdicts["rejected"] == 1


async def test_a_submission_that_was_held_beyond_the_grace_counts_when_it_reached_the_log(
    kafka: str, topic_prefix: str, tmp_path: Path
) -> None:
    """Chaos 11: on a real clock, stamped in time, appended after the grace: late, and the light stays yellow."""
    running = RatingProcesses(kafka, topic_prefix, tmp_path)
    try:
        running.start(LIANGDENG_CLOCK="", RATING_MARGIN_SECONDS="0.5", RATING_TICK_SECONDS="0.05")
        now = datetime.now(UTC)
        due = now + timedelta(seconds=4)
        item = assigned(simulated=False)
        first = dataclasses.replace(item.periods[0], opens_at=now - timedelta(days=1), due_at=due)
        later = [dataclasses.replace(p, opens_at=due, due_at=due + timedelta(days=99)) for p in item.periods[1:]]
        calendar = dataclasses.replace(item.calendar, last_on=now.date() + timedelta(days=400))
        item = dataclasses.replace(
            item,
            published_at=now,
            plan_due_at=now + timedelta(seconds=2),
            periods=(first, *later),
            calendar=calendar,
            policy=dataclasses.replace(item.policy, grace_seconds=2),
        )
        held, prompt = ITEMS[0], ITEMS[2]
        for subject in (held, prompt):
            await running.put(subject, submitted(subject, item, OFFICE, "open", now))
            await running.put(
                subject,
                submitted(subject, PlanSubmitted(nodes={"2024Q1": Node(text="建成")}, evidence=PROOF), UNIT, "p", now),
            )
            await running.put(subject, submitted(subject, PlanDecided(decision="confirmed"), LEADER, "c", now))
        stamped = due - timedelta(seconds=0.3)
        await until(lambda: datetime.now(UTC) > due + timedelta(seconds=0.5), "the real clock beyond the deadline")
        await running.put(prompt, submitted(prompt, report("2024Q1"), UNIT, "r", stamped))
        await _events(running, held, wanted="light.settled")
        await running.put(held, submitted(held, report("2024Q1"), UNIT, "r", stamped))
        expected = {held: "yellow", prompt: "green"}
        for subject, light in expected.items():
            events = await _events(running, subject, wanted="progress.recorded")
            changes = [e["data"]["to"] for e in events if e["type"] == "liangdeng.light.changed.v1"]
            assert changes[-1] == light, subject
        assert (await running.audit()).verdict is AuditVerdict.PROVED
        assert decode_submission(submitted(held, report("2024Q1"), UNIT, "r", stamped)).received_at == stamped
    finally:
        await running.close()


async def _events(running: RatingProcesses, subject: str, wanted: str) -> list[dict[str, Any]]:
    """The counted events of a subject, once its period has settled and one of them is of the wanted type."""
    partition = partition_of(subject)
    async with asyncio.timeout(120):
        while True:
            found, counting = [], AtRule()
            end = await running.log.end(RULINGS, partition)
            async with running.log.follow({(RULINGS, partition): 0}) as follower:
                while counting.seen < end:
                    for records in (await follower.poll(0.2)).values():
                        found += [event.body for ruling in counting.fold(records) for event in ruling.events]
            mine = [event for event in found if event["subject"] == subject]
            types = {event["type"] for event in mine}
            if {f"liangdeng.{wanted}.v1", "liangdeng.light.settled.v1"} <= types:
                return mine
            await asyncio.sleep(0.1)
