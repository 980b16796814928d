"""The verdicts that a ruling begins with, and the rulings that are nothing but a verdict."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from contracts.refusal_reasons import Reason
from contracts.rulings import SubmissionAccepted, SubmissionRejected, SubmissionRepeated, SubmissionUnreadable
from services.rating.rules.draft import Event
from services.rating.rules.rights import in_order

ACCEPTED: Final = SubmissionAccepted()
ANNOUNCED: Final = SubmissionAccepted(alarm=True)


def repeat(at: datetime) -> list[Event]:
    """The ruling on what was ruled on before: nothing follows from it again."""
    return [Event(at, SubmissionRepeated())]


def refuse(at: datetime, reasons: list[Reason], *, alarm: bool = False) -> list[Event]:
    """A refusal, its reasons in the rulebook's order (rulebook: What is refused)."""
    return [Event(at, SubmissionRejected(reasons=in_order(reasons), alarm=alarm))]


def unreadable(logged_at: datetime, problem: str) -> list[Event]:
    """The ruling on a record that could not be read; of the problem the first 1000 characters are kept."""
    return [Event(logged_at, SubmissionUnreadable(problem=problem[:1000]))]
