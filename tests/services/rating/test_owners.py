"""Whatever happens to an owner, each submission has one ruling that counts, made on the state that counts."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from contracts.submissions import RectificationReported
from contracts.topics import RULINGS, SUBMISSIONS
from eventlog.log.memory import Crash, Fault, MemoryLog
from services.audit.finding import AuditVerdict
from services.rating.app import Rating
from tests.services.rating.acts import UNIT, at, report, subjects, until
from tests.services.rating.house import House, broken_for, status


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    house = House(tmp_path)
    yield house
    await house.close()


async def a_year(house: House, *items: str) -> None:
    """Reports of the first two quarters, keys used twice, a refused act; the clock runs on in between."""
    await house.open(*items)
    for number, period in enumerate(("2024Q1", "2024Q2")):
        day = at("2024-04-09 10:00") + timedelta(days=91 * number)
        for subject in items:
            await house.say(subject, report(period), UNIT, day, key=period)
            await house.say(subject, report(period), UNIT, day, key=period)
            await house.say(subject, RectificationReported(), UNIT, day, key=f"nothing-{period}")
        await house.live_until(day + timedelta(days=3))


EXPECTED = ["accepted"] * 3


async def test_two_owners_of_the_same_partitions_leave_one_counting_ruling_each(house: House) -> None:
    items = [*subjects(1, 3), *subjects(2, 3)]
    await house.rate()
    await house.rate()
    await a_year(house, *items)
    await house.ruled()
    for subject in items:
        assert house.lights(subject) == {"2024Q1": "green", "2024Q2": "green"}
        assert [v for v in house.verdicts(subject) if v.startswith("rejected")] == ["rejected no_open_escalation"] * 2
    assert house.void() > 0, "the owners never met: the test shows nothing"
    assert house.audit().verdict is AuditVerdict.PROVED


@pytest.mark.parametrize("topic", [RULINGS, SUBMISSIONS])
@pytest.mark.parametrize("fault", [Fault.LOST, Fault.UNANSWERED, Fault.ZOMBIE])
async def test_an_append_without_an_answer_is_neither_lost_nor_doubled(house: House, topic: str, fault: Fault) -> None:
    subject = subjects(3)[0]
    log = MemoryLog(house.topics)
    log.fail_next(topic, fault, fault)
    await house.rate(3, log=log)
    await a_year(house, subject)
    log.land()
    await house.live_until(at("2024-10-12 00:00"))
    await house.ruled()
    assert house.lights(subject) == {"2024Q1": "green", "2024Q2": "green", "2024Q3": "yellow"}
    assert house.settlements(subject) == ["2024Q1", "2024Q2", "2024Q3"]
    assert house.audit().verdict is AuditVerdict.PROVED


@pytest.mark.parametrize("topic", [RULINGS, SUBMISSIONS])
@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER])
async def test_an_owner_that_dies_at_an_append_is_followed_by_one_that_goes_on(
    house: House, topic: str, fault: Fault
) -> None:
    subject = subjects(3)[0]
    log = MemoryLog(house.topics)
    first = await house.rate(3, log=log)
    await house.open(subject)
    await house.ruled()
    log.fail_next(topic, fault)
    await house.say(subject, report("2024Q1"), UNIT, at("2024-04-09 10:00"))
    house.clock.set(at("2024-04-11 00:10"))
    await until(lambda: log.dead, "the crash")
    await bury(house, first)
    await house.rate(3)
    await house.live_until(at("2024-04-11 00:10"))
    await house.ruled()
    assert house.lights(subject) == {"2024Q1": "green"}
    assert house.settlements(subject) == ["2024Q1"]
    assert house.audit().verdict is AuditVerdict.PROVED


async def bury(house: House, rating: Rating) -> None:
    """Take a crashed instance out of the house."""
    house.instances.remove(rating)
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


async def test_a_stopped_owner_that_goes_on_with_a_batch_in_hand_rules_on_nothing_twice(house: House) -> None:
    subject = subjects(3)[0]
    log = MemoryLog(house.topics)
    await house.rate(3, log=log)
    await house.open(subject)
    await house.ruled()
    log.fail_next(RULINGS, Fault.HELD)
    await house.say(subject, report("2024Q1"), UNIT, at("2024-04-09 10:00"))
    await log.held()
    await house.rate(3)
    await house.ruled()
    await house.say(subject, report("2024Q1"), UNIT, at("2024-04-09 11:00"))
    await house.ruled()
    log.release()
    await until(lambda: house.void() > 0, "the late batch on the log")
    await house.say(subject, report("2024Q2"), UNIT, at("2024-04-09 12:00"))
    await house.ruled()
    assert house.verdicts(subject) == ["accepted"] * 6
    assert house.audit().verdict is AuditVerdict.PROVED


async def test_a_defect_for_one_item_stops_its_partition_alone_and_nothing_is_skipped(house: House) -> None:
    sick, healthy = subjects(3, 2)
    elsewhere = subjects(4)[0]
    broken = await house.rate(rules=broken_for(sick))
    await house.open(healthy, sick, elsewhere)
    await until(lambda: status(broken, 3).defects > 1, "the defect, and another try")
    assert house.verdicts(healthy) == ["accepted"] * 3, "what lies before it is ruled on"
    assert house.verdicts(sick) == []
    assert house.verdicts(elsewhere) == ["accepted"] * 3
    assert not broken.ready
    assert "a defect" in (status(broken, 3).problem or "")
    await house.close()
    repaired = await house.rate()
    await house.ruled()
    assert house.verdicts(sick) == ["accepted"] * 3
    await until(lambda: repaired.ready, "readiness")
    assert house.audit().verdict is AuditVerdict.PROVED


async def test_stray_records_written_to_rulings_by_hand_change_nothing(house: House) -> None:
    subject = subjects(3)[0]
    await house.rate(3)
    await house.open(subject)
    await house.ruled()
    copy = [record.value for record in house.topics.records(RULINGS, 3)]
    await house.people.append(RULINGS, 3, None, [copy[0] or b"", b"{}", b"\xff"])
    await house.say(subject, report("2024Q1"), UNIT, at("2024-04-09 10:00"))
    await house.ruled()
    assert house.lights(subject) == {"2024Q1": "green"}
    report_ = house.audit()
    assert (report_.verdict, report_.void) == (AuditVerdict.PROVED, house.void())
    assert house.void() >= 3


async def test_submissions_that_were_cut_and_written_anew_stop_the_partition(house: House) -> None:
    subject, other = subjects(3, 2)
    await house.rate(3)
    await house.open(subject)
    await house.ruled()
    await house.close()
    house.topics.cut(SUBMISSIONS, 3, 0)
    await house.open(other)
    rating = await house.rate(3)
    await until(lambda: status(rating, 3).phase == "cut", "the stop")
    assert not rating.ready
    assert house.audit().verdict is AuditVerdict.CONTRADICTED


async def test_rulings_that_were_cut_under_a_running_owner_stop_it(house: House) -> None:
    subject = subjects(3)[0]
    rating = await house.rate(3)
    await house.open(subject)
    await house.ruled()
    house.topics.cut(RULINGS, 3, 1)
    await house.say(subject, report("2024Q1"), UNIT, at("2024-04-09 10:00"))
    await until(lambda: status(rating, 3).phase == "cut", "the stop")
    assert not rating.ready
