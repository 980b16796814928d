"""Whatever happens to an owner, each submission has one ruling that counts, made on the state that counts."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from contracts.submissions import RectificationReported
from contracts.topics import RULINGS, SUBMISSIONS
from eventlog.log.memory import AppendFault, Crash, MemoryLog
from services.audit.finding import AuditVerdict
from services.rating.app import Rating
from tests.services.rating.acts import UNIT, at, report, subjects, until
from tests.services.rating.running_rating import RunningRating, broken_for, status


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[RunningRating]:
    running = RunningRating(tmp_path)
    yield running
    await running.close()


async def a_year(running: RunningRating, *items: str) -> None:
    """Reports of the first two quarters, keys used twice, a refused act; the clock runs on in between."""
    await running.open(*items)
    for number, period in enumerate(("2024Q1", "2024Q2")):
        day = at("2024-04-09 10:00") + timedelta(days=91 * number)
        for subject in items:
            await running.say(subject, report(period), UNIT, day, key=period)
            await running.say(subject, report(period), UNIT, day, key=period)
            await running.say(subject, RectificationReported(), UNIT, day, key=f"nothing-{period}")
        await running.live_until(day + timedelta(days=3))


EXPECTED = ["accepted"] * 3


async def test_two_owners_of_the_same_partitions_leave_one_counting_ruling_each(running: RunningRating) -> None:
    items = [*subjects(1, 3), *subjects(2, 3)]
    await running.start()
    await running.start()
    await a_year(running, *items)
    await running.ruled()
    for subject in items:
        assert running.lights(subject) == {"2024Q1": "green", "2024Q2": "green"}
        assert [v for v in running.verdicts(subject) if v.startswith("rejected")] == ["rejected no_open_escalation"] * 2
    assert running.void() > 0, "the owners never met: the test shows nothing"
    assert running.audit().verdict is AuditVerdict.PROVED


@pytest.mark.parametrize("topic", [RULINGS, SUBMISSIONS])
@pytest.mark.parametrize("fault", [AppendFault.LOST, AppendFault.UNANSWERED, AppendFault.ZOMBIE])
async def test_an_append_without_an_answer_is_neither_lost_nor_doubled(
    running: RunningRating, topic: str, fault: AppendFault
) -> None:
    subject = subjects(3)[0]
    log = MemoryLog(running.topics)
    log.fail_next(topic, fault, fault)
    await running.start(3, log=log)
    await a_year(running, subject)
    log.land()
    await running.live_until(at("2024-10-12 00:00"))
    await running.ruled()
    assert running.lights(subject) == {"2024Q1": "green", "2024Q2": "green", "2024Q3": "yellow"}
    assert running.settlements(subject) == ["2024Q1", "2024Q2", "2024Q3"]
    assert running.audit().verdict is AuditVerdict.PROVED


@pytest.mark.parametrize("topic", [RULINGS, SUBMISSIONS])
@pytest.mark.parametrize("fault", [AppendFault.CRASH_BEFORE, AppendFault.CRASH_AFTER])
async def test_an_owner_that_dies_at_an_append_is_followed_by_one_that_goes_on(
    running: RunningRating, topic: str, fault: AppendFault
) -> None:
    subject = subjects(3)[0]
    log = MemoryLog(running.topics)
    first = await running.start(3, log=log)
    await running.open(subject)
    await running.ruled()
    log.fail_next(topic, fault)
    await running.say(subject, report("2024Q1"), UNIT, at("2024-04-09 10:00"))
    running.clock.set(at("2024-04-11 00:10"))
    await until(lambda: log.dead, "the crash")
    await bury(running, first)
    await running.start(3)
    await running.live_until(at("2024-04-11 00:10"))
    await running.ruled()
    assert running.lights(subject) == {"2024Q1": "green"}
    assert running.settlements(subject) == ["2024Q1"]
    assert running.audit().verdict is AuditVerdict.PROVED


async def bury(running: RunningRating, rating: Rating) -> None:
    """Forget a crashed instance."""
    running.instances.remove(rating)
    owner = rating.owner
    tasks = [*owner._running.values(), *owner._announcing.values()]
    if owner._ticker:
        tasks.append(owner._ticker)
    for task in tasks:
        task.cancel()
    for task in tasks:
        try:
            await task
        except (Crash, asyncio.CancelledError):
            continue


async def test_a_stopped_owner_that_goes_on_with_a_batch_in_hand_rules_on_nothing_twice(running: RunningRating) -> None:
    subject = subjects(3)[0]
    log = MemoryLog(running.topics)
    await running.start(3, log=log)
    await running.open(subject)
    await running.ruled()
    log.fail_next(RULINGS, AppendFault.HELD)
    await running.say(subject, report("2024Q1"), UNIT, at("2024-04-09 10:00"))
    await log.held()
    await running.start(3)
    await running.ruled()
    await running.say(subject, report("2024Q1"), UNIT, at("2024-04-09 11:00"))
    await running.ruled()
    log.release()
    await until(lambda: running.void() > 0, "the late batch on the log")
    await running.say(subject, report("2024Q2"), UNIT, at("2024-04-09 12:00"))
    await running.ruled()
    assert running.verdicts(subject) == ["accepted"] * 6
    assert running.audit().verdict is AuditVerdict.PROVED


async def test_a_defect_for_one_item_stops_its_partition_alone_and_nothing_is_skipped(running: RunningRating) -> None:
    sick, healthy = subjects(3, 2)
    elsewhere = subjects(4)[0]
    broken = await running.start(rules=broken_for(sick))
    await running.open(healthy, sick, elsewhere)
    await until(lambda: status(broken, 3).defects > 1, "the defect, and another try")
    assert running.verdicts(healthy) == ["accepted"] * 3, "what lies before it is ruled on"
    assert running.verdicts(sick) == []
    await until(lambda: running.verdicts(elsewhere) == ["accepted"] * 3, "rulings on the other partition")
    assert not broken.ready
    assert "a defect" in (status(broken, 3).problem or "")
    await running.close()
    repaired = await running.start()
    await running.ruled()
    assert running.verdicts(sick) == ["accepted"] * 3
    await until(lambda: repaired.ready, "readiness")
    assert running.audit().verdict is AuditVerdict.PROVED


async def test_stray_records_written_to_rulings_by_hand_change_nothing(running: RunningRating) -> None:
    subject = subjects(3)[0]
    await running.start(3)
    await running.open(subject)
    await running.ruled()
    copy = [record.value for record in running.topics.records(RULINGS, 3)]
    await running.people.append(RULINGS, 3, None, [copy[0] or b"", b"{}", b"\xff"])
    await running.say(subject, report("2024Q1"), UNIT, at("2024-04-09 10:00"))
    await running.ruled()
    assert running.lights(subject) == {"2024Q1": "green"}
    report_ = running.audit()
    assert (report_.verdict, report_.void) == (AuditVerdict.PROVED, running.void())
    assert running.void() >= 3


async def test_submissions_that_were_cut_and_written_anew_stop_the_partition(running: RunningRating) -> None:
    subject, other = subjects(3, 2)
    await running.start(3)
    await running.open(subject)
    await running.ruled()
    await running.close()
    running.topics.cut(SUBMISSIONS, 3, 0)
    await running.open(other)
    rating = await running.start(3)
    await until(lambda: status(rating, 3).phase == "cut", "the stop")
    assert not rating.ready
    assert running.audit().verdict is AuditVerdict.CONTRADICTED


async def test_rulings_that_were_cut_under_a_running_owner_stop_it(running: RunningRating) -> None:
    subject = subjects(3)[0]
    rating = await running.start(3)
    await running.open(subject)
    await running.ruled()
    running.topics.cut(RULINGS, 3, 1)
    await running.say(subject, report("2024Q1"), UNIT, at("2024-04-09 10:00"))
    await until(lambda: status(rating, 3).phase == "cut", "the stop")
    assert not rating.ready
