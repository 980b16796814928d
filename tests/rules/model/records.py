"""What the model remembers: periods, accepted acts, escalations."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.rules.model.days import Json


@dataclass
class Period:
    """A reporting period; `quarter` is the light that it belongs to."""

    name: str
    quarter: str
    opens: datetime
    due: datetime  # the end of the last day, exclusive
    void: bool


@dataclass(eq=False)
class Act:
    """An accepted step; `at` is the time that counts for it."""

    number: int
    at: datetime
    type: str
    role: str
    person: str
    data: Json
    announced: frozenset[str]  # the periods whose deadline had been announced when it came
    notice: tuple[Escalation, list[Cause]] | None = None  # what an appeal is against, if not a light
    decides: Act | None = None  # the adjustment request or appeal that it is about


@dataclass(eq=False)
class Cause:
    name: str
    source: Any = None  # the escalation that it came from
    standing: bool = True
    acknowledged: datetime | None = None


@dataclass(eq=False)
class Escalation:
    level: str
    causes: list[Cause]
    due: datetime | None
    raised: datetime
    state: str = "open"
    overdue: bool = False
    announced: bool = False
    answered: set[str] = field(default_factory=set)
    reports: list[tuple[datetime, Act | None]] = field(
        default_factory=list
    )  # of a rectification, and from which late report
    reviewed: int = 0  # how many reports had come when it was last reviewed
    reviewers: list[str] = field(default_factory=list)

    def names(self) -> list[str]:
        return list(dict.fromkeys(cause.name for cause in self.causes if cause.standing))
