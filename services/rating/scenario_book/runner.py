"""Runs scenario books through the pure rules, and compares every field of what they expect."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from contracts.rulings import Verdict
from contracts.submission import new_submission
from contracts.submissions import ItemAssigned, SubmissionData
from contracts.values import Actor
from services.rating.rules.deadlines.pending import pending_deadlines
from services.rating.rules.decide import decide
from services.rating.rules.state.evolve import fold
from services.rating.rules.state.state import State
from services.rating.scenario_book.book import OFFICE, BadBook, Scenario, read_book
from services.rating.scenario_book.expectation import differences
from services.rating.scenario_book.outcome import ScenarioOutcome
from services.rating.scenario_book.steps import Step

_SUBJECT = "441602-2024/S00"
_LOG = "scenarios"
_ALARM = Actor(role="alarm", id="alarm")


class BookResult(NamedTuple):
    """How a book came out; a line per failure."""

    passed: int
    failed: int
    failures: tuple[str, ...]


@dataclass
class ScenarioRun:
    """One scenario being run: the state so far, and what came out."""

    state: State | None = None
    outcome: ScenarioOutcome = field(default_factory=ScenarioOutcome)
    outage: tuple[datetime, datetime] | None = None
    ids: dict[int, str] = field(default_factory=dict)
    """Of submissions by the number of their step."""

    def submit(
        self, number: int | None, actor: Actor, key: str, at: datetime, logged_at: datetime, data: SubmissionData
    ) -> Verdict:
        """Decide one submission and fold its ruling; `number` is that of the step, None for the alarm's."""
        submission = new_submission(_LOG, actor, key, _SUBJECT, data, at)
        if number is not None:
            self.ids[number] = submission.id
        ruling = decide(self.state, submission, logged_at)
        self.state = fold(self.state, submission, ruling)
        return self.outcome.add(number, ruling)

    def announce_until(self, now: datetime) -> None:
        """Let the alarm announce, in order of due time, everything that has to be announced by `now`.

        During an outage it announces nothing, and catches up at its end.
        """
        down, up = self.outage or (now, now)
        until = down if down < now < up else now
        while True:
            ready = next((one for one in pending_deadlines(self.state) if one.announce_at <= until), None)
            if ready is None:
                return
            at = up if down < ready.announce_at < up else ready.announce_at
            self.submit(None, _ALARM, ready.key, at, at, ready.passed)

    def step(self, step: Step) -> Verdict:
        """Decide one step of a scenario; what it decides is named by its submission."""
        data = step.data
        if step.of is not None and hasattr(data, "of"):
            data = replace(data, of=self.ids.get(step.of, f"step {step.of}"))  # type: ignore[arg-type]
        return self.submit(step.number, step.actor, step.key, step.at, step.appended_at, data)


def run(scenario: Scenario) -> list[str]:
    """What differs from what a scenario expects; empty if it passes."""
    if scenario.problem or scenario.item is None or scenario.until is None:
        return [scenario.problem or "没有事项 / there is no item"]
    done = play(scenario.item, scenario)
    return differences(
        scenario.expect,
        done.outcome,
        done.state,
        [step.number for step in scenario.steps],
        outage=scenario.outage is not None,
    )


def play(item: ItemAssigned, scenario: Scenario, run: ScenarioRun | None = None) -> ScenarioRun:
    """Run a scenario to its end, the alarm included, in a fresh run or in the one given."""
    run = run or ScenarioRun()
    run.outage = scenario.outage
    run.submit(None, OFFICE, "item", item.published_at, item.published_at, item)
    for step in scenario.steps:
        run.announce_until(step.appended_at)
        run.step(step)
    if scenario.until is not None:
        run.announce_until(scenario.until)
    return run


def run_book(path: Path) -> BookResult:
    """Run a book. Raises BadBook or OSError where it can't be read."""
    failures: list[str] = []
    scenarios = read_book(path)
    failed = 0
    for scenario in scenarios:
        found = run(scenario)
        failed += bool(found)
        failures += [f"{scenario.id}: {line}" for line in found]
    return BookResult(len(scenarios) - failed, failed, tuple(failures))


def main(argv: Sequence[str]) -> int:
    """Run the books named in `argv`: a line per failure, then `N passed, M failed`; 1 on any failure."""
    passed = failed = 0
    for name in argv:
        try:
            result = run_book(Path(name))
        except (BadBook, OSError) as error:
            result = BookResult(0, 1, (str(error),))
        sys.stdout.writelines(f"{line}\n" for line in result.failures)
        passed, failed = passed + result.passed, failed + result.failed
    sys.stdout.write(f"{passed} passed, {failed} failed\n")
    return 1 if failed else 0
