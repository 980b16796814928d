"""What notices are put together from: causes, people and days in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.notify.notices.facts import ProgrammeFacts
from services.notify.notices.notice import NoticeDue
from supervision.escalation_sentences import CauseFacts, cause_word
from supervision.light_sentences import is_period, period_word
from supervision.words import Word


@dataclass(frozen=True, slots=True)
class NoticeSentences:
    """The sentences of one notice."""

    salutation: str
    opening: str
    points: Sequence[str]
    closing: str
    english: Sequence[str]


def period(reason: str) -> Word | None:
    """What a period is called; None for a reason that is no period."""
    return period_word(reason) if is_period(reason) else None


def cause(reason: str, due: NoticeDue) -> Word:
    """One of the causes of a notice: the sentence about a period's light, or what else happened."""
    record = due.item.record
    if due.level != "blockage" and reason in record.lights.parts:
        return record.explain(reason)
    known = record.escalation_facts(due.escalation).causes if due.escalation else ()
    named = next((one for one in known if one.name == reason), CauseFacts(name=reason))
    return cause_word(due.level, named)


def escalation(due: NoticeDue) -> Word | None:
    """Where the notice's escalation stands, in the words that pages and audits use; None for a reminder."""
    return due.item.record.explain_escalation(due.escalation) if due.escalation else None


def leader(programme: ProgrammeFacts, id_: str) -> str:
    """What a leader in charge is called: the label, which says what they are in charge of."""
    label = programme.leaders.get(id_, id_)
    return label if label.startswith("分管") else f"分管区领导（{label}）"


def day(on: date) -> str:
    """A day as official documents write it."""
    return f"{on.year}年{on.month}月{on.day}日"


def by(limit: date | None) -> str:
    """Up to and including a day."""
    return f"{day(limit)}前（含当日）" if limit else "规定期限内"


def iso(limit: date | None) -> str:
    """A day in the English part."""
    return limit.isoformat() if limit else "the limit"
