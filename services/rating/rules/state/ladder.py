"""What is remembered of escalations, of extensions of their limits, and of appeals that wait."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, Literal, NamedTuple

from contracts.submissions import Appealed
from contracts.values import Identifier, Level

EscalationPhase = Literal["proposed", "open", "closed", "withdrawn"]
Arrival = Literal["in_time", "late"]


class Cause(NamedTuple):
    """What an escalation stands on; `source` is the escalation that a derived cause came from.

    `left`: it stood when the item left the assessment, and can be appealed about.
    """

    name: str
    source: str | None = None
    standing: bool = True
    signed_at: datetime | None = None
    left: bool = False


class Confirmation(NamedTuple):
    """When a proposed escalation was confirmed, from which its limit counts, and who led the item then."""

    at: datetime
    led_by: Identifier


class Reporting(NamedTuple):
    """How a rectification was reported: `acted` by an act of its own, `progressed` by a progress report.

    `report` is the last report about it, `acted_by` the unit's own, `acted_reviewed` and `progress_reviewed` whether
    one of either kind was reviewed.
    """

    acted: Arrival | None = None
    progressed: Arrival | None = None
    progress_report: str | None = None
    awaits_review: bool = False
    report: str | None = None
    acted_by: str | None = None
    acted_reviewed: bool = False
    progress_reviewed: bool = False


UNREPORTED: Final = Reporting()


class Escalation(NamedTuple):
    """A rectification, an interview, a chief interview or a blockage; `due_at` is exclusive.

    `limit_days` is how many working days its limit was set with, `extended` how often it was extended; `answered` are
    the blockages that were.
    """

    id: str
    level: Level
    phase: EscalationPhase
    causes: tuple[Cause, ...]
    raised_at: datetime
    due_at: datetime | None
    limit_days: int
    overdue: bool = False
    reminded_until: datetime | None = None
    reporting: Reporting = UNREPORTED
    confirmed: Confirmation | None = None
    extended: int = 0
    answered: tuple[str, ...] = ()

    @property
    def stands(self) -> bool:
        """Open, or proposed."""
        return self.phase in ("open", "proposed")

    @property
    def reported(self) -> bool:
        """Whether the rectification counts as reported."""
        return self.reporting.acted is not None or self.reporting.progressed is not None

    @property
    def reported_in_time(self) -> bool:
        """Whether a report came within the limit."""
        return "in_time" in (self.reporting.acted, self.reporting.progressed)

    @property
    def began_at(self) -> datetime:
        """Where its limit began: at the confirmation of what was only proposed, else when it was raised."""
        return self.raised_at if self.confirmed is None else self.confirmed.at

    def has(self, name: str) -> bool:
        """Whether it stands on the cause `name`, or stood on it when the item left the assessment."""
        return any(cause.name == name and (cause.standing or cause.left) for cause in self.causes)


class Extension(NamedTuple):
    """An extension of the limit of `escalation` that waits for its decision."""

    id: Identifier
    escalation: str
    until_on: date
    of: str


class Appeal(NamedTuple):
    """An appeal that waits for its decision, lodged by the submission `of`; `due_at` is exclusive.

    `notice` is the escalation that it was lodged against, if not a light, `causes` the places of the causes that stood.
    """

    id: Identifier
    against: Appealed
    due_at: datetime
    overdue: bool = False
    notice: str | None = None
    causes: tuple[int, ...] = ()
    of: str = ""
