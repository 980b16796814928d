"""Runs scenario books through the pure rules, and compares every field of what they expect."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from contracts.rulings import RulingData, Verdict
from contracts.submission import new_submission
from contracts.submissions import DeadlinePassed, ItemAssigned, SubmissionData
from contracts.values import Actor
from services.rating.rules.deadlines.pending import pending_deadlines
from services.rating.rules.decide import decide
from services.rating.rules.state.evolve import evolve
from services.rating.rules.state.state import State
from services.rating.scenario_book.book import OFFICE, BadBook, Scenario, read_book
from services.rating.scenario_book.expectation import differences
from services.rating.scenario_book.outcome import Story

_SUBJECT = "441602-2024/S00"
_LOG = "scenarios"
_ALARM = Actor(role="alarm", id="alarm")


class Result(NamedTuple):
    """How a book came out; a line per failure."""

    passed: int
    failed: int
    failures: tuple[str, ...]


@dataclass
class _Told:
    """An event as `evolve` reads it."""

    subject: str
    time: datetime
    causeid: str
    causedigest: str
    data: RulingData


@dataclass
class Run:
    """One scenario on its way: the state, and the story of what came out."""

    state: State | None = None
    story: Story = field(default_factory=Story)

    def submit(
        self, number: int | None, actor: Actor, key: str, at: datetime, logged_at: datetime, data: SubmissionData
    ) -> Verdict:
        """Decide one submission and fold its ruling."""
        submission = new_submission(_LOG, actor, key, _SUBJECT, data, at)
        events = decide(self.state, submission, logged_at)
        for event in events:
            told = _Told(_SUBJECT, event.time, submission.id, submission.digest, event.data)
            self.state = evolve(self.state, told)
        return self.story.add(number, events)

    def ring(self, now: datetime) -> None:
        """Let the alarm announce, in order of due time, everything that has to be announced by `now`."""
        while True:
            ready = next((d for d in pending_deadlines(self.state) if d.announce_at <= now), None)
            if ready is None:
                return
            data = DeadlinePassed(kind=ready.kind, ref=ready.ref, due_at=ready.due_at)
            key = f"{ready.kind}/{ready.ref}/{ready.due_at.isoformat()}"
            self.submit(None, _ALARM, key, ready.announce_at, ready.announce_at, data)


def run(scenario: Scenario) -> list[str]:
    """What differs from what a scenario expects; empty if it passes."""
    if scenario.problem or scenario.item is None or scenario.until is None:
        return [scenario.problem or "there is no item"]
    going = play(scenario.item, scenario)
    return differences(scenario.expect, going.story, going.state, [step.number for step in scenario.steps])


def play(item: ItemAssigned, scenario: Scenario, going: Run | None = None) -> Run:
    """Live through a scenario, the alarm included, in a fresh run or in the one given."""
    going = going or Run()
    going.submit(None, OFFICE, "item", item.published_at, item.published_at, item)
    for step in scenario.steps:
        going.ring(step.appended_at)
        going.submit(step.number, step.actor, step.key, step.at, step.appended_at, step.data)
    if scenario.until is not None:
        going.ring(scenario.until)
    return going


def run_book(path: Path) -> Result:
    """Run a book. Raises BadBook or OSError where it can't be read."""
    failures: list[str] = []
    scenarios = read_book(path)
    failed = 0
    for scenario in scenarios:
        found = run(scenario)
        failed += bool(found)
        failures += [f"{scenario.id}: {line}" for line in found]
    return Result(len(scenarios) - failed, failed, tuple(failures))


def main(argv: Sequence[str]) -> int:
    """Run the books named in `argv`: a line per failure, then `N passed, M failed`; 1 on any failure."""
    passed = failed = 0
    for name in argv:
        try:
            result = run_book(Path(name))
        except (BadBook, OSError) as error:
            result = Result(0, 1, (str(error),))
        sys.stdout.writelines(f"{line}\n" for line in result.failures)
        passed, failed = passed + result.passed, failed + result.failed
    sys.stdout.write(f"{passed} passed, {failed} failed\n")
    return 1 if failed else 0
