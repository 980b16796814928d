"""Rating answers every submission with one ruling, lights come out as the rulebook says, and the replay proves it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from contracts.submissions import ProgressReviewed
from services.audit.finding import AuditVerdict
from tests.services.rating.acts import OFFICE, UNIT, at, report, subjects
from tests.services.rating.running_rating import RunningRating


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[RunningRating]:
    running = RunningRating(tmp_path)
    yield running
    await running.close()


async def test_a_met_node_is_green_a_missed_one_yellow_a_second_one_red(running: RunningRating) -> None:
    subject = subjects(3)[0]
    await running.start()
    await running.open(subject)
    await running.say(subject, report("2024Q1"), UNIT, at("2024-04-09 10:00"))
    await running.ruled()
    assert running.lights(subject) == {"2024Q1": "green"}
    await running.live_until(at("2024-10-11 00:10"))
    assert running.lights(subject) == {"2024Q1": "green", "2024Q2": "yellow", "2024Q3": "red"}
    assert running.audit().verdict is AuditVerdict.PROVED


async def test_deadlines_that_a_jump_of_the_clock_passes_are_announced_in_the_order_of_their_instants(
    running: RunningRating,
) -> None:
    subject = subjects(4)[0]
    await running.start()
    await running.open(subject)
    await running.ruled()
    await running.live_until(at("2025-01-20 00:00"))
    assert running.settlements(subject) == ["2024Q1", "2024Q2", "2024Q3", "2024Q4"]
    times = [event.time for event in running.events(subject) if event.causeid and event.ordinal == 0]
    assert times == sorted(times)
    raised = [event.data for event in running.events(subject) if event.type.startswith("liangdeng.escalation.overdue")]
    assert raised, "the rectification that the first yellow raised became overdue in between"


async def test_an_overturned_report_takes_the_light_back_and_the_replay_agrees(running: RunningRating) -> None:
    subject = subjects(5)[0]
    await running.start()
    await running.open(subject)
    await running.say(subject, report("2024Q1"), UNIT, at("2024-04-09 10:00"))
    await running.live_until(at("2024-04-11 00:10"))
    await running.say(subject, ProgressReviewed(period="2024Q1", finding="overturned"), OFFICE, at("2024-04-15 10:00"))
    await running.ruled()
    assert running.lights(subject) == {"2024Q1": "yellow"}
    assert running.audit().verdict is AuditVerdict.PROVED


async def test_the_same_submission_again_is_repeated_and_with_another_body_refused(running: RunningRating) -> None:
    subject = subjects(6)[0]
    await running.start()
    await running.open(subject)
    for period in ("2024Q1", "2024Q1", "2024Q2"):
        await running.say(subject, report(period), UNIT, at("2024-04-09 10:00"), key="one-key")
    await running.ruled()
    assert running.verdicts(subject)[-3:] == ["accepted", "repeated", "rejected idempotency_key_reused"]


async def test_items_of_one_partition_do_not_see_each_other(running: RunningRating) -> None:
    first, second, third = subjects(7, 3)
    await running.start()
    await running.open(first, second, third)
    await running.say(second, report("2024Q1"), UNIT, at("2024-04-09 10:00"))
    await running.live_until(at("2024-04-11 00:10"))
    assert [running.lights(s)["2024Q1"] for s in (first, second, third)] == ["yellow", "green", "yellow"]
    assert running.audit().verdict is AuditVerdict.PROVED
