"""What came out of a scenario, event by event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from contracts.rulings import (
    ItemOpened,
    LightChanged,
    ReminderDue,
    SubmissionAccepted,
    SubmissionRejected,
    SubmissionRepeated,
    SubmissionUnreadable,
    Verdict,
)
from contracts.values import Light, PeriodId
from services.rating.rules.draft import Event
from supervision.evaluation.deduction import Source, SourcedEvent
from supervision.evaluation.record import EvaluationRecord, evolve, opened

_NOWHERE: Final = Source("", "", "", "")


@dataclass
class ScenarioOutcome:
    """Verdicts by step number, every change of a light, every reminder."""

    verdicts: dict[int, Verdict] = field(default_factory=dict)
    history: list[tuple[PeriodId, Light, Light]] = field(default_factory=list)
    reminders: list[tuple[str, date]] = field(default_factory=list)
    evaluation: EvaluationRecord | None = None

    def sheets(self) -> dict[str, dict[str, int]]:
        """How often each deduction stands on each unit's sheet; a unit or a kind without one is left out."""
        found: dict[str, dict[str, int]] = {}
        for one in self.evaluation.deductions() if self.evaluation is not None else ():
            kinds = found.setdefault(one.unit, {})
            kinds[one.kind] = kinds.get(one.kind, 0) + 1
        return found

    def add(self, number: int | None, events: Sequence[Event]) -> Verdict:
        """Add one ruling and return its verdict; `number` is that of the step, None for the alarm's."""
        verdict = events[0].data
        if not isinstance(verdict, SubmissionAccepted | SubmissionRejected | SubmissionRepeated | SubmissionUnreadable):
            raise TypeError(f"a ruling begins with its verdict, not with {type(verdict).__name__}")
        if number is not None:
            self.verdicts[number] = verdict
        for event in events:
            self._evaluate(event)
            if isinstance(event.data, LightChanged):
                self.history.append((event.data.period, event.data.from_, event.data.to))
            elif isinstance(event.data, ReminderDue):
                about = event.data.about if event.data.kind == "report" else "rectification"
                self.reminders.append((about, event.time.date()))
        return verdict

    def _evaluate(self, event: Event) -> None:
        if isinstance(event.data, ItemOpened):
            self.evaluation = opened("S00", event.data)
        elif self.evaluation is not None:
            evolve(self.evaluation, SourcedEvent("S00", event.time, _NOWHERE, event.data))
