"""A whole year on real processes, each time with another fault: it must end with the same lights."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

import httpx
import pytest
from kafka import KafkaAdminClient

from contracts.topics import PARTITIONS, RULINGS
from embedded.stack import Stack
from tests.chaos.faulty_year import FaultyYear, kill_all, no_fault, stack_for_a_year
from tests.services.rating.acts import until, until_grown

pytestmark = [pytest.mark.chaos, pytest.mark.services, pytest.mark.timeout(300)]

PARTS = ("intake", "rating", "notify", "query", "mail")
DEADLINES = [
    datetime.fromisoformat(f"{day}T00:10:00+08:00") for day in ("2024-04-11", "2024-07-11", "2024-10-11", "2025-01-11")
]
"""When the quarters' reports are announced."""


MORE_RULINGS = 3
"""Each fault comes so many records of rulings later after its deadline than the last one."""


def over_a_deadline(faulty: FaultyYear, at: datetime) -> bool:
    """Whether the clock has just moved over a deadline; counts the faults."""
    crossed = any(faulty.before < instant <= at for instant in DEADLINES)
    faulty.before = at
    faulty.faults += crossed
    return crossed


async def amid_the_deadline(faulty: FaultyYear) -> None:
    """Wait until some rulings of the deadline lie on the log, each time a few more, or until no more come."""
    log = faulty.log()

    async def appended() -> int:
        return sum(await asyncio.gather(*(log.end(RULINGS, partition) for partition in range(PARTITIONS))))

    try:
        await until_grown(appended, MORE_RULINGS * faulty.faults)
    finally:
        await log.close()


async def kill_every_service(faulty: FaultyYear, at: datetime) -> None:
    """SIGKILL of every service and of the mail server at once, in the middle of a deadline."""
    if over_a_deadline(faulty, at):
        await amid_the_deadline(faulty)
        await asyncio.to_thread(kill_all, faulty.stack, PARTS)


async def kill_the_broker(faulty: FaultyYear, at: datetime) -> None:
    """SIGKILL of the broker while rulings and notices are being appended."""
    if over_a_deadline(faulty, at) and faulty.faults <= 3:
        await amid_the_deadline(faulty)
        faulty.stack.kill("kafka")


async def stop_an_owner(faulty: FaultyYear, at: datetime) -> None:
    """SIGSTOP of one of two ratings beyond its session, in the middle of a deadline, then SIGCONT."""
    if over_a_deadline(faulty, at) and faulty.faults <= 2:
        other, name = ("rating", "rating-2") if faulty.faults % 2 else ("rating-2", "rating")
        process = faulty.stack.process(name)
        process.send_signal(signal.SIGSTOP)
        await until(partial(owns_everything, faulty.stack.urls[other]), f"{other} owning every partition", 120)
        process.send_signal(signal.SIGCONT)


def owns_everything(url: str) -> bool:
    """Whether a rating is ready and owns every partition."""
    answer = httpx.get(f"{url}/readyz", trust_env=False)
    return answer.is_success and len(answer.json()["partitions"]) == PARTITIONS


async def move_group_offsets(faulty: FaultyYear, at: datetime) -> None:
    """Offsets are written for rating's group, then the group's memory is thrown away: nobody reads them."""
    if over_a_deadline(faulty, at) and faulty.faults <= 2:
        group = faulty.stack.env["RATING_GROUP"]
        await asyncio.to_thread(faulty.stack.stop_part, "rating")
        await asyncio.to_thread(_rewrite_offsets, faulty.bootstrap, faulty.prefix, group, faulty.faults)
        await asyncio.to_thread(faulty.stack.start_part, "rating")


def _rewrite_offsets(bootstrap: str, prefix: str, group: str, number: int) -> None:
    from kafka import KafkaConsumer, TopicPartition  # noqa: PLC0415
    from kafka.structs import OffsetAndMetadata  # noqa: PLC0415

    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        if number == 1:
            consumer = KafkaConsumer(bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False)
            consumer.commit(
                {TopicPartition(f"{prefix}submissions", p): OffsetAndMetadata(10_000, "", -1) for p in range(12)}
            )
            consumer.close()
        else:
            admin.delete_groups([group])
    finally:
        admin.close()


async def test_every_part_killed_in_the_middle_of_every_deadline(
    tmp_path: Path, kafka: str, postgres: Callable[[], str]
) -> None:
    stack, start, year = stack_for_a_year(tmp_path, "killed", postgres(), kafka)
    with stack:
        faulty = FaultyYear(stack, start, kill_every_service)
        seen = await faulty.live(year)
        print(f"killed: {faulty.faults} faults, {await faulty.judge(year, seen)}")  # noqa: T201
        assert faulty.faults == len(DEADLINES)
        assert len(stack.ended) >= len(DEADLINES) * len(PARTS)


async def test_every_submission_sent_twice_while_group_offsets_are_moved_and_deleted(
    tmp_path: Path, kafka: str, postgres: Callable[[], str]
) -> None:
    stack, start, year = stack_for_a_year(tmp_path, "twice", postgres(), kafka)
    with stack:
        faulty = FaultyYear(stack, start, move_group_offsets, twice=True)
        seen = await faulty.live(year)
        print(f"twice: {await faulty.judge(year, seen)}")  # noqa: T201
        repeated = sum(n for (_, verdict), n in seen.verdicts.items() if verdict == "repeated")
        # What was ruled on by then is answered with the first receipt, the others lie behind it and are ruled repeated.
        appended = [second for first, second in faulty.again if second != first]
        alone = [act for act in year.plan.acts if not act.door]  # the others reach many items at once
        assert len(faulty.again) == len(faulty.receipts) >= len(alone)
        print(f"{len(faulty.again)} sent twice, {len(appended)} appended twice")  # noqa: T201
        assert repeated >= len(appended) > 0


@pytest.mark.parametrize("group", ["one-group", "two-groups"])
async def test_two_ratings_in_one_group_or_in_two_leave_the_same_year(
    group: str, tmp_path: Path, kafka: str, postgres: Callable[[], str]
) -> None:
    """In one group an owner is stopped beyond its session; in two groups every partition always has two owners."""
    stack, start, year = stack_for_a_year(tmp_path, group, postgres(), kafka)
    with stack:
        own = {} if group == "one-group" else {"RATING_GROUP": f"chaos-{group}-other"}
        _second_rating(stack, own)
        faulty = FaultyYear(stack, start, stop_an_owner if group == "one-group" else no_fault)
        seen = await faulty.live(year)
        print(f"{group}: {await faulty.judge(year, seen)}")  # noqa: T201
        assert group == "two-groups" or faulty.faults == len(DEADLINES)


def _second_rating(stack: Stack, env: dict[str, str]) -> None:
    stack.add_instance("rating-2", "rating", env=env)


async def test_a_broker_that_is_killed_with_batches_in_flight_loses_no_receipt(
    tmp_path: Path, postgres: Callable[[], str]
) -> None:
    stack, start, year = stack_for_a_year(tmp_path, "broker", postgres(), kafka=None)
    with stack:
        faulty = FaultyYear(stack, start, kill_the_broker)
        seen = await faulty.live(year)
        print(f"broker: {await faulty.judge(year, seen)}")  # noqa: T201
        assert faulty.faults == len(DEADLINES)
