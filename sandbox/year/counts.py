"""What a year is compared by: counts, as planned and as query shows them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.year.plan import YearPlan
from sandbox.year.planned_act import Way

Lights = Mapping[str, Counter[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What is counted: lights by quarter (at the end, and as first rated), escalations by `level state`, and the rest.

    Rulings go by type and verdict, notices by kind, messages by the notice's kind, channel and outcome. `ways` is how
    many submissions about items came by each way, from whom and when it was planned; None: that was not looked at.
    """

    lights: Lights
    rated: Lights
    escalations: Counter[str]
    verdicts: Counter[tuple[str, str]]
    notices: Counter[str] = field(default_factory=Counter)
    messages: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    ways: Counter[Way] | None = None


def planned(plan: YearPlan) -> Counts:
    """What must come of a plan, from the table of behaviours and the acts alone."""
    return Counts(
        lights={q: Counter(lights) for q, lights in plan.lights().items()},
        rated={q: Counter(lights) for q, lights in plan.rated().items()},
        escalations=plan.escalations(),
        verdicts=plan.verdicts(),
        ways=plan.ways(),
    )


def differences(plan: Counts, seen: Counts) -> list[str]:
    """Every count of the plan that was not seen as planned; rulings on what only the alarm submits are left out."""
    found: list[str] = []
    for name, wanted, got in (("light", plan.lights, seen.lights), ("as rated", plan.rated, seen.rated)):
        for quarter in wanted:
            found += _unequal(f"{name} {quarter}", wanted[quarter], got.get(quarter, Counter()))
    found += _unequal("escalation", plan.escalations, seen.escalations)
    people = {key: n for key, n in seen.verdicts.items() if key[0] in {type_ for type_, _ in plan.verdicts}}
    wanted_verdicts = {" ".join(key): n for key, n in plan.verdicts.items()}
    got_verdicts = {" ".join(key): n for key, n in people.items() if key[1] != "repeated"}
    found += _unequal("submission", wanted_verdicts, got_verdicts)
    return found if seen.ways is None or plan.ways is None else found + _unequal("way", plan.ways, seen.ways)


def _unequal(name: str, wanted: Mapping[Any, int], got: Mapping[Any, int]) -> list[str]:
    return [
        f"{name} {key}: planned {wanted.get(key, 0)}, seen {got.get(key, 0)}"
        for key in sorted(wanted.keys() | got.keys())
        if wanted.get(key, 0) != got.get(key, 0)
    ]
