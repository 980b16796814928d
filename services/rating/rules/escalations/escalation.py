"""Escalations: raised, joined, and withdrawn with their last cause (rulebook: Escalation ladder)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from contracts.rulings import (
    EscalationClosed,
    EscalationConfirmed,
    EscalationJoined,
    EscalationOverdue,
    EscalationRaised,
    EscalationReduced,
    EscalationWithdrawn,
)
from contracts.values import Level
from services.rating.rules.draft import Draft
from services.rating.rules.state.escalations import limit_days
from services.rating.rules.state.ladder import Escalation
from services.rating.rules.state.state import Hands, Item

DERIVED: Final[Mapping[Level, tuple[tuple[Level, str], ...]]] = {
    "rectification": (("interview", "rectification_overdue"), ("interview", "rectification_not_done")),
    "interview": (("chief_interview", "interview_lapsed"),),
    "chief_interview": (),
    "blockage": (),
}
"""Which causes come from an escalation of a level: the level that they raise, and their name."""


def standing(item: Item, level: Level) -> Escalation | None:
    """The open or proposed escalation of a level: there is at most one (rulebook: Escalation ladder)."""
    for escalation in item.escalations:
        if escalation.level == level and escalation.stands:
            return escalation
    return None


def running_limit(escalation: Escalation) -> datetime | None:
    """The limit of an open escalation that still runs: one reported in time keeps it (rulebook: Fine print)."""
    if escalation.phase != "open" or escalation.overdue or escalation.reported_in_time:
        return None
    return escalation.due_at


def limit_from(item: Item, level: Level, start: datetime) -> datetime:
    """End of the n-th working day after the day on which the limit starts."""
    return item.frame.working_limit(start, limit_days(item.frame.policy, level))


def addressees(hands: Hands, level: Level) -> tuple[str, tuple[str, ...]]:
    """To whom and with copy to whom (rulebook: Escalation ladder, the table)."""
    unit, leader = f"unit:{hands.lead_unit}", f"leader:{hands.leader}"
    if level == "blockage":
        return "government", (leader,)
    return unit, ("office",) if level == "interview" else (leader,)


def raise_or_join(draft: Draft, level: Level, cause: str, rule: str, source: str | None = None) -> None:
    """Raise an escalation, or let the cause join the open one of its level, whose limit stays.

    A chief interview is only proposed. Of an item that has left nothing is raised, nor after the closing day by what
    only looks back. rulebook: Escalation ladder; Closing day
    """
    item = draft.item
    if draft.quiet or item.hands.withdrawn:
        return
    there = standing(item, level)
    if there is not None:
        if not any(c.name == cause and c.source == source and c.standing for c in there.causes):
            draft.emit(
                EscalationJoined(
                    escalation=there.id, level=level, cause=cause, source=source, rule=rule, because=draft.because
                )
            )
        return
    proposed = level == "chief_interview"
    to, copy = addressees(item.hands, level)
    draft.emit(
        EscalationRaised(
            escalation=f"{level}-{len(item.escalations) + 1}",
            level=level,
            state="proposed" if proposed else "open",
            cause=cause,
            source=source,
            raised_at=draft.at,
            due_at=None if proposed else limit_from(item, level, draft.at),
            to=to,
            copy=copy,
            rule=rule,
            because=draft.because,
        )
    )


def confirm(draft: Draft, escalation: Escalation) -> None:
    """The office confirms a proposed chief interview: its limit counts from here (rulebook: Escalation ladder)."""
    item = draft.item
    to, copy = addressees(item.hands, escalation.level)
    due_at = limit_from(item, escalation.level, draft.at)
    draft.emit(
        EscalationConfirmed(
            escalation=escalation.id,
            level=escalation.level,
            due_at=due_at,
            to=to,
            copy=copy,
            person=draft.submission.actor.id,
        )
    )


def take_away(draft: Draft, levels: Iterable[Level], cause: str, source: str | None = None) -> None:
    """A cause no longer stands: it leaves what is open or proposed; one with no cause left is withdrawn.

    Closed ones stay closed. rulebook: Escalation ladder ("When a light changes back ...")
    """
    wanted = set(levels)
    for there in draft.item.escalations:
        if there.level in wanted and there.stands:
            remove_cause(draft, there.id, cause, source)


def remove_cause(draft: Draft, escalation_id: str, cause: str, source: str | None = None) -> None:
    """Take one cause out of an escalation that stands; with the last one it is withdrawn, and what came from it."""
    there = draft.escalation(escalation_id)
    gone = [c for c in there.causes if c.standing and c.name == cause and source in (None, c.source)]
    if not gone:
        return
    if len(gone) < sum(c.standing for c in there.causes):
        draft.emit(
            EscalationReduced(escalation=there.id, level=there.level, cause=cause, source=source, because=draft.because)
        )
        return
    withdraw(draft, there, cause)


def withdraw(draft: Draft, escalation: Escalation, cause: str | None = None) -> None:
    """Withdraw an escalation, and take away the causes that came from it."""
    draft.emit(
        EscalationWithdrawn(escalation=escalation.id, level=escalation.level, cause=cause, because=draft.because)
    )
    for level, derived in DERIVED[escalation.level]:
        take_away(draft, (level,), derived, escalation.id)


def close(draft: Draft, escalation: Escalation) -> None:
    """Close an escalation that was dealt with."""
    draft.emit(EscalationClosed(escalation=escalation.id, level=escalation.level))


def lapse(draft: Draft, escalation: Escalation) -> None:
    """A limit passed: the escalation stays open and is marked as overdue; the next level may follow.

    rulebook: Escalation ladder (an overdue rectification raises an interview, a lapsed interview proposes one with
    the chief leader)
    """
    draft.emit(EscalationOverdue(escalation=escalation.id, level=escalation.level))
    if escalation.level == "rectification":
        raise_or_join(draft, "interview", "rectification_overdue", "Escalation ladder: interview", escalation.id)
    elif escalation.level == "interview":
        raise_or_join(draft, "chief_interview", "interview_lapsed", "Escalation ladder: chief interview", escalation.id)
