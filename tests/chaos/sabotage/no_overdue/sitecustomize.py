"""Without announcing first what fell due before an act: the ruling depends on whether the alarm was up."""

# mypy: ignore-errors

from services.rating.rules import decide

decide.overdue_by = lambda item, clock: False
