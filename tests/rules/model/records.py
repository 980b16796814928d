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
    moved: bool = False
    since: datetime | None = None  # no reminder about it from before


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
    decides: Act | None = None  # the request or appeal that it decides
    about: Act | None = None  # the report that a finding is about
    dues: dict[str, datetime] = field(default_factory=dict)  # the periods' deadlines when it came
    policy: Json = field(default_factory=dict)  # the one in force when it came
    key: Any = None  # its submission: the same for all that came under one key
    of: Any = None  # the submission that it names
    deputy: str | None = None  # who acts, with the right of `role` and `person`
    signed: bool = False  # prepared by somebody and sent by the unit's head
    home: bool = True  # of the programme's jurisdiction


@dataclass(eq=False)
class Cause:
    name: str
    source: Any = None  # the escalation that it came from
    standing: bool = True
    acknowledged: datetime | None = None
    left: bool = False  # it stood when the item left


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
    reports: list[tuple[datetime, Act, bool]] = field(default_factory=list)  # of a rectification; whether a late report
    reviewed: int = 0  # how many reports had come when it was last reviewed
    reviewers: list[str] = field(default_factory=list)  # and who confirmed a chief interview
    began: datetime | None = None  # where its limit starts
    days: int = 0  # and how many working days it has
    extended: int = 0
    led: str | None = None  # who led the item when it was confirmed
    since: datetime | None = None  # no reminder about it from before

    def has(self, name: str) -> bool:
        return any(cause.name == name and (cause.standing or cause.left) for cause in self.causes)

    def runs(self) -> bool:
        """Whether its limit runs: a report within it keeps it."""
        in_time = any(self.due is not None and at < self.due for at, _, _ in self.reports)
        return self.state == "open" and self.due is not None and not self.overdue and not in_time

    def names(self) -> list[str]:
        return list(dict.fromkeys(cause.name for cause in self.causes if cause.standing))
