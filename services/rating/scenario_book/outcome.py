"""What came out of a scenario, event by event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from contracts.rulings import (
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


@dataclass
class ScenarioOutcome:
    """Verdicts by step number, every change of a light, every reminder."""

    verdicts: dict[int, Verdict] = field(default_factory=dict)
    history: list[tuple[PeriodId, Light, Light]] = field(default_factory=list)
    reminders: list[tuple[str, date]] = field(default_factory=list)

    def add(self, number: int | None, events: Sequence[Event]) -> Verdict:
        """Add one ruling and return its verdict; `number` is that of the step, None for the alarm's."""
        verdict = events[0].data
        if not isinstance(verdict, SubmissionAccepted | SubmissionRejected | SubmissionRepeated | SubmissionUnreadable):
            raise TypeError(f"a ruling begins with its verdict, not with {type(verdict).__name__}")
        if number is not None:
            self.verdicts[number] = verdict
        for event in events:
            if isinstance(event.data, LightChanged):
                self.history.append((event.data.period, event.data.from_, event.data.to))
            elif isinstance(event.data, ReminderDue):
                about = event.data.about if event.data.kind == "report" else "rectification"
                self.reminders.append((about, event.time.date()))
        return verdict
