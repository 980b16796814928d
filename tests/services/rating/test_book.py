"""Stories of the scenario book, lived through by a real process of rating on a real Kafka."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from contracts.ruling import ruling_from
from contracts.topics import RULINGS, partition_of
from eventlog.at.at_rule import AtRule
from programmes import FOLDER
from services.audit.finding import AuditVerdict
from services.rating.rules.draft import Event
from services.rating.rules.state.evolve import fold, named_by
from services.rating.rules.state.state import State
from services.rating.scenario_book.book import Scenario, read_book
from services.rating.scenario_book.expectation import differences
from services.rating.scenario_book.outcome import ScenarioOutcome
from tests.services.rating.acts import OFFICE, submitted
from tests.services.rating.rating_processes import RatingProcesses

pytestmark = [pytest.mark.services, pytest.mark.timeout(240)]
BOOK = FOLDER / "scenarios.yaml"


@pytest.fixture
async def running(kafka: str, topic_prefix: str, tmp_path: Path) -> AsyncIterator[RatingProcesses]:
    running = RatingProcesses(kafka, topic_prefix, tmp_path)
    yield running
    await running.close()


def sample() -> list[Scenario]:
    """The first 24 stories, but for those whose submissions reach the log late: a driven clock cannot hold them."""
    told = [one for one in read_book(BOOK)[:24] if all(step.at == step.appended_at for step in one.steps)]
    assert len(told) >= 20
    return told


async def test_the_first_stories_of_the_book_come_out_of_the_running_service_as_written(
    running: RatingProcesses,
) -> None:
    running.start()
    scenarios = {f"house-2024/{one.id}": one for one in sample()}
    offsets: dict[tuple[int, int], tuple[str, int | None]] = {}
    acts: list[tuple[datetime, str, int | None, bytes]] = []
    for subject, scenario in scenarios.items():
        assert scenario.item is not None
        item = replace(scenario.item, simulated=True)
        opened = item.published_at
        acts.append((opened, subject, None, submitted(subject, item, OFFICE, "item", opened)))
        for step in scenario.steps:
            value = submitted(subject, step.data, step.actor, step.key, step.at)
            acts.append((step.appended_at, subject, step.number, value))
    for instant, subject, number, value in sorted(acts, key=lambda act: act[0]):
        await running.live_until(instant)
        offsets[partition_of(subject), await running.put(subject, value)] = (subject, number)
    # Each story is looked at as it stood at its own end.
    ends = {subject: one.until for subject, one in scenarios.items()}
    await running.live_until(max(end for end in ends.values() if end is not None))
    stories: dict[str, ScenarioOutcome] = {subject: ScenarioOutcome() for subject in scenarios}
    states: dict[str, State | None] = dict.fromkeys(scenarios)
    for partition in {partition_of(subject) for subject in scenarios}:
        counting, end = AtRule(), await running.log.end(RULINGS, partition)
        async with asyncio.timeout(120), running.log.follow({(RULINGS, partition): 0}) as follower:
            while counting.seen < end:
                for records in (await follower.poll(0.5)).values():
                    for ruling in counting.fold(records):
                        events = [ruling_from(counted.body, partition) for counted in ruling.events]
                        subject = events[0].subject
                        until = ends[subject]
                        if until is not None and events[0].time > until:
                            continue
                        known, number = offsets.get((partition, ruling.causeoffset), (subject, None))
                        assert known == subject
                        states[subject] = fold(states[subject], named_by(events[0]), events)
                        stories[subject].add(number, [Event(event.time, event.data) for event in events])
    for subject, scenario in scenarios.items():
        steps = [step.number for step in scenario.steps]
        assert differences(scenario.expect, stories[subject], states[subject], steps) == [], scenario.id
    assert (await running.audit()).verdict is AuditVerdict.PROVED
