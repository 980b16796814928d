"""Compares many random stories with the rules, and counts what they met: `python -m tests.rules.model.coverage N`."""

from __future__ import annotations

import os
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from contracts.rulings import (
    EscalationClosed,
    EscalationConfirmed,
    EscalationJoined,
    EscalationOverdue,
    EscalationRaised,
    EscalationReduced,
    EscalationRelieved,
    EscalationReported,
    EscalationReviewed,
    EscalationUnreported,
    EscalationWithdrawn,
    LightChanged,
    LimitMoved,
    SubmissionAccepted,
    SubmissionRejected,
    Verdict,
)
from services.rating.rules.draft import Event
from services.rating.scenario_book.book import Scenario
from services.rating.scenario_book.expectation import differences
from services.rating.scenario_book.outcome import ScenarioOutcome
from services.rating.scenario_book.runner import ScenarioRun, play
from tests.rules.model.books import scenario_of
from tests.rules.model.choices import POLICIES
from tests.rules.model.days import Json, instant
from tests.rules.model.stories import story_with_expectation

MANY = 20
"""How often each pair should be met."""
OUTAGES = 6
"""One of so many seeds is told with an outage, too."""
DERIVED = ("lag", "rectification_overdue", "rectification_not_done", "interview_lapsed")
FATES = {
    EscalationConfirmed: "confirmed", EscalationReported: "reported", EscalationUnreported: "no longer reported",
    EscalationReviewed: "reviewed", EscalationOverdue: "overdue", EscalationRelieved: "relieved",
    EscalationReduced: "reduced", EscalationClosed: "closed", EscalationWithdrawn: "withdrawn",
    LimitMoved: "limit moved",
}  # fmt: skip


@dataclass
class Counted(ScenarioOutcome):
    """What came out, and how often each pair was met."""

    types: dict[int, str] = field(default_factory=dict)
    met: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    levels: dict[str, str] = field(default_factory=dict)

    def add(self, number: int | None, events: Sequence[Event]) -> Verdict:
        verdict = super().add(number, events)
        if number is not None:
            self.met.update(("act", self.types[number], word) for word in words_of(verdict))
        for event in events:
            self.met.update(self.pairs(event.data))
        return verdict

    def pairs(self, data: Any) -> Iterator[tuple[str, str, str]]:
        if isinstance(data, LightChanged):
            yield "light", f"{data.from_} → {data.to}", f"{data.rule}, {'settled' if data.settled else 'open'}"
        elif isinstance(data, EscalationRaised | EscalationJoined):
            self.levels[data.escalation] = data.level
            how = "raised by" if isinstance(data, EscalationRaised) else "joined by"
            period = data.level != "blockage" and data.cause not in DERIVED
            yield (
                "escalation",
                data.level,
                f"{how} {'a period' if period else data.cause if data.cause in DERIVED else 'a blockage'}",
            )
            yield "escalation", data.level, f"by {data.rule}"
        elif type(data) in FATES:
            yield "escalation", self.levels[data.escalation], FATES[type(data)]


def words_of(verdict: Verdict) -> list[str]:
    if isinstance(verdict, SubmissionAccepted):
        return ["accepted", *(f"with {remark}" for remark in verdict.remarks)]
    return list(verdict.reasons) if isinstance(verdict, SubmissionRejected) else ["repeated"]


def compared(scenario: Scenario) -> tuple[list[str], Counter[tuple[str, str, str]]]:
    """What differs in a story, and what it met."""
    assert scenario.item is not None, scenario.problem
    outcome = Counted(types={s.number: s.type.removeprefix("liangdeng.").removesuffix(".v1") for s in scenario.steps})
    run = play(scenario.item, scenario, ScenarioRun(outcome=outcome))
    numbers = [step.number for step in scenario.steps]
    out = scenario.outage is not None
    return differences(scenario.expect, outcome, run.state, numbers, outage=out), outcome.met


def with_outage(told: Json, seed: int) -> Json | None:
    """The same story with rating down for some days; a simulated one goes by its receipts, whoever is down."""
    if told["item"].get("simulated"):
        return None
    chance = random.Random(seed)
    begins, until = instant(told["published_at"]), instant(told["until"])
    down = begins + chance.random() * (until - begins)
    up = min(until, down + timedelta(days=chance.choice([1, 3, 20, 90, 300])))
    return {**told, "outage": [down.isoformat(), up.isoformat()]}


def compare_seeds(seeds: range) -> tuple[int, int, list[str], Counter[tuple[str, str, str]]]:
    """Stories, stories with an outage, a line for each difference, and what was met."""
    stories = outages = 0
    lines: list[str] = []
    met: Counter[tuple[str, str, str]] = Counter()
    for seed in seeds:
        for policy in POLICIES:
            told = story_with_expectation(seed, policy)
            found, here = compared(scenario_of(told))
            stories += 1
            met += here
            lines += [f"{policy} {seed}: {line[:300]}" for line in found[:1]]
            without = with_outage(told, seed) if seed % OUTAGES == 0 else None
            if without is not None:
                outages += 1
                lines += [
                    f"{policy} {seed} with an outage: {line[:300]}" for line in compared(scenario_of(without))[0][:1]
                ]
    return stories, outages, lines, met


def table(met: Counter[tuple[str, str, str]]) -> Iterator[str]:
    """A row for everything that was met, with its pairs."""
    for kind, first in sorted({(kind, one) for kind, one, _ in met}):
        pairs = sorted((other, count) for (k, one, other), count in met.items() if (k, one) == (kind, first))
        told = ", ".join(f"{other} {count}" + (" ⚠" if count < MANY else "") for other, count in pairs)
        yield f"| {kind} | {first} | {told} |"


def main(argv: Sequence[str]) -> int:
    """Compare `argv[0]` seeds from `argv[1]` on, each with every policy; 1 where anything differs."""
    seeds, first = int(argv[0]), int(argv[1]) if len(argv) > 1 else 0
    chunks = [range(at, min(at + 50, first + seeds)) for at in range(first, first + seeds, 50)]
    stories = outages = 0
    lines: list[str] = []
    met: Counter[tuple[str, str, str]] = Counter()
    with ProcessPoolExecutor(int(os.environ.get("PROCESSES", "1"))) as pool:
        for here in pool.map(compare_seeds, chunks):
            stories, outages, met = stories + here[0], outages + here[1], met + here[3]
            lines += here[2]
            sys.stderr.writelines(f"{line}\n" for line in here[2])
    sys.stdout.write(
        f"{stories} stories and {outages} with an outage, {len(lines)} differ\n\n| | what | met with |\n|---|---|---|\n"
    )
    sys.stdout.writelines(f"{row}\n" for row in table(met))
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
